/**
 * Reads again, with another parser than the engine's, the text that an origin points at. A place may hold a scalar as
 * it stands in YAML, or plain text (a file that a generator takes in), so the answer is a list of candidates.
 */
import { isScalar, parseAllDocuments, parseDocument, visit } from 'yaml';
import type { Place } from '../../../src/core/base/problem.js';
import type { SourceText } from '../../../src/core/base/source.js';

const wholeFiles = new WeakMap<SourceText, ReadonlyMap<number, string>>();

/** The texts that the range may stand for: as it is, and decoded as a YAML scalar. */
export function textsAt(place: Place): readonly string[] {
  const raw = place.source.text.slice(place.start, place.end);
  const trimmed = raw.trim();
  if (trimmed === '') return ['', raw];
  const first = trimmed[0] ?? '';
  const isPlainWord = !`"'|>!&*`.includes(first) && !trimmed.includes('\n');
  if (isPlainWord) return [trimmed, raw];
  const whole = first === '"' || first === "'" ? undefined : scalarsOf(place.source).get(place.start);
  const decoded = whole ?? decodeScalar(trimmed);
  return decoded === undefined ? [trimmed, raw] : [decoded, trimmed, raw];
}

/**
 * The value that stands in the range as plain data (a map of a directive, for instance), or undefined where it can't be
 * read. The range may begin in the middle of a line.
 */
export function dataAt(place: Place): unknown {
  const { text } = place.source;
  const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
  const padding = ' '.repeat(place.start - lineStart);
  const document = parseDocument(padding + text.slice(place.start, place.end), { uniqueKeys: false, schema: 'failsafe' });
  return document.errors.length > 0 ? undefined : document.toJS();
}

function decodeScalar(text: string): string | undefined {
  const document = parseDocument(text, { uniqueKeys: false, schema: 'failsafe' });
  return document.errors.length === 0 && isScalar(document.contents) ? String(document.contents.value) : undefined;
}

/** The scalars of a whole text by the offset at which they begin: for block scalars, which need their surroundings. */
function scalarsOf(source: SourceText): ReadonlyMap<number, string> {
  let found = wholeFiles.get(source);
  if (!found) {
    found = readScalars(source.text);
    wholeFiles.set(source, found);
  }
  return found;
}

function readScalars(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const parsed = parseAllDocuments(text, { uniqueKeys: false, schema: 'failsafe' });
  for (const document of Array.isArray(parsed) ? parsed : []) {
    visit(document, {
      Scalar: (_key, node) => {
        const start = node.range?.[0];
        if (start !== undefined) found.set(start, String(node.value));
      },
    });
  }
  return found;
}
