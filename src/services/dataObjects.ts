/**
 * The ConfigMaps and Secrets that stand in a workspace's files, by name: what Flux substitutes from. Several clusters of
 * a repository mostly have one of each name, so the one nearest to who asks is meant.
 */
import type { FileTree } from '../core/base/fileTree.js';
import type { SourceText } from '../core/base/source.js';
import { idOfObject } from '../core/objects/objectId.js';
import type { MapNode } from '../core/yaml/nodes.js';
import type { ParsedYaml } from '../core/yaml/parse.js';

interface DataObject {
  readonly path: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly root: MapNode;
}

interface ReadFile {
  readonly source: SourceText;
  readonly objects: readonly DataObject[];
}

/** A quick look at a text: false where no ConfigMap and no Secret can stand in it. */
export function mayHoldData(text: string): boolean {
  return /^kind:\s*["']?(?:ConfigMap|Secret)\b/m.test(text);
}

export class DataObjects {
  readonly #parse: (path: string, tree: FileTree) => ParsedYaml | undefined;
  readonly #files = new Map<string, ReadFile>();
  #paths: ReadonlySet<string> = new Set();
  /** By kind and name; undefined once a file changed. */
  #byName: Map<string, readonly DataObject[]> | undefined;
  #readIn: FileTree | undefined;

  constructor(parse: (path: string, tree: FileTree) => ParsedYaml | undefined) {
    this.#parse = parse;
  }

  /** The files to look in: those that {@link mayHoldData}. */
  setFiles(paths: readonly string[]): void {
    this.#paths = new Set(paths);
    this.#readIn = undefined;
    this.#byName = undefined;
  }

  /** The object of that kind and name whose file is nearest to `near`; undefined where there is none. */
  find(tree: FileTree, wanted: { readonly kind: string; readonly namespace: string; readonly name: string }, near: string): MapNode | undefined {
    this.#readAll(tree);
    this.#byName ??= groupByName([...this.#files.values()].flatMap(({ objects }) => objects));
    const found = (this.#byName.get(nameKey(wanted)) ?? []).filter(({ namespace }) => namespace === wanted.namespace || namespace === '');
    return found.sort((a, b) => sharedParts(b.path, near) - sharedParts(a.path, near) || (a.path < b.path ? -1 : 1))[0]?.root;
  }

  #readAll(tree: FileTree): void {
    if (this.#readIn === tree) return;
    const changed = this.#readIn && tree.changesSince?.(this.#readIn);
    this.#readIn = tree;
    for (const path of this.#files.keys()) if (!this.#paths.has(path)) this.#drop(path);
    for (const path of changed ?? this.#paths) {
      if (!this.#paths.has(path)) continue;
      const source = tree.read(path);
      if (!source) this.#drop(path);
      else if (this.#files.get(path)?.source !== source) {
        this.#files.set(path, { source, objects: readObjects(path, this.#parse(path, tree)) });
        this.#byName = undefined;
      }
    }
  }

  #drop(path: string): void {
    this.#files.delete(path);
    this.#byName = undefined;
  }
}

function nameKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}

function groupByName(objects: readonly DataObject[]): Map<string, readonly DataObject[]> {
  const groups = new Map<string, DataObject[]>();
  for (const object of objects) {
    const group = groups.get(nameKey(object));
    if (group) group.push(object);
    else groups.set(nameKey(object), [object]);
  }
  return groups;
}

function readObjects(path: string, parsed: ParsedYaml | undefined): readonly DataObject[] {
  return (parsed?.documents ?? []).flatMap(({ root }) => {
    if (root?.kind !== 'map') return [];
    const { kind, namespace, name } = idOfObject(root);
    return kind === 'ConfigMap' || kind === 'Secret' ? [{ path, kind, namespace, name, root }] : [];
  });
}

function sharedParts(a: string, b: string): number {
  const [x, y] = [a.split('/'), b.split('/')];
  const at = x.findIndex((part, index) => part !== y[index]);
  return at < 0 ? x.length : at;
}
