import assert from 'node:assert/strict';
import type { EnvironmentSummary } from '../../src/server/deliveryProtocol.js';
import { pathToUri } from '../../src/server/uris.js';
import { parseFixture } from '../support/fixture.js';
import { LspClient } from '../support/lspClient.js';
import { MemoryWorkspace } from '../support/memoryWorkspace.js';

const shop = `
#- bootstrap/environments.yaml
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: shop, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
    - list:
        elements:
          - {environment: stage}
          - {environment: prod}
  template:
    metadata: {name: 'shop-{{ .environment }}'}
    spec:
      project: default
      source: {repoURL: https://git.example/shop.git, targetRevision: main, path: 'overlays/{{ .environment }}'}
      destination: {server: https://kubernetes.default.svc, namespace: 'shop-{{ .environment }}'}
      syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true]}
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example/web:1.0.0
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {token: hush} # gitops-ignore security: nothing to hide in a test
#- overlays/stage/kustomization.yaml
resources: [../../base]
#- overlays/prod/kustomization.yaml
resources: [../../base]
replicas: [{name: web, count: 3}]
images: [{name: registry.example/web, newTag: latest}]
`;

describe('The language server about environments', () => {
  let client: LspClient;
  const files = Object.fromEntries([...parseFixture(shop)].map(([path, text]) => [`/w/${path}`, text]));

  beforeEach(async () => {
    client = await LspClient.start(new MemoryWorkspace(files, { folders: ['/w'] }), ['/w']);
    await client.until(() => client.deliveryChanges > 0);
  });
  afterEach(() => client.stop());

  const environments = (): Promise<readonly EnvironmentSummary[]> => client.askDelivery('gitops/delivery/environments', {});

  it('tells where each comes from, where it goes, what it runs and where that is set', async () => {
    const [stage, prod] = await environments();
    assert.deepEqual([stage?.label, stage?.operator, stage?.namespace, stage?.revision, stage?.state.kind], ['shop stage', 'argocd', 'shop-stage', 'main', 'rendered']);
    assert.deepEqual(
      prod?.images.map(({ name, tag, setAt }) => [name, tag, setAt.label]),
      [['registry.example/web', 'latest', 'overlays/prod/kustomization.yaml:3']],
    );
    assert.equal(prod?.isProtected, true);
    assert.equal(prod.declaredAt.label, 'bootstrap/environments.yaml:11');
    assert.equal(prod.sourceAt?.label, 'overlays/prod/kustomization.yaml');
  });

  it('previews one with what its operator adds, each line with its origin', async () => {
    const [stage] = await environments();
    const uri = stage?.previewUri ?? '';
    const { text, label } = await client.ask('gitops/preview/open', { uri });
    assert.equal(label, 'shop stage');
    const line = text.split('\n').findIndex((each) => each.includes('namespace: shop-stage'));
    assert.ok(line > 0, text);
    const hover = await client.at<{ contents: { value: string } }>('textDocument/hover', uri, line, 5);
    assert.match(hover.contents.value, /bootstrap\/environments\.yaml/);
  });

  it('counts findings, without those that a comment accepts', async () => {
    const [stage, prod] = await environments();
    assert.deepEqual([stage?.findings.warnings, stage?.findings.errors], [0, 0]);
    const details = await client.askDelivery('gitops/delivery/details', { id: prod?.id ?? '' });
    assert.deepEqual(
      details?.findings.filter(({ severity }) => severity === 'warning').map(({ code, place }) => `${code} ${place.label}`),
      ['images/latest-tag overlays/prod/kustomization.yaml:3'],
    );
    assert.deepEqual(
      details.kinds.map(({ kind, objects }) => [kind, objects.length]),
      [
        ['Deployment', 1],
        ['Secret', 1],
      ],
    );
    assert.equal(await client.askDelivery('gitops/delivery/details', { id: 'gone' }), null);
  });

  it('sets environments side by side, with what differs from the one before', async () => {
    const { columns, rows } = await client.askDelivery('gitops/delivery/board', {});
    assert.deepEqual(columns, ['stage', 'prod']);
    assert.deepEqual(
      rows.map(({ app }) => app),
      ['shop'],
    );
    const difference = rows[0]?.cells[1]?.[0]?.difference;
    assert.deepEqual([difference?.previousName, difference?.changed, difference?.added], ['stage', 1, 0]);
    assert.ok(difference?.fields.includes('Deployment/web spec.replicas: 1 → 3'), JSON.stringify(difference?.fields));
    assert.doesNotMatch(JSON.stringify(rows), /hush/);
  });

  it('shows what a set generates while it is typed', async () => {
    const path = '/w/bootstrap/environments.yaml';
    const uri = pathToUri(path);
    const before = await client.askDelivery('gitops/delivery/generated', { uri, line: 3 });
    assert.deepEqual([before?.count, before?.problems], [2, []]);
    assert.match(before?.text ?? '', /name: shop-prod/);
    await client.open(path, (files[path] ?? '').replace('environment: prod}', 'environment: live}'));
    const after = await client.askDelivery('gitops/delivery/generated', { uri, line: 3 });
    assert.match(after?.text ?? '', /name: shop-live/);
    assert.equal(await client.askDelivery('gitops/delivery/generated', { uri: pathToUri('/w/base/web.yaml'), line: 0 }), null);
  });

  it('draws how commits reach them', async () => {
    const { nodes, edges } = await client.askDelivery('gitops/delivery/topology', {});
    const prod = nodes.find(({ kind, label }) => kind === 'environment' && label === 'shop prod');
    assert.match(prod?.place?.label ?? '', /^bootstrap\/environments\.yaml/);
    assert.ok(edges.some(({ to }) => to === prod?.id));
  });

  it('says when something about them may have changed', async () => {
    const before = client.deliveryChanges;
    await client.open('/w/overlays/stage/kustomization.yaml', 'resources: [../../base]\nimages: [{name: registry.example/web, newTag: 1.0.1}]\n');
    await client.until(() => client.deliveryChanges > before);
    const [stage] = await environments();
    assert.equal(stage?.images[0]?.tag, '1.0.1');
    assert.deepEqual(stage.delivery.unsaved, [pathToUri('/w/overlays/stage/kustomization.yaml')]);
  });

  it('shows a broken one as broken, at the line to mend', async () => {
    await client.open('/w/overlays/prod/kustomization.yaml', 'resources: [../../nowhere]\n');
    const prod = (await environments()).find(({ name }) => name === 'prod');
    assert.ok(prod);
    assert.equal(prod.state.kind, 'broken');
    assert.equal('place' in prod.state && prod.state.place?.label, 'overlays/prod/kustomization.yaml:1');
  });

  it('offers to explain a finding, and to accept it where a comment can stand', async () => {
    const path = '/w/overlays/prod/kustomization.yaml';
    const textDocument = { uri: pathToUri(path) };
    const actions = await client.connection.sendRequest<readonly { title: string; command?: { arguments?: unknown[] } }[]>('textDocument/codeAction', {
      textDocument,
      range: { start: { line: 2, character: 50 }, end: { line: 2, character: 50 } },
      context: { diagnostics: [] },
    });
    assert.deepEqual(
      actions.map(({ title, command }) => [title, command?.arguments]),
      [
        ['Explain images/latest-tag', ['images/latest-tag']],
        ['Accept with a reason…', [pathToUri(path), 2, 'images/latest-tag']],
      ],
    );
  });
});
