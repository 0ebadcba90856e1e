/** What a chart is rendered with when a command line or a request says it, as the flags of `helm template` do. */
import { resolve } from 'node:path';
import { toCorePath } from '../adapters/disk/paths.js';
import { SourceText } from '../core/base/source.js';
import type { ChartInputs, ValuesLayer } from '../core/objects/chartInputs.js';
import { makeScalar, type ScalarNode } from '../core/yaml/nodes.js';

/** The words of the user; what is missing has helm's default. */
export interface ChartWords {
  readonly releaseName?: string | undefined;
  readonly namespace?: string | undefined;
  /** Paths, relative to the folder that is given beside. */
  readonly values?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
  readonly kubeVersion?: string | undefined;
  readonly apiVersions?: readonly string[] | undefined;
  readonly includeCrds?: boolean | undefined;
  readonly skipSchemaValidation?: boolean | undefined;
}

/** @param folder what paths are relative to, in the system's form */
export function readChartInputs(words: ChartWords, folder: string): ChartInputs {
  const files = (words.values ?? []).map((file): ValuesLayer => ({ kind: 'file', path: toCorePath(resolve(folder, file)), node: argument(file), isOptional: false }));
  const sets = (words.set ?? []).map((expression): ValuesLayer => ({ kind: 'set', path: argument(''), value: argument(expression), as: 'typed' }));
  return {
    releaseName: words.releaseName ?? 'release-name',
    namespace: words.namespace ?? 'default',
    values: [...files, ...sets],
    includeCrds: words.includeCrds ?? false,
    skipHooks: false,
    skipTests: false,
    skipSchemaValidation: words.skipSchemaValidation ?? false,
    kubeVersion: words.kubeVersion,
    apiVersions: words.apiVersions ?? [],
  };
}

/** A text that the user typed, as what values come from. */
function argument(text: string): ScalarNode {
  return makeScalar(text, { source: new SourceText('', text), start: 0, end: text.length }, undefined);
}
