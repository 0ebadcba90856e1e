/**
 * What `kubectl apply` without --server-side makes of a live object (kubectl v0.34, pkg/cmd/apply/patcher.go): three ways,
 * from what was applied last, what is to be applied now, and what is there. Kubernetes' own kinds are merged
 * strategically, all others as JSON. Left out: the annotation that it leaves, and defaults.
 */
import { isJsonObject, type JsonObject } from '../live/json.js';
import type { FieldType } from '../objects/objectType.js';
import { refusePatch, type PatchResult } from './patching.js';
import { applyStrategicMergePatch } from './strategicMerge.js';
import { diffStrategically } from './strategicDiff.js';
import { presentFields } from './typedValue.js';

export interface ClientSideInput {
  readonly desired: JsonObject;
  readonly live: JsonObject;
  /** What `readLastApplied` finds; undefined where nothing was applied so, which removes nothing. */
  readonly lastApplied: JsonObject | undefined;
  readonly type: FieldType;
}

/** The live object as the apply leaves it. Refused where the objects can't be merged: list items without their key. */
export function applyClientSide({ desired: declared, live, lastApplied = {}, type }: ClientSideInput): PatchResult {
  const desired = withAnnotations(declared, live);
  const isOwnKind = type.kind === 'object' && type.name !== '';
  if (!isOwnKind) {
    const merged = mergeThreeWays(lastApplied, desired, live);
    return isJsonObject(merged) ? { kind: 'patched', object: merged } : refusePatch(400, 'invalid JSON document');
  }
  const without = applyStrategicMergePatch(live, diffStrategically(lastApplied, desired, type, 'deletions'), type);
  return without.kind === 'refused' ? without : applyStrategicMergePatch(without.object, diffStrategically(live, desired, type, 'changes'), type);
}

/** It always has annotations when it is sent: kubectl's own is among them (kubectl pkg/util/apply.go), so they never go as a whole. */
function withAnnotations(desired: JsonObject, live: JsonObject): JsonObject {
  const { metadata } = desired;
  const hasSome = isJsonObject(live.metadata) && live.metadata.annotations !== undefined;
  return hasSome && isJsonObject(metadata) && metadata.annotations === undefined ? { ...desired, metadata: { ...metadata, annotations: {} } } : desired;
}

/** By fields alone: lists are taken as a whole. */
function mergeThreeWays(last: JsonObject, desired: JsonObject, live: JsonObject): JsonObject {
  const merged: Record<string, JsonObject[string]> = { ...live };
  for (const [name] of presentFields(last)) if (desired[name] === undefined || desired[name] === null) delete merged[name];
  for (const [name, value] of presentFields(desired)) {
    if (value === null) continue;
    const [old, now] = [last[name], live[name]];
    merged[name] = isJsonObject(value) && isJsonObject(now) ? mergeThreeWays(isJsonObject(old) ? old : {}, value, now) : value;
  }
  return merged;
}
