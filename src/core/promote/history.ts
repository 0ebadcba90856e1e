/**
 * Which commits of a branch may have changed what an environment renders to, and which of them its operator deployed. Whether
 * one did is told by rendering, which is only worth it for these.
 */
import { isInside, parentPath } from '../base/path.js';
import type { DeliveryModel, Environment } from '../gitops/delivery.js';
import type { Rendering } from '../objects/rendering.js';

/** What an environment's render depends on, its declaration and what that was found in among them. */
export function dependenciesOf(environment: Environment, model: DeliveryModel, renderingOf: (environment: Environment) => Rendering): ReadonlySet<string> {
  const paths = new Set<string>();
  const seen = new Set<string>();
  for (let at: Environment | undefined = environment; at && !seen.has(at.id); at = holderOf(at, model)) {
    seen.add(at.id);
    for (const path of renderingOf(at).dependencies) paths.add(path);
    paths.add(at.declaredAt.source.path);
    const found = at.declaration?.foundIn;
    if (found?.kind === 'applicationSet') paths.add(found.set.root.source.path);
  }
  return paths;
}

/** The environment that the declaration, or the set that makes it, is rendered by. */
function holderOf({ declaration }: Environment, { environments }: DeliveryModel): Environment | undefined {
  const found = declaration?.foundIn.kind === 'applicationSet' ? declaration.foundIn.set.foundIn : declaration?.foundIn;
  return found?.kind === 'rendering' ? environments.find(({ id }) => id === found.environment) : undefined;
}

/** True where a change of these paths may change a render: one was read or looked for, or lies in a folder that was listed. */
export function mayConcern(changed: readonly string[], dependencies: ReadonlySet<string>, top: string): boolean {
  return changed.some((path) => {
    if (path.endsWith('/.gitops-workbench.yaml')) return true;
    for (let at = path; at !== top && isInside(at, top); at = parentPath(at)) if (dependencies.has(at)) return true;
    return false;
  });
}

/** The folder that an environment was in before files were renamed; undefined where it was not moved. @param renames old paths by new ones */
export function folderBefore({ sources: [source], declaredAt }: Environment, renames: ReadonlyMap<string, string>): string | undefined {
  const folder = source?.folder;
  if (folder === undefined) return undefined;
  const paths = [...renames.keys()].filter((path) => isInside(path, folder));
  // The file that makes it an environment says it for all.
  for (const path of [declaredAt.source.path, ...paths]) {
    const before = renames.get(path);
    const rest = path.slice(folder.length);
    if (before?.endsWith(rest) === true && isInside(path, folder)) return before.slice(0, -rest.length);
  }
  return undefined;
}

/** A revision that an operator says it deployed. */
export interface DeployedRevision {
  /** A full hash. */
  readonly revision: string;
  /** RFC 3339; undefined where it doesn't say. */
  readonly at: string | undefined;
}

/**
 * The deployments of each delivery: an operator deploys the tip of a branch, which renders what the latest delivery at or
 * before it made.
 * @param commits all hashes of the branch, latest first
 * @param deliveries those that changed the render
 */
export function matchDeployed(commits: readonly string[], deliveries: readonly string[], deployed: readonly DeployedRevision[]): ReadonlyMap<string, readonly DeployedRevision[]> {
  const made = new Set(deliveries);
  const found = new Map<string, DeployedRevision[]>();
  for (const each of deployed) {
    const place = commits.indexOf(each.revision);
    const delivery = place < 0 ? undefined : commits.slice(place).find((hash) => made.has(hash));
    if (delivery !== undefined) found.set(delivery, [...(found.get(delivery) ?? []), each]);
  }
  return found;
}
