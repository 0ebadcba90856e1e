/**
 * The git generator: an Application for each folder, or for each file's content, of a repository (Argo CD v3.2.11
 * applicationset/generators/git.go). Folders by Go's path.Match without hidden ones; files by git's pathspecs, sorted.
 */
import { baseName, joinPath, parentPath } from '../../../base/path.js';
import type { Place } from '../../../base/problem.js';
import { makeMap, makeScalar, makeSequence, Pair, type MapNode, type ScalarNode, type YamlNode } from '../../../yaml/nodes.js';
import { parseYaml } from '../../../yaml/parse.js';
import { scalarAt } from '../../declarations.js';
import { isTrue, mapsAt } from '../application.js';
import { headOf } from '../argoType.js';
import { matchPath, matchPathspec } from '../../../base/glob.js';
import { allOrNothing, makeTexts, stepAt, withValues, type Generated, type GeneratorContext } from './generatorContext.js';
import { sanitizeName } from './names.js';
import { flattenParams, printGo, settleNode, type ParamSet } from './params.js';
import type { RepositoryTree } from './world.js';

interface PathItem {
  readonly path: ScalarNode;
  readonly isExcluded: boolean;
}

export function generateGit(git: MapNode, field: string, context: GeneratorContext): Generated {
  const [folders, files] = [readItems(git, 'directories'), readItems(git, 'files')];
  if (folders.length === 0 && files.length === 0) {
    context.problems.error('argocd/invalid-generator', 'A git generator needs directories or files.', headOf(git));
    return undefined;
  }
  const url = scalarAt(git, 'repoURL');
  const repository = context.world.repository(url?.value ?? '', scalarAt(git, 'revision')?.value ?? '');
  if (!repository) {
    const message = `The repository ${url?.value ?? ''} is not open here, so what this generator finds there is unknown.`;
    context.lacks.push({ kind: 'repository', spec: url?.value ?? '', place: url ?? headOf(git), message });
    return [];
  }
  return folders.length > 0 ? fromFolders(git, folders, repository, field, context) : fromFiles(git, files, repository, field, context);
}

function readItems(git: MapNode, key: string): readonly PathItem[] {
  return mapsAt(git, key).flatMap((node) => {
    const path = scalarAt(node, 'path');
    return path ? [{ path, isExcluded: isTrue(node, 'exclude') }] : [];
  });
}

function fromFolders(git: MapNode, items: readonly PathItem[], repository: RepositoryTree, field: string, context: GeneratorContext): Generated {
  const found: (ParamSet | undefined)[] = [];
  for (const folder of walkFolders(repository, items)) {
    const hits = items.filter(({ path }) => matchPath(path.value, folder));
    const hit = hits.find(({ isExcluded }) => !isExcluded);
    if (!hit || hits.some(({ isExcluded }) => isExcluded)) continue;
    const index = items.indexOf(hit);
    const params = pathParams(folder, undefined, hit.path, git, context);
    found.push(withValues({ ...params, step: stepAt(`${field}.directories[${index}]`, hit.path) }, git, context));
  }
  return allOrNothing(found);
}

/** The folders that may match, relative to the top, in the order of a walk; hidden ones are passed over. */
function walkFolders({ tree, top }: RepositoryTree, items: readonly PathItem[]): readonly string[] {
  const patterns = items.filter(({ isExcluded }) => !isExcluded).map(({ path }) => path.value.split('/'));
  const mayLead = (parts: readonly string[]): boolean =>
    patterns.some((pattern) => pattern.length >= parts.length && parts.every((part, at) => /[[\\]/.test(pattern[at] ?? '') || matchPath(pattern[at] ?? '', part)));
  const walk = (folder: string, parts: readonly string[]): readonly string[] =>
    tree.list(folder).flatMap((name) => {
      const below = [...parts, name];
      const path = joinPath(folder, `./${name}`);
      if (name.startsWith('.') || !mayLead(below) || tree.kind(path) !== 'directory' || tree.realPath(path) !== joinPath(tree.realPath(folder), `./${name}`)) return [];
      return [below.join('/'), ...walk(path, below)];
    });
  return walk(top, []);
}

function fromFiles(git: MapNode, items: readonly PathItem[], repository: RepositoryTree, field: string, context: GeneratorContext): Generated {
  const magic = items.find(({ path }) => path.value.startsWith(':'));
  if (magic) {
    context.problems.error('argocd/pathspec-unsupported', 'Magic of git pathspecs is not supported here; write a plain pattern.', magic.path);
    return undefined;
  }
  const found: (ParamSet | undefined)[] = [];
  for (const file of walkFiles(repository, '')) {
    const hits = items.filter(({ path }) => matchPathspec(path.value, file));
    const hit = hits.find(({ isExcluded }) => !isExcluded);
    if (!hit || hits.some(({ isExcluded }) => isExcluded)) continue;
    const sets = fromFile(git, file, hit.path, repository, `${field}.files[${items.indexOf(hit)}]`, context);
    if (!sets) return undefined;
    found.push(...sets);
  }
  return allOrNothing(found);
}

/** All files, relative to the top, sorted by their paths. */
function walkFiles({ tree, top }: RepositoryTree, prefix: string): readonly string[] {
  const walk = (folder: string, way: string): readonly string[] =>
    tree.list(folder).flatMap((name) => {
      const path = joinPath(folder, `./${name}`);
      const kind = tree.kind(path);
      if (kind === 'file') return [way + name];
      const isFollowed = kind === 'directory' && name !== '.git' && name !== 'node_modules' && tree.realPath(path) === joinPath(tree.realPath(folder), `./${name}`);
      return isFollowed ? walk(path, `${way}${name}/`) : [];
    });
  return [...walk(top, prefix)].sort((a, b) => (a < b ? -1 : 1));
}

/** A file holds one set of parameters, or a list of them. */
function fromFile(
  git: MapNode,
  file: string,
  pattern: ScalarNode,
  { tree, top }: RepositoryTree,
  field: string,
  context: GeneratorContext,
): readonly (ParamSet | undefined)[] | undefined {
  const source = tree.read(joinPath(top, `./${file}`));
  if (!source) return [];
  const parsed = (context.world.parse ?? parseYaml)(source);
  if (parsed.problems.some(({ severity }) => severity === 'error')) {
    context.problems.addAll(parsed.problems);
    return undefined;
  }
  const place = { source, start: 0, end: 0 };
  const root = parsed.documents.find((document) => document.root)?.root;
  const isNothing = !root || (root.kind === 'scalar' && root.tag === '!!null');
  const items: readonly YamlNode[] = isNothing ? [makeMap([], place, undefined)] : root.kind === 'sequence' ? root.items : [root];
  return items.map((item) => {
    const settled = settleNode(item, 'yaml11');
    if (settled.kind !== 'map') {
      const message = `A git generator reads parameters from this file, so it must hold a map or a list of maps.`;
      context.problems.error('argocd/invalid-parameter-file', message, headOf(item), {
        related: [{ location: pattern.source.locate(pattern.start, pattern.end), message: 'the generator' }],
      });
      return undefined;
    }
    const step = stepAt(field, isNothing ? pattern : item);
    return withValues(mergePathParams(settled, pathParams(parentPath(file), baseName(file), place, git, context), step, context), git, context);
  });
}

/** A file's own parameters, with those of its path over them. */
function mergePathParams(content: MapNode, path: ParamSet, step: ParamSet['step'], { renderer }: GeneratorContext): ParamSet {
  const own = renderer.isGo ? content : flattened(content);
  const values = path.values.pairs.reduce((map, { key, value }) => map.with(key.value, value, key), own);
  return { values, opaque: path.opaque, step };
}

function flattened(content: MapNode): MapNode {
  const pairs = [...flattenParams({ values: content, opaque: new Set() })].map(([name, node]) => {
    const isText = node.kind === 'scalar' && node.tag === '!!str';
    return new Pair(makeScalar(name, node, undefined), isText ? node : makeScalar(printGo(node), node, undefined));
  });
  return content.withPairs(pairs);
}

/** The parameters that a path gives: flat `path`, `path.basename`, `path[0]`; in Go templates a map `path`. */
function pathParams(path: string, fileName: string | undefined, place: Place, git: MapNode, { renderer }: GeneratorContext): ParamSet {
  const prefix = scalarAt(git, 'pathParamPrefix')?.value;
  const basename = path === '.' ? '.' : baseName(path);
  const names = {
    path,
    basename,
    basenameNormalized: sanitizeName(basename),
    ...(fileName !== undefined && { filename: fileName, filenameNormalized: sanitizeName(fileName) }),
  };
  const step = stepAt('path', place);
  const segments = path.split('/');
  if (renderer.isGo) {
    const list = makeSequence(
      segments.map((segment) => makeScalar(segment, place, undefined)),
      place,
      undefined,
    );
    const inner = makeTexts(names, place).with('segments', list);
    const wrap = (key: string, value: MapNode): MapNode => makeMap([new Pair(makeScalar(key, place, undefined), value)], place, undefined);
    const values = prefix === undefined ? wrap('path', inner) : wrap(prefix, wrap('path', inner));
    return { values, opaque: new Set([prefix === undefined ? 'path.segments' : `${prefix}.path.segments`]), step };
  }
  const way = prefix === undefined ? 'path' : `${prefix}.path`;
  const { path: whole, ...rest } = names;
  const flat: Record<string, string> = { [way]: whole };
  for (const [name, value] of Object.entries(rest)) flat[`${way}.${name}`] = value;
  segments.forEach((segment, index) => {
    if (segment !== '') flat[`${way}[${index}]`] = segment;
  });
  return { values: makeTexts(flat, place), opaque: new Set(), step };
}
