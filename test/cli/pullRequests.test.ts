import assert from 'node:assert/strict';
import { FakeForge, forgeToken } from '../support/forge/fakeForge.js';
import { runCommandLine } from '../support/runCommandLine.js';
import { temporaryFolders } from '../support/temporaryFolder.js';

function filesFor(address: string): string {
  return `
#- previews.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop-previews, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - pullRequest:
        github: {api: "${address}", owner: acme, repo: shop}
        filters: [{targetBranchMatch: "^main$"}]
  template:
    metadata: {name: "shop-pr-{{ .number }}"}
    spec:
      project: default
      source: {repoURL: "https://git.example/shop.git", targetRevision: "{{ .head_sha }}", path: base, kustomize: {images: ["shop:{{ .head_short_sha }}"]}}
      destination: {server: https://kubernetes.default.svc, namespace: "shop-pr-{{ .number }}"}
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: shop}]}
`;
}

describe('gitops-workbench with --pull-requests', () => {
  const folder = temporaryFolders();
  let forge: FakeForge;
  beforeEach(async () => {
    forge = await FakeForge.start('acme/shop');
    const one = { number: 7, title: 'Search', branch: 'search', into: 'main', headSHA: 'abcdef0123456789abcdef0123456789abcdef01', labels: [] };
    forge.pullRequests = [one, { ...one, number: 8, into: 'legacy' }];
  });
  afterEach(() => forge.stop());

  it('lists and renders the environments of those that are open', async () => {
    const variables = { GH_HOST: forge.host, GH_ENTERPRISE_TOKEN: forgeToken };
    const { path } = folder(filesFor(forge.address));
    const listed = await runCommandLine(['environments', '--format', 'json', '--pull-requests'], { folder: path, variables });
    assert.deepEqual([listed.status, listed.errors], [0, '']);
    const environments = JSON.parse(listed.output) as readonly { readonly id: string; readonly images: readonly { readonly tag: string }[] }[];
    assert.deepEqual(
      environments.map(({ id, images }) => [id, images[0]?.tag]),
      [['argocd/argocd/shop-pr-7', 'abcdef01']],
    );
    const rendered = await runCommandLine(['render', '--environment', 'shop-pr-7', '--pull-requests'], { folder: path, variables });
    assert.match(rendered.output, /image: shop:abcdef01\n/);
  });

  it('asks nobody without the option, and says for which forge there is no token', async () => {
    const { path } = folder(filesFor(forge.address));
    const plain = await runCommandLine(['environments'], { folder: path, variables: { GH_HOST: forge.host, GH_ENTERPRISE_TOKEN: forgeToken } });
    assert.equal(plain.errors, '');
    const none = await runCommandLine(['environments', '--pull-requests'], { folder: path, variables: { GITHUB_TOKEN: forgeToken } });
    assert.equal(none.errors, `pull requests of acme/shop: ${forge.host} was not asked: there is no token for it in GH_ENTERPRISE_TOKEN (with the host in GH_HOST).\n`);
    assert.deepEqual(forge.seen, []);
  });

  it('says why a forge does not answer', async () => {
    const variables = { GITHUB_SERVER_URL: forge.address, GITHUB_TOKEN: 'wrong' };
    const { status, errors } = await runCommandLine(['environments', '--pull-requests'], { folder: folder(filesFor(forge.address)).path, variables });
    assert.equal(status, 0);
    assert.match(errors, /^pull requests of acme\/shop: 127\.0\.0\.1:\d+ does not take the session \(401\): Bad credentials\. Sign in again\.\n$/);
  });
});
