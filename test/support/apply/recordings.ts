/** The recordings of scripts/applyCases: what a real API server made of random writes. */
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../../src/core/base/source.js';
import type { JsonValue } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { parseApiVersion } from '../../../src/core/objects/resId.js';
import type { KindType } from '../../../src/core/objects/objectType.js';
import type { MapNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { projectFolder } from '../projectFolder.js';
import { loadKubernetesTypes } from '../rules/kubernetesTypes.js';

/** A write and what the server answered. */
export interface RecordedStep {
  readonly verb: 'POST' | 'PUT' | 'PATCH';
  readonly manager: string;
  readonly force?: boolean;
  readonly subresource?: string;
  readonly contentType: string;
  readonly body: JsonValue;
  readonly code: number;
  /** Where it was taken. */
  readonly object?: LiveObject;
  readonly message?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
}

export interface Recording {
  readonly kind: string;
  readonly object: string;
  readonly steps: readonly RecordedStep[];
}

const folder = path.join(projectFolder, 'test/data/apply');

export function loadRecordings(name: string): readonly Recording[] {
  const lines = fs
    .readFileSync(path.join(folder, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => frozen(JSON.parse(line) as Recording));
}

/** Nothing that goes into an apply or a patch may be changed by it. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const each of Object.values(Object.freeze(value))) frozen(each);
  return value;
}

export function recordingNames(): readonly string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => name.replace('.jsonl', ''));
}

const definitions = parseYaml(new SourceText('/widgets.yaml', fs.readFileSync(path.join(projectFolder, 'scripts/applyCases/widgets.yaml'), 'utf8'))).documents.flatMap(
  ({ root }): MapNode[] => (root?.kind === 'map' ? [root] : []),
);
const types = loadKubernetesTypes().withDefinitions(definitions);

/** The type of a recorded object; undefined for a kind whose objects may be anything. */
export function recordedKind(apiVersion: string, kind: string): KindType | undefined {
  return types.kind({ ...parseApiVersion(apiVersion), kind }, '1.34');
}
