/** Merges three texts by lines, as `git merge-file` does; what both sides changed is a conflict. */
import fs from 'node:fs';
import path from 'node:path';
import { runForStatus, writeGitForBytes } from './writeGit.js';

export interface ThreeTexts {
  readonly current: Buffer;
  readonly base: Buffer;
  readonly other: Buffer;
}

/** The current text with what `other` changes in `base`; undefined where both change the same lines, or for what is no text. @param scratch a folder for files */
export async function mergeFiles(scratch: string, texts: ThreeTexts, signal: AbortSignal): Promise<Buffer | undefined> {
  const { current, base, other } = texts;
  if (current.equals(base) || current.equals(other)) return other;
  if (base.equals(other)) return current;
  const files = writeTexts(scratch, texts);
  const { status, output } = await runForStatus(scratch, ['merge-file', '-p', '-q', files.current, files.base, files.other], { signal });
  return status === 0 ? output : undefined;
}

/** The 1-based lines of the current text that stand in the way of the change from `base` to `other`. */
export async function findConflicts(scratch: string, texts: ThreeTexts, signal: AbortSignal): Promise<readonly { readonly from: number; readonly to: number }[]> {
  const files = writeTexts(scratch, texts);
  const own = await readHunks(scratch, files.base, files.current, signal);
  const wanted = await readHunks(scratch, files.base, files.other, signal);
  // Changes that touch one another are a conflict too (git's xdiff/xmerge.c).
  const meets = own.filter((mine) => wanted.some((theirs) => mine.from <= theirs.from + theirs.lines && theirs.from <= mine.from + mine.lines));
  return meets.map(({ newFrom, newLines }) => ({ from: Math.max(newFrom, 1), to: Math.max(newFrom + newLines - 1, newFrom, 1) }));
}

interface Hunk {
  /** 0-based, in the first file: the first line that goes, or before which something comes. */
  readonly from: number;
  readonly lines: number;
  /** 1-based, in the second file. */
  readonly newFrom: number;
  readonly newLines: number;
}

async function readHunks(scratch: string, a: string, b: string, signal: AbortSignal): Promise<readonly Hunk[]> {
  const words = ['diff', '--no-index', '--no-color', '--no-ext-diff', '--no-textconv', '--unified=0', '--', a, b];
  const { output } = await runForStatus(scratch, words, { signal });
  return [...output.toString('utf8').matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map(([, from = '0', lines = '1', newFrom = '0', newLines = '1']) => ({
    // What inserts names the line after which it does.
    from: lines === '0' ? Number(from) : Number(from) - 1,
    lines: Number(lines),
    newFrom: Number(newFrom),
    newLines: Number(newLines),
  }));
}

function writeTexts(scratch: string, texts: ThreeTexts): Readonly<Record<keyof ThreeTexts, string>> {
  const write = (name: keyof ThreeTexts): string => {
    const file = path.join(scratch, name);
    fs.writeFileSync(file, texts[name]);
    return file;
  };
  return { current: write('current'), base: write('base'), other: write('other') };
}

/** The content of a blob. */
export function readBlob(top: string, hash: string, signal: AbortSignal): Promise<Buffer> {
  return writeGitForBytes(top, ['cat-file', 'blob', hash], { signal });
}
