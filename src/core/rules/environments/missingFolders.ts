/** Sources whose folder isn't there although their repository is: known by others of the same repository that were found here by their folders. */
import type { FileTree } from '../../base/fileTree.js';
import { joinPath, parentPath } from '../../base/path.js';
import type { Environment, EnvironmentSource, Operator } from '../../gitops/delivery.js';
import { repositoryKey } from '../../gitops/gitUrl.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import type { Report } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';

/** Reports each source of the operator's environments whose folder is missing. A repository with a remote is asked when it is rendered. */
export function reportMissingFolders(environments: readonly Environment[], operator: Operator, tree: FileTree, report: Report): void {
  const tops = new Map<string, string>();
  for (const source of environments.flatMap(({ sources }) => sources)) {
    const { folder, repoURL, path, matchedBy } = source;
    if (matchedBy === 'path' && repoURL && path !== '.' && folder?.endsWith(`/${path}`)) tops.set(repositoryKey(repoURL.value), folder.slice(0, folder.length - path.length - 1));
  }
  for (const environment of environments) {
    if (environment.operator !== operator) continue;
    for (const source of environment.sources) {
      const { repoURL, pathNode } = source;
      const top = repoURL && tops.get(repositoryKey(repoURL.value));
      if (!pathNode || top === undefined || !isMissing(source, top, tree)) continue;
      const near = nearestFolder(source.path, top, tree);
      const fix = near === undefined ? undefined : replaceScalar(pathNode, pathNode.value.replace(source.path, near), `Change to ${near}`);
      const advice = near === undefined ? 'mend the path' : `did you mean ${near}?`;
      report(pathNode, `There is no folder ${source.path} in the repository that ${environment.label} comes from; ${advice}${near === undefined ? '.' : ''}`, {
        environments: [environment],
        ...(fix && { fix: { ...fix, needsReview: true } }),
      });
    }
  }
}

function isMissing({ folder, path, pathNode, renderer }: EnvironmentSource, top: string, tree: FileTree): boolean {
  // A chart of a chart repository has a name and no path.
  if (folder !== undefined || renderer === 'helm' || /\{\{|\$\{/.test(pathNode?.value ?? '')) return false;
  return tree.kind(joinPath(top, `./${path}`)) === 'none';
}

function nearestFolder(path: string, top: string, tree: FileTree): string | undefined {
  const parts = path.split('/');
  const at = parts.findIndex((_, index) => tree.kind(joinPath(top, parts.slice(0, index + 1).join('/'))) !== 'directory');
  const wrong = joinPath(top, parts.slice(0, at + 1).join('/'));
  const siblings = tree.list(parentPath(wrong)).filter((name) => tree.kind(joinPath(parentPath(wrong), name)) === 'directory');
  const near = nearestName(siblings, parts[at] ?? '');
  const mended = near === undefined || near === parts[at] ? undefined : parts.with(at, near).join('/');
  return mended !== undefined && tree.kind(joinPath(top, mended)) === 'directory' ? mended : undefined;
}
