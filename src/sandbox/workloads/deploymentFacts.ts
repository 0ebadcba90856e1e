/** What follows from a Deployment's fields. */
import type { JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { numberAt, stringAt, valueAt } from '../../core/live/readFields.js';

/** A Deployment and its ReplicaSets, oldest first. */
export interface Rollout {
  readonly deployment: LiveObject;
  readonly all: readonly LiveObject[];
  /** That of the template as it is now. */
  readonly current: LiveObject | undefined;
  readonly old: readonly LiveObject[];
}

export function replicasOf(object: LiveObject): number {
  return numberAt(object, 'spec', 'replicas') ?? 1;
}

export function sumReplicas(sets: readonly LiveObject[]): number {
  return sets.reduce((sum, set) => sum + replicasOf(set), 0);
}

export function isPaused(deployment: LiveObject): boolean {
  return valueAt(deployment, 'spec', 'paused') === true;
}

function isRolling(deployment: LiveObject): boolean {
  return stringAt(deployment, 'spec', 'strategy', 'type') !== 'Recreate' && replicasOf(deployment) > 0;
}

/** A number or a part of `of`; both roundings are those of kubernetes pkg/util/intstr. */
export function scaledValue(value: JsonValue | undefined, of: number, rounding: 'up' | 'down', otherwise: number): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value) : null;
  if (percent === null) return otherwise;
  const part = (Number(percent[1]) * of) / 100;
  return rounding === 'up' ? Math.ceil(part) : Math.floor(part);
}

/** More pods than wanted that may be there during an update. */
export function maxSurgeOf(deployment: LiveObject): number {
  if (!isRolling(deployment)) return 0;
  return scaledValue(valueAt(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%', replicasOf(deployment), 'up', 1);
}

/** Fewer available pods than wanted that there may be; at least one where no more pods than wanted may be. */
export function maxUnavailableOf(deployment: LiveObject): number {
  if (!isRolling(deployment)) return 0;
  const value = scaledValue(valueAt(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%', replicasOf(deployment), 'down', 0);
  return Math.min(replicasOf(deployment), value === 0 && maxSurgeOf(deployment) === 0 ? 1 : value);
}
