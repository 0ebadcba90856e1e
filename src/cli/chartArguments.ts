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
  readonly setJson?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
  readonly setString?: readonly string[] | undefined;
  readonly setFile?: readonly string[] | undefined;
  readonly kubeVersion?: string | undefined;
  readonly apiVersions?: readonly string[] | undefined;
  readonly includeCrds?: boolean | undefined;
  readonly skipSchemaValidation?: boolean | undefined;
  readonly skipTests?: boolean | undefined;
  /** False for `--no-hooks`. */
  readonly hooks?: boolean | undefined;
}

/** @param folder what paths are relative to, in the system's form */
export function readChartInputs(words: ChartWords, folder: string): ChartInputs {
  const files = (words.values ?? []).map((file): ValuesLayer => ({ kind: 'file', path: toCorePath(resolve(folder, file)), node: argument(file), isOptional: false }));
  // In helm's order (pkg/cli/values/options.go MergeValues v3.22), whatever that of the words is.
  const sets = [
    ...(words.setJson ?? []).map((expression) => setLayer(expression, 'json')),
    ...(words.set ?? []).map((expression) => setLayer(expression, 'typed')),
    ...(words.setString ?? []).map((expression) => setLayer(expression, 'string')),
    ...(words.setFile ?? []).flatMap((expression) => fileLayers(expression, folder)),
  ];
  return {
    releaseName: words.releaseName ?? 'release-name',
    namespace: words.namespace ?? 'default',
    values: [...files, ...sets],
    includeCrds: words.includeCrds ?? false,
    skipHooks: words.hooks === false,
    skipTests: words.skipTests ?? false,
    skipSchemaValidation: words.skipSchemaValidation ?? false,
    kubeVersion: words.kubeVersion,
    apiVersions: words.apiVersions ?? [],
  };
}

function setLayer(expression: string, as: 'typed' | 'string' | 'json'): ValuesLayer {
  return { kind: 'set', path: argument(''), value: argument(expression), as };
}

/** `a.b=path,c=path`: the text of each file is the value. */
function fileLayers(expression: string, folder: string): readonly ValuesLayer[] {
  return expression.split(/(?<!\\),(?=[^,=]*=)/).map((pair): ValuesLayer => {
    const at = pair.indexOf('=');
    return { kind: 'set', path: argument(pair.slice(0, Math.max(0, at))), value: argument(toCorePath(resolve(folder, pair.slice(at + 1)))), as: 'file' };
  });
}

/** A text that the user typed, as what values come from. */
function argument(text: string): ScalarNode {
  return makeScalar(text, { source: new SourceText('', text), start: 0, end: text.length }, undefined);
}
