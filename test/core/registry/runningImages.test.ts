/** What runs against what tags lead to: by the words of the container runtimes that there are. */
import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/core/live/json.js';
import type { LiveObject } from '../../../src/core/live/liveObject.js';
import { findBehind, readRunning } from '../../../src/core/registry/runningImages.js';

const [old, now, child] = ['a', 'b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string, string];

function pod(name: string, imageID: string, more: { readonly image?: string; readonly metadata?: JsonObject; readonly state?: JsonObject } = {}): LiveObject {
  const { image = 'web:dev', metadata = {}, state = { running: {} } } = more;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', ...metadata },
    spec: { containers: [{ name: 'web', image, imagePullPolicy: 'Always' }] },
    status: { containerStatuses: [{ name: 'web', image: 'docker.io/library/web:dev', imageID, state }] },
  };
}

const owner = (kind: string, name: string, uid: string): JsonObject => ({
  ownerReferences: [{ apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1', kind, name, uid, controller: true }],
});

describe('running images', () => {
  it('are known by the digest behind the name, whatever stands before it', () => {
    const ids = [`docker.io/library/web@${old}`, `docker-pullable://web@${old}`, `web@${old}`, old, '', `docker://${old}`];
    assert.deepEqual(
      readRunning(
        ids.map((id, index) => pod(`p${index}`, id)),
        [],
      ).map(({ digest }) => digest),
      [old, old, old, undefined, undefined, undefined],
    );
  });

  it('are those of containers that run, of pods that stay', () => {
    const gone = pod('gone', `web@${old}`, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    const waiting = pod('waiting', `web@${old}`, { state: { waiting: { reason: 'CrashLoopBackOff' } } });
    assert.deepEqual(readRunning([gone, waiting], []), []);
  });

  it('belong to what can be restarted: through a ReplicaSet to its Deployment', () => {
    const set: LiveObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', namespace: 'shop', uid: 's', ...owner('Deployment', 'web', 'd') } };
    const workloads = (...pods: readonly LiveObject[]): readonly string[] =>
      readRunning(pods, [set]).map(({ workload }) => (workload ? `${workload.group}/${workload.kind} ${workload.name}` : 'none'));
    assert.deepEqual(
      workloads(
        pod('a', old, { metadata: owner('ReplicaSet', 'web-1', 's') }),
        pod('b', old, { metadata: owner('StatefulSet', 'db', 't') }),
        pod('c', old, { metadata: owner('Job', 'once', 'j') }),
        pod('d', old),
        pod('e', old, { metadata: owner('ReplicaSet', 'unknown', 'x') }),
      ),
      ['apps/Deployment web', 'apps/StatefulSet db', 'none', 'none', 'none'],
    );
  });

  it('are behind where the tag leads elsewhere, and not where it leads to an index that holds them', () => {
    const running = readRunning([pod('a', `web@${old}`, { metadata: owner('StatefulSet', 'db', 't') }), pod('b', `web@${old}`, { metadata: owner('StatefulSet', 'db', 't') })], []);
    const [found, ...others] = findBehind(running, () => [now, child]);
    assert.deepEqual([found?.now, found?.pods, found?.running.digest, others.length], [now, 2, old, 0]);
    assert.deepEqual(
      findBehind(readRunning([pod('a', `web@${child}`)], []), () => [now, child]),
      [],
    );
  });

  it('are not called behind where one of the two isn’t known, or a digest is asked for', () => {
    const behind = (each: LiveObject, digests: readonly string[] | undefined): number => findBehind(readRunning([each], []), () => digests).length;
    assert.equal(behind(pod('a', `web@${old}`), undefined), 0);
    assert.equal(behind(pod('a', old), [now]), 0);
    assert.equal(behind(pod('a', `web@${old}`, { image: `web@${now}` }), [now]), 0);
    assert.equal(behind(pod('a', `web@${old}`), [now]), 1);
  });
});
