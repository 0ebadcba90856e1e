/** What a rule of health is, and the words to make one. */
import type { Health, HealthStatus } from '../health.js';
import type { LiveObject } from '../liveObject.js';

/** Tells the health of an object of the kinds that the rule is for. */
export type HealthRule = (object: LiveObject) => Health;

/** Rules by `group/Kind`; the core group is empty: `/Pod`. */
export type HealthRules = Readonly<Record<string, HealthRule>>;

export function healthy(message = ''): Health {
  return { status: 'Healthy', message };
}

export function progressing(message = ''): Health {
  return { status: 'Progressing', message };
}

export function degraded(message = ''): Health {
  return { status: 'Degraded', message };
}

export function suspended(message = ''): Health {
  return { status: 'Suspended', message };
}

export function unknown(message = ''): Health {
  return { status: 'Unknown', message };
}

export function healthOfStatus(status: HealthStatus, message: string | undefined): Health {
  return { status, message: message ?? '' };
}

/** One rule for several kinds of a group. */
export function forKinds(group: string, kinds: readonly string[], rule: (kind: string) => HealthRule): HealthRules {
  return Object.fromEntries(kinds.map((kind) => [`${group}/${kind}`, rule(kind)]));
}
