/** Decoding of Applications: what is wrong in them, and where; and what a chart is rendered with. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../../src/core/base/fileTree.js';
import type { Problem } from '../../../../src/core/base/problem.js';
import { readApplication } from '../../../../src/core/gitops/argocd/application.js';
import { planArgoSource, type SourcePlan } from '../../../../src/core/gitops/argocd/planSource.js';
import { renderSource } from '../../../../src/core/gitops/renderSource.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import { objectOf } from '../../../support/argoCases.js';

function manifest(spec: string): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\n  namespace: argocd\nspec:\n${spec.trim().replace(/^/gm, '  ')}\n`;
}

const head = 'project: team\ndestination: {server: https://kubernetes.default.svc, namespace: web}\n';

/** Problems as `code line: text`, lines counted from 1. */
function told(problems: readonly Problem[], text: string): readonly string[] {
  return problems.map(({ code, location }) => `${code} ${text.split('\n')[location.range.start.line]?.trim() ?? ''}`);
}

function problemsOf(spec: string): readonly string[] {
  const text = manifest(spec);
  return told(readApplication(objectOf(text)).problems, text);
}

function plan(spec: string, files: Readonly<Record<string, string>>, tops: Readonly<Record<string, string>> = {}): SourcePlan {
  const application = readApplication(objectOf(manifest(spec)));
  const planned = planArgoSource(application, 0, {
    tree: new MemoryTree(files),
    locate: (source) => {
      if (source.chart) return undefined;
      const top = tops[source.repoURL?.value ?? ''] ?? (Object.keys(tops).length === 0 ? '/repo' : undefined);
      return top === undefined ? undefined : { top, folder: `${top}/${source.path?.value ?? '.'}`.replace(/\/\.$/, '') };
    },
  });
  assert.ok(planned);
  return planned;
}

describe('Applications', () => {
  it('are read with every text at its place', () => {
    const application = readApplication(
      objectOf(
        manifest(
          `${head}sources:\n  - repoURL: https://git.test/values\n    ref: values\n  - repoURL: https://git.test/web\n    path: chart\n    targetRevision: "1.10"\n    helm:\n      valueFiles: [$values/prod.yaml]\nsyncPolicy:\n  automated: {prune: yes, enabled: false}\n  syncOptions: [CreateNamespace=true]`,
        ),
      ),
    );
    assert.deepEqual(application.problems, []);
    assert.equal(application.hasSourceList, true);
    assert.deepEqual(
      application.sources.map(({ field, ref, path }) => [field, ref?.value, path?.value]),
      [
        ['spec.sources[0]', 'values', undefined],
        ['spec.sources[1]', undefined, 'chart'],
      ],
    );
    const revision = application.sources[1]?.targetRevision;
    assert.equal(revision?.source.text.slice(revision.start, revision.end), '"1.10"');
    assert.equal(application.syncPolicy?.automated?.prune, true);
    assert.equal(application.syncPolicy.automated.isEnabled, false);
    assert.equal(application.project?.value, 'team');
    assert.equal(application.destination.namespace?.value, 'web');
  });

  it('are told at the place of a wrong type, an unknown field and a missing one', () => {
    assert.deepEqual(problemsOf(`${head}source:\n  repoURL: https://git.test/web\n  path: deploy\n  targetRevision: 1.10`), ['argocd/wrong-type targetRevision: 1.10']);
    assert.deepEqual(problemsOf(`${head}source:\n  repoURL: https://git.test/web\n  paths: deploy`), ['argocd/unknown-field paths: deploy']);
    assert.deepEqual(problemsOf(`${head}source:\n  path: deploy`), ['argocd/missing-field path: deploy']);
    assert.deepEqual(problemsOf(`${head}source:\n  repoURL: https://git.test/web\n  path: a\nsyncPolicy:\n  automated:\n    prune: "true"`), ['argocd/wrong-type prune: "true"']);
    assert.deepEqual(problemsOf(`${head}source:\n  repoURL: https://git.test/web\n  path: a\n  kustomize:\n    images: nginx:1`), ['argocd/wrong-type images: nginx:1']);
    assert.deepEqual(problemsOf(head), ['argocd/missing-field project: team']);
    assert.deepEqual(problemsOf(`${head}source: null\nsources:\n  - repoURL: https://git.test/web\n    path: a`), []);
  });

  it('offer to quote a number and to rename a field', () => {
    const text = manifest(`${head}source:\n  repoURL: https://git.test/web\n  targetRevison: main\n  path: 2024`);
    const fixes = readApplication(objectOf(text)).problems.map(({ fix }) => [fix?.title, fix?.changes[0]?.newText]);
    assert.deepEqual(fixes, [
      ['Rename to targetRevision', 'targetRevision'],
      ['Quote the value', '"2024"'],
    ]);
  });
});

describe('plans of sources', () => {
  const chart = { '/repo/chart/Chart.yaml': 'name: web\n', '/repo/chart/dev.yaml': '', '/repo/shared.yaml': '' };

  it('hand a chart its values in the order of precedence', () => {
    const { plan: planned, problems } = plan(
      `${head}source:\n  repoURL: https://git.test/web\n  path: chart\n  helm:\n    valueFiles: [dev.yaml, /shared.yaml, missing.yaml]\n    ignoreMissingValueFiles: true\n    values: "a: 1"\n    valuesObject: {b: 2}\n    parameters:\n      - {name: image.tag, value: "a,b", forceString: true}\n      - {name: replicas, value: "3"}\n      - {name: list, value: "{a,b}"}\n    fileParameters: [{name: config, path: dev.yaml}]\n    releaseName: other\n    skipCrds: true\n    kubeVersion: 1.33.0`,
      chart,
    );
    assert.deepEqual(problems, []);
    assert.equal(planned?.renderer, 'helm');
    const { values, ...rest } = planned.chart ?? { values: [] };
    assert.deepEqual(
      values.map((layer) => {
        if (layer.kind === 'file') return `file ${layer.path}`;
        if (layer.kind === 'set') return `${layer.as} ${layer.path.value}=${layer.value.value}`;
        return layer.kind;
      }),
      ['file /repo/chart/dev.yaml', 'file /repo/shared.yaml', 'map', 'typed replicas=3', 'typed list={a,b}', 'string image.tag=a\\,b', 'file config=/repo/chart/dev.yaml'],
    );
    assert.deepEqual(rest, {
      releaseName: 'other',
      namespace: 'web',
      includeCrds: false,
      skipHooks: false,
      skipTests: false,
      skipSchemaValidation: false,
      kubeVersion: 'v1.33.0',
      apiVersions: [],
    });
  });

  it('take empty names and versions of a chart for none', () => {
    const { plan: planned } = plan(
      `${head}source:\n  repoURL: https://git.test/web\n  path: chart\n  helm:\n    releaseName: ""\n    namespace: ""\n    kubeVersion: ""\n    values: ""\n    valuesObject: null`,
      chart,
    );
    const { releaseName, namespace, kubeVersion, values } = planned?.chart ?? {};
    assert.deepEqual([releaseName, namespace, kubeVersion, values], ['web', 'web', undefined, []]);
  });

  it('name a release after its Application', () => {
    assert.equal(plan(`${head}source: {repoURL: https://git.test/web, path: chart}`, chart).plan?.chart?.releaseName, 'web');
  });

  it('find values files in other sources, and say which one is not there', () => {
    const sources = (file: string): string =>
      `${head}sources:\n  - repoURL: https://git.test/web\n    path: chart\n    helm:\n      valueFiles: ["${file}"]\n  - {repoURL: https://git.test/values, ref: values}\n  - {repoURL: https://git.test/away, ref: away}`;
    const files = { ...chart, '/values/prod.yaml': '' };
    const tops = { 'https://git.test/web': '/repo', 'https://git.test/values': '/values' };
    const found = plan(sources('$values/prod.yaml'), files, tops).plan?.chart?.values[0];
    assert.equal(found?.kind === 'file' && found.path, '/values/prod.yaml');
    const codes = (file: string): readonly string[] => plan(sources(file), files, tops).problems.map(({ code }) => code);
    assert.deepEqual(codes('$nothing/prod.yaml'), ['argocd/unknown-ref']);
    assert.deepEqual(codes('$away/prod.yaml'), ['argocd/source-not-fetched']);
    assert.deepEqual(codes('../../outside.yaml'), ['argocd/outside-repository']);
    assert.deepEqual(codes('https://values.test/a.yaml'), ['argocd/remote-values-not-fetched']);
  });

  it('decline what is not rendered here, at its line', () => {
    const source = 'source:\n  repoURL: https://git.test/web\n  path: deploy\n';
    const files = { '/repo/deploy/a.jsonnet': '{}' };
    const codes = (spec: string, given: Readonly<Record<string, string>> = files): readonly string[] => plan(head + spec, given).problems.map(({ code }) => code);
    assert.deepEqual(codes(`${source}  plugin: {name: tanka}`), ['argocd/plugin-unsupported']);
    assert.deepEqual(codes(source), ['argocd/jsonnet-unsupported']);
    assert.deepEqual(codes('source: {repoURL: https://charts.test, chart: web, targetRevision: 1.0.0}'), ['argocd/chart-not-fetched']);
    assert.deepEqual(codes('source: {repoURL: https://git.test/web, path: nowhere}'), ['argocd/missing-source-path']);
    assert.equal(plan(head + source, files).plan, undefined);
  });

  it('refuse the commit that nobody told, and warn of variables that are none', () => {
    const files = {
      '/repo/k/kustomization.yaml': 'resources: [pod.yaml]\n',
      '/repo/k/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: nginx}]}\n',
    };
    const codes = (image: string): readonly string[] => {
      const planned = plan(`${head}source:\n  repoURL: https://git.test/web\n  path: k\n  kustomize:\n    images: ["${image}"]`, files).plan;
      assert.ok(planned);
      const rendering = renderSource(planned, { tree: new MemoryTree(files), cache: new BuildCache(), options: { loadRestrictor: 'rootOnly', enableHelm: false } });
      return [...rendering.problems.map(({ code }) => code), rendering.ok ? 'renders' : 'does not render'];
    };
    assert.deepEqual(codes('nginx:1-$ARGOCD_APP_NAME'), ['renders']);
    assert.deepEqual(codes('nginx:$ARGOCD_APP_REVISION'), ['argocd/revision-variable-unsupported', 'does not render']);
    assert.deepEqual(codes('nginx:1${NOTHING}'), ['argocd/unknown-variable', 'renders']);
  });

  it('tell Kustomize, Helm and plain folders apart by their files', () => {
    const rendererOf = (files: Readonly<Record<string, string>>): string | undefined => plan(`${head}source: {repoURL: https://git.test/web, path: x}`, files).plan?.renderer;
    assert.equal(rendererOf({ '/repo/x/Chart.yaml': '' }), 'helm');
    assert.equal(rendererOf({ '/repo/x/Chart.yaml': '', '/repo/x/kustomization.yaml': '' }), 'kustomize');
    assert.equal(rendererOf({ '/repo/x/Kustomization': '' }), 'kustomize');
    assert.equal(rendererOf({ '/repo/x/a.yaml': '', '/repo/x/y/kustomization.yaml': '' }), 'directory');
  });
});
