/** Reads the one-string form of a small file tree: each file begins with a line `#- path`. */
import { MemoryTree } from '../../src/core/base/fileTree.js';

/** The folder that fixture paths are relative to. */
export const fixtureRoot = '/repository';

/**
 * The files of a fixture, by path as written. Text before the first `#- path` is not allowed.
 * @throws when the text does not begin with a `#- ` line
 */
export function parseFixture(text: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let path: string | undefined;
  let lines: string[] = [];
  const keep = (): void => {
    if (path !== undefined) files.set(path, lines.join('\n') + (lines.length > 0 ? '\n' : ''));
  };
  for (const line of text
    .replace(/^\n/, '')
    .replace(/\n[ ]*$/, '')
    .split('\n')) {
    if (line.startsWith('#- ')) {
      keep();
      path = line.slice(3).trim();
      lines = [];
    } else if (path === undefined) throw new Error(`a fixture begins with '#- path', not with ${JSON.stringify(line)}`);
    else lines.push(line);
  }
  keep();
  return files;
}

/** A snapshot of a fixture below {@link fixtureRoot}. */
export function fixtureTree(text: string): MemoryTree {
  return new MemoryTree(Object.fromEntries([...parseFixture(text)].map(([path, content]) => [`${fixtureRoot}/${path}`, content])));
}
