import assert from 'node:assert/strict';
import { deliveryOf } from '../../support/deliveryOf.js';

/** `label order operator path` of each environment, and `elsewhere` where its source isn't in the workspace. */
function describeEnvironments(fixture: string): readonly string[] {
  return deliveryOf(fixture).delivery.model.environments.map(({ label, operator, isProtected, sources: [source] }) =>
    [label, operator, source?.folder === undefined ? `${source?.path} elsewhere` : source.path, ...(isProtected ? ['protected'] : [])].join(' | '),
  );
}

const overlays = `
#- apps/orders/base/kustomization.yaml
resources: [deployment.yaml]
#- apps/orders/base/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
#- apps/orders/overlays/prod/kustomization.yaml
resources: [../../base]
namespace: orders-prod
#- apps/orders/overlays/dev/kustomization.yaml
resources: [../../base]
namespace: orders-dev
#- apps/orders/overlays/stage/kustomization.yaml
resources: [../../base]
namespace: orders-stage
`;

function application(name: string, path: string, more = ''): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example/shop/delivery.git, targetRevision: main, path: ${path}}
  destination: {server: https://kubernetes.default.svc, namespace: ${name}}
${more}`;
}

describe('environments', () => {
  it('are overlay folders by convention, in the order of promotion, production protected', () => {
    assert.deepEqual(describeEnvironments(overlays), [
      'orders dev | none | apps/orders/overlays/dev',
      'orders stage | none | apps/orders/overlays/stage',
      'orders prod | none | apps/orders/overlays/prod | protected',
    ]);
  });

  it('are what Applications in files declare; the folders that they deliver are not found twice', () => {
    const fixture = `${overlays}#- bootstrap/prod.yaml\n${application('orders-prod', 'apps/orders/overlays/prod')}`;
    assert.deepEqual(describeEnvironments(fixture), [
      'orders dev | none | apps/orders/overlays/dev',
      'orders stage | none | apps/orders/overlays/stage',
      'orders prod | argocd | apps/orders/overlays/prod | protected',
    ]);
  });

  it('are declared by what a kustomization renders to, not by the text that it is made from', () => {
    const fixture = `${overlays}#- argocd/base/kustomization.yaml
resources: [orders.yaml]
#- argocd/base/orders.yaml
${application('orders', 'replaced')}
#- argocd/overlays/live/kustomization.yaml
resources: [../base]
nameSuffix: -live
patches:
  - target: {kind: Application}
    patch: |-
      - {op: replace, path: /spec/source/path, value: apps/orders/overlays/prod}
`.replace('[../base]\nnameSuffix', '[../../base]\nnameSuffix');
    const found = describeEnvironments(fixture).filter((line) => line.includes('argocd |'));
    assert.deepEqual(found, ['orders prod | argocd | apps/orders/overlays/prod | protected']);
  });

  it('are followed through apps of apps, however deep', () => {
    const fixture = `${overlays}#- root.yaml
${application('root', 'level1')}
#- level1/kustomization.yaml
resources: [next.yaml]
#- level1/next.yaml
${application('next', 'level2')}
#- level2/kustomization.yaml
resources: [orders.yaml]
#- level2/orders.yaml
${application('orders-dev', 'apps/orders/overlays/dev')}`;
    const { environments, objects } = deliveryOf(fixture).delivery.model;
    const declared = environments.filter(({ operator }) => operator === 'argocd').map(({ id }) => id);
    assert.deepEqual(declared.sort(), ['argocd/argocd/next', 'argocd/argocd/orders-dev', 'argocd/argocd/root']);
    const orders = objects.find(({ id }) => id.name === 'orders-dev');
    assert.deepEqual(orders?.foundIn, { kind: 'rendering', environment: 'argocd/argocd/next' });
  });

  it('end where an app of apps holds itself', () => {
    const fixture = `#- all/kustomization.yaml
resources: [all.yaml]
#- all/all.yaml
${application('all', 'all')}`;
    assert.deepEqual(describeEnvironments(fixture), ['all | argocd | all']);
  });

  it('are in this workspace where a remote of its repository is meant, in whatever form', () => {
    const git = (url: string): string => `${overlays}#- bootstrap/prod.yaml
${application('orders-prod', 'apps/orders/overlays/prod')}
#- .git/HEAD
ref: refs/heads/main
#- .git/config
[remote "origin"]
\turl = ${url}
`;
    for (const url of ['git@git.example:shop/delivery.git', 'ssh://git@git.example:22/shop/delivery', 'https://user@git.example/shop/delivery.git'])
      assert.ok(describeEnvironments(git(url)).includes('orders prod | argocd | apps/orders/overlays/prod | protected'), url);
    assert.ok(describeEnvironments(git('https://git.example/shop/code.git')).includes('orders prod | argocd | apps/orders/overlays/prod elsewhere | protected'));
  });

  it('are what Flux declares, each cluster with its own', () => {
    const cluster = (name: string): string => `#- clusters/${name}/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps/${name}
  sourceRef: {kind: GitRepository, name: flux-system}
#- apps/${name}/kustomization.yaml
resources: [../base]
`;
    const fixture = `${cluster('production')}${cluster('staging')}#- apps/base/kustomization.yaml
resources: [config.yaml]
#- apps/base/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}`;
    assert.deepEqual(describeEnvironments(fixture), ['apps staging | flux | apps/staging', 'apps production | flux | apps/production | protected']);
  });

  it('are the values files of a chart that are named for one', () => {
    const fixture = `#- charts/web/Chart.yaml
name: web
#- charts/web/values.yaml
a: 1
#- charts/web/values-prod.yaml
a: 2
#- charts/web/values-dev.yaml
a: 3
#- charts/common/Chart.yaml
name: common
type: library`;
    assert.deepEqual(describeEnvironments(fixture), ['web dev | none | charts/web', 'web prod | none | charts/web | protected']);
  });

  it('of folders with one name in different places are apps of their own; hidden folders and data of tests are none', () => {
    const folders = ['logging/instance/overlays/dev', 'logging/instance/overlays/prod', 'mesh/instance/overlays/dev', '.archive/mesh/overlays/dev', 'mesh/testdata/x'];
    const { model } = deliveryOf(folders.map((folder) => `#- ${folder}/kustomization.yaml\nresources: []\n`).join('')).delivery;
    assert.deepEqual(
      model.environments.map(({ label }) => label),
      ['logging/instance dev', 'logging/instance prod', 'mesh/instance dev'],
    );
  });

  it('are renamed, ordered, protected, hidden and added by the settings', () => {
    const fixture = `${overlays}#- .gitops-workbench.yaml
order: [prod, stage]
protected: [stage]
environments:
  - {path: apps/*/overlays/dev, hidden: true}
  - {path: apps/orders/overlays/prod, name: live, order: 0}
  - {path: apps/orders/base, app: orders, name: bare, order: 9}
`;
    assert.deepEqual(describeEnvironments(fixture), [
      'orders live | none | apps/orders/overlays/prod',
      'orders stage | none | apps/orders/overlays/stage | protected',
      'orders bare | none | apps/orders/base',
    ]);
  });

  it('are previews of the pull requests that the settings give as samples', () => {
    const fixture = `${overlays}#- previews.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: previews, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - pullRequest: {github: {owner: shop, repo: delivery}}
  template:
    metadata: {name: 'orders-pr-{{ .number }}'}
    spec:
      project: default
      source: {repoURL: https://git.example/shop/delivery.git, targetRevision: '{{ .head_sha }}', path: apps/orders/overlays/dev, kustomize: {namespace: 'orders-pr-{{ .number }}'}}
      destination: {server: https://kubernetes.default.svc, namespace: 'orders-pr-{{ .number }}'}
#- .gitops-workbench.yaml
pullRequests:
  - {number: 42, branch: search}
`;
    const { delivery } = deliveryOf(fixture);
    const preview = delivery.model.environments.find(({ name }) => name === 'pr-42');
    assert.ok(preview);
    assert.deepEqual([preview.label, preview.isProtected, preview.destination.namespace?.value], ['orders pr-42', false, 'orders-pr-42']);
    assert.deepEqual(
      delivery.render(preview).rendering.objects.map(({ id }) => id.namespace),
      ['orders-pr-42'],
    );
    const without = deliveryOf(fixture.replace(/pullRequests:[^#]*/, '')).delivery.model;
    assert.deepEqual(
      without.environments.map(({ label }) => label),
      ['orders dev', 'orders stage', 'orders prod'],
    );
  });

  it('render as their folder does where the operator adds nothing: the same object', () => {
    const { delivery, renderings, tree } = deliveryOf(overlays);
    const [dev] = delivery.model.environments;
    assert.ok(dev);
    assert.equal(delivery.render(dev).rendering, renderings.render(dev.sources[0]?.folder ?? '', tree).rendering);
  });
});

describe('a Flux Kustomization', () => {
  const cluster = (name: string): string => `#- clusters/${name}/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./apps
  targetNamespace: apps-${name}
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute: {greeting: hello}
    substituteFrom: [{kind: ConfigMap, name: cluster}]
#- clusters/${name}/vars.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: cluster, namespace: flux-system}
data: {cluster: ${name}}
`;
  const fixture = `${cluster('production')}${cluster('staging')}#- apps/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {text: "\${greeting} from \${cluster}"}`;

  it('renders with the variables of its own cluster, and each text leads to where they are defined', () => {
    const { delivery } = deliveryOf(fixture);
    const texts = delivery.model.environments.map((environment) => {
      const { rendering } = delivery.render(environment);
      const [object] = rendering.objects;
      const data = object?.root.get('data');
      const text = data?.kind === 'map' ? data.get('text') : undefined;
      assert.ok(text?.kind === 'scalar', JSON.stringify(rendering.problems));
      return `${environment.name}: ${text.value} in ${object?.id.namespace}, was ${text.was?.kind === 'scalar' ? text.was.value : ''}`;
    });
    const was = 'was ${greeting} from ${cluster}';
    assert.deepEqual(texts, [`staging: hello from staging in apps-staging, ${was}`, `production: hello from production in apps-production, ${was}`]);
  });
});
