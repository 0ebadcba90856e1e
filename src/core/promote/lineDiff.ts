/** The lines in which two texts differ, and the unified diff that people and tools read. Line ends belong to their lines. */

/** Lines that are others in the second text; one of the two lists may be empty. */
export interface Hunk {
  /** 0-based lines where it begins. */
  readonly beforeLine: number;
  readonly afterLine: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Beyond so many compared pairs of lines, what differs is one hunk. */
const mostPairs = 4_000_000;

/** The hunks, in the order of the texts; each as small as it can be. */
export function diffLines(before: string, after: string): readonly Hunk[] {
  const [left, right] = [splitLines(before), splitLines(after)];
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < left.length - head && tail < right.length - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  const [a, b] = [left.slice(head, left.length - tail), right.slice(head, right.length - tail)];
  if (a.length === 0 && b.length === 0) return [];
  if (a.length * b.length > mostPairs) return [{ beforeLine: head, afterLine: head, before: a, after: b }];
  return hunksOf(a, b, longestCommon(a, b)).map((hunk) => ({ ...hunk, beforeLine: hunk.beforeLine + head, afterLine: hunk.afterLine + head }));
}

/** A unified diff with three lines around each change; empty where the texts are the same. @param name as people read it; undefined for a file that isn't there */
export function formatUnifiedDiff(
  before: { readonly name: string | undefined; readonly text: string },
  after: { readonly name: string | undefined; readonly text: string },
): string {
  const hunks = diffLines(before.text, after.text);
  if (hunks.length === 0) return '';
  const lines = splitLines(before.text);
  const header = `--- ${before.name === undefined ? '/dev/null' : `a/${before.name}`}\n+++ ${after.name === undefined ? '/dev/null' : `b/${after.name}`}\n`;
  return (
    header +
    joinNear(hunks)
      .map((group) => formatGroup(group, lines))
      .join('')
  );
}

const context = 3;

function joinNear(hunks: readonly Hunk[]): readonly (readonly Hunk[])[] {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const last = groups.at(-1)?.at(-1);
    if (last && hunk.beforeLine - (last.beforeLine + last.before.length) <= 2 * context) groups.at(-1)?.push(hunk);
    else groups.push([hunk]);
  }
  return groups;
}

function formatGroup(group: readonly Hunk[], lines: readonly string[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last) return '';
  const start = Math.max(0, first.beforeLine - context);
  const end = Math.min(lines.length, last.beforeLine + last.before.length + context);
  const added = group.reduce((sum, { before, after }) => sum + after.length - before.length, 0);
  const afterStart = start + first.afterLine - first.beforeLine;
  const range = (from: number, count: number): string => `${count === 0 ? from : from + 1}${count === 1 ? '' : `,${count}`}`;
  let text = `@@ -${range(start, end - start)} +${range(afterStart, end - start + added)} @@\n`;
  let at = start;
  for (const { beforeLine, before, after } of group) {
    for (; at < beforeLine; at++) text += mark(' ', lines[at] ?? '');
    for (const line of before) text += mark('-', line);
    for (const line of after) text += mark('+', line);
    at = beforeLine + before.length;
  }
  for (; at < end; at++) text += mark(' ', lines[at] ?? '');
  return text;
}

function mark(sign: string, line: string): string {
  return line.endsWith('\n') ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`;
}

function splitLines(text: string): readonly string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

/** Lengths of longest common runs from each pair of lines on. */
function longestCommon(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] = a[i] === b[j] ? (lengths[at + width + 1] ?? 0) + 1 : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  return lengths;
}

function hunksOf(a: readonly string[], b: readonly string[], lengths: Uint32Array): readonly Hunk[] {
  const width = b.length + 1;
  const hunks: Hunk[] = [];
  let [i, j] = [0, 0];
  let [startA, startB] = [0, 0];
  const close = (): void => {
    if (i > startA || j > startB) hunks.push({ beforeLine: startA, afterLine: startB, before: a.slice(startA, i), after: b.slice(startB, j) });
  };
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      close();
      i++;
      j++;
      [startA, startB] = [i, j];
    } else if (j >= b.length || (i < a.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))) i++;
    else j++;
  }
  close();
  return hunks;
}
