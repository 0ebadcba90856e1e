/**
 * `.helmignore`: which files of a folder are no part of its chart. As helm has it (pkg/ignore/rules.go v3.22): the first
 * pattern that matches decides, and a negated one takes everything away that it does not match.
 */
import { isReadablePathPattern, matchPath } from '../base/glob.js';
import { baseName } from '../base/path.js';
import type { SourceText } from '../base/source.js';

interface Rule {
  readonly isNegated: boolean;
  readonly mustBeFolder: boolean;
  readonly matches: (path: string) => boolean;
}

/** Tells of a path within the chart whether it is left out. */
export type Ignores = (path: string, isFolder: boolean) => boolean;

/** What can't be read, as helm says it, with the 0-based line. */
export interface IgnoreMistake {
  readonly message: string;
  readonly line: number;
}

/** @param source the file; undefined where there is none, which leaves out hidden templates only */
export function readHelmIgnore(source: SourceText | undefined): Ignores | IgnoreMistake {
  const rules: Rule[] = [];
  for (const [line, raw] of (source?.text ?? '').split('\n').entries()) {
    const text = (line === 0 ? raw.replace(/^\ufeff/, '') : raw).trim();
    if (text === '' || text.startsWith('#')) continue;
    if (text.includes('**')) return { message: 'double-star (**) syntax is not supported', line };
    if (!isReadablePathPattern(text)) return { message: 'syntax error in pattern', line };
    rules.push(makeRule(text));
  }
  rules.push(makeRule('templates/.?*'));
  return (path, isFolder) => {
    for (const { isNegated, mustBeFolder, matches } of rules) {
      if (isNegated) {
        if ((mustBeFolder && !isFolder) || !matches(path)) return true;
      } else if ((!mustBeFolder || isFolder) && matches(path)) return true;
    }
    return false;
  };
}

function makeRule(text: string): Rule {
  const isNegated = text.startsWith('!');
  const positive = isNegated ? text.slice(1) : text;
  const mustBeFolder = positive.endsWith('/');
  const pattern = mustBeFolder ? positive.slice(0, -1) : positive;
  const matches = (path: string): boolean =>
    pattern.startsWith('/') ? matchPath(pattern.slice(1), path) : pattern.includes('/') ? matchPath(pattern, path) : matchPath(pattern, baseName(path));
  return { isNegated, mustBeFolder, matches };
}
