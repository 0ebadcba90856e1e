/**
 * Which files of a folder of plain manifests Argo CD takes (Argo CD v3.2.11 reposerver/repository getPotentiallyValidManifests
 * and getObjsFromYAMLOrJSON): in the order of a walk, by pattern, without those that say they are none and those that
 * don't look like manifests. Jsonnet isn't run.
 */
import type { FileTree } from '../../base/fileTree.js';
import { joinPath } from '../../base/path.js';
import type { Problems } from '../../base/problem.js';
import type { SourceText } from '../../base/source.js';
import { scalarValue } from '../../yaml/nodes.js';
import { parseYaml, type ParsedYaml } from '../../yaml/parse.js';
import type { DirectoryOptions } from './application.js';
import { isReadableGlob, matchGlob } from '../../base/glob.js';

const skipMarker = '+argocd:skip-file-rendering';

/** How deep folders are followed: a tree with links in a circle must end. */
const deepestFolder = 100;

/**
 * The manifests of a folder, absolute, in Argo CD's order.
 * @param parse the parsed form of a text, kept by the caller
 */
export function listManifests(
  tree: FileTree,
  folder: string,
  options: DirectoryOptions | undefined,
  problems: Problems,
  parse: (source: SourceText) => ParsedYaml = parseYaml,
): readonly string[] {
  reportPatterns(options, problems);
  const include = options?.include?.value ?? '';
  const exclude = options?.exclude?.value ?? '';
  const isAsked = (relative: string): boolean => (exclude === '' || !matchGlob(exclude, relative)) && (include === '' || matchGlob(include, relative));
  const found: string[] = [];
  for (const relative of walkFiles(tree, folder, options?.recurse ?? false, '', 0)) {
    if (!/\.(?:yaml|yml|json|jsonnet)$/.test(relative) || !isAsked(relative)) continue;
    const path = joinPath(folder, relative);
    const source = tree.read(path);
    if (!source || source.text.includes(skipMarker)) continue;
    if (relative.endsWith('.jsonnet')) {
      problems.error('argocd/jsonnet-unsupported', 'This folder holds Jsonnet, which is not supported here; what the source renders to is unknown.', { source, start: 0, end: 0 });
    } else if (relative.endsWith('.json') || looksLikeManifests(source, parse)) found.push(path);
  }
  return found;
}

/** The files below a folder relative to it, as filepath.Walk meets them: by name, folders entered in their turn. */
function walkFiles(tree: FileTree, folder: string, recurse: boolean, prefix: string, depth: number): readonly string[] {
  return tree.list(folder).flatMap((name) => {
    const path = joinPath(folder, `./${name}`);
    const kind = tree.kind(path);
    if (kind === 'file') return [prefix + name];
    if (kind !== 'directory' || !recurse || depth > deepestFolder) return [];
    // Walk doesn't follow links to folders.
    return tree.realPath(path) === joinPath(tree.realPath(folder), `./${name}`) ? walkFiles(tree, path, true, `${prefix}${name}/`, depth + 1) : [];
  });
}

/** False for a YAML file whose first document is no object and that has not all the words of one: Argo CD passes over it. */
function looksLikeManifests(source: SourceText, parse: (source: SourceText) => ParsedYaml): boolean {
  if (['apiVersion:', 'kind:', 'metadata:'].every((word) => source.text.includes(word))) return true;
  const parsed = parse(source);
  const first = parsed.documents.find(({ root }) => root !== undefined)?.root;
  if (first === undefined) return false;
  return first.kind === 'map' && (scalarValue(first.get('kind')) ?? '') !== '';
}

function reportPatterns(options: DirectoryOptions | undefined, problems: Problems): void {
  for (const pattern of [options?.include, options?.exclude]) {
    if (pattern && !isReadableGlob(pattern.value)) problems.warning('argocd/invalid-pattern', `${pattern.value} can't be read as a pattern, so it matches no file.`, pattern);
  }
}
