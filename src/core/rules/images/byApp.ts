/** What was gathered of environments, by the app that they belong to. */
import type { Environment } from '../../gitops/delivery.js';

/** Apps with more than one environment, each with what was gathered of those, in their order. */
export function byApp<Gathered extends { readonly environment: Environment }>(gathered: readonly Gathered[]): readonly (readonly Gathered[])[] {
  const apps = new Map<string, Gathered[]>();
  for (const each of gathered) {
    const known = apps.get(each.environment.app);
    if (known) known.push(each);
    else apps.set(each.environment.app, [each]);
  }
  return [...apps.values()].filter((group) => group.length > 1);
}
