import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import { create } from 'tar';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chartTools } from '../../../src/adapters/charts/chartTools.js';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { isTemplateStep } from '../../../src/core/helm/manifestOrigins.js';
import { ChartCache } from '../../../src/core/helm/chartCache.js';
import { renderChart } from '../../../src/core/helm/renderChart.js';
import type { ChartInputs } from '../../../src/core/objects/chartInputs.js';
import { generatedFields } from '../../../src/core/objects/generatedFields.js';
import { lineOfRendering, originChain, renderingText, type Rendering } from '../../../src/core/objects/rendering.js';
import { fixtureRoot, fixtureTree, parseFixture } from '../../support/fixture.js';

const inputs: ChartInputs = {
  releaseName: 'r',
  namespace: 'n',
  values: [],
  includeCrds: false,
  skipHooks: false,
  skipTests: false,
  skipSchemaValidation: false,
  kubeVersion: undefined,
  apiVersions: [],
};

const chart = '#- Chart.yaml\nname: app\nversion: 1.2.3\n';

function render(fixture: string, more: Partial<ChartInputs> = {}, files: readonly string[] = []): Rendering {
  const values = files.map((file) => ({ kind: 'file', path: `${fixtureRoot}/${file}`, node: undefined, isOptional: false }) as const);
  return renderChart({ tree: fixtureTree(fixture), path: fixtureRoot, inputs: { ...inputs, values, ...more } }, { tools: chartTools, cache: new ChartCache() });
}

/** What a line of the output comes from: `values.yaml:1 red < values.yaml:2 blue`. */
function originsOf(rendering: Rendering, line: string): string {
  const at = renderingText(rendering).split('\n').indexOf(line);
  const shown = lineOfRendering(rendering, at)?.printed;
  assert.ok(shown, `no line ${line} in\n${renderingText(rendering)}`);
  return originChain(shown.value)
    .map(({ location, value }) => `${location.path.slice(fixtureRoot.length + 1)}:${location.range.start.line + 1} ${value ?? ''}`.trim())
    .join(' < ');
}

function errorsOf({ problems }: Rendering): readonly string[] {
  return problems.flatMap(({ severity, code, message, location }) =>
    severity === 'error' ? [`${location.path.slice(fixtureRoot.length + 1)}:${location.range.start.line + 1} ${code} ${message}`] : [],
  );
}

describe('rendering a chart', () => {
  it('prints manifests by kind, with the file of each, and hooks behind them', () => {
    const rendering = render(
      `${chart}#- templates/b.yaml\nkind: Service\nmetadata: {name: b}\n---\n# nothing\n---\nkind: Namespace\nmetadata: {name: a}\n#- templates/hook.yaml\nkind: Job\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install}}\n#- templates/NOTES.txt\nRead me.\n#- templates/_partial.tpl\nnone`,
    );
    assert.equal(
      renderingText(rendering),
      '---\n# Source: app/templates/b.yaml\nkind: Namespace\nmetadata: {name: a}\n---\n# Source: app/templates/b.yaml\nkind: Service\nmetadata: {name: b}\n---\n# Source: app/templates/b.yaml\n# nothing\n---\n# Source: app/templates/hook.yaml\nkind: Job\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install}}\n',
    );
    assert.deepEqual(
      rendering.objects.map(({ id, firstLine }) => [id.kind, firstLine]),
      [
        ['Namespace', 2],
        ['Service', 6],
        ['Job', 13],
      ],
    );
  });

  it('knows for every field the value that fed it, and what that overrode', () => {
    const rendering = render(
      `${chart}#- values.yaml\ncolor: blue\nlist: [{deep: {er: 1}}]\n#- one.yaml\ncolor: green\n#- two.yaml\ncolor: red\n#- templates/a.yaml\nkind: ConfigMap\ndata:\n  color: {{ .Values.color }}\n  plain: text\n  list:\n    {{- toYaml .Values.list | nindent 4 }}\n`,
      {},
      ['one.yaml', 'two.yaml'],
    );
    assert.equal(originsOf(rendering, '  color: red'), 'two.yaml:1 red < one.yaml:1 green < values.yaml:1 blue');
    assert.equal(originsOf(rendering, '  plain: text'), 'templates/a.yaml:4 text');
    assert.equal(originsOf(rendering, '        er: 1'), 'values.yaml:2 1');
  });

  it('knows the action that wrote a field, and the calls that led to it', () => {
    const rendering = render(
      `${chart}#- values.yaml\nimage: {name: web, tag: v1}\n#- templates/_helpers.tpl\n{{- define "image" }}{{ .name }}:{{ .tag }}{{ end }}\n#- templates/a.yaml\nkind: Pod\nspec:\n  image: {{ include "image" .Values.image }}\n`,
    );
    const at = renderingText(rendering).split('\n').indexOf('  image: web:v1');
    const value = lineOfRendering(rendering, at)?.printed.value;
    const step = value?.step;
    assert.ok(isTemplateStep(step));
    assert.equal(step.source.path, `${fixtureRoot}/templates/_helpers.tpl`);
    assert.deepEqual(
      step.calls.map(({ source, start }) => `${source.path} ${source.positionAt(start).line}`),
      [`${fixtureRoot}/templates/a.yaml 2`],
    );
    assert.deepEqual(
      step.also.map((node) => (node.kind === 'scalar' ? node.value : '')),
      ['v1'],
    );
  });

  it('takes dependencies by alias, condition, tag and range, with their values, globals and imports', () => {
    const fixture = `#- Chart.yaml
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: db, version: ^1.0.0, alias: main, import-values: [shown]}
- {name: db, version: ^1.0.0, alias: other, condition: other.enabled}
- {name: db, version: ^1.0.0, alias: tagged, tags: [extra]}
- {name: lib, version: 1.x}
#- values.yaml
global: {zone: eu}
main: {size: 2}
other: {enabled: false}
tags: {extra: false}
#- templates/a.yaml
kind: ConfigMap
data: {port: {{ .Values.port }}, text: {{ include "lib.text" . }}}
#- charts/db/Chart.yaml
name: db
version: 1.4.0
#- charts/db/values.yaml
size: 1
name: db
exports: {shown: {port: 5432}}
#- charts/db/templates/a.yaml
kind: ConfigMap
metadata: {name: {{ .Chart.Name }}-{{ .Values.name }}}
data: {size: {{ .Values.size }}, zone: {{ .Values.global.zone }}}
#- charts/lib/Chart.yaml
apiVersion: v2
name: lib
type: library
version: 1.0.0
#- charts/lib/templates/_text.tpl
{{ define "lib.text" }}of {{ .Chart.Name }}{{ end }}
#- charts/lib/templates/no.yaml
kind: Never
`;
    assert.equal(
      renderingText(render(fixture)),
      '---\n# Source: app/charts/main/templates/a.yaml\nkind: ConfigMap\nmetadata: {name: main-db}\ndata: {size: 2, zone: eu}\n---\n# Source: app/templates/a.yaml\nkind: ConfigMap\ndata: {port: 5432, text: of app}\n',
    );
    assert.match(renderingText(render(fixture.replace('enabled: false', 'enabled: true'))), /name: other-db/);
    assert.match(renderingText(render(fixture.replace('extra: false', 'extra: true'))), /name: tagged-db/);
    assert.deepEqual(errorsOf(render(fixture.replace('name: lib, version', 'name: gone, version'))), [
      'Chart.yaml:8 helm/dependency-not-fetched found in Chart.yaml, but missing in charts/ directory: gone',
    ]);
  });

  it('reads archives, of the chart itself and of those in charts/', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-chart-'));
    const long = 'a-name-that-does-not-fit-into-the-first-field-of-a-header-of-a-tar-archive-so-that-its-folder-stands-elsewhere.yaml';
    const files = `#- db/Chart.yaml\nname: db\nversion: 1.0.0\n#- db/templates/${long}\nkind: Secret\n`;
    for (const [name, text] of parseFixture(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    await create({ gzip: true, file: path.join(folder, 'db.tgz'), cwd: folder }, ['db']);
    const archive = fs.readFileSync(path.join(folder, 'db.tgz'));
    fs.rmSync(folder, { recursive: true });
    const own = `---\n# Source: db/templates/${long}\nkind: Secret\n`;
    const inside = { ...Object.fromEntries([...parseFixture(chart)].map(([name, text]) => [`/c/${name}`, text])), '/c/charts/db-1.0.0.tgz': archive };
    const tree = new MemoryTree({ '/db-1.0.0.tgz': archive, ...inside, '/c/charts/broken.tgz': zlib.gzipSync('no tar') });
    const of = (at: string): Rendering => renderChart({ tree, path: at, inputs }, { tools: chartTools, cache: new ChartCache() });
    assert.equal(renderingText(of('/db-1.0.0.tgz')), own);
    assert.match(of('/c').problems[0]?.message ?? '', /^error unpacking subchart broken.tgz in app: /);
    const whole = renderChart({ tree: new MemoryTree(inside), path: '/c', inputs }, { tools: chartTools, cache: new ChartCache() });
    assert.equal(renderingText(whole), own.replace('db/templates', 'app/charts/db/templates'));
  });

  it('takes file:// dependencies from where they are only where it is to build them', () => {
    const fixture =
      '#- app/Chart.yaml\napiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: db, version: 1.x, repository: "file://../db"}]\n#- db/Chart.yaml\nname: db\nversion: 1.1.0\n#- db/templates/a.yaml\nkind: Secret\n';
    const of = (buildsDependencies: boolean, text = fixture): Rendering =>
      renderChart({ tree: fixtureTree(text), path: `${fixtureRoot}/app`, inputs, buildsDependencies }, { tools: chartTools, cache: new ChartCache() });
    assert.equal(renderingText(of(true)), '---\n# Source: app/charts/db/templates/a.yaml\nkind: Secret\n');
    assert.match(errorsOf(of(false))[0] ?? '', /helm\/dependency-not-fetched/);
    assert.match(errorsOf(of(true, fixture.replace('1.1.0', '2.0.0')))[0] ?? '', /^app\/Chart.yaml:4 helm\/dependency-version/);
  });

  it('leaves out what .helmignore names, and reads files for templates', () => {
    const rendering = render(
      `${chart}#- .helmignore\n# comment\n*.bak\nsecret/\n#- conf/a.txt\none\ntwo\n#- conf/b.bak\nno\n#- secret/c.txt\nno\n#- templates/a.yaml\nkind: ConfigMap\ndata:\n  {{- (.Files.Glob "**").AsConfig | nindent 2 }}\n  lines: {{ .Files.Lines "conf/a.txt" | len }}\n  none: {{ .Files.Get "conf/b.bak" | quote }}\n`,
    );
    assert.equal(
      renderingText(rendering),
      '---\n# Source: app/templates/a.yaml\nkind: ConfigMap\ndata:\n  .helmignore: |\n    # comment\n    *.bak\n    secret/\n  a.txt: |\n    one\n    two\n  lines: 2\n  none: ""\n',
    );
  });

  it('checks values against schemas, at the value that is wrong', () => {
    const fixture = `${chart}#- values.schema.json\n{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"replicas": {"type": "integer", "minimum": 1}}}\n#- prod.yaml\ncolor: red\nreplicas: 0\n#- templates/a.yaml\nkind: A`;
    assert.match(errorsOf(render(fixture, {}, ['prod.yaml']))[0] ?? '', /^prod.yaml:2 helm\/schema values don't meet .*\napp:\n- at '\/replicas'/);
    assert.deepEqual(errorsOf(render(fixture, { skipSchemaValidation: true }, ['prod.yaml'])), []);
    const hurting = fixture.replace('"type": "integer", "minimum": 1', '"pattern": "^(a+)+$"').replace('replicas: 0', `replicas: ${'a'.repeat(40)}b`);
    assert.match(errorsOf(render(hurting, {}, ['prod.yaml']))[0] ?? '', /helm\/schema-unsupported .* it takes too long/);
  });

  it('refuses in helm’s words, at the place that helm names', () => {
    const of = (template: string): string =>
      errorsOf(render(`${chart}#- templates/_h.tpl\n{{ define "h" }}{{ required "b is needed" .Values.b }}{{ end }}\n#- templates/a.yaml\nkind: A\n${template}\n`))[0] ?? '';
    assert.equal(of('b: {{ include "h" . }}'), 'templates/a.yaml:2 helm/template-error execution error at (app/templates/a.yaml:2:6): b is needed');
    assert.match(
      of('b: {{ .Values.a.b.c }}'),
      /^templates\/a.yaml:2 helm\/template-error template: app\/templates\/a.yaml:2:13: executing .* nil pointer evaluating interface \{\}\.b$/,
    );
    assert.match(of('b: {{ nosuch }}'), /^templates\/a.yaml:2 helm\/template-parse-error parse error at \(app\/templates\/a.yaml:2\): function "nosuch" not defined$/);
    assert.match(of('b: [1'), /helm\/invalid-manifest YAML parse error on app\/templates\/a.yaml: error converting YAML to JSON: yaml: line/);
    assert.match(of('b: {{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}'), /helm\/template-budget/);
  });

  it('gives random values that stay the same, and says that they are none', () => {
    const fixture = `${chart}#- templates/a.yaml\nkind: Secret\nmetadata: {name: a}\ndata:\n  fixed: YQ==\n  password: {{ randAlphaNum 8 | b64enc }}\n  sum: {{ randAlpha 3 | sha256sum }}\n`;
    const rendering = render(fixture);
    assert.equal(renderingText(rendering), renderingText(render(fixture)));
    assert.deepEqual(generatedFields(rendering.objects[0]?.root ?? assert.fail()), [
      ['data', 'password'],
      ['data', 'sum'],
    ]);
  });

  it('reads nothing out of its boundary', () => {
    const rendering = renderChart(
      {
        tree: fixtureTree(`#- app/Chart.yaml\nname: app\nversion: 1.0.0\n#- other.yaml\na: 1`),
        path: `${fixtureRoot}/app`,
        boundary: [`${fixtureRoot}/app`],
        inputs: { ...inputs, values: [{ kind: 'file', path: `${fixtureRoot}/other.yaml`, node: undefined, isOptional: false }] },
      },
      { tools: chartTools, cache: new ChartCache() },
    );
    assert.match(errorsOf(rendering)[0] ?? '', /helm\/missing-values-file/);
  });
});
