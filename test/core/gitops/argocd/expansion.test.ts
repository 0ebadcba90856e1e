/** What an expansion tells besides its Applications: where texts come from, which parameters there are and are asked for, what is lacking. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../../src/core/base/fileTree.js';
import { expandApplicationSet, type Expansion } from '../../../../src/core/gitops/argocd/applicationSet/expandApplicationSet.js';
import { parametersOfGoTemplate } from '../../../../src/core/gitops/argocd/applicationSet/renderTree.js';
import type { ApplicationSetWorld } from '../../../../src/core/gitops/argocd/applicationSet/world.js';
import type { ScalarNode, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { objectOf } from '../../../support/argoCases.js';

const world: ApplicationSetWorld = { repository: () => undefined, clusterSecrets: [], pullRequests: () => undefined, renderGoTemplate: () => ({ unsupported: 'no Go templates' }) };

function expand(spec: string, given: Partial<ApplicationSetWorld> = {}): Expansion {
  const text = `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: web, namespace: argocd}\nspec:\n${spec.trim().replace(/^/gm, '  ')}\n`;
  return expandApplicationSet(objectOf(text, '/repo/set.yaml'), { ...world, ...given });
}

const template = `
template:
  metadata:
    name: web-{{environment}}
  spec:
    project: team
    source:
      repoURL: https://git.test/web
      path: overlays/{{environment}}
      targetRevision: main
    destination:
      server: https://kubernetes.default.svc
      namespace: "{{namespace}}"
`;
const list = `
generators:
  - list:
      elements:
        - environment: dev
          namespace: web-dev
        - environment: prod
          namespace: web-prod
          unused: x
`;

function at(root: YamlNode | undefined, ...way: readonly string[]): ScalarNode {
  let node = root;
  for (const key of way) node = node?.kind === 'map' ? node.get(key) : undefined;
  assert.equal(node?.kind, 'scalar');
  return node;
}

function textOf({ source, start, end }: ScalarNode): string {
  return source.text.slice(start, end);
}

describe('an expansion', () => {
  it('leads from a generated text to the element that filled it, and to the template that it overrode', () => {
    const [dev, prod] = expand(list + template).applications;
    const namespace = at(prod?.root, 'spec', 'destination', 'namespace');
    assert.equal(namespace.value, 'web-prod');
    assert.equal(textOf(namespace), 'web-prod');
    assert.equal(namespace.step?.kind, 'applicationSet');
    assert.equal(namespace.step.field, 'spec.generators[0].list.elements[1]');
    assert.equal(namespace.was?.kind === 'scalar' && textOf(namespace.was), '"{{namespace}}"');
    const path = at(dev?.root, 'spec', 'source', 'path');
    assert.equal(path.value, 'overlays/dev');
    assert.equal(textOf(path), 'dev');
    assert.equal(path.was?.kind === 'scalar' && path.was.value, 'overlays/{{environment}}');
  });

  it('shares what no template touches between all Applications', () => {
    const [dev, prod] = expand(list + template).applications;
    assert.equal(at(dev?.root, 'spec', 'source', 'repoURL'), at(prod?.root, 'spec', 'source', 'repoURL'));
    assert.equal(at(dev?.root, 'spec', 'project').step, undefined);
  });

  it('leads to the file in git that a parameter was read from', () => {
    const tree = new MemoryTree({ '/top/envs/dev.yaml': 'environment: dev\nnamespace: web-dev\n', '/top/envs/prod.yaml': 'environment: prod\nnamespace: web-prod\n' });
    const git = 'generators:\n  - git:\n      repoURL: https://git.test/web\n      revision: HEAD\n      files: [{path: envs/*.yaml}]\n';
    const { applications, problems } = expand(git + template, { repository: () => ({ tree, top: '/top' }) });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      applications.map(({ root }) => at(root, 'spec', 'destination', 'namespace')).map((node) => [node.source.path, textOf(node)]),
      [
        ['/top/envs/dev.yaml', 'web-dev'],
        ['/top/envs/prod.yaml', 'web-prod'],
      ],
    );
  });

  it('tells which parameters there are, and which texts ask for which', () => {
    const { parameters, uses } = expand(`${list}${template.replace('targetRevision: main', 'targetRevision: "{{branch}}"')}`);
    assert.deepEqual([...parameters.keys()], ['environment', 'namespace', 'unused']);
    assert.deepEqual(
      uses.map(({ name, text, isKnown }) => [name, text.value, isKnown]),
      [
        ['environment', 'web-{{environment}}', true],
        ['environment', 'overlays/{{environment}}', true],
        ['branch', '{{branch}}', false],
        ['namespace', '{{namespace}}', true],
      ],
    );
  });

  it('finds the parameters of Go templates, but not those inside of other dots', () => {
    assert.deepEqual(parametersOfGoTemplate('{{ .path.basename | upper }}-{{- index .a.b 0 -}}-{{ if eq .c "{{ .x }}" }}{{ $.d }}{{ end }}'), [
      ['path', 'basename'],
      ['a', 'b'],
      ['c'],
      ['d'],
    ]);
    assert.deepEqual(parametersOfGoTemplate('{{ range .list }}{{ .inner }}{{ $.outer }}{{ end }}{{ .after }}'), [['list'], ['outer'], ['after']]);
    assert.deepEqual(parametersOfGoTemplate('{{ "a .b" }} {{ .c }}'), [['c']]);
  });

  it('lists what nobody told, without calling it a mistake', () => {
    const git = 'generators:\n  - git: {repoURL: https://git.test/away, revision: HEAD, directories: [{path: "*"}]}\n';
    const pulls = '  - pullRequest: {github: {owner: org, repo: web}}\n  - scmProvider: {github: {organization: org}}\n';
    const { applications, lacks, problems } = expand(git + pulls + template);
    assert.deepEqual(applications, []);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      lacks.map(({ kind, spec }) => [kind, spec]),
      [
        ['repository', 'https://git.test/away'],
        ['pullRequests', 'org/web'],
        ['generator', 'scmProvider'],
      ],
    );
  });

  it('refuses two Applications of one name, and keeps the first', () => {
    const { applications, problems } = expand(`${list}${template.replace('web-{{environment}}', 'web')}`);
    assert.equal(applications.length, 1);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['argocd/generated-twice'],
    );
  });

  it('lists pull requests that have all the labels which the generator asks for', () => {
    const sample = { title: 't', branch: 'b', targetBranch: 'main', headSHA: '0123456789', author: 'a' };
    const pulls = 'generators:\n  - pullRequest: {github: {owner: org, repo: web, labels: [preview]}}\n';
    const { applications } = expand(pulls + template.replaceAll('{{environment}}', 'pr-{{number}}').replace('{{namespace}}', 'web-{{head_short_sha}}'), {
      pullRequests: () => [
        { ...sample, number: 1, labels: ['preview', 'more'] },
        { ...sample, number: 2, labels: [] },
      ],
    });
    assert.deepEqual(
      applications.map(({ id, root }) => [id.name, at(root, 'spec', 'destination', 'namespace').value]),
      [['web-pr-1', 'web-01234567']],
    );
  });

  it('reads what templates make as texts, whatever they look like', () => {
    const matrix =
      'generators:\n  - matrix:\n      generators:\n        - list: {elements: [{number: "1.10"}]}\n        - list: {elements: [{environment: "{{number}}", namespace: "{{number}}"}]}\n';
    const { applications, problems } = expand(matrix + template);
    assert.deepEqual(problems, []);
    assert.equal(applications[0]?.id.name, 'web-1.10');
  });
});
