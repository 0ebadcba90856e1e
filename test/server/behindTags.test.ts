/** The language server with the sandbox: a tag that moved under a running pod is noted at its line, and a restart catches up. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import { systemClock } from '../../src/sandbox/clock.js';
import { startFullSandbox, type FullSandbox } from '../../src/sandbox/fullSandbox.js';
import { putImage } from '../../src/sandbox/registry/putImage.js';
import { pathToUri } from '../../src/server/uris.js';
import type { BehindTag } from '../../src/server/registriesProtocol.js';
import { parseFixture } from '../support/fixture.js';
import { isFailure } from '../support/isFailure.js';
import { LspClient } from '../support/lspClient.js';
import { MemoryWorkspace } from '../support/memoryWorkspace.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';

const never = new AbortController().signal;
const overlay = '/w/web/overlays/dev/kustomization.yaml';
const pods = { namespace: 'default', labelSelector: 'app=web' };

describe('The language server with a tag that moved', () => {
  let sandbox: FullSandbox;
  let client: LspClient | undefined;

  beforeEach(async () => {
    sandbox = await startFullSandbox({ kinds: loadSandboxKinds(), clock: systemClock(20), report: (error) => assert.fail(String(error)) });
  });
  afterEach(async () => {
    await client?.stop();
    await sandbox.close();
  });

  const push = (created: string): string => putImage(sandbox.registry.store, 'shop/web', 'dev', { created });
  const short = (digest: string): string => digest.slice('sha256:'.length, 'sha256:'.length + 12);

  it('notes at the line that the pods are behind, names the workload, and restarts it', async () => {
    const first = push('2026-01-01T00:00:00Z');
    const image = `${sandbox.registry.host}/shop/web`;
    const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${image}:v1
        imagePullPolicy: Always
`;
    const kubeconfig = openKubeconfig({ file: sandbox.kubeconfigPath });
    const { current = '' } = await kubeconfig.contexts();
    const cluster = await kubeconfig.connect(current, { mayRunPrograms: false });
    const id = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'default', name: 'web' };
    await cluster.apply(id, deployment.replace(':v1', ':dev').replace('name: web}', 'name: web, namespace: default}'), { fieldManager: 'test', force: false }, never);
    const pod = (await cluster.kinds(never)).find(({ kind }) => kind === 'Pod') ?? assert.fail('no pods');
    while ((await cluster.list(pod, pods, never)).items.filter((each) => JSON.stringify(each['status']).includes(first)).length < 2) await wait(20);
    const second = push('2026-02-02T00:00:00Z');

    const fixture = `
#- web/base/kustomization.yaml
resources: [web.yaml]
#- web/base/web.yaml
${deployment}
#- web/overlays/dev/kustomization.yaml
namespace: default
resources: [../../base]
images:
- name: ${image}
  newTag: dev
`;
    const files = Object.fromEntries([...parseFixture(fixture)].map(([path, text]) => [`/w/${path}`, text]));
    const started = await LspClient.start(new MemoryWorkspace(files, { folders: ['/w'] }), ['/w'], {
      sandboxKubeconfig: sandbox.kubeconfigPath,
      kubeconfig: sandbox.kubeconfigPath,
    });
    client = started;
    await started.until(() => started.deliveryChanges > 0);
    const [environment] = await started.askDelivery('gitops/delivery/environments', {});
    assert.ok(environment);
    const hints = async (): Promise<readonly string[]> => {
      const answer = await started.askCluster('gitops/live/hints', { uri: pathToUri(overlay) });
      return isFailure(answer) ? [] : answer.filter(({ text }) => text.includes('behind the tag')).map(({ line, text, tooltip }) => `${line} ${text} ${tooltip}`);
    };
    const behind = (): Promise<readonly BehindTag[]> =>
      started.askRegistries('gitops/registries/behind', { id: environment.id }).then((answer) => (isFailure(answer) ? assert.fail(answer.message) : answer));
    assert.ok(isFailure(await started.askRegistries('gitops/registries/behind', { id: environment.id })), 'no cluster was connected');

    assert.ok(!isFailure(await started.askCluster('gitops/cluster/connect', { context: current })));
    await started.askCluster('gitops/cluster/choose', { ids: [environment.id], context: current });
    const [found, ...others] = await behind();
    assert.deepEqual(
      [found?.workload?.name, found?.runs, found?.has, found?.place?.label, others.length],
      ['web', short(first), short(second), 'web/overlays/dev/kustomization.yaml:5', 0],
    );
    assert.match(found?.message ?? '', /^2 pods of Deployment web are behind the tag: .*:dev is .* now, and .* runs\.$/);
    while ((await hints()).length === 0) await wait(50);
    assert.match((await hints())[0] ?? '', /^4 live: behind the tag \(web dev\) .*2 pods of Deployment web/);

    assert.equal(await started.askRegistries('gitops/registries/restart', { id: environment.id, object: id }), null);
    while ((await behind()).length > 0) await wait(50);
    while ((await hints()).length > 0) await wait(50);
    cluster.close();
  });
});
