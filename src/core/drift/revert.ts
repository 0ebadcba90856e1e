/** Requests that set a field or an object in the cluster back to what git says. They are data: a service sends them. */
import { keepLive } from '../live/editFields.js';
import { isItemAt, stepInto, valueAt } from '../live/fieldPath.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import { formatFieldPath, type FieldStep } from '../objects/compare.js';
import type { ResId } from '../objects/resId.js';
import { deployerOf, type DeployerKind } from './deployer.js';
import { desiredObjectOf, withMarksOf } from './desired.js';
import type { ObjectDrift } from './drift.js';

export type RevertRequest =
  /** Server-side apply of the whole object, taking over what others set. */
  | { readonly kind: 'apply'; readonly id: ResId; readonly manifest: JsonObject; readonly manager: string }
  /** A JSON patch that fails where the field, or the item that it is in, was changed since it was compared. */
  | { readonly kind: 'json-patch'; readonly id: ResId; readonly patch: JsonValue; readonly manager: string }
  | { readonly kind: 'delete'; readonly id: ResId; readonly uid: string | undefined; readonly resourceVersion: string | undefined };

export type RevertPlan = { readonly ok: true; readonly request: RevertRequest } | { readonly ok: false; readonly reason: string };

/** Sets one field back; the others stay as they are. */
export function planFieldRevert(drift: ObjectDrift, path: string, deployer: DeployerKind): RevertPlan {
  const field = drift.fields.find((each) => formatFieldPath(each.path) === path);
  const { live, id } = drift;
  if (!field || !live) return { ok: false, reason: `${path} doesn't differ any more.` };
  if (isImmutable(drift)) return { ok: false, reason: drift.reason };
  const target = wayTo(live, field.path);
  const wanted = field.desired ?? valueAt(drift.predicted, field.path);
  // Not the version of the object: controllers write its status all the time.
  const there = valueAt(live, field.path);
  const guards = [...target.guards, ...(there === undefined ? [] : [{ op: 'test', path: target.pointer, value: there }])];
  const edit = wanted === undefined ? { op: 'remove', path: target.pointer } : { op: there === undefined ? 'add' : 'replace', path: target.pointer, value: target.wrap(wanted) };
  const manager = deployerOf(deployer, live).manager;
  return { ok: true, request: { kind: 'json-patch', id, patch: [...guards, edit], manager } };
}

/** Sets a whole object back: applied anew, or deleted where git doesn't have it. */
export function planObjectRevert(drift: ObjectDrift, deployer: DeployerKind, options: { readonly namespace: string; readonly application: string | undefined }): RevertPlan {
  const { id, live, desired, state } = drift;
  if (state === 'extra' && live) return { ok: true, request: { kind: 'delete', id, uid: live.metadata.uid, resourceVersion: live.metadata.resourceVersion } };
  if (!desired) return { ok: false, reason: 'Git says nothing of it.' };
  if (isImmutable(drift)) return { ok: false, reason: drift.reason };
  const { manifest: declared } = desiredObjectOf(desired, id.namespace === '' ? undefined : options.namespace);
  const paths = drift.ignored.flatMap(({ path }) => (path.length === 0 ? [] : [path]));
  // What is left out of the comparison is left alone, but where Argo CD would write it too.
  const manifest = live && (deployer.kind !== 'argocd' || deployer.keepsIgnored) ? keepLive(declared, paths, live) : declared;
  return { ok: true, request: { kind: 'apply', id, manifest: live ? withMarksOf(manifest, live, options.application) : manifest, manager: deployerOf(deployer, live).manager } };
}

function isImmutable({ reason }: ObjectDrift): boolean {
  return reason.includes('make it anew');
}

interface Way {
  readonly pointer: string;
  /** What is missing on the way is made with the value. */
  readonly wrap: (value: JsonValue) => JsonValue;
  /** Hold only while the items on the way are where they were. */
  readonly guards: readonly JsonObject[];
}

/** The pointer to a field, up to the nearest map or list that is there. */
function wayTo(live: LiveObject, path: readonly FieldStep[]): Way {
  let value: JsonValue | undefined = live;
  let pointer = '';
  const guards: JsonObject[] = [];
  for (const [depth, step] of path.entries()) {
    const inner = stepInto(value, step);
    pointer += `/${escapePointer(keyOf(value, step))}`;
    if (inner === undefined) {
      const rest = path.slice(depth + 1);
      return { pointer, guards, wrap: (wanted) => rest.reduceRight<JsonValue>((made, each) => (typeof each === 'string' ? { [each]: made } : [made]), wanted) };
    }
    if (typeof step === 'object' && isJsonObject(inner)) {
      for (const { key } of [step, ...(step.and ?? [])]) guards.push({ op: 'test', path: `${pointer}/${escapePointer(key)}`, value: inner[key] ?? null });
    }
    value = inner;
  }
  return { pointer, guards, wrap: (wanted) => wanted };
}

/** A key; for an item its index, and behind the last one where there is none. */
function keyOf(value: JsonValue | undefined, step: FieldStep): string {
  if (typeof step === 'string') return step;
  if (typeof step === 'number') return String(step);
  const index = isList(value) ? value.findIndex((item) => isItemAt(item, step)) : -1;
  return index < 0 ? '-' : String(index);
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
