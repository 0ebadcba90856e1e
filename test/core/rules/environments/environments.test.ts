/** What must hold between the environments of an app. */
import assert from 'node:assert/strict';
import { namespaceMismatch } from '../../../../src/core/rules/environments/namespaceMismatch.js';
import { otherRepository } from '../../../../src/core/rules/environments/otherRepository.js';
import { sharedHost } from '../../../../src/core/rules/environments/sharedHost.js';
import { sharedNamespace } from '../../../../src/core/rules/environments/sharedNamespace.js';
import { checkFix, checkRule } from '../../../support/rules/checkRule.js';

interface App {
  readonly file: string;
  readonly name: string;
  readonly path: string;
  readonly namespace: string;
  readonly server?: string;
}

function application({ file, name, path, namespace, server = 'https://kubernetes.default.svc' }: App, mark = ''): string {
  return `#- ${file}
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/infra.git
    path: ${path}
  destination:
    server: ${server}
    namespace: ${namespace}
${mark}`;
}

function overlays(kind: string, object: (name: string) => string): string {
  return ['local', 'stage']
    .map((name) => `#- apps/shop/overlays/${name}/kustomization.yaml\nresources: [${kind}.yaml]\n#- apps/shop/overlays/${name}/${kind}.yaml\n${object(name)}`)
    .join('');
}

const stageOf = (more: Partial<App> = {}): App => ({ file: 'bootstrap/stage.yaml', name: 'shop-stage', path: 'apps/shop/overlays/stage', namespace: 'shop-stage', ...more });
const localOf = (more: Partial<App> = {}): App => ({ file: 'bootstrap/local.yaml', name: 'shop-local', path: 'apps/shop/overlays/local', namespace: 'shop-local', ...more });

describe('environments/other-repository', () => {
  it("is named 'environments/other-repository' and takes the repository of the siblings as its fix", () => {
    assert.equal(otherRepository.id, 'environments/other-repository');
    checkRule(
      otherRepository,
      otherRepository.examples.bad.replace('shop.git\n', 'shop.git\n           # ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ stands in https://git.example.com/team/infra.git\n'),
    );
    checkFix(otherRepository, otherRepository.examples.bad, otherRepository.examples.good);
  });

  it('is quiet where the folder stands in neither, and for one repository written in two ways', () => {
    checkRule(otherRepository, otherRepository.examples.bad.replace('path: apps/shop/overlays/stage', 'path: deploy/shop'));
    checkRule(otherRepository, otherRepository.examples.bad.replace('https://git.example.com/team/shop.git', 'git@git.example.com:team/infra'));
  });
});

describe('environments/namespace-mismatch', () => {
  it("is named 'environments/namespace-mismatch' and finds an overlay that puts all somewhere else", () => {
    assert.equal(namespaceMismatch.id, 'environments/namespace-mismatch');
    const bad = namespaceMismatch.examples.bad;
    checkRule(
      namespaceMismatch,
      bad.replace('namespace: shop-local\nres', 'namespace: shop-local\n         # ^^^^^^^^^^ The overlay puts its objects into the namespace shop-local\nres'),
    );
    checkFix(namespaceMismatch, bad, namespaceMismatch.examples.good, { title: 'Change the namespace' });
    checkFix(namespaceMismatch, bad, namespaceMismatch.examples.good.replaceAll('namespace: shop-stage', 'namespace: shop-local'), { title: 'Change the destination' });
  });

  it('is quiet on apps of several namespaces, and on destinations that stand for none', () => {
    const several = namespaceMismatch.examples.bad.replace('metadata: {name: shop}', 'metadata: {name: shop}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: other}');
    checkRule(
      namespaceMismatch,
      several.replace('namespace: shop-local\n', '').replace('{name: shop}', '{name: shop, namespace: a}').replace('{name: other}', '{name: other, namespace: b}'),
    );
    checkRule(namespaceMismatch, namespaceMismatch.examples.bad.replace('namespace: shop-stage}', 'namespace: default}'));
  });

  it('finds an object with the namespace of another environment', () => {
    const service = (name: string, own: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: other\n  namespace: ${own}\n`;
    checkRule(
      namespaceMismatch,
      application(localOf()) +
        application(stageOf()) +
        overlays('service', (name) => service(name, 'shop-local') + (name === 'stage' ? '           # ^^^^^^^^^^ which is that of shop local\n' : '')),
    );
    checkRule(namespaceMismatch, application(localOf()) + application(stageOf()) + overlays('service', (name) => service(name, 'monitoring')));
  });
});

describe('environments/shared-namespace', () => {
  const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`;

  it("is named 'environments/shared-namespace' and points at the destination of the later environment", () => {
    assert.equal(sharedNamespace.id, 'environments/shared-namespace');
    checkRule(
      sharedNamespace,
      application(localOf({ namespace: 'shop' })) +
        application(stageOf({ namespace: 'shop' }), '             # ^^^^ shop stage and shop local both bring Service shop into the namespace shop\n') +
        overlays('service', () => service('shop')),
    );
  });

  it('is quiet for objects with other names, for other clusters, and where the clusters may differ', () => {
    const shared = { namespace: 'shop' };
    checkRule(sharedNamespace, application(localOf(shared)) + application(stageOf(shared)) + overlays('service', service));
    checkRule(
      sharedNamespace,
      application(localOf(shared)) + application(stageOf({ ...shared, server: 'https://stage.example.com' })) + overlays('service', () => service('shop')),
    );
    const apart = application(localOf({ ...shared, file: 'clusters/local/shop.yaml' })) + application(stageOf({ ...shared, file: 'clusters/stage/shop.yaml' }));
    checkRule(sharedNamespace, apart + overlays('service', () => service('shop')));
  });
});

describe('environments/shared-host', () => {
  const kinds: readonly (readonly [string, (host: string) => string, number])[] = [
    ['Ingress', (host) => `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: shop}\nspec:\n  rules:\n    - host: ${host}\n`, 12],
    ['HTTPRoute', (host) => `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: shop}\nspec:\n  hostnames:\n    - ${host}\n`, 6],
    ['Gateway', (host) => `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: shop}\nspec:\n  listeners:\n    - hostname: ${host}\n`, 16],
    ['VirtualService', (host) => `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: shop}\nspec:\n  hosts:\n    - ${host}\n`, 6],
    ['Route', (host) => `apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: shop}\nspec:\n  host: ${host}\n`, 8],
    ['HTTPProxy', (host) => `apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: shop}\nspec:\n  virtualhost:\n    fqdn: ${host}\n`, 10],
  ];

  for (const [kind, object, column] of kinds) {
    it(`compares the hosts of ${kind}`, () => {
      const host = 'shop.example.com';
      const mark = `${' '.repeat(column - 2)}# ${'^'.repeat(host.length)} as shop local in the same cluster has\n`;
      const apps = application(localOf()) + application(stageOf());
      checkRule(sharedHost, apps + overlays('host', (name) => object(host) + (name === 'stage' ? mark : '')));
      checkRule(sharedHost, apps + overlays('host', (name) => object(`${name}.example.com`)));
    });
  }

  it("is named 'environments/shared-host' and reads the rules of Traefik", () => {
    assert.equal(sharedHost.id, 'environments/shared-host');
    const route = (match: string): string => `apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: shop}\nspec:\n  routes:\n    - match: ${match}\n`;
    const apps = application(localOf()) + application(stageOf());
    const match = 'Host(`shop.example.com`)';
    checkRule(sharedHost, apps + overlays('route', (name) => route(match) + (name === 'stage' ? `           # ${'^'.repeat(match.length)} has the host shop.example.com\n` : '')));
    checkRule(sharedHost, apps + overlays('route', (name) => route(`${match} && PathPrefix(\`/${name}\`)`)));
  });

  it('points at the base that both share, and is quiet in two clusters', () => {
    const bad = sharedHost.examples.bad.replace('shop.localtest.me\n', 'shop.localtest.me\n          # ^^^^^^^^^^^^^^^^^ set another one in the overlay of stage\n');
    checkRule(sharedHost, bad);
    const [before, after] = sharedHost.examples.bad.split('metadata: {name: shop-stage');
    checkRule(sharedHost, `${before}metadata: {name: shop-stage${after?.replace('https://kubernetes.default.svc', 'https://stage.example.com')}`);
  });
});
