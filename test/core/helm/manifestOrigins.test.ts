import assert from 'node:assert/strict';
import { chartTools } from '../../../src/adapters/charts/chartTools.js';
import { chartRenderer } from '../../../src/core/helm/renderChart.js';
import { lineOfRendering, originChain, renderingText } from '../../../src/core/objects/rendering.js';
import { sampleInputs } from '../../support/corpusCharts.js';
import { fixtureRoot, fixtureTree } from '../../support/fixture.js';

/** What a line of the output comes from: `values.yaml:1`. */
function originOf(files: string, line: string): string {
  const tree = fixtureTree(`#- Chart.yaml\nname: app\nversion: 1.2.3\n${files}`);
  const rendering = chartRenderer(chartTools)({ tree, path: fixtureRoot, inputs: sampleInputs });
  const lines = renderingText(rendering).split('\n');
  const shown = lineOfRendering(rendering, lines.indexOf(line))?.printed;
  assert.ok(shown, `no line ${line} in\n${lines.join('\n')}`);
  const [first] = originChain(shown.value);
  return first ? `${first.location.path.slice(fixtureRoot.length + 1)}:${first.location.range.start.line + 1}` : '';
}

describe('origins of manifests', () => {
  it('are the line of a template, however its text is indented and cut on the way', () => {
    const files = `#- templates/_labels.tpl
{{ define "labels" }}

team: blue
tier: front
{{ end }}
#- templates/a.yaml
kind: ConfigMap
metadata:
  labels:
    {{- include "labels" . | trim | nindent 4 }}
`;
    assert.equal(originOf(files, '    team: blue'), 'templates/_labels.tpl:3');
    assert.equal(originOf(files, '    tier: front'), 'templates/_labels.tpl:4');
    assert.equal(originOf(files, 'kind: ConfigMap'), 'templates/a.yaml:1');
  });

  it('are the line of what is read with fromYaml: of a file, a value, or a template', () => {
    const files = `#- more.yaml
first: 1
---
second: two
third: 3
#- values.yaml
text: |
  fourth: four
#- templates/_own.tpl
{{ define "own" }}
fifth: 5
sixth: six
{{ end }}
#- templates/a.yaml
kind: ConfigMap
{{- range .Files.Get "more.yaml" | splitList "---" }}
{{ fromYaml . | toYaml }}
{{- end }}
{{ .Values.text | fromYaml | toYaml }}
{{ include "own" . | fromYaml | toYaml }}
json: {{ fromYaml (.Files.Get "more.yaml" | splitList "---" | last) | toJson }}
`;
    assert.equal(originOf(files, 'second: two'), 'more.yaml:3');
    assert.equal(originOf(files, 'third: 3'), 'more.yaml:4');
    assert.equal(originOf(files, 'fourth: four'), 'values.yaml:2');
    assert.equal(originOf(files, 'fifth: 5'), 'templates/_own.tpl:2');
    assert.equal(originOf(files, 'sixth: six'), 'templates/_own.tpl:3');
    assert.equal(originOf(files, 'json: {"second":"two","third":3}'), 'more.yaml:4');
  });

  it('are the value that tpl reads, and the value that it puts in there', () => {
    const files = `#- values.yaml
plain: as it is
color: red
text: |
  one: {{ .Values.color }}
  two: blue
#- templates/a.yaml
kind: ConfigMap
plain: {{ tpl .Values.plain . }}
{{ tpl .Values.text . }}
`;
    assert.equal(originOf(files, 'plain: as it is'), 'values.yaml:1');
    assert.equal(originOf(files, 'one: red'), 'values.yaml:2');
    assert.equal(originOf(files, 'two: blue'), 'values.yaml:5');
  });
});
