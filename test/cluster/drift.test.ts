/** Drift on the sandbox and on a real API server: none right after an apply, and every change is found, with who made it. */
import assert from 'node:assert/strict';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/live/json.js';
import type { ObjectDrift } from '../../src/core/drift/drift.js';
import { planFieldRevert, planObjectRevert } from '../../src/core/drift/revert.js';
import { desiredObjectOf, withMarksOf } from '../../src/core/drift/desired.js';
import { manifestOf, manifestText } from '../../src/core/live/manifestJson.js';
import { isLiveObject, type LiveObject } from '../../src/core/live/liveObject.js';
import { formatFieldPath } from '../../src/core/objects/compare.js';
import { applySetParentOf } from '../../src/core/sync/parentOf.js';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import type { ResId } from '../../src/core/objects/resId.js';
import type { Cluster } from '../../src/services/ports.js';
import { describeOnClusters, describeWithKubectl } from '../support/cluster/clusters.js';
import { driftLines, driftOn, renderingOf } from '../support/driftOn.js';
import { connectTo, syncOn } from '../support/clusterSync.js';
import { loadKubernetesTypes } from '../support/rules/kubernetesTypes.js';

const never = new AbortController().signal;

/** Kinds and forms that servers write differently from how they are written. */
const manifests = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web, team: shop}, annotations: {note: first}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
          env: [{name: MODE, value: live}, {name: LEVEL, value: "3"}]
          ports: [{containerPort: 8080}, {containerPort: 9090, name: metrics}]
          resources: {requests: {cpu: 1000m, memory: 1024Mi}, limits: {cpu: "2", memory: 2Gi}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
        - name: proxy
          image: registry.example.com/proxy:2.0
      tolerations: [{key: spot, operator: Exists}]
      volumes: [{name: tmp, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}, {name: dns, port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: blue, size: "10", "file.yaml": "a: 1\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: swordfish, user: ada}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: runner}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 8080}]}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: clean}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: clean, image: "registry.example.com/clean:1", args: [--all]}]}}}}
`;

/** Numbers from a seed, evenly spread (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A change that somebody makes by hand, as a JSON merge patch, with the field that must show and how. */
interface HandMade {
  readonly kind: string;
  readonly name: string;
  readonly patch: JsonObject;
  readonly path: string;
  readonly state: 'changed' | 'missing' | 'foreign';
}

type Draw = () => number;

const groups: Readonly<Record<string, readonly [group: string, version: string]>> = {
  Deployment: ['apps', 'v1'],
  CronJob: ['batch', 'v1'],
  Role: ['rbac.authorization.k8s.io', 'v1'],
  NetworkPolicy: ['networking.k8s.io', 'v1'],
  PodDisruptionBudget: ['policy', 'v1'],
  Ingress: ['networking.k8s.io', 'v1'],
};

function idIn(namespace: string, kind: string, name: string): ResId {
  const [group, version] = groups[kind] ?? ['', 'v1'];
  return { group, version, kind, namespace, name };
}

/** Ways in which people change things: values, fields that are gone, fields that are new. */
const makers: readonly ((draw: Draw) => HandMade)[] = [
  (draw) => ({ kind: 'Deployment', name: 'web', patch: { spec: { replicas: 3 + Math.floor(draw() * 20) } }, path: 'spec.replicas', state: 'changed' }),
  (draw) => ({ kind: 'Deployment', name: 'web', patch: { metadata: { labels: { team: `t${Math.floor(draw() * 1e6)}` } } }, path: 'metadata.labels.team', state: 'changed' }),
  () => ({ kind: 'Deployment', name: 'web', patch: { metadata: { annotations: { note: null } } }, path: 'metadata.annotations.note', state: 'missing' }),
  (draw) => {
    const key = `mine-${Math.floor(draw() * 1e6)}`;
    return { kind: 'Deployment', name: 'web', patch: { metadata: { annotations: { [key]: 'x' } } }, path: `metadata.annotations.${key}`, state: 'foreign' };
  },
  (draw) => ({ kind: 'Deployment', name: 'web', patch: { spec: { minReadySeconds: 1 + Math.floor(draw() * 100) } }, path: 'spec.minReadySeconds', state: 'foreign' }),
  (draw) => ({ kind: 'Deployment', name: 'web', patch: { spec: { revisionHistoryLimit: 11 + Math.floor(draw() * 100) } }, path: 'spec.revisionHistoryLimit', state: 'foreign' }),
  (draw) => ({ kind: 'Service', name: 'web', patch: { spec: { selector: { app: `x${Math.floor(draw() * 1e6)}` } } }, path: 'spec.selector.app', state: 'changed' }),
  (draw) => ({ kind: 'Service', name: 'web', patch: { spec: { selector: { [`k${Math.floor(draw() * 1e6)}`]: 'x' } } }, path: '', state: 'changed' }),
  (draw) => ({ kind: 'ConfigMap', name: 'settings', patch: { data: { color: `c${Math.floor(draw() * 1e6)}` } }, path: 'data.color', state: 'changed' }),
  () => ({ kind: 'ConfigMap', name: 'settings', patch: { data: { size: null } }, path: 'data.size', state: 'missing' }),
  (draw) => {
    const key = `k${Math.floor(draw() * 1e6)}`;
    return { kind: 'ConfigMap', name: 'settings', patch: { data: { [key]: 'x' } }, path: `data.${key}`, state: 'foreign' };
  },
  (draw) => ({ kind: 'Secret', name: 'login', patch: { data: { password: Buffer.from(`p${draw()}`).toString('base64') } }, path: 'data.password', state: 'changed' }),
  () => ({ kind: 'Secret', name: 'login', patch: { data: { user: null } }, path: 'data.user', state: 'missing' }),
  () => ({ kind: 'Role', name: 'reader', patch: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }] }, path: 'rules[0].verbs', state: 'changed' }),
  (draw) => ({ kind: 'CronJob', name: 'clean', patch: { spec: { schedule: `${Math.floor(draw() * 60)} 4 * * *` } }, path: 'spec.schedule', state: 'changed' }),
  () => ({ kind: 'CronJob', name: 'clean', patch: { spec: { suspend: true } }, path: 'spec.suspend', state: 'foreign' }),
  (draw) => ({ kind: 'PodDisruptionBudget', name: 'web', patch: { spec: { minAvailable: 2 + Math.floor(draw() * 9) } }, path: 'spec.minAvailable', state: 'changed' }),
  () => ({ kind: 'NetworkPolicy', name: 'web', patch: { spec: { ingress: [{}] } }, path: '', state: 'changed' }),
  () => ({ kind: 'ServiceAccount', name: 'runner', patch: { automountServiceAccountToken: false }, path: 'automountServiceAccountToken', state: 'foreign' }),
];

describeOnClusters('drift', (test) => {
  let cluster: Cluster;
  before(async () => {
    cluster = await connectTo(test.kubeconfigPath);
  });
  after(() => cluster.close());

  const setUp = async (text = manifests): Promise<string> => {
    const namespace = await test.makeNamespace();
    await syncOn(cluster, namespace, text, { waitsForHealth: false });
    return namespace;
  };
  const patch = (id: ResId, body: JsonValue, manager = 'kubectl-edit'): Promise<LiveObject> => cluster.patch(id, 'merge', body, { fieldManager: manager }, never);

  it('finds nothing right after a sync', async () => {
    const namespace = await setUp();
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, manifests)), []);
  });

  it('finds each of 100 seeded changes by hand, and who made it, and nothing else', async () => {
    const draw = seeded(20_261_121);
    const namespace = await setUp();
    const missed: string[] = [];
    for (let round = 0; round < 100; round++) {
      const made = makers[Math.floor(draw() * makers.length)]?.(draw);
      assert.ok(made);
      const id = idIn(namespace, made.kind, made.name);
      const before = await cluster.get(id, never);
      assert.ok(before);
      await patch(id, made.patch);
      const drift = await driftOn(cluster, namespace, manifests);
      const lines = driftLines(drift);
      const found = drift.objects.filter(({ state }) => state !== 'in-sync');
      const object = found.find((each) => each.id.kind === made.kind);
      const field = object?.fields.find(({ path }) => made.path === '' || formatFieldPath(path) === made.path);
      // Of a list that is taken as a whole each field that is gone shows.
      const isRight = found.length === 1 && field && (made.path === '' || (object?.fields.length === 1 && field.state === made.state));
      if (!isRight || (field.live !== undefined && field.owner?.manager !== 'kubectl-edit')) missed.push(`${JSON.stringify(made)}: ${lines.join('; ')}`);
      await restore(id, before);
    }
    assert.deepEqual(missed, []);
  });

  /** Deletes an object and makes it anew, as it was synced. */
  const restore = async (id: ResId, before: LiveObject): Promise<void> => {
    await cluster.delete(id, { propagation: 'Background' }, never);
    for (let wait = 0; wait < 100 && (await cluster.get(id, never)); wait++) await new Promise((resolve) => setTimeout(resolve, 20));
    const object = renderingOf(manifests).objects.find((each) => each.id.kind === id.kind && each.id.name === id.name);
    assert.ok(object);
    await cluster.apply(id, withMarksOf(desiredObjectOf(object, id.namespace).manifest, before, undefined), { fieldManager: 'gitops-workbench', force: true }, never);
  };

  it('finds objects that are missing, and those that are no longer declared', async () => {
    const namespace = await setUp();
    await cluster.delete(idIn(namespace, 'ConfigMap', 'settings'), {}, never);
    const documents = manifests.split('---\n').filter((document) => !document.includes('kind: CronJob'));
    const environment = await driftOn(cluster, namespace, documents.join('---\n'));
    assert.deepEqual(driftLines(environment), ['missing ConfigMap settings']);
  });

  it('finds a field that is no longer declared, where the sync owned it and where a client-side apply did', async () => {
    const namespace = await setUp();
    const less = manifests.replace('color: blue, ', '');
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, less)), ['changed ConfigMap settings: data.color removed nothing -> "blue" (gitops-workbench)']);
  });

  it('leaves out what settings and autoscalers say, and tells so', async () => {
    const namespace = await setUp();
    await patch(idIn(namespace, 'Deployment', 'web'), { spec: { replicas: 7 } }, 'kubectl-scale');
    const hpa = `${manifests}---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 9}\n`;
    const scaled = await driftOn(cluster, namespace, hpa);
    assert.deepEqual(driftLines(scaled), ['missing HorizontalPodAutoscaler web']);
    assert.deepEqual(
      scaled.objects.flatMap(({ ignored }) => ignored.map(({ path, reason }) => `${formatFieldPath(path)}: ${reason}`)),
      ['spec.replicas: HorizontalPodAutoscaler web sets it'],
    );
    const setting = { group: 'apps', kind: 'Deployment', name: undefined, namespace: undefined, path: '/spec/replicas', reason: 'tried out' };
    const ignoring = await driftOn(cluster, namespace, manifests, { ignore: [setting] });
    assert.deepEqual(driftLines(ignoring), []);
    assert.deepEqual(ignoring.objects[0]?.ignored, [{ path: ['spec', 'replicas'], reason: 'drift.ignore of the settings: tried out' }]);
  });

  it('compares here where it may not patch, and says so', async () => {
    const namespace = await setUp();
    await patch(idIn(namespace, 'Deployment', 'web'), { spec: { replicas: 7 } }, 'kubectl-scale');
    const config = openKubeconfig({ file: test.kubeconfigPath });
    const viewer = (await config.contexts()).contexts.find(({ name }) => name.endsWith('-viewer'));
    assert.ok(viewer);
    const reading = await config.connect(viewer.name, { mayRunPrograms: false });
    const types = loadKubernetesTypes();
    try {
      const drift = await driftOn(reading, namespace, manifests, { typeOf: (gvk) => types.kind(gvk, '1.34')?.type });
      const known = driftLines(drift).filter((line) => !line.startsWith('unknown Secret') && !line.includes('Role'));
      assert.deepEqual(known, ['changed Deployment web: spec.replicas changed 2 -> 7 (kubectl-scale)']);
      assert.equal(drift.objects.find(({ id }) => id.kind === 'Deployment')?.method, 'three-way');
    } finally {
      reading.close();
    }
  });

  it('sets one field back and leaves the others, and a whole object', async () => {
    const namespace = await setUp();
    const id = idIn(namespace, 'Deployment', 'web');
    await patch(id, { spec: { replicas: 7 }, metadata: { labels: { team: 'other' } } });
    await patch(id, { metadata: { annotations: { note: null } } });
    const find = async (): Promise<ObjectDrift> => {
      const found = (await driftOn(cluster, namespace, manifests)).objects.find((object) => object.id.kind === 'Deployment');
      assert.ok(found);
      return found;
    };
    const before = await find();
    const one = planFieldRevert(before, 'spec.replicas', { kind: 'none' });
    assert.ok(one.ok && one.request.kind === 'json-patch');
    await cluster.patch(id, 'json', one.request.patch, { fieldManager: one.request.manager }, never);
    const paths = ({ fields }: ObjectDrift): readonly string[] => fields.map(({ path }) => formatFieldPath(path)).sort();
    const after = await find();
    assert.deepEqual(paths(after), ['metadata.annotations.note', 'metadata.labels.team']);
    await assert.rejects(cluster.patch(id, 'json', one.request.patch, { fieldManager: one.request.manager }, never), 'a patch of an older state is refused');
    const whole = planObjectRevert(after, { kind: 'none' }, { namespace, application: undefined });
    assert.ok(whole.ok && whole.request.kind === 'apply');
    await cluster.apply(id, manifestText(whole.request.manifest), { fieldManager: whole.request.manager, force: true }, never);
    assert.equal((await find()).state, 'in-sync');
  });

  it('finds what an Application keeps and no longer declares, and says what becomes of it', async () => {
    const namespace = await test.makeNamespace();
    const marks = (name: string): JsonObject => ({ name, namespace, annotations: { 'argocd.argoproj.io/tracking-id': `shop:/ConfigMap:${namespace}/${name}` } });
    for (const name of ['kept', 'old']) {
      await cluster.apply(
        idIn(namespace, 'ConfigMap', name),
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: marks(name), data: { a: '1' } },
        { fieldManager: 'argocd-controller', force: true },
        never,
      );
    }
    const copy = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...marks('old'), name: 'copy' } };
    await cluster.apply(idIn(namespace, 'ConfigMap', 'copy'), copy, { fieldManager: 'kubectl', force: true }, never);
    const declaration = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\nspec: {syncPolicy: {automated: {prune: true}}}\n';
    const kept = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\ndata: {a: "1"}\n';
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, kept, { declaration })), ['extra ConfigMap old (Its tracking id names Application shop.)']);
  });

  it('finds what was synced from here and is no longer declared, also where an Application is declared that is not in the cluster', async () => {
    const namespace = await test.makeNamespace();
    const declaration = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\nspec: {}\n';
    const [kept, old] = ['kept', 'old'].map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "1"}\n`);
    await syncOn(cluster, namespace, `${kept}---\n${old}`, { parent: applySetParentOf({ label: namespace }, namespace) });
    const extra = 'extra ConfigMap old (It is part of the ApplySet of this environment.)';
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, kept ?? '', { declaration })), [extra]);
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, kept ?? '')), [extra]);
  });

  it('says what Flux removes although git says nothing of it', async () => {
    const namespace = await test.makeNamespace();
    const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: ${namespace}}\ndata: {color: blue}\n`;
    const [object] = renderingOf(config).objects;
    const manifest = object && manifestOf(object);
    assert.ok(isJsonObject(manifest) && isLiveObject(manifest));
    const id = idIn(namespace, 'ConfigMap', 'settings');
    await cluster.apply(id, manifest, { fieldManager: 'kustomize-controller', force: true }, never);
    await patch(id, { data: { extra: 'by hand' } });
    await patch(id, { data: { other: 'by a tool' } }, 'k9s');
    const declaration =
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop, namespace: flux-system}\nspec: {interval: 10m, path: ./shop, prune: true}\n';
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, config, { declaration })), [
      'changed ConfigMap settings: data.extra removed nothing -> "by hand" (kubectl-edit)',
      'changed ConfigMap settings: data.other foreign nothing -> "by a tool" (k9s)',
    ]);
  });
});

describeWithKubectl('drift after a client-side apply by kubectl', (test, kubectl) => {
  let cluster: Cluster;
  before(async () => {
    cluster = await connectTo(test.kubeconfigPath);
  });
  after(() => cluster.close());

  it('finds nothing right after it, and a field that is no longer declared', async () => {
    const namespace = await test.makeNamespace();
    await kubectl(['apply', '-n', namespace, '-f', '-'], manifests);
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, manifests)), []);
    const less = manifests.replace('color: blue, ', '').replace('replicas: 2', '# none');
    assert.deepEqual(driftLines(await driftOn(cluster, namespace, less)), [
      'changed Deployment web: spec.replicas changed 1 -> 2 (kubectl-client-side-apply)',
      'changed ConfigMap settings: data.color removed nothing -> "blue" (kubectl-client-side-apply)',
    ]);
  });
});
