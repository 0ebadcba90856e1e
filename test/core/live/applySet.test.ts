import assert from 'node:assert/strict';
import { applySetId, applySetMarks, makeScope, ourTooling, readApplySet } from '../../../src/core/live/applySet.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';

const parent = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'web' };

function liveParent(tooling = ourTooling): LiveObject {
  const marks = applySetMarks(parent, makeScope(['Deployment.apps', 'ConfigMap'], ['shop', 'other']));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'shop', labels: marks.labels, annotations: { ...marks.annotations, 'applyset.kubernetes.io/tooling': tooling } },
  };
}

describe('an ApplySet', () => {
  it('has the id that kubectl gives it', () => {
    // printf web.shop.ConfigMap. | openssl dgst -sha256 -binary | basenc --base64url
    assert.equal(applySetId(parent), 'applyset-LfI8Vi9Cj-oN7gdQMc0pVAUtzPHQLFbNnE8ILiyJ7TY-v1');
  });

  it('is read as it was written, with the namespace of its parent', () => {
    assert.deepEqual(readApplySet(liveParent(), parent), { ok: true, tooling: ourTooling, scope: { groupKinds: ['ConfigMap', 'Deployment.apps'], namespaces: ['other', 'shop'] } });
  });

  it('names its kinds and further namespaces on the parent in order, without the own namespace', () => {
    const { annotations } = liveParent().metadata;
    assert.equal(annotations?.['applyset.kubernetes.io/contains-group-kinds'], 'ConfigMap,Deployment.apps');
    assert.equal(annotations?.['applyset.kubernetes.io/additional-namespaces'], 'other');
  });

  it('of kubectl is one that we may change, and that of another tool is not', () => {
    assert.equal(readApplySet(liveParent('kubectl/v1.31.0'), parent).ok, true);
    assert.deepEqual(readApplySet(liveParent('helm/v4'), parent), { ok: false, reason: 'The ApplySet of ConfigMap shop/web is kept by helm, and no other tool may change it.' });
  });

  it("that was copied from another object's parent is refused", () => {
    const copy = { ...parent, name: 'copy' };
    assert.match(JSON.stringify(readApplySet(liveParent(), copy)), /is applyset-LfI8Vi9Cj-oN7gdQMc0pVAUtzPHQLFbNnE8ILiyJ7TY-v1 where it must be applyset-/);
  });
});
