/** Each symptom brought about in the sandbox with its simulated workloads and operators, diagnosed, mended as the diagnosis says, and gone. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { LiveObject } from '../../src/core/live/liveObject.js';
import { systemClock } from '../../src/sandbox/clock.js';
import { stringAt, valueAt } from '../../src/core/live/readFields.js';
import { startFullSandbox, type FullSandbox } from '../../src/sandbox/fullSandbox.js';
import { runGitCommand } from '../../src/sandbox/gitRemote/gitCommand.js';
import { putImage } from '../../src/sandbox/registry/putImage.js';
import { runCommandLine } from '../support/runCommandLine.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const url = 'https://git.example.com/shop/delivery.git';

const web = (image: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: ${image}
          ports: [{name: http, containerPort: 8080}]
${more}`;

const routes = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
    - host: web.localtest.me
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: web, port: {number: 80}}}
`;

const workload = `#- overlays/dev/kustomization.yaml
resources:
- web.yaml
- routes.yaml
#- overlays/dev/web.yaml
${web('ghcr.io/shop/web:1')}
#- overlays/dev/routes.yaml
${routes}`;

const argo = `#- apps/dev.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop-dev
  namespace: argocd
spec:
  project: default
  source:
    repoURL: ${url}
    targetRevision: main
    path: overlays/dev
  destination:
    server: https://kubernetes.default.svc
    namespace: shop-dev
  syncPolicy:
    automated: {prune: true, selfHeal: true}
    syncOptions: [CreateNamespace=true]
${workload}`;

const flux = `#- clusters/dev.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: delivery
  namespace: flux-system
spec:
  interval: 10m
  url: ${url}
  ref: {branch: main}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop-dev
  namespace: flux-system
spec:
  interval: 10m
  path: ./overlays/dev
  prune: true
  targetNamespace: default
  sourceRef: {kind: GitRepository, name: delivery}
${workload}`;

/** What the command prints as JSON. */
interface Said {
  readonly code: string;
  readonly symptom: string;
  readonly cause: string;
  readonly evidence: readonly string[];
  readonly fix: string;
  readonly action?: { readonly kind: string; readonly title: string; readonly effect: string };
  readonly file?: string;
  readonly line?: number;
}

interface Shop {
  readonly sandbox: FullSandbox;
  readonly folder: TemporaryFolder;
  readonly push: (message: string) => Promise<string>;
  readonly visit: () => Promise<readonly Said[]>;
}

describe('the doctor in the sandbox', function () {
  this.timeout(120_000);
  const makeFolder = temporaryFolders();
  const running: FullSandbox[] = [];
  const errors: unknown[] = [];
  afterEach(async () => {
    for (const sandbox of running.splice(0)) await sandbox.close();
    assert.deepEqual(errors.splice(0), []);
  });

  /** A repository with its remote, delivered into a sandbox in which twenty seconds pass in a real one. */
  async function open(files: string): Promise<Shop> {
    const id = files.includes('argoproj.io') ? 'argocd/argocd/shop-dev' : 'flux/flux-system/shop-dev';
    const folder = makeFolder(files);
    folder.git('init', '--quiet', '--initial-branch=main');
    folder.commit('Begin');
    const sandbox = await startFullSandbox({ kinds: loadSandboxKinds(), clock: systemClock(20), report: (error) => errors.push(error) });
    running.push(sandbox);
    await sandbox.gitRemote.create('delivery', { kind: 'repository', folder: folder.path });
    sandbox.gitRemote.standFor(url, 'delivery');
    folder.git('remote', 'add', 'origin', url);
    const own = ['-c', `url.${sandbox.gitRemote.urlOf('delivery')}.insteadOf=${url}`];
    await runGitCommand(folder.path, [...own, 'fetch', '--quiet', 'origin']);
    folder.git('branch', '--quiet', '--set-upstream-to=origin/main');
    await sandbox.operators.deliver(url);
    const push = async (message: string): Promise<string> => {
      const commit = folder.commit(message);
      await runGitCommand(folder.path, [...own, 'push', '--quiet', 'origin', 'HEAD']);
      return commit;
    };
    const visit = async (): Promise<readonly Said[]> => {
      const run = await runCommandLine(['doctor', id, '--kubeconfig', sandbox.kubeconfigPath, '--format', 'json'], { folder: folder.path });
      assert.notEqual(run.status, 2, run.errors);
      return JSON.parse(run.output) as readonly Said[];
    };
    return { sandbox, folder, push, visit };
  }

  /** Visits until what is found is as wished. */
  async function until({ visit }: Pick<Shop, 'visit'>, isSo: (said: readonly Said[]) => boolean, what: string): Promise<readonly Said[]> {
    let last: readonly Said[] = [];
    for (let tries = 0; tries < 60; tries++) {
      last = await visit();
      if (isSo(last)) return last;
      await wait(150);
    }
    return assert.fail(`never ${what}: ${JSON.stringify(last, undefined, 1)}`);
  }
  const gone = (shop: Shop): Promise<readonly Said[]> => until(shop, (said) => said.length === 0, 'healthy');
  const found = async (shop: Shop, code: string, isSo: (said: Said) => boolean = () => true): Promise<Said> =>
    (await until(shop, (said) => said.some((each) => each.code === code && isSo(each)), code)).find((each) => each.code === code && isSo(each)) ?? assert.fail();
  const status = ({ sandbox }: Shop, group: string, kind: string, namespace: string): LiveObject | undefined => sandbox.store.get({ group, kind, namespace, name: 'shop-dev' });
  const edit = ({ folder }: Shop, file: string, from: string, to: string): void => {
    const text = folder.read(file);
    assert.ok(text.includes(from), `${file} has no ${from}`);
    folder.put(file, text.replace(from, to));
  };

  it('finds nothing where all is well, with Argo CD and with Flux', async () => {
    await gone(await open(argo));
    await gone(await open(flux));
  });

  it('ImagePullBackOff: the tag that is not there, at the line that sets it', async () => {
    const shop = await open(argo);
    const { registry } = shop.sandbox;
    putImage(registry.store, 'shop/web', '1', { created: '2026-01-01T00:00:00Z' });
    edit(shop, 'overlays/dev/web.yaml', 'ghcr.io/shop/web:1', `${registry.host}/shop/web:1`);
    await shop.push('Our registry');
    await gone(shop);
    edit(shop, 'overlays/dev/web.yaml', 'shop/web:1', 'shop/web:7');
    await shop.push('A tag that nobody pushed');
    const said = await found(shop, 'image-pull');
    assert.match(said.symptom, /^Deployment web can't start: its image .*\/shop\/web:7 can't be pulled\.$/);
    assert.match(said.cause, /has no tag 7 of shop\/web \(overlays\/dev\/web\.yaml:13\)\.$/);
    assert.deepEqual([said.file, said.line], ['overlays/dev/web.yaml', 13]);
    assert.match(said.evidence.join(' '), /Container web of pod web-\S+ is in (?:ErrImagePull|ImagePullBackOff)/);
    putImage(registry.store, 'shop/web', '7', { created: '2026-01-01T00:00:00Z' });
    await gone(shop);
  });

  it('CrashLoopBackOff, a missing ConfigMap, and a node that nobody is', async () => {
    const shop = await open(argo);
    await gone(shop);
    const base = shop.folder.read('overlays/dev/web.yaml');
    edit(
      shop,
      'overlays/dev/web.yaml',
      'labels: {app: web}\n    spec',
      'labels: {app: web}\n      annotations: {sandbox.gitops-workbench/crash-after: 2s, sandbox.gitops-workbench/exit-code: "3"}\n    spec',
    );
    await shop.push('It crashes');
    const crash = await found(shop, 'crash-loop');
    assert.match(crash.cause, /^It ends with exit code 3\.$/);
    assert.match(crash.fix, /kubectl logs -n shop-dev web-\S+ -c web --previous$/);
    shop.folder.put('overlays/dev/web.yaml', `${base}          envFrom: [{configMapRef: {name: settings}}]\n`);
    await shop.push('It wants settings');
    const config = await found(shop, 'container-config');
    assert.equal(config.cause, "ConfigMap settings doesn't exist.");
    assert.equal(config.file, 'overlays/dev/web.yaml');
    shop.folder.put('overlays/dev/web.yaml', base.replace('    spec:\n      containers', '    spec:\n      nodeSelector: {disk: fast}\n      containers'));
    await shop.push('It wants a fast disk');
    const pending = await found(shop, 'pending');
    assert.match(pending.cause, /^No node fits its nodeSelector disk=fast \(overlays\/dev\/web\.yaml:\d+\)\.$/);
    shop.folder.put('overlays/dev/web.yaml', base);
    await shop.push('As before');
    await gone(shop);
  });

  it('404: a port that the Service does not have, a Service that is not there, a class that nobody serves', async () => {
    const shop = await open(argo);
    await gone(shop);
    edit(shop, 'overlays/dev/routes.yaml', 'port: {number: 80}', 'port: {number: 8000}');
    await shop.push('The port of the container');
    const port = await found(shop, 'route', ({ evidence }) => evidence.join().includes('has these ports'));
    assert.equal(port.cause, "web.localtest.me/ leads to port 8000 of Service web, which doesn't have it (overlays/dev/routes.yaml:18).");
    assert.deepEqual(port.action?.title, 'Lead to port 80');
    edit(shop, 'overlays/dev/routes.yaml', 'service: {name: web, port: {number: 8000}}', 'service: {name: shop, port: {number: 80}}');
    await shop.push('Another Service');
    assert.match((await found(shop, 'route', ({ cause }) => cause.includes('Service shop'))).cause, /leads to Service shop, which doesn't exist/);
    edit(shop, 'overlays/dev/routes.yaml', 'name: shop', 'name: web');
    edit(shop, 'overlays/dev/routes.yaml', 'spec:\n  rules', 'spec:\n  ingressClassName: internal\n  rules');
    await shop.push('A class');
    assert.match((await found(shop, 'route', ({ cause }) => cause.includes('IngressClass'))).cause, /^There is no IngressClass internal \(overlays\/dev\/routes\.yaml:\d+\)\.$/);
    edit(shop, 'overlays/dev/routes.yaml', '  ingressClassName: internal\n', '');
    await shop.push('As before');
    await gone(shop);
  });

  it('ComparisonError: the line of the overlay that is malformed', async () => {
    const shop = await open(argo);
    await gone(shop);
    shop.folder.put('overlays/dev/kustomization.yaml', 'resources:\n- web.yaml\n- routes.yaml\nimages:\n- name: ghcr.io/shop/web\n  newTag: 2\n');
    await shop.push('A number');
    const said = await found(shop, 'comparison-error', ({ evidence }) => evidence.join().includes('ComparisonError'));
    assert.deepEqual([said.file, said.line], ['overlays/dev/kustomization.yaml', 6]);
    assert.match(said.symptom, /^shop dev can't be rendered \(ComparisonError\)\.$/);
    shop.folder.put('overlays/dev/kustomization.yaml', 'resources:\n- web.yaml\n- routes.yaml\nimages:\n- name: ghcr.io/shop/web\n  newTag: "2"\n');
    // Mended here, and not there yet: that is said too.
    const here = await found(shop, 'comparison-error', ({ cause }) => cause.includes('those here can'));
    assert.match(here.evidence.join(' '), /kustomization\.yaml is not committed/);
    await shop.push('A text');
    await gone(shop);
  });

  it('a path that leads nowhere, with Argo CD and with Flux', async () => {
    const shop = await open(argo.replace('path: overlays/dev', 'path: overlays/devel'));
    const said = await found(shop, 'wrong-path', ({ evidence }) => evidence.join().includes('Application shop-dev says'));
    assert.deepEqual([said.file, said.line], ['apps/dev.yaml', 11]);
    edit(shop, 'apps/dev.yaml', 'overlays/devel', 'overlays/dev');
    await shop.push('The path');
    await shop.sandbox.operators.deliver(url);
    await gone(shop);
    const other = await open(flux.replace('path: ./overlays/dev', 'path: ./overlay/dev'));
    assert.deepEqual((await found(other, 'wrong-path')).file, 'clusters/dev.yaml');
  });

  it('Healthy but old: not pushed, then pushed to a branch that is not followed', async () => {
    const shop = await open(argo);
    await gone(shop);
    edit(shop, 'overlays/dev/web.yaml', 'web:1', 'web:2');
    shop.folder.commit('Raise the tag');
    const unpushed = await found(shop, 'old-version');
    assert.equal(unpushed.symptom, 'shop dev is Healthy, with an older version than the files here.');
    assert.equal(unpushed.cause, 'The commit is not pushed.');
    assert.equal(unpushed.action?.effect, 'Pushes 1 commit of main to origin, never by force.');
    assert.match(unpushed.evidence.join(' '), /Deployment web has ghcr\.io\/shop\/web:1 at .*, the files here say ghcr\.io\/shop\/web:2\./);
    await shop.push('Nothing more');
    await gone(shop);
    shop.folder.git('switch', '--quiet', '--create', 'topic');
    edit(shop, 'overlays/dev/web.yaml', 'web:2', 'web:3');
    await shop.push('Raise the tag again');
    const branch = await found(shop, 'old-version', ({ cause }) => cause.includes('follows main'));
    assert.equal(branch.cause, 'The change is in origin/topic, and shop dev follows main.');
    assert.deepEqual([branch.file, branch.line], ['apps/dev.yaml', 10]);
    shop.folder.git('switch', '--quiet', 'main');
    shop.folder.git('merge', '--quiet', '--ff-only', 'topic');
    await shop.push('Merge');
    await gone(shop);
  });

  it('no sync: automation that is off, and an Application that nobody delivered', async () => {
    const shop = await open(argo.replace('    automated: {prune: true, selfHeal: true}\n', ''));
    const said = await found(shop, 'no-sync');
    assert.match(said.cause, /^Automated sync of Application shop-dev is off/);
    assert.equal(said.action?.kind, 'operator');
    edit(shop, 'apps/dev.yaml', '  syncPolicy:\n', '  syncPolicy:\n    automated: {}\n');
    await shop.push('Automate it');
    await shop.sandbox.operators.deliver(url);
    await gone(shop);
    shop.sandbox.store.delete({ group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'shop-dev' });
    const unknown = await found(shop, 'application-unknown');
    assert.equal(unknown.symptom, "Application shop-dev isn't in the cluster of gitops-sandbox.");
    assert.equal(unknown.file, 'apps/dev.yaml');
    await shop.sandbox.operators.deliver(url);
    await gone(shop);
  });

  it('no sync with Flux: suspended, and a repository that refuses', async () => {
    const shop = await open(flux);
    await gone(shop);
    const sourceId = { group: 'source.toolkit.fluxcd.io', kind: 'GitRepository', namespace: 'flux-system', name: 'delivery' };
    edit(shop, 'clusters/dev.yaml', '  prune: true\n', '  prune: true\n  suspend: true\n');
    await shop.push('Freeze it');
    // What is pushed is brought into the cluster, as Flux's own Kustomization would.
    await until(shop, () => valueAt(status(shop, 'kustomize.toolkit.fluxcd.io', 'Kustomization', 'flux-system') ?? assert.fail(), 'spec', 'suspend') === true, 'suspended');
    edit(shop, 'overlays/dev/web.yaml', 'web:1', 'web:2');
    await shop.push('Raise the tag');
    const suspended = await found(shop, 'no-sync', ({ cause }) => cause.includes('suspended'));
    assert.equal(suspended.cause, 'Kustomization shop-dev is suspended.');
    assert.equal(suspended.action?.title, 'Resume Kustomization shop-dev');
    edit(shop, 'clusters/dev.yaml', '  suspend: true\n', '');
    await shop.push('Go on');
    await gone(shop);
    shop.sandbox.store.patch(sourceId, { spec: { url: 'https://ada:hunter2hunter2@git.example.com/shop/private.git' } }, { manager: 'kubectl' });
    const refused = await found(shop, 'no-sync', ({ cause }) => cause.includes('refused'));
    assert.match(refused.cause, /^GitRepository delivery is refused by the repository/);
    assert.doesNotMatch(JSON.stringify(await shop.visit()), /hunter2/);
    shop.sandbox.store.patch(sourceId, { spec: { url } }, { manager: 'kubectl' });
    await gone(shop);
    assert.ok(stringAt(status(shop, 'kustomize.toolkit.fluxcd.io', 'Kustomization', 'flux-system'), 'status', 'lastAppliedRevision'));
  });

  it('an image that Flux does not update: no such tag for the policy, then nobody who writes it', async () => {
    const images = (registry: string, range: string): string => `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec: {image: "${registry}/shop/web", interval: 1m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux-system}
spec:
  imageRepositoryRef: {name: web}
  policy: {semver: {range: "${range}"}}
`;
    const shop = await open(flux);
    const { registry } = shop.sandbox;
    putImage(registry.store, 'shop/web', '1.0.0', { created: '2026-01-01T00:00:00Z' });
    edit(shop, 'overlays/dev/web.yaml', 'ghcr.io/shop/web:1', `${registry.host}/shop/web:1.0.0 # {"$imagepolicy": "flux-system:web"}`);
    await shop.push('Let Flux write the tag');
    assert.match((await found(shop, 'image-automation')).cause, /^ImagePolicy flux-system:web doesn't exist \(overlays\/dev\/web\.yaml:13\)\.$/);
    shop.folder.put('clusters/images.yaml', images(registry.host, '2.x'));
    await shop.push('A policy');
    await shop.sandbox.operators.deliver(url);
    assert.equal((await found(shop, 'image-automation', ({ cause }) => cause.includes('selects'))).cause, 'ImagePolicy web selects no tag.');
    shop.folder.put('clusters/images.yaml', images(registry.host, '1.x'));
    await shop.push('Another range');
    await shop.sandbox.operators.deliver(url);
    await gone(shop);
    putImage(registry.store, 'shop/web', '1.1.0', { created: '2026-01-01T00:00:00Z' });
    const nobody = await found(shop, 'image-automation', ({ cause }) => cause.includes('ImageUpdateAutomation'));
    assert.match(nobody.evidence.join(' '), /has chosen 1\.1\.0; overlays\/dev\/web\.yaml:13 says .*:1\.0\.0\./);
    edit(shop, 'overlays/dev/web.yaml', ':1.0.0', ':1.1.0');
    await shop.push('By hand');
    await gone(shop);
  });

  it('an operator that is out of sync with its declaration', async () => {
    const shop = await open(argo);
    await gone(shop);
    const id = { group: 'argoproj.io', kind: 'Application', namespace: 'argocd', name: 'shop-dev' };
    shop.sandbox.store.patch(id, { spec: { source: { targetRevision: 'HEAD' } } }, { manager: 'kubectl' });
    const said = await found(shop, 'operator-disagrees');
    assert.equal(said.cause, "Application shop-dev in the cluster isn't what git declares: targetRevision is main in git and HEAD live.");
    await shop.sandbox.operators.deliver(url);
    await gone(shop);
  });
});
