/** How fast texts become trees: every YAML file that lies below the cases' folders, and beside it the `yaml` library over some of them. */
import fs from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { SourceText } from '../../src/core/base/source.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import type { CorpusCase } from '../support/corpus.js';
import { formatBytes, quantile, type Row } from './table.js';

/** So much text goes through the library, which would take half a minute for all of it. */
const mostForLibrary = 2 << 20;

export function measureParseSpeed(cases: readonly CorpusCase[], passes: number): readonly Row[] {
  const texts = readTexts(cases);
  const bytes = sizeOf(texts);
  const speed = quantile(
    Array.from({ length: passes }, () => megabytesPerSecond(texts, (text) => parseYaml(new SourceText('/bench.yaml', text)))),
    0.5,
  );
  const some = firstOf(texts, mostForLibrary);
  const library = megabytesPerSecond(some, (text) => parseAllDocuments(text, { uniqueKeys: false }));
  return [
    {
      what: `parsing ${texts.length} YAML files (${formatBytes(bytes)}) into trees with positions`,
      measured: `${speed.toFixed(0)} MB/s`,
      budget: '20 MB/s or more',
      value: 1 / speed,
    },
    { what: `the \`yaml\` library over ${formatBytes(sizeOf(some))} of them`, measured: `${library.toFixed(1)} MB/s`, budget: '' },
  ];
}

function readTexts(cases: readonly CorpusCase[]): readonly string[] {
  const files = new Set<string>();
  for (const each of cases) {
    if (each.suite !== 'kustomize' && each.suite !== 'small') continue;
    for (const entry of fs.readdirSync(each.folder, { withFileTypes: true })) {
      if (entry.isFile() && /\.ya?ml$/.test(entry.name)) files.add(path.join(each.folder, entry.name));
    }
  }
  return [...files].sort().map((file) => fs.readFileSync(file, 'utf8'));
}

function megabytesPerSecond(texts: readonly string[], parse: (text: string) => unknown): number {
  const start = performance.now();
  for (const text of texts) parse(text);
  return sizeOf(texts) / (1 << 20) / ((performance.now() - start) / 1000);
}

/** Texts from an even spread until `most` characters are reached. */
function firstOf(texts: readonly string[], most: number): readonly string[] {
  const step = Math.max(1, Math.floor(sizeOf(texts) / most));
  return texts.filter((_, index) => index % step === 0);
}

function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
