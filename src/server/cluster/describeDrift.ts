/** Drift as the tree and the diff editors show it: rows by object and field, with places in git, people and words. */
import type { EnvironmentDrift, FieldDrift, ObjectDrift } from '../../core/drift/drift.js';
import type { JsonObject } from '../../core/live/json.js';
import { liveKey } from '../../core/live/liveObject.js';
import type { FieldOwner } from '../../core/live/fieldOwners.js';
import { formatFieldPath } from '../../core/objects/compare.js';
import type { LiveEnvironment } from '../../services/liveEnvironments.js';
import { toPlace } from '../delivery/summaries.js';
import type { FileLabel } from '../fileLabels.js';
import type { Fingerprint } from '../preview/mask.js';
import type { DriftChange, DriftCounts, DriftDetails, DriftField, DriftRow } from '../clusterProtocol.js';
import type { Place } from '../protocol.js';
import { makeLiveUri } from './liveUris.js';
import { describeAge, describeValue, nameOfObject, shortName } from './words.js';

export interface DescribeContext {
  readonly label: FileLabel;
  readonly fingerprint: Fingerprint;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const healthOrder = ['Degraded', 'Unknown', 'Missing', 'Progressing', 'Suspended', 'Healthy'];

/** All that differs in an environment. */
export function describeDrift({ environment }: LiveEnvironment, drift: EnvironmentDrift, context: DescribeContext): DriftDetails {
  const rows = drift.objects.flatMap((object) => (object.state === 'in-sync' ? [] : [describeRow(environment.id, environment.label, object, object.state, context)]));
  const unhealthy = drift.objects.flatMap((object) => {
    const { health } = object;
    if (!health || health.status === 'Healthy' || object.state === 'missing') return [];
    return [{ object: nameOfObject(object.id), health: health.status, message: health.message, place: placeOfObject(object, context.label) }];
  });
  return {
    id: environment.id,
    rows,
    inSync: drift.objects.filter(({ state }) => state === 'in-sync').length,
    unhealthy: unhealthy.sort((a, b) => healthOrder.indexOf(a.health) - healthOrder.indexOf(b.health)),
    changes: rows.filter(({ state }) => state !== 'unknown').map(({ change }) => change),
  };
}

export function countDrift(drift: EnvironmentDrift | undefined): DriftCounts {
  const count = (state: ObjectDrift['state']): number => drift?.objects.filter((object) => object.state === state).length ?? 0;
  return { objects: drift?.objects.length ?? 0, missing: count('missing'), changed: count('changed'), extra: count('extra'), foreign: count('foreign'), unknown: count('unknown') };
}

function describeRow(id: string, label: string, object: ObjectDrift, state: DriftRow['state'], context: DescribeContext): DriftRow {
  return {
    object: nameOfObject(object.id),
    state,
    reason: object.reason,
    forecast: object.forecast.message,
    method: object.method,
    fields: object.fields.map((field) => describeField(field, context)),
    ignored: object.ignored.map(({ path, reason }) => (path.length === 0 ? reason : `${formatFieldPath(path)}: ${reason}`)),
    place: placeOfObject(object, context.label),
    change: changeOf({ environment: id, plan: '' }, label, object),
  };
}

/** One differing field; what can be done about it follows from who declares what. */
export function describeField({ path, state, desired, live, declaredBy, owner, forecast, isSecret }: FieldDrift, { label, fingerprint, now }: DescribeContext): DriftField {
  const place = declaredBy && state !== 'removed' ? toPlace(declaredBy, label) : undefined;
  return {
    path: formatFieldPath(path),
    state,
    desired: describeValue(desired, isSecret, fingerprint),
    live: describeValue(live, isSecret, fingerprint),
    place,
    by: describeOwner(owner, now),
    forecast: forecast.message,
    canRevert: true,
    canAdopt: !isSecret && live !== undefined,
    canIgnore: true,
  };
}

/** `kubectl-scale, 12 min ago`; empty where nobody is noted. */
export function describeOwner(owner: FieldOwner | undefined, now: number): string {
  if (!owner) return '';
  const age = owner.time === undefined ? '' : describeAge(owner.time, now);
  return age === '' ? owner.manager : `${owner.manager}, ${age}`;
}

/** The two sides of an object for a diff editor; a side that has nothing is missing. What a sync makes by itself, such as a namespace, is in no render. */
export function changeOf(
  owner: { readonly environment: string; readonly plan: string },
  label: string,
  { id, live, predicted, desired, manifest }: Pick<ObjectDrift, 'id' | 'live' | 'predicted' | 'desired'> & { readonly manifest?: JsonObject | undefined },
): DriftChange {
  const name = shortName(id);
  const uri = (side: 'live' | 'desired'): string => makeLiveUri({ ...owner, side, key: liveKey(id) }, label, name);
  return { label: name, liveUri: live ? uri('live') : undefined, desiredUri: predicted || desired || manifest ? uri('desired') : undefined };
}

function placeOfObject({ desired }: ObjectDrift, label: FileLabel): Place | undefined {
  return desired && toPlace(desired.root, label);
}
