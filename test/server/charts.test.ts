import assert from 'node:assert/strict';
import type { CodeLens, DocumentSymbol, Hover, Location, LocationLink } from 'vscode-languageserver';
import type { PreviewChange, PreviewText } from '../../src/server/protocol.js';
import { pathToUri } from '../../src/server/uris.js';
import { parseFixture } from '../support/fixture.js';
import { LspClient } from '../support/lspClient.js';
import { MemoryWorkspace } from '../support/memoryWorkspace.js';

const web = `
#- charts/web/Chart.yaml
apiVersion: v2
name: web
version: 1.0.0
#- charts/web/values.yaml
replicas: 1
image: acme/web
tag: v1
#- charts/web/values-dev.yaml
tag: v2-dev
#- charts/web/values-prod.yaml
tag: v1.4
replicas: 3
#- charts/web/extra.values.yaml
tag: mine
#- charts/web/templates/_names.tpl
{{- define "web.image" -}}
{{ .Values.image }}:{{ .Values.tag }}
{{- end -}}
#- charts/web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - name: web
          image: {{ include "web.image" . }}
#- charts/web/templates/migrate.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "2"
#- charts/web/templates/NOTES.txt
Thank you for {{ .Values.tag }}.
#- charts/parts/Chart.yaml
apiVersion: v2
name: parts
version: 1.0.0
type: library
`;

const chart = '/w/charts/web';
const deployment = `${chart}/templates/deployment.yaml`;
const names = `${chart}/templates/_names.tpl`;
const valuesOfProd = `${chart}/values-prod.yaml`;

describe('The language server on charts', () => {
  let client: LspClient;
  let files: Record<string, string>;

  beforeEach(async () => {
    files = Object.fromEntries([...parseFixture(web)].map(([path, text]) => [`/w/${path}`, text]));
    client = await LspClient.start(new MemoryWorkspace(files, { folders: ['/w'] }), ['/w']);
  });

  afterEach(async () => client.stop());

  async function previewOf(label: string): Promise<PreviewText> {
    const found = (await client.ask('gitops/environments/all', {})).find((each) => each.label === label);
    assert.ok(found, label);
    return client.ask('gitops/preview/open', { uri: found.previewUri });
  }

  async function nextChange({ uri }: PreviewText): Promise<PreviewChange> {
    const before = client.changes.length;
    await client.until(() => client.changes.slice(before).some((change) => change.uri === uri));
    const change = client.changes.slice(before).find((each) => each.uri === uri);
    assert.ok(change);
    return change;
  }

  function lineOf({ text }: { text: string }, wanted: string): number {
    const line = text.split('\n').findIndex((each) => each.includes(wanted));
    assert.ok(line >= 0, `${wanted} is not in\n${text}`);
    return line;
  }

  async function hoverOf({ uri }: PreviewText, line: number): Promise<string> {
    const hover = await client.at<Hover>('textDocument/hover', uri, line, 6);
    return (hover.contents as { value: string }).value;
  }

  it('offers an environment of a chart for each file that it is rendered from', async () => {
    const labels = async (path: string): Promise<string[]> => (await client.ask('gitops/environments/of', { uri: pathToUri(path) })).map(({ label }) => label);
    assert.deepEqual(await labels(`${chart}/Chart.yaml`), ['web dev', 'web prod']);
    assert.deepEqual(await labels(chart), ['web dev', 'web prod']);
    assert.deepEqual(await labels(names), ['web dev', 'web prod']);
    assert.deepEqual(await labels(valuesOfProd), ['web prod']);
    assert.deepEqual(await labels('/w/charts/parts/Chart.yaml'), []);
  });

  it('shows a chart as helm prints it, with the values of its environment', async () => {
    const preview = await previewOf('web prod');
    assert.equal(
      preview.text,
      '---\n# Source: web/templates/deployment.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: default\nspec:\n  replicas: 3\n  template:\n    spec:\n' +
        '      containers:\n        - name: web\n          image: acme/web:v1.4\n---\n# Source: web/templates/migrate.yaml\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n' +
        '  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-weight: "2"\n',
    );
    assert.equal(preview.label, 'web prod');
    assert.equal(preview.kustomizationUri, pathToUri(`${chart}/Chart.yaml`));
  });

  it('follows unsaved edits of values and of templates', async () => {
    const preview = await previewOf('web prod');
    await client.open(valuesOfProd, files[valuesOfProd] ?? '');
    await client.change(valuesOfProd, 'tag: v1.5\nreplicas: 3\n');
    const first = await nextChange(preview);
    assert.equal(first.edit?.text, '5');
    await client.open(names, files[names] ?? '');
    await client.change(names, '{{- define "web.image" -}}\nmirror/{{ .Values.image }}:{{ .Values.tag }}\n{{- end -}}\n');
    const second = await nextChange(preview);
    assert.equal(second.edit?.text, 'mirror/');
  });

  it('keeps the last good text while a template is broken, and says where', async () => {
    const preview = await previewOf('web dev');
    await client.open(deployment, files[deployment] ?? '');
    await client.change(deployment, `${files[deployment] ?? ''}\n{{ .Values.tag | nope }}\n`);
    const { broken, isRendered, edit } = await nextChange(preview);
    assert.match(broken?.message ?? '', /function "nope" not defined/);
    assert.equal(broken?.place?.uri, pathToUri(deployment));
    assert.equal(isRendered, true);
    assert.equal(edit, undefined);
  });

  it('tells on hover which value a line shows, what it overrode, and the templates that wrote it', async () => {
    const preview = await previewOf('web prod');
    const replicas = await hoverOf(preview, lineOf(preview, 'replicas: 3'));
    assert.match(replicas, /`replicas` = `3` in \[charts\/web\/values-prod\.yaml:2\]/);
    assert.match(replicas, /was `replicas` = `1` in \[charts\/web\/values\.yaml:1\]/);
    assert.match(replicas, /written by `\{\{ \.Values\.replicas \}\}` in \[charts\/web\/templates\/deployment\.yaml:7\]/);
    const image = await hoverOf(preview, lineOf(preview, 'image: '));
    assert.match(image, /charts\/web\/values-prod\.yaml:1/);
    assert.match(image, /charts\/web\/values\.yaml:2/);
    assert.match(image, /_names\.tpl:2\].*, included in \[charts\/web\/templates\/deployment\.yaml:12\]/);
  });

  it('goes from a line to its value, and to the templates that wrote it', async () => {
    const preview = await previewOf('web prod');
    const [value] = await client.at<LocationLink[]>('textDocument/definition', preview.uri, lineOf(preview, 'replicas: 3'), 4);
    assert.deepEqual([value?.targetUri, value?.targetRange.start.line], [pathToUri(valuesOfProd), 1]);
    const templates = await client.at<LocationLink[]>('textDocument/implementation', preview.uri, lineOf(preview, 'image: '), 4);
    assert.deepEqual(
      templates.map(({ targetUri, targetRange }) => `${targetUri}:${targetRange.start.line}`),
      [`${pathToUri(names)}:1`, `${pathToUri(deployment)}:11`],
    );
  });

  it('finds the lines that come out of a line of values, and of a template, in every environment', async () => {
    const references = async (path: string, line: number): Promise<string[]> => {
      const found = await client.at<Location[]>('textDocument/references', pathToUri(path), line, 2, { context: { includeDeclaration: false } });
      return found
        .filter(({ uri }) => uri.startsWith('gitops-preview:'))
        .map(({ uri, range }) => `${decodeURIComponent(uri).replace(/.*\/(.*) \(preview.*/, '$1')}:${range.start.line}`);
    };
    assert.deepEqual(await references(`${chart}/values.yaml`, 1), ['web dev:13', 'web prod:13']);
    assert.deepEqual(await references(names, 1), ['web dev:13', 'web prod:13']);
    assert.deepEqual(await references(deployment, 6), ['web dev:8', 'web prod:8']);
    const preview = await previewOf('web prod');
    assert.deepEqual(await client.ask('gitops/preview/linesFrom', { previewUri: preview.uri, uri: pathToUri(names), line: 1 }), [13]);
  });

  it('marks what the values of the environment say', async () => {
    const preview = await previewOf('web prod');
    const marked = preview.marks.map(
      ({ first, last, kind }) =>
        `${kind}: ${preview.text
          .split('\n')
          .slice(first, last + 1)
          .join('|')
          .trim()}`,
    );
    assert.deepEqual(marked, ['changed: replicas: 3', 'changed: image: acme/web:v1.4']);
  });

  it('names the phases of hooks, in the outline and above the object', async () => {
    const preview = await previewOf('web prod');
    const symbols = await client.connection.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri: preview.uri } });
    assert.deepEqual(
      symbols.map(({ name, detail }) => `${name}: ${detail ?? ''}`),
      ['web: Deployment · default', 'migrate: Job · pre-install, pre-upgrade hook'],
    );
    const lenses = await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: preview.uri } });
    assert.deepEqual(
      lenses.map(({ command, range }) => `${range.start.line} ${command?.title ?? ''}`),
      [`${lineOf(preview, 'apiVersion: batch/v1')} Helm hook: pre-install, pre-upgrade · weight 2`],
    );
  });

  it('tells above a file which environments it affects', async () => {
    await client.ask('gitops/environments/of', { uri: pathToUri(names) });
    const titles = async (path: string): Promise<string[]> => {
      const lenses = await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: pathToUri(path) } });
      return lenses.map(({ command }) => command?.title ?? '');
    };
    assert.deepEqual(await titles(names), ['Affects dev, prod']);
    assert.deepEqual(await titles(valuesOfProd), ['Affects prod']);
    assert.deepEqual(await titles(`${chart}/Chart.yaml`), ['Preview', 'Preview with …', 'Compare with …', 'Affects dev, prod']);
  });

  it('renders a chart with values files, a name and a namespace of one’s own choice', async () => {
    const info = await client.ask('gitops/charts/of', { uri: pathToUri(deployment) });
    assert.deepEqual(info, {
      name: 'web',
      folderUri: pathToUri(chart),
      isLibrary: false,
      valuesFiles: ['extra.values.yaml', 'values-dev.yaml', 'values-prod.yaml'].map((file) => ({ uri: pathToUri(`${chart}/${file}`), label: `charts/web/${file}` })),
    });
    const values = ['values-prod.yaml', 'extra.values.yaml'].map((file) => pathToUri(`${chart}/${file}`));
    const { uri } = await client.ask('gitops/charts/preview', { folderUri: pathToUri(chart), values, releaseName: 'mine', namespace: 'there' });
    const preview = await client.ask('gitops/preview/open', { uri });
    assert.equal(preview.label, 'web with values-prod.yaml, extra.values.yaml');
    assert.match(preview.text, /name: mine\n {2}namespace: there\nspec:\n {2}replicas: 3\n[^]*image: acme\/web:mine\n/);
    await client.open(`${chart}/extra.values.yaml`, 'tag: mine\n');
    await client.change(`${chart}/extra.values.yaml`, 'tag: yours\n');
    assert.equal((await nextChange(preview)).edit?.text, 'yours');
    assert.equal((await client.ask('gitops/charts/of', { uri: pathToUri('/w/charts/parts/Chart.yaml') }))?.isLibrary, true);
    assert.equal(await client.ask('gitops/charts/of', { uri: pathToUri('/w/readme.md') }), null);
  });

  it('sets a field of a chart’s preview in the values of its environment', async () => {
    const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web-prod, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/shop.git, path: charts/web, helm: {releaseName: web, valueFiles: [values-prod.yaml]}}
  destination: {server: https://kubernetes.default.svc, namespace: web-prod}
`;
    const withNamespace = files[deployment]?.replace('  namespace: {{ .Release.Namespace }}\n', '') ?? '';
    await client.stop();
    client = await LspClient.start(new MemoryWorkspace({ ...files, [deployment]: withNamespace, '/w/apps/web.yaml': application }, { folders: ['/w'] }), ['/w']);
    const preview = await previewOf('web prod');
    const position = { line: lineOf(preview, 'replicas: 3'), character: 4 };
    const answer = await client.askPromote('gitops/setHere/set', { uri: preview.uri, position, value: '5' });
    assert.ok('kind' in answer && answer.kind === 'done', JSON.stringify(answer));
    assert.deepEqual(Object.keys(client.edits[0]?.changes ?? {}), [pathToUri(valuesOfProd)]);
  });
});
