/**
 * Which files of a source reach Flux at all: source-controller leaves out what belongs to git, pictures and archives,
 * files of CI systems, and what `.sourceignore` files and the source's `spec.ignore` name (fluxcd/pkg/sourceignore
 * v0.19.0; patterns as go-git reads those of .gitignore). Folders are never left out as such: each file is judged alone.
 */
import type { FileTree } from '../../base/fileTree.js';
import { isInside, joinPath, relativePath } from '../../base/path.js';
import { matchPath } from '../../base/glob.js';

/** True for a file that doesn't reach Flux; the path is absolute. */
export type IsIgnored = (path: string) => boolean;

const defaults = [
  ...['.git/', '.gitignore', '.gitmodules', '.gitattributes'],
  ...['*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip'],
  ...['.github/', '.circleci/', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml', 'cloudbuild.yaml', 'codeship-services.yml', 'codeship-steps.yml'],
  ...['**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml'],
];

/** How deep folders are looked through for ignore files. */
const deepest = 40;

/** What is asked about: files below `folder`, of the source whose top folder is `top` (both absolute). */
export interface IgnoreScope {
  readonly top: string;
  readonly folder: string;
  /** The source's `spec.ignore`. */
  readonly ignore: string | undefined;
}

/** Reads the ignore files above and below `folder`; those elsewhere say nothing about it. */
export function readSourceIgnore(tree: FileTree, { top, folder, ignore }: IgnoreScope): IsIgnored {
  const patterns = defaults.map((text) => parsePattern(text, []));
  const collect = (at: string, domain: readonly string[]): void => {
    const file = tree.read(joinPath(at, '.sourceignore'));
    if (file) patterns.push(...parseLines(file.text, domain));
    if (domain.length >= deepest) return;
    for (const name of tree.list(at)) {
      const child = joinPath(at, name);
      if (name === '.git' || !(isInside(child, folder) || isInside(folder, child))) continue;
      if (tree.kind(child) === 'directory') collect(child, [...domain, name]);
    }
  };
  collect(top, []);
  if (ignore !== undefined) patterns.push(...parseLines(ignore, []));
  patterns.reverse();
  return (path) => {
    const parts = relativePath(top, path).split('/');
    const decisive = patterns.find((pattern) => matches(pattern, parts));
    return decisive !== undefined && !decisive.isInclusion;
  };
}

interface Pattern {
  /** The folder that it was read in, as parts of a path from the top. */
  readonly domain: readonly string[];
  readonly parts: readonly string[];
  readonly isInclusion: boolean;
  readonly isForFolders: boolean;
}

function parseLines(text: string, domain: readonly string[]): readonly Pattern[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => parsePattern(line, domain));
}

function parsePattern(line: string, domain: readonly string[]): Pattern {
  const isInclusion = line.startsWith('!');
  const body = isInclusion ? line.slice(1) : line;
  const trimmed = body.endsWith('\\ ') ? body : body.replace(/ +$/, '');
  const isForFolders = trimmed.endsWith('/');
  return { domain, isInclusion, isForFolders, parts: (isForFolders ? trimmed.slice(0, -1) : trimmed).split('/') };
}

function matches({ domain, parts, isForFolders }: Pattern, path: readonly string[]): boolean {
  if (path.length <= domain.length || domain.some((part, index) => path[index] !== part)) return false;
  const rest = path.slice(domain.length);
  const [only = '', second] = parts;
  if (second !== undefined) return matchesWay(parts, rest, isForFolders);
  const index = rest.findIndex((name) => matchPath(only, name));
  return index >= 0 && !(isForFolders && index === rest.length - 1);
}

/** A pattern with slashes, which is anchored at its folder; `**` stands for any number of folders. */
function matchesWay(parts: readonly string[], path: readonly string[], isForFolders: boolean): boolean {
  let at = 0;
  let isMatched = false;
  let canSkip = false;
  for (const [index, part] of parts.entries()) {
    if (part === '') {
      canSkip = false;
      continue;
    }
    if (part === '**') {
      if (index === parts.length - 1) break;
      canSkip = true;
      continue;
    }
    if (part.includes('**') || at >= path.length) return false;
    if (canSkip) {
      canSkip = false;
      const found = path.findIndex((name, position) => position >= at && matchPath(part, name));
      isMatched = found >= 0;
      at = found < 0 ? path.length : found + 1;
    } else {
      if (!matchPath(part, path[at] ?? '')) return false;
      isMatched = true;
      at++;
    }
  }
  return isMatched && !(isForFolders && at >= path.length);
}
