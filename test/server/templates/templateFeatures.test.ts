/** Language features of charts through the protocol: a chart over a library beside it, with values files for two environments. */
import assert from 'node:assert/strict';
import type { CompletionItem, DocumentHighlight, DocumentSymbol, Hover, Location, LocationLink, SignatureHelp, WorkspaceEdit } from 'vscode-languageserver';
import { pathToUri } from '../../../src/server/uris.js';
import { parseFixture } from '../../support/fixture.js';
import { LspClient } from '../../support/lspClient.js';
import { MemoryWorkspace } from '../../support/memoryWorkspace.js';

const charts = `
#- library/Chart.yaml
apiVersion: v2
name: library
type: library
version: 1.0.0
#- library/templates/_names.tpl
{{/* The name that all objects have. */}}
{{- define "library.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 }}
{{- end }}
{{- define "library.port" -}}
{{ .port }}
{{- end }}
#- web/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
dependencies:
- name: library
  version: 1.0.0
  repository: file://../library
#- web/values.yaml
nameOverride: ""
# -- How many pods run.
replicas: 1
image:
  repository: acme/web
  tag: "1.0"
service:
  http:
    port: 80
database:
  password: s3cret
labels:
  team: web
#- web/values-prod.yaml
replicas: 3
image:
  tag: "1.2"
#- web/values-dev.yaml
replicas: 2
#- web/templates/deployment.yaml
kind: Deployment
metadata:
  name: {{ include "library.name" . }}
  labels: {{- toYaml .Values.labels | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  {{- with .Values.image }}
  image: {{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
  {{- end }}
  port: {{ include "library.port" .Values.service.http }}
  password: {{ .Values.database.password | quote }}
  version: {{ .Release.Name }}
`;

const deployment = '/w/web/templates/deployment.yaml';
const values = '/w/web/values.yaml';
const files = Object.fromEntries([...parseFixture(charts)].map(([path, text]) => [`/w/${path}`, text]));

describe('Language features of charts', () => {
  let client: LspClient;

  async function start(changed: Readonly<Record<string, string>> = {}): Promise<void> {
    client = await LspClient.start(new MemoryWorkspace({ ...files, ...changed }, { folders: ['/w'] }), ['/w']);
  }

  /** Asks at the `|` of a snippet that stands once in the file. */
  function at<Result>(method: string, path: string, marked: string, more: object = {}, text = files[path] ?? ''): Promise<Result> {
    const offset = text.indexOf(marked.replace('|', '')) + marked.indexOf('|');
    assert.ok(text.includes(marked.replace('|', '')), marked);
    const before = text.slice(0, offset).split('\n');
    return client.at<Result>(method, pathToUri(path), before.length - 1, before.at(-1)?.length ?? 0, more);
  }

  /** With an edit of a file that ends at the `|`. */
  async function completeIn(path: string, from: string, to: string): Promise<CompletionItem[]> {
    const text = (files[path] ?? '').replace(from, to.replace('|', ''));
    await client.open(path, text);
    const answer = await at<CompletionItem[] | null>('textDocument/completion', path, to, {}, text);
    return answer ?? [];
  }

  const labels = (items: readonly CompletionItem[]): string[] => items.map(({ label }) => label);
  const shown = (found: readonly Location[] | null): string[] =>
    (found ?? []).filter(({ uri }) => uri.startsWith('file:')).map(({ uri, range }) => `${uri.slice('file:///w/'.length)}:${range.start.line + 1}:${range.start.character + 1}`);

  afterEach(() => client.stop());

  it('a hover of a value shows it in every environment, with the place and the words of its author', async () => {
    await start();
    const hover = await at<Hover>('textDocument/hover', deployment, '.Values.repl|icas');
    const { value } = hover.contents as { value: string };
    assert.match(value, /How many pods run/);
    assert.match(value, /\*chart\* \| `1` \| \[web\/values\.yaml/);
    assert.match(value, /prod \| `3` \| \[web\/values-prod\.yaml:1/);
    assert.match(value, /dev \| `2` \|/);
  });

  it('a hover hides what its key calls a secret', async () => {
    await start();
    const hover = await at<Hover>('textDocument/hover', deployment, 'database.pass|word');
    const { value } = hover.contents as { value: string };
    assert.ok(!value.includes('s3cret'), value);
    assert.match(value, /••••/);
  });

  it('a hover tells what a function does, with an example that was run', async () => {
    await start();
    const { contents } = await at<Hover>('textDocument/hover', deployment, 'nind|ent 4');
    assert.match((contents as { value: string }).value, /`nindent SPACES TEXT`[^]*gives[^]* {2}text/);
    const release = await at<Hover>('textDocument/hover', deployment, '.Release.Na|me');
    assert.match((release.contents as { value: string }).value, /name that the chart is installed under/);
    const include = await at<Hover>('textDocument/hover', deployment, '"library.na|me"');
    assert.match((include.contents as { value: string }).value, /The name that all objects have/);
  });

  it('goes from a value to every file that sets it, and from an include to its define', async () => {
    await start();
    const sites = await at<LocationLink[]>('textDocument/definition', deployment, '.Values.repl|icas');
    assert.deepEqual(
      sites.map(({ targetUri, targetRange }) => `${targetUri.slice('file:///w/'.length)}:${targetRange.start.line + 1}`),
      ['web/values.yaml:3', 'web/values-dev.yaml:1', 'web/values-prod.yaml:1'],
    );
    const inWith = await at<LocationLink[]>('textDocument/definition', deployment, '{{ .ta|g');
    assert.deepEqual(
      inWith.map(({ targetUri }) => targetUri.slice('file:///w/'.length)),
      ['web/values.yaml', 'web/values-prod.yaml'],
    );
    const [define] = await at<LocationLink[]>('textDocument/definition', deployment, '"library.na|me"');
    assert.equal(define?.targetUri, 'file:///w/library/templates/_names.tpl');
  });

  it('finds all references from a key and from a template, through what includes are handed', async () => {
    await start();
    const found = await at<Location[]>('textDocument/references', values, 'po|rt: 80', { context: { includeDeclaration: false } });
    assert.deepEqual(shown(found).slice(0, 1), ['library/templates/_names.tpl:6:5']);
    const calls = await at<Location[]>('textDocument/references', '/w/library/templates/_names.tpl', '"library.na|me"', { context: { includeDeclaration: true } });
    assert.deepEqual(shown(calls).slice(0, 2), ['library/templates/_names.tpl:2:13', 'web/templates/deployment.yaml:3:21']);
    const marks = await at<DocumentHighlight[]>('textDocument/documentHighlight', deployment, '.Values.repl|icas');
    assert.equal(marks.length, 1);
  });

  it('completes values with their default and words, in what is half written', async () => {
    await start();
    const items = await completeIn(deployment, '{{ .Values.replicas }}', '{{ .Values.|');
    assert.deepEqual(labels(items), ['nameOverride', 'replicas', 'image', 'service', 'database', 'labels']);
    const replicas = items.find(({ label }) => label === 'replicas');
    assert.equal(replicas?.detail, '1');
    assert.deepEqual(replicas.documentation, { kind: 'plaintext', value: 'How many pods run.' });
    assert.deepEqual(labels(await completeIn(deployment, '{{ .repository }}', '{{ .re|')), ['repository', 'tag']);
    assert.deepEqual(labels(await completeIn(deployment, '{{ .Values.replicas }}', '{{ index .Values "service" "http" "|" }}')), ['port']);
  });

  it('completes members, functions, keywords, variables and named templates', async () => {
    await start();
    assert.ok(labels(await completeIn(deployment, '{{ .Values.replicas }}', '{{ .Release.|')).includes('Namespace'));
    assert.deepEqual(labels(await completeIn(deployment, '"library.name"', '"lib|"')), ['library.name', 'library.port']);
    const words = await completeIn(deployment, '{{ .Values.replicas }}', '{{ $mine := 1 }}{{ |');
    for (const word of ['nindent', 'include', 'range', '$mine', '$']) assert.ok(labels(words).includes(word), word);
    const snippet = words.find(({ label }) => label === 'nindent');
    assert.equal((snippet?.textEdit as { newText: string } | undefined)?.newText, 'nindent ${1:SPACES} ${2:TEXT}');
  });

  it('completes keys in the values files of environments', async () => {
    await start();
    const items = await completeIn('/w/web/values-dev.yaml', 'replicas: 2\n', 'replicas: 2\nima|\n');
    assert.ok(labels(items).includes('image') && !labels(items).includes('replicas'), labels(items).join());
  });

  it('renames a key in all files that set it and all templates that read it', async () => {
    await start();
    const range = await at<{ placeholder: string; range: Location['range'] }>('textDocument/prepareRename', deployment, '{{ .ta|g');
    assert.equal(range.placeholder, 'tag');
    assert.equal(range.range.end.character - range.range.start.character, 3);
    const edit = await at<WorkspaceEdit>('textDocument/rename', deployment, '{{ .ta|g', { newName: 'release' });
    const changed = Object.entries(edit.changes ?? {}).map(
      ([uri, edits]) => `${uri.slice('file:///w/'.length)} ${edits.map(({ newText, range: { start } }) => `${start.line + 1} ${newText}`).join()}`,
    );
    assert.deepEqual(changed.sort(), ['web/templates/deployment.yaml 8 release', 'web/values-prod.yaml 3 release', 'web/values.yaml 6 release']);
  });

  it('refuses to rename a key whose name shows, and says where', async () => {
    await start();
    await assert.rejects(
      at('textDocument/prepareRename', values, 'te|am: web'),
      /labels is used as a whole, with the names in it, by toYaml at web\/templates\/deployment\.yaml:4/,
    );
  });

  it('renames a named template with all of its calls', async () => {
    await start();
    const edit = await at<WorkspaceEdit>('textDocument/rename', deployment, '"library.na|me"', { newName: 'library.fullname' });
    assert.deepEqual(Object.keys(edit.changes ?? {}).sort(), ['file:///w/library/templates/_names.tpl', 'file:///w/web/templates/deployment.yaml']);
    await assert.rejects(at('textDocument/rename', deployment, '"library.na|me"', { newName: 'library.port' }), /There is a template library\.port already/);
  });

  it('helps with the arguments of a call, and lists what a file of templates defines', async () => {
    await start();
    const help = await at<SignatureHelp>('textDocument/signatureHelp', deployment, 'nindent |4');
    assert.equal(help.signatures[0]?.label, 'nindent SPACES TEXT');
    assert.equal(help.activeParameter, 0);
    const symbols = await client.connection.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri: 'file:///w/library/templates/_names.tpl' } });
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['library.name', 'library.port'],
    );
  });

  it('tells every mistake of a template at its place while it is being written', async () => {
    await start();
    await client.open(deployment, 'a: {{ .Values.replicas | nosuch }}\nb: {{ if }}\n');
    const uri = pathToUri(deployment);
    await client.until(() => (client.diagnostics.get(uri) ?? []).filter(({ code }) => code === 'helm/template-parse-error').length >= 2);
    const found = (client.diagnostics.get(uri) ?? []).filter(({ code }) => code === 'helm/template-parse-error');
    assert.deepEqual(found[0]?.range, { start: { line: 0, character: 25 }, end: { line: 0, character: 31 } });
    assert.match(found[0].message, /function "nosuch" not defined/);
  });
});
