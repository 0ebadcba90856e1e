import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { planIgnore, type IgnoreWish } from '../../../src/core/drift/ignoreEdit.js';
import { applyChanges } from '../../../src/core/yaml/edit.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { environmentIn } from '../../support/driftOn.js';

const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders
  namespace: argocd
spec:
  project: default # keep
`;

const wish: IgnoreWish = {
  id: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
  path: ['spec', 'replicas'],
  reason: 'scaled by the team',
  object: { spec: { replicas: 3, containers: [{ name: 'a' }, { name: 'web', image: 'x' }] } },
};

/** The file after the edit. */
function edited(declaration: string | undefined, made: IgnoreWish, settings = ''): string {
  const root = parseYaml(new SourceText('/w/.gitops-workbench.yaml', settings)).documents[0]?.root;
  const environment = environmentIn('shop', declaration);
  const edit = planIgnore(environment, made, { file: '/w/.gitops-workbench.yaml', root: settings === '' ? undefined : root });
  if (edit.kind === 'create') return edit.text;
  assert.equal(edit.kind, 'edit', edit.kind === 'refused' ? edit.reason : '');
  if (edit.kind !== 'edit') return '';
  const source = edit.file === '/text.yaml' ? environment.declaration?.root.source : root?.source;
  return source ? applyChanges(source, edit.changes) : '';
}

describe('leaving a difference out for good', () => {
  it('adds to the ignoreDifferences of an Application, with the reason as a comment', () => {
    assert.equal(
      edited(application, wish),
      `${application.trimEnd()}
  # scaled by the team
  ignoreDifferences:
  - group: apps
    kind: Deployment
    name: web
    namespace: shop
    jsonPointers:
    - /spec/replicas
`,
    );
  });

  it('points at an item of a list by what it is called', () => {
    const image = edited(application, { ...wish, reason: '', path: ['spec', 'containers', { key: 'name', value: 'web' }, 'image'] });
    assert.match(image, /jqPathExpressions:\n\s+- "\.spec\.containers\[\] \| select\(\.name == \\"web\\"\) \| \.image"\n/);
  });

  it('adds to the ignore of a Kustomization, by index', () => {
    const kustomization = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\nspec:\n  path: ./apps\n';
    const image = edited(kustomization, { ...wish, reason: '', path: ['spec', 'containers', { key: 'name', value: 'web' }, 'image'] });
    assert.match(image, /ignore:\n\s+- paths:\n\s+- \/spec\/containers\/1\/image\n\s+target:\n/);
  });

  it('goes to the settings where no operator has a place for it, and keeps what stands there', () => {
    assert.equal(
      edited(undefined, wish),
      'drift:\n  ignore:\n  - group: apps\n    kind: Deployment\n    name: web\n    namespace: shop\n    path: /spec/replicas\n    reason: scaled by the team\n',
    );
    const kept = edited(undefined, wish, '# ours\norder: [dev, prod]\n');
    assert.ok(kept.startsWith('# ours\norder: [dev, prod]\ndrift:\n'), kept);
  });
});
