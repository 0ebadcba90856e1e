/** Projects against what Argo CD's own code permits (test/data/argocd/projects.yaml, projects.expected.json), and where verdicts point. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../../../src/core/base/source.js';
import { readApplication } from '../../../../src/core/gitops/argocd/application.js';
import {
  permitsAppNamespace,
  permitsDestination,
  permitsKind,
  permitsObject,
  permitsSource,
  readAppProject,
  refusalsOf,
  type AppProject,
  type Verdict,
} from '../../../../src/core/gitops/argocd/appProject.js';
import { makeScalar, type MapNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { argoCases, objectOf, readJson, toPlain } from '../../../support/argoCases.js';

interface Questions {
  readonly name: string;
  readonly sources?: readonly { readonly repoURL: string }[];
  readonly destinations?: readonly { readonly server: string; readonly name: string; readonly namespace: string }[];
  readonly kinds?: readonly { readonly group: string; readonly kind: string; readonly namespaced: boolean }[];
}
type Answers = Readonly<Record<string, { readonly sources: readonly boolean[]; readonly destinations: readonly boolean[]; readonly kinds: readonly boolean[] }>>;

const file = path.join(argoCases, 'projects.yaml');
const answers = readJson(path.join(argoCases, 'projects.expected.json')) as Answers;

function casesOf(): readonly { readonly project: AppProject; readonly questions: Questions }[] {
  const root = parseYaml(new SourceText('/repo/projects.yaml', fs.readFileSync(file, 'utf8'))).documents[0]?.root;
  assert.equal(root?.kind, 'sequence');
  return root.items.map((item) => {
    const object = {
      id: { group: 'argoproj.io', version: 'v1alpha1', kind: 'AppProject', name: 'p', namespace: 'argocd' },
      root: item as MapNode,
      foundIn: { kind: 'file' as const, path: '/repo/projects.yaml' },
    };
    return { project: readAppProject(object), questions: toPlain(item) as Questions };
  });
}

function text(value: string): ReturnType<typeof makeScalar> {
  return makeScalar(value, { source: new SourceText('/repo/x.yaml', value), start: 0, end: value.length }, undefined);
}

function projectOf(spec: string): AppProject {
  return readAppProject(
    objectOf(`apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: team, namespace: argocd}\nspec:\n${spec.replace(/^/gm, '  ')}\n`, '/repo/project.yaml'),
  );
}

/** The text that a verdict points at. */
function pointsAt(verdict: Verdict): string {
  return verdict.kind === 'refused' ? `${verdict.field}: ${verdict.place.source.text.slice(verdict.place.start, verdict.place.end)}` : verdict.kind;
}

describe('AppProjects', () => {
  for (const { project, questions } of casesOf()) {
    it(`${questions.name} permits what Argo CD does`, () => {
      const isPermitted = (verdict: Verdict): boolean => verdict.kind === 'permitted';
      const sources = (questions.sources ?? []).map(({ repoURL }) => isPermitted(permitsSource(project, repoURL)));
      const destinations = (questions.destinations ?? []).map(({ server, name, namespace }) =>
        isPermitted(permitsDestination(project, { server: text(server), cluster: text(name) }, namespace, [{ server, name }])),
      );
      const kinds = (questions.kinds ?? []).map((kind) => isPermitted(permitsKind(project, kind, kind.namespaced)));
      assert.deepEqual({ sources, destinations, kinds }, answers[questions.name]);
    });
  }

  it('point at the entry that refuses, or at the list that does not allow', () => {
    const project = projectOf(
      'sourceRepos:\n  - "https://github.com/org/*"\n  - "!https://github.com/org/secret"\ndestinations:\n  - {server: "*", namespace: "!kube-*"}\nclusterResourceWhitelist: []',
    );
    assert.equal(pointsAt(permitsSource(project, 'https://github.com/org/secret.git')), 'sourceRepos: "!https://github.com/org/secret"');
    assert.equal(pointsAt(permitsSource(project, 'https://github.com/org/web')), 'permitted');
    assert.equal(pointsAt(permitsDestination(project, { server: text('https://kubernetes.default.svc'), cluster: undefined }, 'kube-system')), 'destinations: "!kube-*"');
    assert.equal(pointsAt(permitsKind(project, { group: '', kind: 'Namespace' }, false)), 'clusterResourceWhitelist: []');
    assert.equal(pointsAt(permitsSource(projectOf('description: none'), 'https://github.com/org/web')), 'sourceRepos: description: none');
  });

  it('say unknown where only the other name of a cluster would tell', () => {
    const project = projectOf('sourceRepos: ["*"]\ndestinations: [{name: prod, namespace: "*"}]');
    const byServer = { server: text('https://prod.example'), cluster: undefined };
    assert.equal(permitsDestination(project, byServer, 'web').kind, 'unknown');
    assert.equal(permitsDestination(project, byServer, 'web', [{ name: 'prod', server: 'https://prod.example' }]).kind, 'permitted');
    assert.equal(permitsDestination(project, { server: text('https://kubernetes.default.svc'), cluster: undefined }, 'web').kind, 'refused');
  });

  it('look at kind and namespace of an object, and at the namespace of an Application', () => {
    const project = projectOf('sourceNamespaces: [team-*]\ndestinations: [{server: "https://kubernetes.default.svc", namespace: web}]');
    const local = { server: text('https://kubernetes.default.svc'), cluster: undefined };
    assert.equal(permitsObject(project, { group: 'apps', kind: 'Deployment' }, 'web', local).kind, 'permitted');
    assert.equal(permitsObject(project, { group: 'apps', kind: 'Deployment' }, 'other', local).kind, 'refused');
    assert.equal(permitsAppNamespace(project, 'team-a', 'argocd').kind, 'permitted');
    assert.equal(permitsAppNamespace(project, 'argocd', 'argocd').kind, 'permitted');
    assert.equal(permitsAppNamespace(project, 'other', 'argocd').kind, 'refused');
  });

  it('refuse an Application at the texts that ask for it', () => {
    const project = projectOf('sourceRepos: ["https://github.com/org/web"]\ndestinations: [{server: "https://kubernetes.default.svc", namespace: web}]');
    const application = readApplication(
      objectOf(
        'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n  project: team\n  source: {repoURL: https://github.com/other/web, path: x}\n  destination: {name: in-cluster, namespace: prod}\n',
      ),
    );
    assert.deepEqual(
      refusalsOf(project, application).map(({ what, asked, verdict }) => [what, asked.source.text.slice(asked.start, asked.end), verdict.field]),
      [
        ['https://github.com/other/web', 'https://github.com/other/web', 'sourceRepos'],
        ['prod on in-cluster', 'prod', 'destinations'],
      ],
    );
  });
});
