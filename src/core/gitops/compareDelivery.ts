/** What differs between two states of a workspace, environment by environment, as each would be deployed. */
import { compareRenderings, type ObjectChange } from '../objects/compare.js';
import type { Rendering } from '../objects/rendering.js';
import type { Environment } from './delivery.js';

/** One side of a comparison. */
export interface ComparedSide {
  readonly environments: readonly Environment[];
  readonly render: (environment: Environment) => Rendering;
}

export interface EnvironmentChange {
  /** As it is after the change; as it was, for one that is gone. */
  readonly environment: Environment;
  /** `unknown`: one of the sides can't be rendered, so that nothing can be said. */
  readonly change: 'added' | 'removed' | 'changed' | 'unknown';
  readonly objects: readonly ObjectChange[];
  /** Why nothing can be said. */
  readonly reason: string | undefined;
}

/** The environments that differ, in the order of `after`, then those that are gone. Unchanged ones are left out. */
export function compareDelivery(before: ComparedSide, after: ComparedSide): readonly EnvironmentChange[] {
  const known = new Map(before.environments.map((environment) => [environment.id, environment]));
  const changes: EnvironmentChange[] = [];
  for (const environment of after.environments) {
    const old = known.get(environment.id);
    known.delete(environment.id);
    const change = old ? compareEnvironment(before.render(old), after.render(environment), environment) : added(environment, after.render(environment));
    if (change) changes.push(change);
  }
  for (const environment of known.values()) {
    const rendering = before.render(environment);
    changes.push({ environment, change: 'removed', objects: rendering.objects.map((left) => ({ change: 'removed', left, right: undefined, fields: [] })), reason: undefined });
  }
  return changes;
}

function added(environment: Environment, { objects }: Rendering): EnvironmentChange {
  return { environment, change: 'added', objects: objects.map((right) => ({ change: 'added', left: undefined, right, fields: [] })), reason: undefined };
}

function compareEnvironment(left: Rendering, right: Rendering, environment: Environment): EnvironmentChange | undefined {
  if (!left.ok && !right.ok) return undefined;
  const broken = !left.ok ? left : !right.ok ? right : undefined;
  if (broken) {
    const side = broken === left ? 'before' : 'after';
    return { environment, change: 'unknown', objects: [], reason: `It can't be rendered ${side} the change: ${broken.problems[0]?.message ?? 'there is no output'}` };
  }
  const objects = compareRenderings(left, right);
  return objects.length === 0 ? undefined : { environment, change: 'changed', objects, reason: undefined };
}
