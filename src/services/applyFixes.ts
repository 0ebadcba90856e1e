/** The texts of files after the fixes of problems: each fix whole or not at all, none over another, none that is a guess. */
import type { FileTree } from '../core/base/fileTree.js';
import type { Fix, Problem, TextChange } from '../core/base/problem.js';
import type { SourceText } from '../core/base/source.js';

export interface FixedTexts {
  /** The new text of each file that changes, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** How many fixes went in. */
  readonly fixes: number;
}

/** A field that is named after the nearest one that is known may be meant for something else. */
const guessedCodes: ReadonlySet<string> = new Set(['kustomize/unknown-field']);

interface Edit {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** Applies the fixes in the order of the problems; of two that touch the same text the first. */
export function applyFixes(problems: readonly Problem[], tree: FileTree): FixedTexts {
  const edits = new Map<string, Edit[]>();
  const applied = new Set<string>();
  for (const { fix, code } of problems) {
    if (!fix || guessedCodes.has(code)) continue;
    const key = JSON.stringify(fix.changes);
    const planned = applied.has(key) ? undefined : planFix(fix, tree);
    if (!planned || planned.some((edit) => edits.get(edit.source.path)?.some((other) => overlaps(edit, other)))) continue;
    applied.add(key);
    for (const edit of planned) edits.set(edit.source.path, [...(edits.get(edit.source.path) ?? []), edit]);
  }
  return { texts: new Map([...edits].map(([path, list]) => [path, edited(list)])), fixes: applied.size };
}

/** The edits of a fix; undefined where a file of it can't be written back as it was read. */
function planFix({ changes }: Fix, tree: FileTree): readonly Edit[] | undefined {
  const edits = changes.map((change) => planChange(change, tree));
  return edits.includes(undefined) ? undefined : edits.filter((edit) => edit !== undefined);
}

function planChange({ location: { path, range }, newText }: TextChange, tree: FileTree): Edit | undefined {
  const source = tree.read(path);
  const bytes = tree.readBytes(path);
  // Bytes that are no UTF-8 would be lost.
  if (!source || new TextEncoder().encode(source.text).length !== bytes?.length) return undefined;
  return { source, start: source.offsetAt(range.start), end: source.offsetAt(range.end), newText };
}

function overlaps(a: Edit, b: Edit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}

function edited(edits: readonly Edit[]): string {
  let text = edits[0]?.source.text ?? '';
  for (const { start, end, newText } of [...edits].sort((a, b) => b.start - a.start)) text = text.slice(0, start) + newText + text.slice(end);
  return text;
}
