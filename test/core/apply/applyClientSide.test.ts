import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { applyClientSide } from '../../../src/core/apply/applyClientSide.js';
import { lastAppliedAnnotation, readLastApplied } from '../../../src/core/apply/lastApplied.js';
import type { JsonObject } from '../../../src/core/live/json.js';
import { isLiveObject, type LiveObject } from '../../../src/core/live/liveObject.js';
import { anything } from '../../../src/core/objects/objectType.js';
import { frozen, recordedKind } from '../../support/apply/recordings.js';
import { assertSameObject } from '../../support/apply/sameObject.js';
import { projectFolder } from '../../support/projectFolder.js';

interface RecordedApply {
  readonly desired: JsonObject;
  readonly live: LiveObject;
  readonly after: LiveObject;
}

/** What `kubectl apply` made of objects on a real API server: scripts/applyCases/recordClientSide.mjs. */
const recorded = fs
  .readFileSync(path.join(projectFolder, 'test/data/apply/clientSide/applies.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => frozen(JSON.parse(line) as RecordedApply));

describe('applyClientSide', () => {
  for (const [index, { desired, live, after }] of recorded.entries()) {
    it(`leaves ${after.kind} ${index} as kubectl does`, () => {
      const result = applyClientSide({ desired, live, lastApplied: readLastApplied(live), type: recordedKind(live.apiVersion, live.kind)?.type ?? anything });
      assert.ok(result.kind === 'patched' && isLiveObject(result.object), JSON.stringify(result));
      assertSameObject(withoutAnnotation(result.object), withoutAnnotation(after));
    });
  }

  it('removes nothing from an object that was never applied so', () => {
    const live = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1', b: '2' } };
    const desired = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '3' } };
    for (const type of [anything, recordedKind('v1', 'ConfigMap')?.type ?? anything]) {
      assert.deepEqual(applyClientSide({ desired, live, lastApplied: undefined, type }), { kind: 'patched', object: { ...live, data: { a: '3', b: '2' } } });
    }
  });

  it('gives the live object back where nothing changes', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1' } };
    assert.deepEqual(applyClientSide({ desired: object, live: object, lastApplied: object, type: recordedKind('v1', 'ConfigMap')?.type ?? anything }), { kind: 'patched', object });
  });
});

function withoutAnnotation(object: LiveObject): LiveObject {
  const { [lastAppliedAnnotation]: _lastApplied, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}
