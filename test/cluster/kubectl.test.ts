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

  it('creates with its generators, which send protobuf', async () => {
    const made = [
      'create deployment shop --image=shop:1 --replicas=0 --port=80',
      'create configmap level --from-literal=level=info',
      'create secret generic token --from-literal=token=hush',
      'create role reader --verb=get,list --resource=pods',
      'create rolebinding reader --role=reader --user=ada',
      'create serviceaccount robot',
      'create quota few --hard=pods=10',
      'create ingress site --rule=shop.example.com/*=shop:80',
      'create cronjob often --image=job:1 --schedule=@daily',
      'create poddisruptionbudget shop --selector=app=shop --min-available=50%',
      'expose deployment shop --port=80 --target-port=http',
      'autoscale deployment shop --min=1 --max=3 --cpu=70%',
      'run one --image=one:1 --restart=Never --labels=app=one --env=A=b',
    ];
    for (const words of made) assert.match(await run(words), /^\S+ (created|exposed|autoscaled)\n$/);
    const fields: Readonly<Record<string, string>> = {
      'deployment shop -o jsonpath={.spec.replicas},{.spec.template.spec.containers[0].ports[0].containerPort},{.metadata.managedFields[?(@.manager=="kubectl-create")].operation}':
        '0,80,Update',
      'configmap level -o jsonpath={.data.level}': 'info',
      'secret token -o jsonpath={.data.token},{.type}': 'aHVzaA==,Opaque',
      'role reader -o jsonpath={.rules[0].verbs}': '["get","list"]',
      'rolebinding reader -o jsonpath={.roleRef.name},{.subjects[0].name}': 'reader,ada',
      'quota few -o jsonpath={.spec.hard.pods}': '10',
      'ingress site -o jsonpath={.spec.rules[0].http.paths[0].backend.service.port.number}': '80',
      'cronjob often -o jsonpath={.spec.schedule},{.spec.concurrencyPolicy}': '@daily,Allow',
      'poddisruptionbudget shop -o jsonpath={.spec.minAvailable}': '50%',
      'service shop -o jsonpath={.spec.ports[0].targetPort},{.spec.selector.app}': 'http,shop',
      'hpa shop -o jsonpath={.spec.minReplicas},{.spec.metrics[0].resource.target.averageUtilization}': '1,70',
      'pod one -o jsonpath={.spec.containers[0].env[0].value},{.spec.restartPolicy}': 'b,Never',
    };
    for (const [words, value] of Object.entries(fields)) assert.equal(await run(`get ${words}`), value, words);
  });

  it('creates namespaces, and is told of what is there already', async () => {
    assert.equal(await run(`create namespace ${namespace}-more`), `namespace/${namespace}-more created\n`);
    const again = await kubectl(['create', 'namespace', `${namespace}-more`]);
    assert.equal(again.stderr, `Error from server (AlreadyExists): namespaces "${namespace}-more" already exists\n`);
    await run(`delete namespace ${namespace}-more --wait=false`);
    const invalid = await kubectl(['-n', namespace, 'create', 'deployment', 'Web', '--image=web:1']);
    assert.match(invalid.stderr, /Deployment.apps "Web" is invalid: metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain/);
  });

  it('says who may do what', async () => {
    const viewer = (await run('config get-contexts -o name')).split('\n').find((name) => name.endsWith('viewer')) ?? assert.fail('a viewer');
    assert.equal(await run('auth can-i create deployments'), 'yes\n');
    assert.match(await run('auth can-i --list'), /^\*\.\* +\[\] +\[\] +\[\*\]$/m);
    assert.match(await run('auth whoami'), /^Username +admin$/m);
    const refused = await kubectl(['-n', namespace, '--context', viewer, 'auth', 'can-i', 'create', 'deployments']);
    assert.deepEqual([refused.code, refused.stdout], [1, 'no\n']);
    const forbidden = await kubectl(['-n', namespace, '--context', viewer, 'create', 'configmap', 'x']);
    assert.match(forbidden.stderr, /configmaps is forbidden: User "viewer" cannot create resource "configmaps"/);
  });

  it('rolls out, back and on again', async () => {
    await run('create deployment shop --image=shop:1 --replicas=0');
    await run('rollout status deployment shop --timeout=60s');
    await run('set image deployment/shop shop=shop:2');
    assert.match(await run('rollout status deployment shop --timeout=60s'), /deployment "shop" successfully rolled out/);
    assert.match(await run('rollout history deployment shop'), /^1 +<none>\n2 +<none>$/m);
    assert.match(await run('rollout history deployment shop --revision=1'), /Image:\s+shop:1/);
    await run('rollout undo deployment shop');
    assert.equal(await run('get deployment shop -o jsonpath={.spec.template.spec.containers[0].image}'), 'shop:1');
    await run('rollout pause deployment shop');
    await run('rollout resume deployment shop');
    await run('rollout restart deployment shop');
    assert.match(await run('rollout status deployment shop --timeout=60s'), /successfully rolled out/);
    assert.equal(await run('wait --for=condition=Available deployment/shop --timeout=60s'), 'deployment.apps/shop condition met\n');
    await run('set env deployment/shop LEVEL=debug');
    await run('set resources deployment shop --limits=memory=64Mi');
    assert.equal(await run('get deployment shop -o jsonpath={..env[0].value}{..limits.memory}'), 'debug64Mi');
  });

  it('scales, and reads the scale', async () => {
    await run('create deployment shop --image=shop:1 --replicas=0');
    await run('scale deployment shop --current-replicas=0 --replicas=1');
    const wrong = await kubectl(['-n', namespace, 'scale', 'deployment', 'shop', '--current-replicas=5', '--replicas=0']);
    assert.match(wrong.stderr, /Expected replicas to be 5, was 1/);
    assert.equal(await run('get deployment shop --subresource=scale -o jsonpath={.spec.replicas},{.kind}'), '1,Scale');
    await run('patch deployment shop --subresource=scale --type=merge -p {"spec":{"replicas":0}}');
    assert.equal(await run('get deployment shop -o jsonpath={.spec.replicas}'), '0');
  });

  it('taints, labels, cordons and drains nodes', async () => {
    const node = `node-${namespace}`;
    assert.equal(await run('create -f -', `{apiVersion: v1, kind: Node, metadata: {name: ${node}}}`), `node/${node} created\n`);
    await run(`taint nodes ${node} team=a:NoSchedule`);
    await run(`label node ${node} team=a`);
    await run(`annotate node ${node} team=a`);
    assert.equal(await run(`get node ${node} -o jsonpath={.spec.taints[?(@.key=="team")].effect}{.metadata.labels.team}{.metadata.annotations.team}`), 'NoScheduleaa');
    await run(`taint nodes ${node} team:NoSchedule-`);
    await run(`cordon ${node}`);
    assert.match(await run(`drain ${node} --ignore-daemonsets --force`), new RegExp(`node/${node} drained`));
    await run(`uncordon ${node}`);
    assert.equal(await run(`get node ${node} -o jsonpath={.spec.unschedulable}`), '');
    await run(`delete node ${node}`);
  });

  it('is told that nothing is measured', async () => {
    const { code, stderr } = await kubectl(['-n', namespace, 'top', 'pods']);
    assert.deepEqual([code, stderr], [1, 'error: Metrics API not available\n']);
  });

  if (cluster.kind === 'sandbox')
    it('is refused clearly what only a kubelet could do', async () => {
      await run('run one --image=one:1');
      await run('wait --for=condition=Ready pod/one --timeout=60s');
      for (const words of ['exec one -- ls', 'cp /etc/hostname one:/tmp/x', 'port-forward one 8080:80', 'attach one', 'debug one --image=tools:1', 'create token default']) {
        const { code, stderr } = await kubectl(['-n', namespace, ...words.split(' ')]);
        assert.equal(code, 1, words);
        assert.match(stderr, /the sandbox does not serve (pods|serviceaccounts)\/\w+/, words);
      }
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
