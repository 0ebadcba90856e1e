/** Single symptoms, from objects as real servers have them: the right cause first, and none where there is nothing to say. */
import assert from 'node:assert/strict';
import type { Cause, Diagnosis } from '../../../src/core/doctor/diagnosis.js';
import { examine } from '../../../src/core/doctor/examine.js';
import type { DoctorFacts, LiveFacts } from '../../../src/core/doctor/facts.js';
import type { ObjectDrift } from '../../../src/core/drift/drift.js';
import { idOfLive, isLiveObject, type LiveObject } from '../../../src/core/live/liveObject.js';
import type { JsonObject } from '../../../src/core/live/json.js';
import { readOperatorStatus } from '../../../src/core/operators/readOperatorStatus.js';
import { nothingLive } from '../../support/doctorFacts.js';
import { environmentIn, renderingOf } from '../../support/driftOn.js';
import { changed, recordedApplication, recordedKustomization } from '../../support/operatorObjects.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const namespace = 'shop';

function live(kind: string, name: string, more: JsonObject = {}, apiVersion = 'v1'): LiveObject {
  const { metadata, ...rest } = more;
  const object = { apiVersion, kind, metadata: { name, namespace, uid: `${kind}-${name}`, ...(metadata as JsonObject | undefined) }, ...rest };
  assert.ok(isLiveObject(object));
  return object;
}

const ownedBy = (kind: string, name: string): JsonObject => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `${kind}-${name}`, controller: true }] });
const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "ghcr.io/shop/web:2", resources: {limits: {memory: 64Mi}}, livenessProbe: {httpGet: {path: /live, port: 80}}}]
`;
const deployment = live('Deployment', 'web', { spec: { replicas: 3 } }, 'apps/v1');
const replicaSet = (conditions: readonly JsonObject[] = []): LiveObject =>
  live('ReplicaSet', 'web-1', { metadata: ownedBy('Deployment', 'web'), status: { conditions } }, 'apps/v1');
const pod = (status: JsonObject, spec: JsonObject = {}): LiveObject =>
  live('Pod', 'web-1-a', {
    metadata: ownedBy('ReplicaSet', 'web-1'),
    spec: { containers: [{ name: 'web', image: 'ghcr.io/shop/web:2', resources: { limits: { memory: '64Mi' } } }], ...spec },
    status,
  });
const waiting = (reason: string, message = '', more: JsonObject = {}): JsonObject => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'web', restartCount: 0, state: { waiting: { reason, message } }, ...more }],
});
const event = (about: LiveObject, reason: string, message: string): LiveObject =>
  live('Event', `${about.metadata.name}.${reason}`, {
    involvedObject: { kind: about.kind, name: about.metadata.name, namespace, uid: about.metadata.uid ?? '' },
    type: 'Warning',
    reason,
    message,
    count: 4,
    lastTimestamp: '2026-11-21T11:59:00Z',
  });

interface World {
  readonly objects?: readonly LiveObject[];
  readonly seen?: Partial<LiveFacts['seen']>;
  readonly live?: Partial<LiveFacts>;
  readonly facts?: Partial<DoctorFacts>;
  readonly manifests?: string;
  readonly declaration?: string;
}

function visit({ objects = [deployment], seen = {}, live: more = {}, facts = {}, manifests = manifest, declaration }: World): readonly Diagnosis[] {
  const drifts = objects.map((object) => ({ id: idOfLive(object), state: 'in-sync', reason: '', fields: [], ignored: [], live: object }) as unknown as ObjectDrift);
  const drift = { environment: 'e', health: { status: 'Degraded' as const, message: '' }, objects: drifts };
  const found: LiveFacts = { ...nothingLive, drift, ...more, seen: { ...nothingLive.seen, ...seen } };
  const rendering = renderingOf(manifests);
  return examine({
    environment: environmentIn(namespace, declaration),
    rendering,
    findings: [],
    rungs: [],
    sources: [],
    markers: [],
    images: new Map(),
    live: found,
    label: (path) => path.slice(1),
    now,
    ...facts,
  });
}

function only(diagnoses: readonly Diagnosis[], code: Diagnosis['code']): Cause {
  assert.deepEqual([...new Set(diagnoses.map((each) => each.code))], [code]);
  const [cause] = diagnoses[0]?.causes ?? [];
  assert.ok(cause && cause.evidence.length > 0);
  return cause;
}

describe('the checks of the doctor', () => {
  it('a quota that is used up, and one that wants to be told more', () => {
    const refused = (message: string): LiveObject => replicaSet([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }]);
    const few = live('ResourceQuota', 'few', { status: { hard: { pods: '1' }, used: { pods: '1' } } });
    const used = only(
      visit({ seen: { replicaSets: [refused('pods "web-1-b" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1')], quotas: [few] } }),
      'quota',
    );
    assert.equal(used.cause, 'ResourceQuota few is used up: pods=1 requested, pods=1 used, pods=1 allowed.');
    assert.match(used.evidence.join(' '), /ResourceQuota shop\/few has 1 of 1 pods\./);
    assert.equal((used.place?.range.start.line ?? 0) + 1, 5);
    const silent = only(
      visit({ seen: { replicaSets: [refused('pods "web-1-b" is forbidden: failed quota: few: must specify limits.cpu for: web; limits.memory for: web')] } }),
      'quota',
    );
    assert.match(silent.cause, /^ResourceQuota few wants every pod to say limits\.cpu/);
  });

  it('pods that are refused: service account, pod security, a webhook', () => {
    const causeOf = (message: string): string => only(visit({ seen: { replicaSets: [replicaSet([{ type: 'ReplicaFailure', status: 'True', message }])] } }), 'forbidden').cause;
    assert.equal(causeOf('pods "web-1-" is forbidden: error looking up service account shop/runner: serviceaccount "runner" not found'), "ServiceAccount runner doesn't exist.");
    assert.equal(
      causeOf('pods "web-1-b" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'),
      'The namespace allows only pods of PodSecurity restricted:latest.',
    );
    assert.equal(causeOf('admission webhook "policy.example.com" denied the request: no latest'), 'The admission webhook policy.example.com refuses its pods.');
  });

  it('claims: no such class, no default class, and one that rightly waits for its first pod', () => {
    const claim = (spec: JsonObject): LiveObject => live('PersistentVolumeClaim', 'data', { spec, status: { phase: 'Pending' } });
    const at = (spec: JsonObject, classes: readonly LiveObject[]): readonly Diagnosis[] =>
      visit({ objects: [claim(spec)], seen: { claims: [claim(spec)], storageClasses: classes } });
    const standard = live('StorageClass', 'standard', { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } }, 'storage.k8s.io/v1');
    assert.equal(only(at({ storageClassName: 'fast' }, [standard]), 'unbound-volume').cause, 'There is no StorageClass fast.');
    assert.equal(only(at({}, []), 'unbound-volume').cause, 'It names no StorageClass, and the cluster has no default one.');
    assert.deepEqual(at({ storageClassName: 'standard' }, [standard]), []);
    assert.deepEqual(
      visit({
        objects: [claim({ storageClassName: 'fast' })],
        seen: { claims: [claim({ storageClassName: 'fast' })] },
        live: { unseen: new Map([['storageClasses', 'forbidden']]) },
      }),
      [],
    );
  });

  describe('an image that does not come', () => {
    const refused =
      'failed to pull and unpack image "ghcr.io/shop/web:2": failed to resolve reference "ghcr.io/shop/web:2": failed to authorize: failed to fetch anonymous token: 401 Unauthorized';
    const at = (message: string, more: Partial<LiveFacts> = {}, spec: JsonObject = {}, facts: Partial<DoctorFacts> = {}): Cause =>
      only(
        visit({
          seen: { replicaSets: [replicaSet()], pods: [pod(waiting('ImagePullBackOff', `Back-off pulling image "ghcr.io/shop/web:2": ErrImagePull: ${message}`), spec)] },
          live: more,
          facts,
        }),
        'image-pull',
      );
    const named = { imagePullSecrets: [{ name: 'regcred' }] };

    it('for want of a pull secret', () => {
      assert.equal(at(refused).cause, 'The registry ghcr.io asks for credentials, and the pod names no pull secret.');
      assert.equal(
        at(refused, { pullSecrets: new Map([['shop/regcred', { kind: 'missing' }]]) }, named).cause,
        "Secret shop/regcred, which the pod names as its pull secret, doesn't exist.",
      );
      const elsewhere: LiveFacts['pullSecrets'] = new Map([['shop/regcred', { kind: 'there', type: 'kubernetes.io/dockerconfigjson', registries: ['docker.io'] }]]);
      assert.equal(at(refused, { pullSecrets: elsewhere }, named).cause, 'Secret shop/regcred has credentials for docker.io, not for ghcr.io.');
      const old: LiveFacts['pullSecrets'] = new Map([['shop/regcred', { kind: 'there', type: 'kubernetes.io/dockerconfigjson', registries: ['ghcr.io'] }]]);
      assert.equal(at(refused, { pullSecrets: old }, named).cause, 'Secret shop/regcred has credentials for ghcr.io, and they were refused.');
    });

    it('for want of the tag, by the word of the kubelet or of the registry', () => {
      const missing = at('failed to resolve reference "ghcr.io/shop/web:2": ghcr.io/shop/web:2: not found');
      assert.match(missing.cause, /^ghcr\.io has no tag 2 of shop\/web \(manifests\/all\.yaml:10\)\.$/);
      const verdict: DoctorFacts['images'] = new Map([['ghcr.io/shop/web:2', { kind: 'missing', what: 'tag', nearest: ['2.0', '1'] }]]);
      const asked = at('rpc error', {}, {}, { images: verdict });
      assert.match(asked.evidence.join(' '), /The registry was asked now and has no tag 2; it has 2\.0, 1\./);
      assert.deepEqual(asked.runnable?.action, {
        kind: 'set',
        object: idOfLive(deployment),
        path: ['spec', 'template', 'spec', 'containers', { key: 'name', value: 'web' }, 'image'],
        value: 'ghcr.io/shop/web:2.0',
      });
    });

    it('since the registry is out of reach, limits, or the name is none', () => {
      assert.equal(at('dial tcp: lookup ghcr.io: no such host').cause, "The node can't reach the registry ghcr.io.");
      assert.equal(at('429 Too Many Requests - toomanyrequests: You have reached your pull rate limit').cause, 'The registry limits how often may be pulled.');
      const invalid = visit({ seen: { replicaSets: [replicaSet()], pods: [pod(waiting('InvalidImageName', 'Failed to apply default image tag'))] } });
      assert.match(only(invalid, 'image-pull').cause, /is no name of an image \(manifests\/all\.yaml:10\)\.$/);
    });
  });

  it('crashes: memory, a probe, a command', () => {
    const ended = (terminated: JsonObject): JsonObject => ({
      phase: 'Running',
      containerStatuses: [{ name: 'web', restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated } }],
    });
    const at = (status: JsonObject, events: readonly LiveObject[] = []): Cause => only(visit({ seen: { replicaSets: [replicaSet()], pods: [pod(status)], events } }), 'crash-loop');
    assert.match(at(ended({ exitCode: 137, reason: 'OOMKilled' })).cause, /^It uses more memory than its limit of 64Mi/);
    const killed = event(pod({}), 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500');
    const probe = at(ended({ exitCode: 137, reason: 'Error' }), [killed]);
    assert.match(probe.cause, /^Its livenessProbe fails/);
    assert.match(probe.evidence[0] ?? '', /^Event Unhealthy \(4 times, 1 minute ago\): Liveness probe failed/);
    assert.match(at(ended({ exitCode: 127, reason: 'Error' })).cause, /^Its command can't be started/);
    assert.match(at(ended({ exitCode: 0, reason: 'Completed' })).cause, /^It ends by itself with success/);
  });

  it('pods that no node takes', () => {
    const at = (message: string): readonly Diagnosis[] =>
      visit({
        seen: {
          replicaSets: [replicaSet()],
          pods: [pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: '2026-11-21T11:50:00Z' }] })],
        },
      });
    assert.match(only(at('0/3 nodes are available: 3 Insufficient cpu.'), 'pending').cause, /^No node has enough cpu left/);
    assert.match(only(at('0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}.'), 'pending').cause, /^It doesn't tolerate the taint dedicated of the nodes/);
    assert.equal(
      only(at('0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.'), 'pending').cause,
      'Nodes are not ready (node.kubernetes.io/not-ready).',
    );
    assert.deepEqual(at('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.'), []);
  });

  it('a namespace that does not go, and an object that just began to', () => {
    const going = (deletionTimestamp: string): LiveObject =>
      live('Namespace', namespace, {
        metadata: { namespace: undefined, deletionTimestamp },
        status: {
          phase: 'Terminating',
          conditions: [
            { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances' },
          ],
        },
      });
    const cause = only(visit({ seen: { namespaces: [going('2026-11-21T11:30:00Z')] } }), 'stuck-deletion');
    assert.equal(cause.cause, 'Objects in it have finalizers that nobody takes away.');
    assert.deepEqual(visit({ seen: { namespaces: [going('2026-11-21T11:59:30Z')] } }), []);
  });

  it('what an operator may not do, and a repository that refuses it', () => {
    const declaration = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: orders, namespace: argocd}\n';
    const words =
      'deployments.apps is forbidden: User "system:serviceaccount:argocd:argocd-application-controller" cannot patch resource "deployments" in API group "apps" in the namespace "shop"';
    const application = changed(recordedApplication('synced'), { status: { sync: { status: 'OutOfSync' }, conditions: [{ type: 'SyncError', message: words }] } });
    const at = (object: LiveObject, own: string): readonly Diagnosis[] => visit({ live: { declaration: object, status: readOperatorStatus(object, now) }, declaration: own });
    const denied = at(application, declaration).find(({ code }) => code === 'forbidden')?.causes[0];
    assert.equal(denied?.cause, 'system:serviceaccount:argocd:argocd-application-controller may not patch deployments.');
    const refused = changed(recordedApplication('synced'), {
      status: {
        sync: { status: 'Unknown' },
        conditions: [
          {
            type: 'ComparisonError',
            message:
              'Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = failed to list refs: authentication required: Repository not found.',
          },
        ],
      },
    });
    assert.match(at(refused, declaration).find(({ code }) => code === 'no-sync')?.causes[0]?.cause ?? '', /^Application \S+ is refused by the repository/);
  });

  it('a Kustomization that waits for another one, and one that is well', () => {
    const declaration = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\n';
    const waits = changed(recordedKustomization('applied'), {
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'DependencyNotReady', message: "dependency 'flux-system/infra' is not ready" }] },
    });
    const at = (object: LiveObject): readonly Diagnosis[] => visit({ live: { declaration: object, status: readOperatorStatus(object, now) }, declaration });
    assert.match(at(waits).find(({ code }) => code === 'no-sync')?.causes[0]?.cause ?? '', /waits for what it depends on/);
    assert.deepEqual(at(recordedKustomization('applied')), []);
  });

  it('nothing of a cluster in which all is as it should be', () => {
    const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'web', ready: true, restartCount: 3, state: { running: {} } }] };
    assert.deepEqual(visit({ seen: { replicaSets: [replicaSet()], pods: [pod(ready)], events: [event(pod({}), 'BackOff', 'Back-off restarting failed container')] } }), []);
  });
});
