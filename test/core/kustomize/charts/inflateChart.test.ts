import assert from 'node:assert/strict';
import { chartTools } from '../../../../src/adapters/charts/chartTools.js';
import { MemoryTree } from '../../../../src/core/base/fileTree.js';
import { chartRenderer } from '../../../../src/core/helm/renderChart.js';
import { buildKustomization, type BuildRequest } from '../../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../../src/core/kustomize/buildCache.js';
import { originChain, type RenderedObject, type Rendering } from '../../../../src/core/objects/rendering.js';
import type { YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseFixture } from '../../../support/fixture.js';
import { chartFiles } from '../../../support/kustomizeHelmCases.js';

const renderChart = chartRenderer(chartTools);
const options = { loadRestrictor: 'rootOnly', enableHelm: true, renderChart } as const;

function files(fixture: string, chart = '/w/k/charts/app'): Record<string, string> {
  return { ...chartFiles('app', chart), ...Object.fromEntries([...parseFixture(fixture)].map(([path, text]) => [`/w/${path}`, text])) };
}

function build(tree: MemoryTree, more: Partial<BuildRequest> = {}): Rendering {
  return buildKustomization({ tree, folder: '/w/k', options, cache: new BuildCache(), ...more });
}

function objectOf(rendering: Rendering, kind: string, name = ''): RenderedObject {
  const found = rendering.objects.find(({ id }) => id.kind === kind && id.name.endsWith(name));
  assert.ok(found, JSON.stringify(rendering.problems));
  return found;
}

/** `file:line text` of each place that had a say in a field, the winner first. */
function originsAt({ root }: RenderedObject, ...path: readonly (string | number)[]): readonly string[] {
  let node: YamlNode | undefined = root;
  for (const step of path) node = node?.kind === 'map' ? node.get(String(step)) : node?.kind === 'sequence' ? node.items[Number(step)] : undefined;
  assert.ok(node, path.join('.'));
  return originChain(node).map(({ location, step, value }) => `${location.path.replace('/w/k/', '')}:${location.range.start.line + 1} ${step} ${value ?? ''}`);
}

describe('a chart of a kustomization', () => {
  const inline =
    '#- k/kustomization.yaml\nimages:\n- {name: example.com/app, newTag: "9"}\nhelmCharts:\n- name: app\n  releaseName: web\n  valuesInline:\n    replicas: 3\n    image:\n      tag: "2"\n';

  it('has origins in the inline values, with what they overrode in the values of the chart', () => {
    const deployment = objectOf(build(new MemoryTree(files(inline))), 'Deployment');
    assert.deepEqual(originsAt(deployment, 'spec', 'replicas'), ['kustomization.yaml:7 helm 3', 'charts/app/values.yaml:2 resource 1']);
  });

  it('has origins in the values of the chart where nothing is said, and in the template for what is its own', () => {
    const deployment = objectOf(build(new MemoryTree(files(inline))), 'Deployment');
    assert.deepEqual(originsAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'resources', 'limits', 'cpu'), ['charts/app/values.yaml:20 helm 100m']);
    assert.deepEqual(originsAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'name'), ['charts/app/templates/deployment.yaml:21 helm app']);
  });

  it('keeps them through the transformers of the kustomization', () => {
    const deployment = objectOf(build(new MemoryTree(files(inline))), 'Deployment');
    const [image = '', ...before] = originsAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'image');
    assert.equal(image, 'kustomization.yaml:2 images example.com/app:9');
    assert.ok(before.includes('charts/app/values.yaml:4 helm example.com/app:2'), before.join('\n'));
  });

  it('takes the last layer that speaks: additional values files over inline values over the values file', () => {
    const tree = new MemoryTree(
      files(
        '#- k/kustomization.yaml\nhelmCharts:\n- name: app\n  valuesFile: v.yaml\n  additionalValuesFiles: [w.yaml]\n  valuesInline: {replicas: 3}\n#- k/v.yaml\nreplicas: 2\nextra: x\n#- k/w.yaml\n\nreplicas: 4\n',
      ),
    );
    assert.deepEqual(originsAt(objectOf(build(tree), 'Deployment'), 'spec', 'replicas'), [
      'w.yaml:2 helm 4',
      'kustomization.yaml:5 resource 3',
      'v.yaml:1 resource 2',
      'charts/app/values.yaml:2 resource 1',
    ]);
  });

  it('is rendered again only when something changed that it was made of', () => {
    const cache = new BuildCache();
    const before = files(inline);
    const first = build(new MemoryTree(before), { cache });
    const tree = new MemoryTree(before);
    const same = build(tree, { cache });
    assert.equal(objectOf(same, 'Service').root === objectOf(build(tree, { cache }), 'Service').root, true, 'objects that no step changes are the same');
    const more = build(tree.with('/w/k/charts/app/templates/more.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n'), { cache });
    assert.equal(more.objects.length, first.objects.length + 1, 'a template that is added');
    const changed = build(tree.with('/w/k/charts/app/values.yaml', `${before['/w/k/charts/app/values.yaml'] ?? ''}args: [other]\n`.replace('args: [serve, --port=80]\n', '')), {
      cache,
    });
    assert.deepEqual(originsAt(objectOf(changed, 'Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'args', 0).length, 1);
    assert.match(objectOf(changed, 'Deployment').printed.text, /- other/);
  });

  it('gives a base another namespace for each overlay that includes it', () => {
    const overlays = new MemoryTree(
      files(
        '#- k/a/kustomization.yaml\nnamespace: a\nresources: [../base]\n#- k/b/kustomization.yaml\nnamespace: b\nresources: [../base]\n#- k/base/kustomization.yaml\nhelmCharts:\n- name: app\n',
        '/w/k/base/charts/app',
      ),
    );
    const cache = new BuildCache();
    for (const name of ['a', 'b', 'a']) {
      const rendering = build(overlays, { cache, folder: `/w/k/${name}` });
      assert.equal(objectOf(rendering, 'Deployment').id.namespace, name);
    }
  });

  it('that is not there is a lack of the build, told at its name', () => {
    const tree = new MemoryTree({ '/w/k/kustomization.yaml': 'helmCharts:\n- name: redis\n  repo: https://charts.example.com\n  version: 20.x\n' });
    const { ok, problems, lacks } = build(tree);
    assert.equal(ok, false);
    assert.deepEqual(
      problems.map(({ code, location }) => `${code} ${location.range.start.line}:${location.range.start.character}`),
      ['kustomize/not-fetched 1:8'],
    );
    assert.deepEqual(
      lacks.map(({ kind, spec }) => [kind, spec]),
      [['chart', 'chart redis@20.x from https://charts.example.com']],
    );
  });

  it('is taken from where it was fetched to, though that lies outside of all that may be read', () => {
    const tree = new MemoryTree(
      files('#- k/kustomization.yaml\nhelmCharts:\n- name: app\n  repo: oci://registry.example.com/charts\n  valuesInline: {replicas: 2}\n', '/cache/app'),
    );
    const asked: string[] = [];
    const fetched = (spec: string): { path: string; root: string } => {
      asked.push(spec);
      return { path: '/cache/app', root: '/cache/app' };
    };
    const rendering = build(tree, { fetched, options: { ...options, boundary: ['/w'] } });
    assert.deepEqual(asked, ['chart app@latest from oci://registry.example.com/charts']);
    assert.deepEqual(originsAt(objectOf(rendering, 'Deployment'), 'spec', 'replicas'), ['kustomization.yaml:4 helm 2', '/cache/app/values.yaml:2 resource 1']);
  });

  it('lies within what may be read', () => {
    const tree = new MemoryTree(
      files('#- k/kustomization.yaml\nhelmGlobals: {chartHome: ../../elsewhere}\nhelmCharts:\n- name: app\n  valuesFile: v.yaml\n#- k/v.yaml\na: 1\n', '/elsewhere/app'),
    );
    const { problems } = build(tree, { options: { ...options, boundary: ['/w'] } });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['kustomize/outside-workspace'],
    );
  });

  it('has its mistakes told where they are, with the entry beside them', () => {
    const tree = new MemoryTree({ ...chartFiles('broken', '/w/k/charts/broken'), '/w/k/kustomization.yaml': 'helmCharts:\n- name: broken\n' });
    const [problem] = build(tree).problems;
    assert.equal(problem?.code, 'helm/template-error');
    assert.match(problem.location.path, /broken\/templates\/cm\.yaml$/);
    assert.deepEqual(
      problem.related?.map(({ message, location }) => [message, location.path]),
      [['inflated by helmCharts[0]', '/w/k/kustomization.yaml']],
    );
  });
});
