/** Overlays of a tree as environments that edits are tried on, without operators: each folder with a kustomization is one. */
import type { FileTree } from '../../src/core/base/fileTree.js';
import { joinPath } from '../../src/core/base/path.js';
import type { TextChange } from '../../src/core/base/problem.js';
import { SourceText } from '../../src/core/base/source.js';
import { buildKustomization, type BuildOptions } from '../../src/core/kustomize/build.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { kustomizationFileNames } from '../../src/core/kustomize/target.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { textsAfter, type EditSources, type EditTarget } from '../../src/core/promote/editSources.js';

export interface KustomizeSources extends EditSources {
  readonly tree: FileTree;
}

/** The environments of these folders; a rendering is made when it is asked for, and again only where a file that it read has changed. */
export function kustomizeSources(tree: FileTree, folders: readonly string[], options: BuildOptions = { loadRestrictor: 'rootOnly', enableHelm: false }): KustomizeSources {
  const targets = folders.map((folder) => ({ id: folder, label: folder.slice(folder.lastIndexOf('/') + 1), folder, declaration: undefined }));
  return sourcesOf(tree, targets, { options, cache: new BuildCache() }, () => undefined);
}

interface Builder {
  readonly options: BuildOptions;
  readonly cache: BuildCache;
}

function sourcesOf(tree: FileTree, targets: readonly EditTarget[], builder: Builder, known: (id: string) => Rendering | undefined): KustomizeSources {
  const renderings = new Map<string, Rendering>();
  const renderingOf = (id: string): Rendering => {
    const found = renderings.get(id) ?? known(id) ?? buildKustomization({ tree, folder: id, ...builder });
    renderings.set(id, found);
    return found;
  };
  return {
    tree,
    targets,
    renderingOf,
    parse: (path) => {
      const source = tree.read(path);
      return source && builder.cache.parse(source);
    },
    kustomizationFileOf: (folder) => kustomizationFileNames.map((name) => joinPath(folder, name)).find((path) => tree.kind(path) === 'file'),
    valuesOf: () => [],
    edit: (changes: readonly TextChange[]) => {
      const texts = textsAfter(changes, (path) => tree.read(path)) ?? new Map<string, string>();
      return sourcesOf(withTexts(tree, texts), targets, builder, (id) => {
        const before = renderingOf(id);
        return [...texts.keys()].some((path) => before.dependencies.has(path)) ? undefined : before;
      });
    },
  };
}

/** A tree with other texts in the place of some files. */
export function withTexts(tree: FileTree, texts: ReadonlyMap<string, string>): FileTree {
  const sources = new Map([...texts].map(([path, text]) => [path, new SourceText(path, text)]));
  return {
    kind: (path) => tree.kind(path),
    read: (path) => sources.get(path) ?? tree.read(path),
    readBytes: (path) => (sources.has(path) ? new TextEncoder().encode(sources.get(path)?.text) : tree.readBytes(path)),
    list: (path) => tree.list(path),
    realPath: (path) => tree.realPath(path),
  };
}
