/** What the index knows of small charts, and that nothing typed into a template breaks it. */
import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { SourceText } from '../../../src/core/base/source.js';
import { actionContextAt, callContextAt } from '../../../src/core/chartLanguage/actionContext.js';
import { scopeAt } from '../../../src/core/chartLanguage/analyzeTree.js';
import { buildChartIndex, ChartLanguageCache, type ChartIndex } from '../../../src/core/chartLanguage/chartIndex.js';
import { readChartUnits } from '../../../src/core/chartLanguage/chartUnits.js';
import { renameKey } from '../../../src/core/chartLanguage/renameKey.js';
import { defaultSources } from '../../../src/core/chartLanguage/valuesKeys.js';
import { functionExamples } from '../../../src/core/chartLanguage/functionExamples.js';
import { parseTemplate } from '../../../src/core/template/parse/parser.js';
import { builtinFunctions } from '../../../src/core/template/functions/builtins.js';
import { helmFunctions } from '../../../src/core/template/functions/helm.js';
import { parseFirstDocument } from '../../../src/core/yaml/parse.js';
import { exampleOf } from '../../../src/server/templates/describe.js';
import { parseFixture } from '../../support/fixture.js';

function indexOf(fixture: string, cache = new ChartLanguageCache()): ChartIndex {
  const tree = new MemoryTree(Object.fromEntries([...parseFixture(fixture)].map(([path, text]) => [`/w/${path}`, text])));
  const unit = readChartUnits('/w/app', { tree, unpack: () => 'no archives here', parse: parseFirstDocument });
  assert.ok(!('code' in unit), 'message' in unit ? unit.message : '');
  return buildChartIndex(unit, cache);
}

/** `templates/a.yaml: image.tag` for each name that stands for a key. */
function namesIn({ occurrences }: ChartIndex): string[] {
  return [...occurrences].flatMap(([path, found]) =>
    found.flatMap(({ kind, path: key, source, start, end }) =>
      kind === 'value' && key.length > 0
        ? [`${path.slice(path.lastIndexOf('/') + 1)} ${source.text.slice(start, end)}: ${key.map((each) => (each === '\0*' ? '*' : each)).join('.')}`]
        : [],
    ),
  );
}

const app = '#- app/Chart.yaml\napiVersion: v2\nname: app\nversion: 1.0.0\n';

describe('the index of a chart', () => {
  it('follows scopes, variables, indexes and loops', () => {
    const text = [
      '{{ .Values.a.b }}',
      '{{ $.Values.c }}',
      '{{ index .Values "d" "e-f" }}',
      '{{ with .Values.g }}{{ .h }}{{ $.Values.i }}{{ else }}{{ .Values.j }}{{ end }}',
      '{{ $x := .Values.k }}{{ $x.l }}',
      '{{ range .Values.m }}{{ .n }}{{ end }}',
      '{{ (.Values.o).p }}{{ get .Values.q "r" }}',
    ].join('\n');
    assert.deepEqual(namesIn(indexOf(`${app}#- app/templates/t.yaml\n${text}\n`)), [
      't.yaml a: a',
      't.yaml b: a.b',
      't.yaml c: c',
      't.yaml d: d',
      't.yaml e-f: d.e-f',
      't.yaml g: g',
      't.yaml h: g.h',
      't.yaml i: i',
      't.yaml j: j',
      't.yaml k: k',
      't.yaml l: k.l',
      't.yaml m: m',
      't.yaml n: m.*.n',
      't.yaml o: o',
      't.yaml p: o.p',
      't.yaml q: q',
      't.yaml r: q.r',
    ]);
  });

  it('follows what an include is handed, alone and in a map', () => {
    const fixture = `${app}#- app/templates/_h.tpl
{{ define "one" }}{{ .port }}{{ end }}
{{ define "two" }}{{ .ctx.Values.name }}{{ .of.size }}{{ end }}
#- app/templates/t.yaml
{{ include "one" .Values.http }}{{ include "one" .Values.https }}{{ template "two" (dict "ctx" $ "of" .Values.disk) }}
`;
    const names = namesIn(indexOf(fixture));
    for (const wanted of ['_h.tpl port: http.port', '_h.tpl port: https.port', '_h.tpl name: name', '_h.tpl size: disk.size'])
      assert.ok(names.includes(wanted), `${wanted} in ${names.join()}`);
  });

  it('gives subcharts their part of the values, under their alias', () => {
    const fixture = `#- app/Chart.yaml
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- name: sub
  alias: cache
  version: 1.0.0
#- app/charts/sub/Chart.yaml
apiVersion: v2
name: sub
version: 1.0.0
#- app/charts/sub/templates/s.yaml
{{ .Values.size }}{{ .Values.global.team }}
`;
    assert.deepEqual(namesIn(indexOf(fixture)), ['s.yaml size: cache.size', 's.yaml global: cache.global', 's.yaml team: cache.global.team']);
  });

  it('takes the definition that helm takes: of one name the outer chart’s, and the first file’s', () => {
    const fixture = `#- app/Chart.yaml
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- name: sub
  version: 1.0.0
#- app/charts/sub/Chart.yaml
apiVersion: v2
name: sub
version: 1.0.0
#- app/charts/sub/templates/_s.tpl
{{ define "name" }}sub{{ end }}
#- app/templates/_a.tpl
{{ define "name" }}a{{ end }}
#- app/templates/_b.tpl
{{ define "name" }}b{{ end }}
`;
    const index = indexOf(fixture);
    assert.equal(index.definitions.get('name')?.file.name, 'app/templates/_a.tpl');
    assert.equal(index.allDefinitions.get('name')?.length, 3);
  });

  it('reads texts in values that are run as templates', () => {
    const names = namesIn(indexOf(`${app}#- app/values.yaml\nname: "{{ .Values.other }}-x"\nother: 1\n#- app/templates/t.yaml\n{{ tpl .Values.name . }}\n`));
    assert.ok(names.includes('values.yaml other: other'), names.join());
  });

  it('ends with templates that call themselves, and with maps that hold themselves', () => {
    indexOf(
      `${app}#- app/templates/t.yaml\n{{ define "r" }}{{ include "r" (dict "in" .) }}{{ end }}{{ include "r" . }}{{ $d := dict }}{{ $e := dict "d" $d }}{{ $_ := set $d "e" $e }}{{ $_ = set $d "d" $d }}{{ toYaml $d }}\n`,
    );
  });

  it('parses and analyzes again only the file that changed', () => {
    const cache = new ChartLanguageCache();
    const files = {
      '/w/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
      '/w/app/templates/a.yaml': '{{ .Values.a }}',
      '/w/app/templates/b.yaml': '{{ .Values.b }}',
    };
    const first = new MemoryTree(files);
    const read = (tree: MemoryTree): ChartIndex => {
      const unit = readChartUnits('/w/app', { tree, unpack: () => 'no', parse: parseFirstDocument });
      assert.ok(!('code' in unit));
      return buildChartIndex(unit, cache);
    };
    const before = read(first);
    const after = read(first.with('/w/app/templates/a.yaml', '{{ .Values.c }}'));
    assert.notEqual(before.parsed.get('/w/app/templates/a.yaml'), after.parsed.get('/w/app/templates/a.yaml'));
    assert.equal(before.parsed.get('/w/app/templates/b.yaml'), after.parsed.get('/w/app/templates/b.yaml'));
    const factsOf = (index: ChartIndex): unknown => index.trees.find(({ source }) => source.path.endsWith('b.yaml'))?.facts;
    assert.equal(factsOf(before), factsOf(after));
  });
});

describe('what is being written', () => {
  const contextOf = (marked: string): ReturnType<typeof actionContextAt> => actionContextAt(marked.replace('|', ''), marked.indexOf('|'));

  it('is told from half an action', () => {
    assert.deepEqual(contextOf('a: {{ .Values.ing|'), { kind: 'path', base: { variable: '', names: ['Values'] }, typed: 'ing', start: 14, end: 17 });
    assert.deepEqual(contextOf('{{ $x.| }}'), { kind: 'path', base: { variable: '$x', names: [] }, typed: '', start: 6, end: 6 });
    assert.deepEqual(contextOf('{{ include "lib|" . }}'), { kind: 'templateName', typed: 'lib', start: 12, end: 15 });
    assert.deepEqual(contextOf('{{ index .Values "a" "b|" }}'), { kind: 'key', base: { variable: '', names: ['Values', 'a'] }, typed: 'b', start: 22, end: 23 });
    assert.deepEqual(contextOf('{{ (.Values.a).| }}'), { kind: 'path', base: { variable: '', names: ['Values', 'a'] }, typed: '', start: 15, end: 15 });
    assert.equal(contextOf('{{ .Values.a | nin| 4 }}')?.kind, 'word');
    assert.equal(contextOf('{{/* .Values.| */}}'), undefined);
    assert.equal(contextOf('a: b|'), undefined);
  });

  it('names the call and the argument', () => {
    const callOf = (marked: string): ReturnType<typeof callContextAt> => callContextAt(marked.replace('|', ''), marked.indexOf('|'));
    assert.deepEqual(callOf('{{ indent 2 | }}'), { name: 'indent', argument: 1, firstText: undefined });
    assert.deepEqual(callOf('{{ include "a.b" (dict "x" | }}'), { name: 'dict', argument: 1, firstText: 'x' });
    assert.deepEqual(callOf('{{ .Values.a | default | }}'.replace('| default |', '| default @').replace('@', '')), undefined);
  });

  it('has its scope known, with variables declared before it', () => {
    const text = '{{ $a := .Values.x }}{{ range $i, $v := .Values.list }}  {{ end }}{{ $b := 1 }}';
    const { trees } = parseTemplate(new SourceText('/t', text), 't', { tolerant: true });
    const tree = trees.get('t');
    assert.ok(tree);
    const scope = scopeAt(tree, { kind: 'root', unit: [] }, text.indexOf('  {{ end'));
    assert.deepEqual([...scope.variables.keys()].sort(), ['$a', '$i', '$v']);
    assert.deepEqual(scope.dot, { kind: 'value', path: ['list', '\0*'] });
  });
});

describe('examples of functions', () => {
  it('all give a result, and are of functions that there are', () => {
    const wrong = [...functionExamples.keys()].filter(
      (name) => exampleOf(name) === undefined || !(helmFunctions.has(name) || builtinFunctions.has(name) || ['and', 'or'].includes(name)),
    );
    assert.deepEqual(wrong, []);
  });
});

describe('a rename of a key', () => {
  it('is refused where an alias makes the key another one as well', () => {
    const index = indexOf(`${app}#- app/values.yaml\na: &shared\n  size: 1\nb: *shared\n#- app/templates/t.yaml\n{{ .Values.a.size }}{{ .Values.b.size }}\n`);
    const renamed = renameKey({ index, sources: defaultSources(index), layers: [], path: ['a', 'size'], newName: 'large', placeOf: ({ path }) => path });
    assert.deepEqual(renamed, { refusal: 'An alias makes it the key b.size as well, at /w/app/values.yaml.' });
  });
});
