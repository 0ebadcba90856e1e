/** Health of the Gateway API's kinds, as Argo CD v3.2.11 judges them (resource_customizations/gateway.networking.k8s.io/<kind>/health.lua). */
import type { Health } from '../health.js';
import type { JsonObject } from '../json.js';
import type { LiveObject } from '../liveObject.js';
import { degraded, healthy, progressing, type HealthRules } from './healthRule.js';
import { conditionsAt, mapsAt, textAt, valueAt, type Condition } from '../readFields.js';

export const gatewayRules: HealthRules = {
  'gateway.networking.k8s.io/Gateway': gatewayHealth,
  'gateway.networking.k8s.io/HTTPRoute': (object) => routeHealth(object, (parent) => isParentCurrent(object, parent)),
  'gateway.networking.k8s.io/GRPCRoute': (object) => routeHealth(object, () => true),
};

function gatewayHealth(object: LiveObject): Health {
  const listeners = mapsAt(object, 'status', 'listeners');
  const trouble = troubleOf(conditionsAt(object)) ?? listeners.map((listener) => troubleOf(conditionsAt(listener, 'conditions'))).find((found) => found !== undefined);
  if (trouble !== undefined) return trouble;
  return valueAt(object, 'status', 'conditions') !== undefined || listeners.length > 0 ? healthy() : progressing('no status yet');
}

/** By the first parent in trouble; healthy as soon as one parent has spoken. Where generations count, what is said of an older one doesn't. */
function routeHealth(object: LiveObject, counts: (parent: JsonObject) => boolean): Health {
  const parents = mapsAt(object, 'status', 'parents').filter((parent) => valueAt(parent, 'conditions') !== undefined && counts(parent));
  for (const parent of parents) {
    const trouble = troubleOf(conditionsAt(parent, 'conditions'));
    if (trouble !== undefined) return { status: trouble.status, message: `${textAt(parent, 'parentRef', 'name') ?? ''}: ${trouble.message}` };
  }
  return parents.some((parent) => conditionsAt(parent, 'conditions').length > 0) ? healthy() : progressing('no status yet');
}

function isParentCurrent({ metadata: { generation } }: LiveObject, parent: JsonObject): boolean {
  if (generation === undefined) return true;
  const conditions = conditionsAt(parent, 'conditions');
  return conditions.length > 0 && conditions.every(({ observedGeneration }) => observedGeneration === undefined || observedGeneration === generation);
}

function troubleOf(conditions: readonly Condition[]): Health | undefined {
  const refused = ['ResolvedRefs', 'Accepted'].map((name) => conditions.find(({ type, status }) => type === name && status === 'False')).find((found) => found !== undefined);
  if (refused !== undefined) return degraded(refused.message ?? refused.type);
  const waiting = conditions.find(({ type, status }) => type === 'Programmed' && status !== 'True');
  return waiting && progressing(waiting.message ?? 'not programmed yet');
}
