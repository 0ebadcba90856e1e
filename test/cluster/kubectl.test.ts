/** What people type: the real kubectl against the sandbox and a real API server. Runs where a kubectl is found. */
import assert from 'node:assert/strict';
import { describeWithKubectl } from '../support/cluster/clusters.js';

const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'web:1', resources: {limits: {memory: 64Mi}}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: info}
`;

describeWithKubectl('kubectl', (cluster, kubectl) => {
  let namespace = '';
  const run = async (words: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(['-n', namespace, ...words.split(' ')], input);
    assert.equal(code, 0, `kubectl ${words}: ${stderr}`);
    return stdout;
  };

  beforeEach(async () => {
    namespace = await cluster.makeNamespace();
  });

  it('applies, tells what is unchanged, and shows a diff', async () => {
    assert.equal(await run('apply -f -', manifests), 'deployment.apps/web created\nconfigmap/settings created\n');
    assert.equal(await run('apply -f -', manifests), 'deployment.apps/web unchanged\nconfigmap/settings unchanged\n');
    const changed = await kubectl(['-n', namespace, 'diff', '-f', '-'], manifests.replace('level: info', 'level: debug'));
    assert.equal(changed.code, 1);
    assert.match(changed.stdout, /^-\s+level: info\n\+\s+level: debug$/m);
    assert.equal(await run('apply -f -', manifests.replace('level: info', 'level: debug')), 'deployment.apps/web unchanged\nconfigmap/settings configured\n');
  });

  it('applies on the server, and is told of conflicts', async () => {
    assert.equal(await run('apply --server-side -f -', manifests), 'deployment.apps/web serverside-applied\nconfigmap/settings serverside-applied\n');
    await run('patch configmap settings --type merge -p {"data":{"level":"trace"}}');
    const refused = await kubectl(['-n', namespace, 'apply', '--server-side', '-f', '-'], manifests);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: \.data\.level/);
    await run('apply --server-side --force-conflicts -f -', manifests);
    assert.equal(await run('get configmap settings -o jsonpath={.data.level}'), 'info');
    assert.equal((await kubectl(['-n', namespace, 'diff', '--server-side', '-f', '-'], manifests)).code, 0);
  });

  it('prunes an ApplySet', async () => {
    const [deployment = ''] = manifests.split('---\n');
    await run(`apply --prune --applyset=shop -f -`, manifests);
    assert.match(await run(`apply --prune --applyset=shop -f -`, deployment), /configmap\/settings pruned/);
    assert.match((await kubectl(['-n', namespace, 'get', 'configmap', 'settings'])).stderr, /configmaps "settings" not found/);
  });

  it('gets tables, by label, by name, as YAML', async () => {
    await run('apply -f -', manifests);
    assert.match(await run('get deployments'), /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/0 +0 +0 +\S+\n$/);
    assert.equal(await run('get deploy,cm -l app=web -o name'), 'deployment.apps/web\n');
    assert.match(await run('get configmap settings -o yaml'), /^apiVersion: v1\ndata:\n {2}level: info\nkind: ConfigMap\n/);
  });

  it('labels, annotates, sets images, scales and restarts', async () => {
    await run('apply -f -', manifests);
    await run('label configmap settings tier=front');
    await run('annotate configmap settings note=x');
    await run('set image deployment/web web=web:2');
    await run('scale deployment web --replicas=0');
    await run('rollout restart deployment web');
    assert.equal(await run('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}'), 'web:2');
    assert.equal(await run('get configmap settings -o jsonpath={.metadata.labels.tier}{.metadata.annotations.note}'), 'frontx');
  });

  it('creates from a file and by JSON patch, replaces and deletes', async () => {
    await run('create -f -', manifests);
    await run('patch configmap settings --type json -p [{"op":"replace","path":"/data/level","value":"x"}]');
    await run('patch deployment web -p {"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:3"}]}}}}');
    assert.equal(await run('get deploy web -o jsonpath={.spec.template.spec.containers[*].image}'), 'web:3');
    assert.match(await run('delete -f -', manifests), /^deployment\.apps "web" deleted.*\nconfigmap "settings" deleted/);
  });

  it('explains fields and lists what is served', async () => {
    assert.match(await run('explain deployment.spec.replicas'), /FIELD: replicas <integer>/);
    assert.match(await run('api-resources --api-group=apps'), /^deployments +deploy +apps\/v1 +true +Deployment$/m);
    assert.match(await run('api-versions'), /^networking\.k8s\.io\/v1$/m);
  });

  it('waits for a deletion, and for what it is told', async () => {
    await run('apply -f -', manifests);
    await run('wait --for=jsonpath={.data.level}=info configmap/settings --timeout=10s');
    await run('delete configmap settings --wait');
    await run('wait --for=delete configmap/settings --timeout=10s');
  });

  it('watches', async () => {
    const watching = kubectl(['-n', namespace, 'get', 'configmaps', '--field-selector', 'metadata.name=settings', '-w', '--request-timeout=4s', '-o', 'name']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await run('apply -f -', manifests);
    await run('label configmap settings a=b');
    assert.equal((await watching).stdout, 'configmap/settings\nconfigmap/settings\n');
  });
});
