/**
 * What renderings of charts share: parsed files, unpacked archives, what schemas said, what a release rendered to before. Kept
 * by the identity of texts, or compared with what was there, so that a warm cache gives what a cold one gives.
 */
import type { SourceText } from '../base/source.js';
import { helmFunctions } from '../template/functions/helm.js';
import { parseTemplate, type ParsedTemplate } from '../template/parse/parser.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { ChartFile } from './chart.js';
import { keepParsed, type KeptArchives } from './loadChart.js';
import { KeptManifests } from './manifests.js';
import type { CheckSchema, Json } from './valuesSchema.js';

/** So many releases keep the manifests of their last rendering. */
const mostReleases = 24;
/** So many archives stay unpacked. */
const mostArchives = 200;

const functionNames: ReadonlySet<string> = new Set(helmFunctions.keys());

interface Checked {
  readonly json: string;
  readonly result: ReturnType<CheckSchema>;
}

export class ChartCache {
  readonly parseYaml: (source: SourceText) => ParsedYaml = keepParsed();
  readonly #templates = new WeakMap<SourceText, Map<string, ParsedTemplate>>();
  readonly #manifests = new Map<string, KeptManifests>();
  readonly #archives = new Map<string, { readonly bytes: Uint8Array; readonly files: readonly ChartFile[] }>();
  readonly #checked = new WeakMap<SourceText, Checked>();

  /** Archives by their paths, as long as their bytes are the same. */
  readonly archives: KeptArchives = {
    get: (path, bytes) => {
      const kept = this.#archives.get(path);
      return kept && areEqual(kept.bytes, bytes) ? kept.files : undefined;
    },
    set: (path, bytes, files) => keep(this.#archives, path, { bytes, files }, mostArchives),
  };

  /** A parser of what one release of a chart renders to, which knows what it rendered to before. */
  manifestParser(release: string): KeptManifests {
    const parser = this.#manifests.get(release)?.next() ?? new KeptManifests();
    keep(this.#manifests, release, parser, mostReleases);
    return parser;
  }

  /** What `check` says; the same as the last time where the values are. */
  checkSchema(schema: SourceText, value: Json, check: CheckSchema): ReturnType<CheckSchema> {
    const json = JSON.stringify(value);
    let checked = this.#checked.get(schema);
    if (checked?.json !== json) this.#checked.set(schema, (checked = { json, result: check(schema.text, value) }));
    return checked.result;
  }

  /** A file of templates under the name that it has in its chart. */
  parseTemplate({ source }: ChartFile, name: string): ParsedTemplate {
    let byName = this.#templates.get(source);
    if (!byName) this.#templates.set(source, (byName = new Map<string, ParsedTemplate>()));
    let parsed = byName.get(name);
    if (!parsed) byName.set(name, (parsed = parseTemplate(source, name, { functions: functionNames })));
    return parsed;
  }
}

/** Sets an entry as the newest, and forgets the oldest where there are too many. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size > most) map.delete(oldest);
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
