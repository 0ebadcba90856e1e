/** Names and roles of the kustomizations of a workspace: which are delivered, which are built on, what to call them. */
import { baseName, isInside, relativePath } from '../core/base/path.js';
import { scalarValue, type YamlNode } from '../core/yaml/nodes.js';
import type { KustomizationFacts } from '../core/gitops/findDelivery.js';
import { arrangingNames } from '../core/gitops/conventions.js';
import { chartFolders } from '../core/kustomize/charts/chartFolders.js';
import { findFileReferences } from '../core/kustomize/fileReferences.js';

/** A folder with a kustomization. */
export interface Root {
  readonly folder: string;
  /** Absolute path of the kustomization file. */
  readonly file: string;
  /** `orders prod`: for people, unique as far as folders allow. */
  readonly label: string;
  /** `prod`: enough among environments of one app. */
  readonly shortLabel: string;
  /** The folder relative to its workspace folder. */
  readonly description: string;
  readonly isComponent: boolean;
  /** True for a kustomization that no other one builds on, and that is no component: what is delivered. */
  readonly isEnvironment: boolean;
}

export interface FoundKustomization {
  readonly folder: string;
  readonly file: string;
  /** The root of its document; undefined where it can't be read. */
  readonly node: YamlNode | undefined;
}

/** What a kustomization says that names and roles depend on. */
interface Said {
  readonly isComponent: boolean;
  /** What it refers to, and in which field. */
  readonly references: readonly { readonly path: string; readonly field: string }[];
}

/** Kustomizations with their names and with what finding environments needs to know of them; the same lists until one of them says something else. */
export interface NamedKustomizations {
  readonly roots: readonly Root[];
  readonly facts: readonly KustomizationFacts[];
}

interface Kept extends NamedKustomizations {
  readonly found: readonly FoundKustomization[];
  readonly workspaceFolders: readonly string[];
  readonly said: readonly Said[];
}

/**
 * Names the kustomizations of one state after the other. Most edits change no name and no role: then the roots are the
 * same list as before, found with little work.
 */
export class RootNamer {
  #kept: Kept | undefined;

  /** Roots for kustomizations that were found, environments first, then by folder. */
  name(found: readonly FoundKustomization[], workspaceFolders: readonly string[]): NamedKustomizations {
    const before = this.#kept;
    if (before?.found === found && before.workspaceFolders === workspaceFolders) return before;
    const hasSamePlaces =
      before?.workspaceFolders === workspaceFolders && before.found.length === found.length && found.every(({ file }, index) => before.found[index]?.file === file);
    const said = found.map((kustomization, index) => {
      const known = hasSamePlaces ? before.said[index] : undefined;
      // While it can't be read, a kustomization is what it was.
      if (known && (!kustomization.node || before?.found[index]?.node === kustomization.node)) return known;
      return readSaid(kustomization);
    });
    const isSame = hasSamePlaces && said.every((each, index) => isSameSaid(each, before.said[index]));
    const roots = isSame ? before.roots : makeRoots(found, said, workspaceFolders);
    const facts = isSame ? before.facts : found.map(({ folder, file }, index) => makeFacts(folder, file, said[index]));
    this.#kept = { found, workspaceFolders, said, roots, facts };
    return this.#kept;
  }
}

/** Roots for kustomizations that were found, environments first, then by folder. */
export function nameRoots(found: readonly FoundKustomization[], workspaceFolders: readonly string[]): readonly Root[] {
  return new RootNamer().name(found, workspaceFolders).roots;
}

function makeFacts(folder: string, file: string, said: Said | undefined): KustomizationFacts {
  return { folder, file, isComponent: said?.isComponent ?? false, references: said?.references.map(({ path }) => path) ?? [] };
}

function readSaid({ node, folder }: FoundKustomization): Said {
  return {
    isComponent: node?.kind === 'map' && scalarValue(node.get('kind')) === 'Component',
    references: node
      ? [...findFileReferences(node, folder).map(({ path, field }) => ({ path, field })), ...chartFolders(node, folder).map((path) => ({ path, field: 'helmCharts' }))]
      : [],
  };
}

function isSameSaid(a: Said, b: Said | undefined): boolean {
  if (a === b) return true;
  return (
    a.isComponent === b?.isComponent &&
    a.references.length === b.references.length &&
    a.references.every(({ path, field }, index) => path === b.references[index]?.path && field === b.references[index].field)
  );
}

function makeRoots(found: readonly FoundKustomization[], said: readonly Said[], workspaceFolders: readonly string[]): readonly Root[] {
  const usedFolders = new Set(said.flatMap(({ references }) => references.map(({ path }) => path)));
  const named = found.map(({ folder }) => describe(folder, workspaceFolders));
  const counts = new Map<string, number>();
  for (const { label } of named) counts.set(label, (counts.get(label) ?? 0) + 1);
  const roots = found.map(({ folder, file }, index): Root => {
    const isComponent = said[index]?.isComponent ?? false;
    const { label, shortLabel, description } = named[index] ?? { label: folder, shortLabel: folder, description: folder };
    return { folder, file, shortLabel, description, isComponent, label: counts.get(label) === 1 ? label : description, isEnvironment: !isComponent && !usedFolders.has(folder) };
  });
  return roots.sort((a, b) => Number(b.isEnvironment) - Number(a.isEnvironment) || (a.folder < b.folder ? -1 : 1));
}

interface Names {
  readonly label: string;
  readonly shortLabel: string;
  readonly description: string;
}

/** `apps/orders/overlays/prod` is `orders prod`. */
function describe(folder: string, workspaceFolders: readonly string[]): Names {
  const workspaceFolder = workspaceFolders.filter((candidate) => isInside(folder, candidate)).sort((a, b) => b.length - a.length)[0];
  const relative = workspaceFolder === undefined ? folder : relativePath(workspaceFolder, folder);
  const name = workspaceFolder === undefined ? '' : baseName(workspaceFolder);
  const description = relative === '.' ? name : workspaceFolders.length > 1 ? `${name}/${relative}` : relative;
  const parts = relative.split('/').filter((part) => part !== '' && part !== '.');
  // Between kustomizations, unlike between environments, a base is one that has to be told from its overlays.
  const telling = parts.filter((part) => part.toLowerCase() === 'base' || !arrangingNames.has(part.toLowerCase()));
  const shortLabel = telling.at(-1) ?? parts.at(-1) ?? name;
  return { label: telling.length === 0 ? shortLabel : telling.slice(-2).join(' '), shortLabel, description };
}
