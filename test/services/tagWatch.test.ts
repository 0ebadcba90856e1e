/** A tag that moves under a running Deployment: on the sandbox's cluster and registry, the pod is behind, a restart catches up. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import { OciRegistry } from '../../src/adapters/registry/ociRegistry.js';
import { manifestOf } from '../../src/core/live/manifestJson.js';
import { manifestText } from '../../src/core/live/manifestJson.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { systemClock } from '../../src/sandbox/clock.js';
import { startFullSandbox, type FullSandbox } from '../../src/sandbox/fullSandbox.js';
import { putImage } from '../../src/sandbox/registry/putImage.js';
import { Failure } from '../../src/services/failure.js';
import type { Cluster } from '../../src/services/ports.js';
import { Registries } from '../../src/services/registries.js';
import { compareWithTags, restartWorkload, type TagWatch } from '../../src/services/tagWatch.js';
import { renderManifests } from '../support/renderManifests.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';

const never = new AbortController().signal;
const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'web' };

describe('tags that move', () => {
  let sandbox: FullSandbox;
  let cluster: Cluster;
  let registries: Registries;
  let isAllowed: boolean;

  const opened: (() => Promise<void> | void)[] = [];
  before(async () => {
    sandbox = await startFullSandbox({ kinds: loadSandboxKinds(), clock: systemClock(20), report: (error) => assert.fail(String(error)) });
    opened.push(() => sandbox.close());
    const kubeconfig = openKubeconfig({ file: sandbox.kubeconfigPath });
    const { current = '' } = await kubeconfig.contexts();
    cluster = await kubeconfig.connect(current, { mayRunPrograms: false });
    opened.push(() => cluster.close());
  });
  after(async () => {
    for (const close of opened.toReversed()) await close();
  });
  beforeEach(() => {
    isAllowed = true;
    registries = new Registries({ registry: new OciRegistry({ credentials: { find: async () => undefined } }), isAllowed: () => isAllowed, now: () => Date.now() });
  });
  afterEach(() => registries.close());

  const push = (created: string): string => putImage(sandbox.registry.store, 'shop/web', 'dev', { created, platforms: ['linux/amd64', 'linux/arm64'] });

  function rendering(): Rendering {
    const objects = renderManifests(`apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${sandbox.registry.host}/shop/web:dev
        imagePullPolicy: Always
      - name: other
        image: ghcr.io/example/sidecar@sha256:${'a'.repeat(64)}
`);
    return { objects } as unknown as Rendering;
  }

  const compare = (): Promise<TagWatch> => compareWithTags({ cluster, registries, rendering: rendering(), namespace: 'default' }, never);

  /** Comes back with the first comparison that is as wanted. */
  async function until(isWanted: (watch: TagWatch) => boolean | Promise<boolean>): Promise<TagWatch> {
    for (;;) {
      registries.refresh();
      const watch = await compare();
      if (await isWanted(watch)) return watch;
      await wait(50);
    }
  }

  const runs = async (): Promise<number> => {
    const pod = (await cluster.kinds(never)).find(({ kind }) => kind === 'Pod');
    assert.ok(pod);
    const { items } = await cluster.list(pod, { namespace: 'default', labelSelector: 'app=web' }, never);
    return items.filter((each) => JSON.stringify(each['status']).includes('"running"')).length;
  };

  it('leave pods behind, until they are restarted as kubectl does it', async () => {
    const first = push('2026-01-01T00:00:00Z');
    const [object] = rendering().objects;
    assert.ok(object);
    await cluster.apply(web, manifestText(manifestOf(object)), { fieldManager: 'test', force: false }, never);
    await until(async (watch) => (await runs()) === 2 && watch.behind.length === 0);

    const second = push('2026-02-02T00:00:00Z');
    const { behind, notKnown } = await until((watch) => watch.behind.length > 0);
    assert.deepEqual(notKnown, []);
    assert.deepEqual(
      behind.map(({ running, now, pods }) => [running.workload?.name, running.container, running.digest, now, pods, running.isPulledAgain]),
      [['web', 'web', first, second, 2, true]],
    );

    await restartWorkload(cluster, web, 'none', Date.parse('2026-03-03T10:11:12.345Z'), never);
    const live = await cluster.get(web, never);
    assert.ok(JSON.stringify(live).includes('"kubectl.kubernetes.io/restartedAt":"2026-03-03T10:11:12Z"'));
    assert.ok(live?.metadata.managedFields?.some(({ manager, operation }) => manager === 'kubectl-rollout' && operation === 'Update'));
    await until((watch) => watch.behind.length === 0);
  });

  it('are restarted under Flux’s own stand-in, which Flux lets be', async () => {
    await restartWorkload(cluster, web, 'flux', Date.parse('2026-04-04T00:00:00Z'), never);
    const live = await cluster.get(web, never);
    assert.ok(live?.metadata.managedFields?.some(({ manager }) => manager === 'flux-client-side-apply'));
  });

  it('say why nothing is known where the registry may not be asked', async () => {
    isAllowed = false;
    await until(async (watch) => (await runs()) >= 2 && watch.notKnown.length > 0);
    const { behind, notKnown } = await compare();
    assert.deepEqual([behind, notKnown], [[], [`${sandbox.registry.host} was not asked: you have not allowed that yet.`]]);
  });

  it('can’t be caught up with by restarting what is paused, gone, or runs no pods of its own', async () => {
    const refused = (id: typeof web, words: RegExp): Promise<void> =>
      assert.rejects(restartWorkload(cluster, id, 'none', 0, never), (error) => error instanceof Failure && error.code === 'live/not-restartable' && words.test(error.message));
    await refused({ ...web, name: 'gone' }, /is not in the cluster any more/);
    await refused({ ...web, group: '', kind: 'ConfigMap' }, /has no pods that a restart replaces/);
    await cluster.patch(web, 'merge', { spec: { paused: true } }, { fieldManager: 'test' }, never);
    await refused(web, /is paused/);
  });
});
