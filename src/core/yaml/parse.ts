/**
 * Reads YAML text into trees. Documents are told apart as kyaml does (kyaml/kio/byteio_reader.go v0.21.2): at every line
 * that begins with `---`, whatever stands around it; of each part go-yaml reads the first document alone. The positional
 * parser reads the common style; where it gives up the token parser reads, or finds the words for what is wrong.
 */
import { Problems, type Problem } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import { findControlCharacter, findLineEnd, type Complain } from './characters.js';
import type { CommentSpan, YamlDocument } from './nodes.js';
import { parseBlock } from './parseBlock.js';
import { parseTokens } from './parseTokens.js';

export interface ParsedYaml {
  readonly source: SourceText;
  readonly documents: readonly YamlDocument[];
  readonly comments: readonly CommentSpan[];
  /** Syntax errors (code `yaml/...`); with one of severity error, `documents` holds what could be read before it. */
  readonly problems: readonly Problem[];
}

const budget = { depth: 500, aliased: 100_000 } as const;

/** Parses all documents of a text. Pure: the same SourceText gives an equal tree; callers keep it per SourceText. */
export function parseYaml(source: SourceText): ParsedYaml {
  const problems = new Problems();
  const documents: YamlDocument[] = [];
  const comments: CommentSpan[] = [];
  const isCommon = !/\r(?!\n)|[\u0085\u2028\u2029]/.test(source.text);
  for (const [start, end] of splitDocuments(source, problems)) {
    const block = isCommon ? parseBlock(source, start, end) : undefined;
    const parsed = block ?? parseSlowly(source, start, end, problems);
    if (!parsed) break;
    documents.push({ root: parsed.root, start, end, duplicateKeys: parsed.duplicateKeys });
    for (const comment of parsed.comments) comments.push(comment);
  }
  return { source, documents, comments, problems: problems.list };
}

/**
 * Parses the first document alone, as go-yaml's Unmarshal reads a text: what stands behind it is not looked at, and comments
 * before a first `---` are no document.
 */
export function parseFirstDocument(source: SourceText): ParsedYaml {
  const { text } = source;
  const problems = new Problems();
  if (!reportControlCharacter(source, problems)) {
    const start = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?=---(?:[ \t\r\n]|$))/.exec(text)?.[0].length ?? 0;
    const rest = /\n---(?=[ \t\r\n]|$)/g;
    rest.lastIndex = start;
    const end = (rest.exec(text)?.index ?? text.length - 1) + 1;
    const block = /\r(?!\n)|[\u0085\u2028\u2029]/.test(text) ? undefined : parseBlock(source, start, end);
    const parsed = block ?? parseSlowly(source, start, end, problems);
    if (parsed) return { source, documents: [{ root: parsed.root, start, end, duplicateKeys: parsed.duplicateKeys }], comments: parsed.comments, problems: problems.list };
  }
  return { source, documents: [], comments: [], problems: problems.list };
}

function parseSlowly(
  source: SourceText,
  start: number,
  end: number,
  problems: Problems,
): (Omit<YamlDocument, 'start' | 'end'> & { readonly comments: readonly CommentSpan[] }) | undefined {
  const complain: Complain = (code, message, from, to) => {
    problems.error(code, message, { source, start: from, end: to });
    return undefined;
  };
  const parsed = parseTokens(source, start, end, budget, complain);
  if (problems.hasErrors) return undefined;
  if (parsed.ignoredFrom >= 0) {
    const message = 'Kustomize drops the text from here on: the document has ended before it, by its indentation or by a line of three dots.';
    problems.warning('yaml/ignored-text', message, { source, start: parsed.ignoredFrom, end: findLineEnd(source.text, parsed.ignoredFrom, end) });
  }
  return parsed;
}

/** True where there is a character that no YAML may have, which is reported. */
function reportControlCharacter(source: SourceText, problems: Problems): boolean {
  const { text } = source;
  const at = findControlCharacter(text);
  if (at < 0) return false;
  const hex = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  const message = `The control character U+${hex} cannot stand in YAML: delete it, or escape it in double quotes.`;
  problems.error('yaml/control-character', message, { source, start: at, end: at + 1 });
  return true;
}

/** The ranges of the documents: what stands between lines that begin with `---`; none where the text cannot be read at all. */
function splitDocuments(source: SourceText, problems: Problems): readonly (readonly [start: number, end: number])[] {
  const { text } = source;
  if (reportControlCharacter(source, problems)) return [];
  const ranges: [number, number][] = [];
  let start = 0;
  for (let at = text.indexOf('\n---'); at >= 0;) {
    const lineEnd = text.indexOf('\n', at + 1);
    if (lineEnd < 0) break;
    if (!/^(?:(?!\ufeff)[\s\u0085])*(?:#|$)/.test(text.slice(at + 4, lineEnd))) {
      problems.error('yaml/invalid-separator', 'Nothing but a comment may follow --- on its line.', { source, start: at + 1, end: lineEnd });
      return [];
    }
    ranges.push([start, at + 1]);
    start = lineEnd + 1;
    at = text.indexOf('\n---', start);
  }
  ranges.push([start, text.length]);
  return ranges;
}
