import assert from 'node:assert/strict';
import { runCommandLine } from '../support/runCommandLine.js';
import { temporaryFolders } from '../support/temporaryFolder.js';

const shop = `
#- bootstrap/prod.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-prod, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example/shop/delivery.git
    targetRevision: main
    path: overlays/prod
    kustomize:
      images: ['shop=registry.example/shop:1.9.0']
  destination: {server: https://kubernetes.default.svc, namespace: shop}
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: web, image: shop}]
#- overlays/prod/kustomization.yaml
resources: [../../base]
#- overlays/dev/kustomization.yaml
resources: [../../base]
images: [{name: shop, newTag: "2.0"}]
`;

describe('gitops-workbench environments', () => {
  const folder = temporaryFolders();

  it('lists app, environment, operator, source, destination and images', async () => {
    const { status, output } = await runCommandLine(['environments'], { folder: folder(shop).path });
    assert.equal(status, 0);
    const lines = output.split('\n').map((line) => line.split(/ {2,}/));
    assert.deepEqual(
      lines.slice(1, 3).map(([, ...cells]) => cells),
      [
        ['dev', '-', 'overlays/dev', '-', 'shop:2.0'],
        ['prod', 'argocd', 'overlays/prod@main', 'shop', 'shop:1.9.0'],
      ],
    );
  });

  it('gives programs all of it, with the place where each version is set', async () => {
    const { output } = await runCommandLine(['environments', '--format', 'json'], { folder: folder(shop).path });
    const found = JSON.parse(output) as readonly Record<string, unknown>[];
    assert.deepEqual(
      found.map(({ images }) => images),
      [[{ name: 'shop', tag: '2.0', file: 'overlays/dev/kustomization.yaml', line: 2 }], [{ name: 'registry.example/shop', tag: '1.9.0', file: 'bootstrap/prod.yaml', line: 11 }]],
    );
    const prod = found[1];
    assert.deepEqual(prod?.['source'], { repoURL: 'https://git.example/shop/delivery.git', revision: 'main', path: 'overlays/prod', renderer: 'kustomize' });
    assert.deepEqual(prod?.['destination'], { server: 'https://kubernetes.default.svc', namespace: 'shop' });
    assert.deepEqual([prod?.['operator'], prod?.['protected'], prod?.['declaredAt']], ['argocd', true, { file: 'bootstrap/prod.yaml', line: 3 }]);
  });

  it('are rendered as their operator would, with its inputs', async () => {
    const { status, output } = await runCommandLine(['render', '--environment', 'prod'], { folder: folder(shop).path });
    assert.equal(status, 0);
    assert.match(output, /image: registry\.example\/shop:1\.9\.0/);
    assert.match(output, /namespace: shop/);
  });

  it('are named in one way or refused', async () => {
    const { status, errors } = await runCommandLine(['render', '--environment', 'nowhere'], { folder: folder(shop).path });
    assert.equal(status, 2);
    assert.match(errors, /nowhere is no environment of this workspace/);
  });
});
