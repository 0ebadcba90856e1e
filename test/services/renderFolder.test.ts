import assert from 'node:assert/strict';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { readChartInputs } from '../../src/cli/chartArguments.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import { renderingText, type Rendering } from '../../src/core/objects/rendering.js';
import { renderFolder } from '../../src/services/renderFolder.js';
import { fixtureRoot, fixtureTree } from '../support/fixture.js';

function render(fixture: string, folder = fixtureRoot): Rendering {
  const options = { loadRestrictor: 'rootOnly', enableHelm: false, renderChart: chartRenderer(chartTools) } as const;
  return renderFolder({ tree: fixtureTree(fixture), folder, cache: new BuildCache(), options }, readChartInputs({ set: ['color=red'] }, '/'));
}

const manifests = `
#- b.yaml
kind: Service
apiVersion: v1
metadata: {name: b}
---
# nothing here
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: c}}
#- a.json
{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
#- sub/d.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: d}
#- notes.txt
text
`;

describe('rendering a folder', () => {
  it('prints the manifests of a folder without a kustomization, file by file, in kustomize’s form', () => {
    const rendering = render(manifests);
    assert.deepEqual(rendering.problems, []);
    assert.deepEqual(
      rendering.objects.map(({ id, firstLine }) => [id.kind, id.name, firstLine]),
      [
        ['ConfigMap', 'a', 0],
        ['Service', 'b', 5],
        ['Secret', 'c', 10],
      ],
    );
    assert.equal(renderingText(rendering).split('---\n')[1], 'apiVersion: v1\nkind: Service\nmetadata:\n  name: b\n');
    assert.ok(rendering.dependencies.has(`${fixtureRoot}/a.json`));
  });

  it('prefers the kustomization', () => {
    const rendering = render(`${manifests}\n#- kustomization.yaml\nresources: [a.json]`);
    assert.deepEqual(
      rendering.objects.map(({ id }) => id.name),
      ['a'],
    );
  });

  it('reports what is wrong in a manifest at its place', () => {
    const rendering = render('#- a.yaml\napiVersion: v1\nmetadata: {name: a}');
    assert.deepEqual(
      [rendering.ok, rendering.objects, rendering.problems[0]?.code, rendering.problems[0]?.location.path],
      [false, [], 'kustomize/missing-kind', `${fixtureRoot}/a.yaml`],
    );
  });

  it('renders a chart with the values that are given', () => {
    const rendering = render('#- Chart.yaml\nname: x\nversion: 1.0.0\n#- values.yaml\ncolor: blue\n#- templates/a.yaml\nkind: ConfigMap\ndata: {color: {{ .Values.color }}}\n');
    assert.equal(renderingText(rendering), '---\n# Source: x/templates/a.yaml\nkind: ConfigMap\ndata: {color: red}\n');
  });

  it('refuses a folder with nothing to render', () => {
    assert.equal(render('#- notes.txt\nx').problems[0]?.code, 'kustomize/missing-kustomization');
    assert.equal(render('#- notes.txt\nx', '/nowhere').problems[0]?.code, 'kustomize/missing-file');
  });

  it('takes objects of a folder of manifests whose names the API server makes', () => {
    const rendering = render('#- jobs/a.yaml\napiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}', '/repository/jobs');
    assert.equal(rendering.ok, true);
    assert.equal(rendering.objects.length, 1);
  });
});
