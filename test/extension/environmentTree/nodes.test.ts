import assert from 'node:assert/strict';
import { filterEnvironments } from '../../../src/extension/environmentTree/filter.js';
import { appNodes, findingNodes, resourceNodes } from '../../../src/extension/environmentTree/nodes.js';
import type { TreeNode } from '../../../src/extension/environmentTree/treeNode.js';
import { environmentTooltip, escapeMarkdown } from '../../../src/extension/environmentTree/tooltips.js';
import { drawTree } from '../../support/drawTree.js';
import { environmentOf, imageOf, placeAt } from '../../support/deliveryFixtures.js';

const busy = environmentOf('orders', 'prod', {
  images: [imageOf('ghcr.io/tidepool-example/worker', 'sha-1'), imageOf('ghcr.io/tidepool-example/orders-api', 'sha-2')],
  findings: { errors: 2, warnings: 1, infos: 0 },
  delivery: { unsaved: ['file:///w/a%20b.yaml'], uncommitted: ['file:///w/a%20b.yaml', 'file:///w/c.yaml'], unpushed: 1, otherBranch: 'topic' },
});

describe('the tree of environments', () => {
  it('shows an environment with its images, resources, findings and the way to its operator', () => {
    assert.equal(
      drawTree(appNodes([busy])),
      `(package) orders | 1 environment · 2 errors
  (shield) prod | sha-2 +1 · unsaved · uncommitted · unpushed · other branch · orders-prod · Argo CD
    (layers) Images | 2
      (tag) worker | sha-1
      (tag) orders-api | sha-2
    (list-tree) Resources
      ...resources
    (error) Findings | 2 errors, 1 warning
      ...findings
    (git-commit) Delivery | unsaved · uncommitted · unpushed · other branch
      (circle-filled) 1 file with unsaved changes
        (file) a b.yaml
      (edit) 2 files with uncommitted changes
        (file) a b.yaml
        (file) c.yaml
      (cloud-upload) 1 commit not pushed
      (git-branch) topic is checked out, but main is delivered
`,
    );
  });

  it('says of a clean environment that all is well', () => {
    const lines = drawTree(appNodes([environmentOf('orders', 'dev')]));
    assert.match(lines, /\(pass\) Findings \| none\n/);
    assert.match(lines, /\(pass\) Everything is committed and pushed\n/);
  });

  it('never claims that files are committed where git was not asked', () => {
    const lines = drawTree(appNodes([environmentOf('orders', 'dev', { delivery: { unsaved: [], uncommitted: undefined, unpushed: undefined, otherBranch: undefined } })]));
    assert.doesNotMatch(lines, /Everything is committed/);
    assert.match(lines, /not known here/);
  });

  it('shows why an environment is not rendered, and leads to the place', () => {
    const place = placeAt('apps/orders/base/kustomization.yaml', 7);
    const [app] = appNodes([
      environmentOf('orders', 'dev', { state: { kind: 'broken', message: 'The file gone.yaml does not exist.', place }, images: [] }),
      environmentOf('orders', 'stage', { state: { kind: 'unsupported', message: 'jsonnet is not rendered here.' }, previewUri: undefined }),
      environmentOf('orders', 'prod', { state: { kind: 'elsewhere', message: 'Its repository is not open.' }, previewUri: undefined, sourceAt: undefined }),
    ]);
    const [broken, unsupported, elsewhere] = app?.children as readonly TreeNode[];
    assert.deepEqual([broken?.icon.name, unsupported?.icon.name, elsewhere?.icon.name], ['error', 'circle-slash', 'link-external']);
    const [state] = broken?.children as readonly TreeNode[];
    assert.equal(state?.label, "Can't be rendered: The file gone.yaml does not exist.");
    assert.deepEqual(state?.opens, { kind: 'place', place });
    assert.deepEqual(broken?.contexts, ['environment', 'previewable', 'source', 'declaration']);
    assert.deepEqual(elsewhere?.contexts, ['environment', 'declaration']);
    assert.doesNotMatch(drawTree([elsewhere]), /Resources/);
  });

  it('gives no two nodes one identity, also where names repeat', () => {
    const twice = [imageOf('nginx', '1'), imageOf('nginx', '2')];
    const environments = [environmentOf('a', 'dev', { images: twice }), environmentOf('a', 'dev', { id: 'other', images: twice }), environmentOf('b', 'dev')];
    const ids: string[] = [];
    const visit = (nodes: readonly TreeNode[]): void =>
      nodes.forEach(({ id, children }) => {
        ids.push(id);
        if (typeof children === 'object') visit(children);
      });
    visit(appNodes(environments));
    assert.equal(new Set(ids).size, ids.length);
  });

  it('lists objects by kind, leading to their line in the preview and to their source', () => {
    const object = { name: 'orders-api', namespace: 'orders-prod', place: placeAt('apps/orders/base/api.yaml', 3), previewLine: 41 };
    const nodes = resourceNodes(busy, { kinds: [{ kind: 'Deployment', group: 'apps', objects: [object] }], findings: [] });
    assert.equal(drawTree(nodes), '(server-process) Deployment | 1 · apps\n  (server-process) orders-api | orders-prod\n');
    const [api] = nodes[0]?.children as readonly TreeNode[];
    assert.deepEqual(api?.opens, { kind: 'preview', previewUri: busy.previewUri, line: 41 });
    assert.deepEqual(api?.source, object.place);
    assert.equal(api?.spoken, 'Deployment orders-api in namespace orders-prod, from apps/orders/base/api.yaml:3');
  });

  it('lists findings, the gravest first', () => {
    const finding = (severity: 'error' | 'warning' | 'info', message: string) => ({ severity, code: 'images/x', message, place: placeAt('a.yaml') });
    const nodes = findingNodes(busy, { kinds: [], findings: [finding('info', 'c'), finding('error', 'a'), finding('warning', 'b')] });
    assert.equal(drawTree(nodes), '(error) a | a.yaml:1\n(warning) b | a.yaml:1\n(info) c | a.yaml:1\n');
  });

  it('says to a screen reader what the eye sees', () => {
    const [app] = appNodes([busy]);
    const [prod] = app?.children as readonly TreeNode[];
    assert.equal(
      prod?.spoken,
      'Environment orders prod, protected, Argo CD, namespace orders-prod, version sha-2 +1, 2 errors, 1 warning, unsaved, uncommitted, unpushed, other branch',
    );
  });
});

describe('the filter of environments', () => {
  const all = [busy, environmentOf('orders', 'dev'), environmentOf('dashboard', 'prod', { operator: 'flux', images: [imageOf('docker.io/library/nginx', '1.29')] })];
  const labels = (text: string): readonly string[] => filterEnvironments(all, text).map(({ label }) => label);

  it('takes environments in which every word occurs, in whatever is known of them', () => {
    assert.deepEqual(labels(''), ['orders prod', 'orders dev', 'dashboard prod']);
    assert.deepEqual(labels('PROD orders'), ['orders prod']);
    assert.deepEqual(labels('nginx'), ['dashboard prod']);
    assert.deepEqual(labels('flux'), ['dashboard prod']);
    assert.deepEqual(labels('error'), ['orders prod']);
    assert.deepEqual(labels('protected'), ['orders prod', 'dashboard prod']);
    assert.deepEqual(labels('nothing of it'), []);
  });
});

describe('the tooltip of an environment', () => {
  it('tells source, destination, images with where they are set, and state', () => {
    const text = environmentTooltip(busy);
    assert.match(text, /^\*\*orders prod\*\* \$\(shield\) protected/);
    assert.match(text, /Source: `https:\/\/github\.com\/tidepool-example\/delivery\.git@main` `apps\/orders\/overlays\/prod`/);
    assert.match(text, /Destination: cluster `https:\/\/kubernetes\.default\.svc`, namespace `orders-prod`/);
    assert.match(text, /Delivered by: Argo CD, declared in `bootstrap\/orders-environments\.yaml:2`/);
    assert.match(text, /- `ghcr\.io\/tidepool-example\/orders-api:sha-2` set in `apps\/orders\/overlays\/prod\/kustomization\.yaml:12`/);
    assert.match(text, /2 errors, 1 warning/);
  });

  it('takes what comes from files as text, not as Markdown', () => {
    const text = environmentTooltip(environmentOf('a', 'b', { label: '[x](command:evil) $(bug) <img>', path: 'a`b', state: { kind: 'unsupported', message: '**no**' } }));
    assert.doesNotMatch(text, /\]\(command|[^\\]\$\(bug\)|[^\\]<img|[^\\]\*\*no/);
    assert.match(text, /``a`b``/);
    assert.equal(escapeMarkdown('a_b'), String.raw`a\_b`);
  });
});
