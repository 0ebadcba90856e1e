/**
 * Reads YAML text into trees. Documents are told apart as kyaml does (kyaml/kio/byteio_reader.go v0.21.2): at every line
 * that begins with `---`, whatever stands around it.
 */
import { Problems, type Problem } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { CommentSpan, YamlDocument } from './nodes.js';
import { parseBlock } from './parseBlock.js';
import { parseWithLibrary } from './parseWithLibrary.js';

export interface ParsedYaml {
  readonly source: SourceText;
  readonly documents: readonly YamlDocument[];
  readonly comments: readonly CommentSpan[];
  /** Syntax errors (code `yaml/...`); with one of severity error, `documents` holds what could be read before it. */
  readonly problems: readonly Problem[];
}

const budget = { nodes: 2_000_000, depth: 500 } as const;

/** Parses all documents of a text. Pure: the same SourceText gives an equal tree; callers keep it per SourceText. */
export function parseYaml(source: SourceText): ParsedYaml {
  const problems = new Problems();
  const documents: YamlDocument[] = [];
  const comments: CommentSpan[] = [];
  for (const [start, end] of splitDocuments(source, problems)) {
    const block = parseBlock(source, start, end);
    if (block) {
      documents.push({ root: block.root, start, end, duplicateKeys: block.duplicateKeys });
      for (const comment of block.comments) comments.push(comment);
      continue;
    }
    const parsed = parseWithLibrary(source, start, end, budget);
    problems.addAll(parsed.problems);
    if (problems.hasErrors) break;
    documents.push({ root: parsed.root, start, end, duplicateKeys: parsed.duplicateKeys });
    for (const comment of parsed.comments) comments.push(comment);
  }
  return { source, documents, comments, problems: problems.list };
}

/** The ranges of the documents: what stands between lines that begin with `---`. */
function splitDocuments(source: SourceText, problems: Problems): readonly (readonly [start: number, end: number])[] {
  const { text } = source;
  const ranges: [number, number][] = [];
  let start = 0;
  for (let at = text.indexOf('\n---'); at >= 0; at = text.indexOf('\n---', at + 1)) {
    const lineEnd = text.indexOf('\n', at + 1);
    if (lineEnd < 0) break;
    const rest = text.slice(at + 4, lineEnd).trim();
    if (rest !== '' && !rest.startsWith('#')) {
      problems.error('yaml/invalid-separator', 'Nothing but a comment may follow --- on its line.', { source, start: at + 1, end: lineEnd });
      return [];
    }
    ranges.push([start, at + 1]);
    start = lineEnd + 1;
  }
  ranges.push([start, text.length]);
  return ranges;
}
