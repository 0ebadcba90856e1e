/**
 * Fixtures in which wanted findings are marked: below a line stands `# ^^^^ part of the message`, with the carets under
 * the range. A range that begins at the first column is marked without the `# `. Marks are taken out before the files
 * are read.
 */
import { fixtureRoot, parseFixture } from '../fixture.js';

export interface Mark {
  readonly path: string;
  /** 0-based. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface MarkedFixture {
  /** Absolute path to text. */
  readonly files: ReadonlyMap<string, string>;
  readonly marks: readonly Mark[];
}

/** Takes the marks out of a fixture. */
export function readMarks(fixture: string): MarkedFixture {
  const files = new Map<string, string>();
  const marks: Mark[] = [];
  for (const [name, marked] of parseFixture(fixture)) {
    const path = `${fixtureRoot}/${name}`;
    const lines: string[] = [];
    for (const line of marked.split('\n')) {
      const match = /^(\s*(?:#\s*)?)(\^+)(?: (.*))?$/.exec(line);
      const [, before = '', carets = '', message = ''] = match ?? [];
      if (match) marks.push({ path, line: lines.length - 1, start: before.length, end: before.length + carets.length, message: message.trim() });
      else lines.push(line);
    }
    files.set(path, lines.join('\n'));
  }
  return { files, marks };
}
