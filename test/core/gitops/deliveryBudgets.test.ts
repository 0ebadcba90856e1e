import assert from 'node:assert/strict';
import { deliveryOf } from '../../support/deliveryOf.js';

function application(name: string, path: string): string {
  return `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
spec:
  project: default
  source:
    repoURL: https://git.example.com/a/b.git
    path: ${path}
  destination:
    server: https://kubernetes.default.svc
`;
}

const git = '#- .git/HEAD\nref: refs/heads/main\n#- .git/config\n[remote "origin"]\nurl = https://git.example.com/a/b.git\n';

describe('the budgets of delivery', () => {
  it('a matrix that makes more than anybody looks at is cut and reported', () => {
    const elements = (name: string): string => Array.from({ length: 100 }, (_, index) => `              - ${name}: v${index}\n`).join('');
    const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: many
spec:
  generators:
    - matrix:
        generators:
          - list:
              elements:
${elements('a')}          - list:
              elements:
${elements('b')}  template:
    metadata:
      name: 'x-{{a}}-{{b}}'
    spec:
      project: default
      source:
        repoURL: https://git.example.com/a/b.git
        path: app
      destination:
        server: https://kubernetes.default.svc
`;
    const { model } = deliveryOf(`${git}#- set.yaml\n${set}`).delivery;
    assert.equal(model.environments.length, 5000);
    assert.deepEqual(
      model.problems.map(({ code, location }) => `${code} ${location.range.start.line}`),
      ['argocd/set-size-unsupported 7'],
    );
  });

  it('an Application that delivers itself under ever other names is followed to a limit', () => {
    const pages = Array.from(
      { length: 16 },
      (_, index) => `#- level${index}/kustomization.yaml\nresources: [app.yaml]\n#- level${index}/app.yaml${application(`level${index + 1}`, `level${index + 1}`)}`,
    );
    const { model } = deliveryOf(`${git}${pages.join('')}#- level16/map.yaml\nkind: ConfigMap\n`).delivery;
    assert.equal(model.environments.filter(({ operator }) => operator === 'argocd').length, 16);
    const growing = `${git}#- apps/kustomization.yaml\nresources: [app.yaml]\n#- apps/app.yaml${application('me', 'apps').replace('path: apps', 'path: apps\n    kustomize:\n      nameSuffix: -again')}`;
    const found = deliveryOf(growing).delivery.model;
    assert.deepEqual(
      found.environments.map(({ id }) => id),
      ['argocd/default/me', 'argocd/default/me-again'],
    );
  });
});
