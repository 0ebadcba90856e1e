/** Random writes against what a real API server (v1.34) made of them: see scripts/applyCases. */
import assert from 'node:assert/strict';
import { applyServerSide } from '../../../src/core/apply/applyServerSide.js';
import type { Writer } from '../../../src/core/apply/applying.js';
import { formatConflicts } from '../../../src/core/apply/conflicts.js';
import { applyJsonPatch } from '../../../src/core/apply/jsonPatch.js';
import { applyMergePatch } from '../../../src/core/apply/mergePatch.js';
import type { PatchResult } from '../../../src/core/apply/patching.js';
import { resetFieldsOf } from '../../../src/core/apply/resetFields.js';
import { applyStrategicMergePatch } from '../../../src/core/apply/strategicMerge.js';
import { emptyObjectOf, trackUpdate, withoutManagedFields } from '../../../src/core/apply/trackUpdate.js';
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../../src/core/live/json.js';
import type { FieldSet } from '../../../src/core/live/fieldSet.js';
import { isLiveObject, type LiveObject } from '../../../src/core/live/liveObject.js';
import { anything, type FieldType } from '../../../src/core/objects/objectType.js';
import { parseApiVersion } from '../../../src/core/objects/resId.js';
import { loadRecordings, recordedKind, recordingNames, type RecordedStep } from '../../support/apply/recordings.js';
import { assertSameObject, isCustomObject, isEmpty } from '../../support/apply/sameObject.js';

interface Facts {
  readonly type: FieldType;
  readonly ignored: FieldSet;
  readonly emptyObject: JsonObject | undefined;
  readonly writer: Writer;
}

function factsOf(step: RecordedStep, { apiVersion, kind: name }: JsonObject): Facts {
  assert.ok(typeof apiVersion === 'string' && typeof name === 'string');
  const kind = recordedKind(apiVersion, name);
  const hasStatus = ['Deployment', 'Service', 'Widget'].includes(name);
  const subresource = step.subresource ?? '';
  return {
    type: kind?.type ?? anything,
    ignored: resetFieldsOf({ group: parseApiVersion(apiVersion).group, kind: name, subresource, hasStatus }),
    emptyObject: kind && emptyObjectOf(kind),
    writer: { manager: step.manager, apiVersion, time: timeOf(step), subresource },
  };
}

/** The time at which the server wrote: the newest one of the answer. */
function timeOf({ object }: RecordedStep): string {
  return (object?.metadata.managedFields ?? []).reduce((newest, { time = '' }) => (time > newest ? time : newest), '2000-01-01T00:00:00Z');
}

/** An object as a later step of another version sees it. */
function inVersion(object: LiveObject | undefined, apiVersion: JsonValue | undefined): LiveObject | undefined {
  return object && typeof apiVersion === 'string' ? { ...object, apiVersion } : object;
}

describe('recorded writes', () => {
  for (const name of recordingNames()) {
    describe(name, () => {
      for (const { object, steps } of loadRecordings(name)) {
        let live: LiveObject | undefined;
        for (const [index, step] of steps.entries()) {
          const before = live;
          live = step.object ?? live;
          if (step.contentType.includes('apply-patch')) it(`${object} ${index}: an apply by ${step.manager} is as the server's`, () => void checkApply(before, step));
          if (before && isPatch(step)) it(`${object} ${index}: a ${patchName(step)} by ${step.manager} is as the server's`, () => void checkPatch(before, step));
          if (step.object && !step.contentType.includes('apply-patch'))
            it(`${object} ${index}: who owns what after a ${step.verb} by ${step.manager} is as on the server`, () => void checkUpdate(before, step));
        }
      }
    });
  }
});

function checkApply(before: LiveObject | undefined, step: RecordedStep): void {
  assert.ok(isJsonObject(step.body));
  const facts = factsOf(step, step.body);
  const live = inVersion(before, step.body.apiVersion);
  const result = applyServerSide({ live, applied: step.body, force: step.force ?? false, ...facts });
  if (result.kind === 'conflict') {
    assert.equal(step.code, 409, `not a conflict for the server: ${JSON.stringify(result.conflicts)}`);
    const expected = (step.causes ?? []).map(({ message, field }) => `${message}: ${field}`).sort();
    assert.deepEqual(result.conflicts.flatMap(({ description, fields }) => fields.map(({ text }) => `conflict with ${description}: ${text}`)).sort(), expected);
    assert.equal(formatConflicts(result.conflicts), step.message);
  } else if (result.kind === 'invalid') {
    assert.deepEqual([result.code, result.message], [step.code, step.message]);
  } else if (step.object) {
    assert.deepEqual(result.object.metadata.managedFields, step.object.metadata.managedFields);
    assertSameObject(result.object, step.object);
    if (isCustomObject(step.object) && !hasEmptyMetadata(step.body))
      assert.equal(result.isChanged, !before || !jsonEquals(comparableVersion(before), comparableVersion(step.object)));
  } else {
    assert.equal(step.code, 422, step.message);
  }
}

function isPatch({ contentType }: RecordedStep): boolean {
  return ['merge-patch', 'json-patch', 'strategic-merge-patch'].includes(patchName({ contentType }));
}

function patchName({ contentType }: Pick<RecordedStep, 'contentType'>): string {
  return contentType.replace(/^application\/(.*?)(\+json)?$/, '$1');
}

function checkPatch(before: LiveObject, step: RecordedStep): void {
  const result = patchLike(step, inVersion(before, step.object?.apiVersion) ?? before);
  if (result.kind === 'refused') {
    // a patch that the server itself fails on gives no Status
    const isUnanswered = step.message?.includes('INTERNAL_ERROR');
    assert.deepEqual([result.code, isUnanswered ? step.message : result.message], [step.code, step.message], result.detail);
  } else if (step.object && step.subresource === undefined) {
    assert.ok(isLiveObject(result.object));
    assertSameObject(result.object, step.object);
  } else if (!step.object) {
    assert.match(step.message ?? '', /is invalid/);
  }
}

function patchLike({ contentType, body }: RecordedStep, before: LiveObject): PatchResult {
  switch (patchName({ contentType })) {
    case 'merge-patch':
      return applyMergePatch(before, body);
    case 'json-patch':
      return applyJsonPatch(before, body);
    default:
      return applyStrategicMergePatch(before, body, recordedKind(before.apiVersion, before.kind)?.type ?? anything);
  }
}

function checkUpdate(before: LiveObject | undefined, step: RecordedStep): void {
  assert.ok(step.object);
  const requested = isJsonObject(step.body) && isJsonObject(step.body.metadata) ? step.body.metadata.managedFields : undefined;
  const live = inVersion(before, step.object.apiVersion);
  const after = withRequested(withoutManagedFields(step.object), step.verb === 'PATCH' && requested === undefined ? live?.metadata.managedFields : requested);
  const result = trackUpdate({ before: live, after, ...factsOf(step, step.object) });
  assert.deepEqual(result.metadata.managedFields, step.object.metadata.managedFields);
}

function withRequested(object: LiveObject, managedFields: JsonValue | undefined): LiveObject {
  const next: JsonObject = { ...object, metadata: { ...object.metadata, managedFields } };
  assert.ok(isLiveObject(next));
  return next;
}

/** Empty parts of metadata are a change that nobody sees. */
function hasEmptyMetadata({ metadata }: JsonObject): boolean {
  return isJsonObject(metadata) && Object.values(metadata).some(isEmpty);
}

/** An object with the managed fields, and without what a write that changes nothing leaves alone or nobody sees. */
function comparableVersion(object: LiveObject): JsonValue {
  const { resourceVersion: _version, generation: _generation, ...metadata } = object.metadata;
  return { ...object, apiVersion: '', metadata };
}
