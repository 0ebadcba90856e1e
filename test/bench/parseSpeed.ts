/** How fast YAML is read: all manifests of a corpus, beside the `yaml` package on the same texts. */
import { parseAllDocuments } from 'yaml';
import { SourceText } from '../../src/core/base/source.js';
import type { FileTree } from '../../src/core/base/fileTree.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import type { CorpusCase } from '../support/corpus.js';
import { quantile, type Row } from './table.js';

/** So much text is read in a round at most. */
const mostCharacters = 20_000_000;
/** The package is slower by far: it reads a part of the same texts. */
const packageShare = 0.05;

/** The median speed over some rounds, after one to warm up, and that of the `yaml` package's documents. */
export function measureParseSpeed(cases: readonly CorpusCase[], rounds: number): readonly Row[] {
  const texts = collectTexts(cases);
  const size = sizeOf(texts);
  if (size === 0) return [{ what: 'reading YAML', measured: 'no files', budget: '' }];
  const own = speed(texts, rounds, (text) => parseYaml(new SourceText('/bench.yaml', text)));
  const some = texts.slice(0, Math.max(1, Math.floor(texts.length * packageShare)));
  const other = speed(some, 1, (text) => parseAllDocuments(text, { logLevel: 'silent' }));
  return [
    { what: `reading YAML, ${(size / 1e6).toFixed(1)} MB in ${texts.length} files`, measured: `${own.toFixed(0)} MB/s`, budget: '20 MB/s or more', value: 1 / own },
    { what: 'the same with the yaml package', measured: `${other.toFixed(1)} MB/s`, budget: '' },
  ];
}

/** Each different manifest of the cases' trees once. */
function collectTexts(cases: readonly CorpusCase[]): readonly string[] {
  const texts = new Set<string>();
  const seen = new Set<string>();
  let size = 0;
  for (const { tree, folder } of cases) {
    for (const text of textsBelow(tree, folder, seen)) {
      if (size > mostCharacters) return [...texts];
      if (!texts.has(text)) size += text.length;
      texts.add(text);
    }
  }
  return [...texts];
}

function* textsBelow(tree: FileTree, folder: string, seen: Set<string>): Generator<string> {
  if (seen.has(folder)) return;
  seen.add(folder);
  for (const name of tree.list(folder)) {
    const path = `${folder}/${name}`;
    const kind = tree.kind(path);
    if (kind === 'directory') yield* textsBelow(tree, path, seen);
    else if (kind === 'file' && /\.ya?ml$/.test(name)) yield tree.read(path)?.text ?? '';
  }
}

function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** Megabytes of text in a second: the median of the rounds. */
function speed(texts: readonly string[], rounds: number, read: (text: string) => unknown): number {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    for (const text of texts) read(text);
    if (round > 0) seconds.push((performance.now() - start) / 1000);
  }
  return sizeOf(texts) / 1e6 / quantile(seconds, 0.5);
}
