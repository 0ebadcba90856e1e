/** Names and roles of the kustomizations of a workspace: which are delivered, which are built on, what to call them. */
import { baseName, isInside, relativePath } from '../core/base/path.js';
import { scalarValue, type YamlNode } from '../core/yaml/nodes.js';
import { findFileReferences } from './features/fileReferences.js';
import type { Root } from './model.js';

export interface FoundKustomization {
  readonly folder: string;
  readonly file: string;
  /** The root of its document; undefined where it can't be read. */
  readonly node: YamlNode | undefined;
}

/** Roots for kustomizations that were found, environments first, then by folder. */
export function nameRoots(found: readonly FoundKustomization[], workspaceFolders: readonly string[]): readonly Root[] {
  const usedFolders = new Set(found.flatMap(({ node, folder }) => (node ? findFileReferences(node, folder).map(({ path }) => path) : [])));
  const described = found.map((kustomization) => ({ ...kustomization, ...describe(kustomization.folder, workspaceFolders) }));
  const counts = new Map<string, number>();
  for (const { label } of described) counts.set(label, (counts.get(label) ?? 0) + 1);
  const roots = described.map(({ folder, file, node, label, shortLabel, description }): Root => {
    const isComponent = node?.kind === 'map' && scalarValue(node.get('kind')) === 'Component';
    return { folder, file, shortLabel, description, isComponent, label: counts.get(label) === 1 ? label : description, isEnvironment: !isComponent && !usedFolders.has(folder) };
  });
  return roots.sort((a, b) => Number(b.isEnvironment) - Number(a.isEnvironment) || (a.folder < b.folder ? -1 : 1));
}

interface Names {
  readonly label: string;
  readonly shortLabel: string;
  readonly description: string;
}

/** Folders that say how things are arranged, not what they are. */
const arrangingNames: ReadonlySet<string> = new Set([
  'apps', 'applications', 'services', 'projects', 'overlays', 'overlay', 'environments', 'environment', 'envs', 'env', 'variants', 'components', 'clusters',
  'kustomize', 'k8s', 'kubernetes', 'deploy', 'deployment', 'manifests', 'gitops', 'src', 'tenants', 'infrastructure', 'config',
]);

/** `apps/orders/overlays/prod` is `orders prod`. */
function describe(folder: string, workspaceFolders: readonly string[]): Names {
  const workspaceFolder = workspaceFolders.filter((candidate) => isInside(folder, candidate)).sort((a, b) => b.length - a.length)[0];
  const relative = workspaceFolder === undefined ? folder : relativePath(workspaceFolder, folder);
  const name = workspaceFolder === undefined ? '' : baseName(workspaceFolder);
  const description = relative === '.' ? name : workspaceFolders.length > 1 ? `${name}/${relative}` : relative;
  const parts = relative.split('/').filter((part) => part !== '' && part !== '.');
  const telling = parts.filter((part) => !arrangingNames.has(part.toLowerCase()));
  const shortLabel = telling.at(-1) ?? parts.at(-1) ?? name;
  return { label: telling.length === 0 ? shortLabel : telling.slice(-2).join(' '), shortLabel, description };
}
