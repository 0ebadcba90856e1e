import assert from 'node:assert/strict';
import type { CodeAction, CodeLens, CompletionItem, Diagnostic, DocumentLink, DocumentSymbol, Hover, Location, LocationLink, WorkspaceEdit } from 'vscode-languageserver';
import type { PreviewText } from '../../src/server/protocol.js';
import { pathToUri } from '../../src/server/uris.js';
import { parseFixture } from '../support/fixture.js';
import { LspClient } from '../support/lspClient.js';
import { MemoryWorkspace } from '../support/memoryWorkspace.js';
import type { ServerSettings } from '../../src/server/protocol.js';

const shop = `
#- apps/web/base/kustomization.yaml
resources:
- web.yaml
#- apps/web/base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        image: acme/web:latest
#- apps/web/overlays/dev/kustomization.yaml
namespace: dev
resources:
- ../../base
patches:
- path: scale.yaml
secretGenerator:
- name: token
  literals:
  - token=very-secret
#- apps/web/overlays/dev/scale.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
#- apps/web/overlays/prod/kustomization.yaml
namespace: prod
resources:
- ../../base
images:
- name: acme/web
  newTag: v1
`;

const dev = '/w/apps/web/overlays/dev';
const prod = '/w/apps/web/overlays/prod';
const webFile = '/w/apps/web/base/web.yaml';

function filesOf(fixture: string): Record<string, string> {
  return Object.fromEntries([...parseFixture(fixture)].map(([path, text]) => [`/w/${path}`, text]));
}

describe('The language server', () => {
  let client: LspClient;
  let workspace: MemoryWorkspace;

  async function start(fixture = shop, settings: Partial<ServerSettings> = {}, revisions: Record<string, Record<string, string>> = {}): Promise<void> {
    workspace = new MemoryWorkspace(filesOf(fixture), { folders: ['/w'], revisions });
    client = await LspClient.start(workspace, ['/w'], settings);
  }

  async function preview(folder: string): Promise<PreviewText> {
    const [environment] = await client.ask('gitops/environments/of', { uri: pathToUri(folder) });
    assert.ok(environment);
    return client.ask('gitops/preview/open', { uri: environment.previewUri });
  }

  /** The 0-based line of a preview that holds `text`. */
  function lineOf({ text }: { text: string }, wanted: string): number {
    const line = text.split('\n').findIndex((each) => each.includes(wanted));
    assert.ok(line >= 0, `${wanted} is not in\n${text}`);
    return line;
  }

  afterEach(() => client.stop());

  describe('previews', () => {
    it('show what a kustomization renders to', async () => {
      await start();
      const { text, isRendered, objects, label } = await preview(prod);
      assert.match(text, /image: acme\/web:v1/);
      assert.deepEqual([isRendered, objects, label], [true, 1, 'web prod']);
    });

    it('follow an unsaved buffer with one small edit', async () => {
      await start();
      const before = await preview(dev);
      await client.open(`${dev}/scale.yaml`, filesOf(shop)[`${dev}/scale.yaml`] ?? '');
      await client.change(`${dev}/scale.yaml`, (filesOf(shop)[`${dev}/scale.yaml`] ?? '').replace('replicas: 2', 'replicas: 5'));
      await client.until(() => client.changes.length > 0);
      const [change] = client.changes;
      assert.deepEqual([change?.baseVersion, change?.edit?.text], [before.version, '5']);
      const at = change?.edit?.start ?? 0;
      assert.equal(before.text.slice(at - 10, at + 1), 'replicas: 2');
    });

    it('send nothing when a change does not touch them', async () => {
      await start();
      await preview(prod);
      await preview(dev);
      await client.open(`${dev}/scale.yaml`, (filesOf(shop)[`${dev}/scale.yaml`] ?? '').replace('replicas: 2', 'replicas: 5'));
      await client.until(() => client.changes.length > 0);
      assert.deepEqual(
        client.changes.map(({ label }) => label),
        ['web dev'],
      );
    });

    it('render a burst of changes once, and the last of them', async () => {
      await start();
      await preview(dev);
      const text = filesOf(shop)[`${dev}/scale.yaml`] ?? '';
      await client.open(`${dev}/scale.yaml`, text);
      await Promise.all([3, 4, 5, 6, 7].map((replicas) => client.change(`${dev}/scale.yaml`, text.replace('replicas: 2', `replicas: ${replicas}`))));
      await client.until(() => client.changes.at(-1)?.edit?.text === '7');
      assert.ok(client.changes.length <= 5);
    });

    it('keep the last good text while the input is broken, say why and where, and recover', async () => {
      await start();
      const good = await preview(dev);
      const file = `${dev}/kustomization.yaml`;
      const text = filesOf(shop)[file] ?? '';
      await client.open(file, text);
      await client.change(file, text.replace('scale.yaml', 'gone.yaml'));
      await client.until(() => client.changes.length > 0);
      const [broken] = client.changes;
      assert.equal(broken?.edit, undefined);
      assert.equal(broken?.isRendered, true);
      assert.match(broken?.broken?.message ?? '', /gone\.yaml/);
      assert.equal(broken?.broken?.place?.label, 'apps/web/overlays/dev/kustomization.yaml:5');
      assert.equal(broken?.broken?.place?.range.start.line, 4);
      await client.change(file, text);
      await client.until(() => client.changes.length > 1);
      assert.equal(client.changes[1]?.broken, undefined);
      assert.equal(client.changes[1]?.objects, good.objects);
    });

    it('say what is wrong where there never was a rendering', async () => {
      await start('#- dev/kustomization.yaml\nresources:\n- gone.yaml\n');
      const { text, isRendered, broken } = await preview('/w/dev');
      assert.equal(isRendered, false);
      assert.match(text, /^# This kustomization can't be rendered yet\.\n#\n# {3}gone\.yaml/);
      assert.equal(broken?.errors, 1);
    });

    it('mask the values of Secrets until they are asked for', async () => {
      await start();
      const { text, secrets, uri } = await preview(dev);
      assert.equal(secrets, 'masked');
      assert.doesNotMatch(text, /dmVyeS1zZWNyZXQ=/);
      assert.match(text, / {2}token: ••••/);
      await client.ask('gitops/preview/showSecrets', { uri, show: true });
      await client.until(() => client.changes.length > 0);
      assert.match(client.changes[0]?.edit?.text ?? '', /dmVyeS1zZWNyZXQ=/);
      assert.equal(client.changes[0]?.secrets, 'revealed');
    });

    it('show a git revision in the same way', async () => {
      const old = { ...filesOf(shop), [`${prod}/kustomization.yaml`]: (filesOf(shop)[`${prod}/kustomization.yaml`] ?? '').replace('v1', 'v0') };
      await start(shop, {}, { HEAD: old });
      const { uri } = await client.ask('gitops/preview/uri', { folderUri: pathToUri(prod), revision: 'HEAD' });
      const { text, revision } = await client.ask('gitops/preview/open', { uri });
      assert.match(text, /acme\/web:v0/);
      assert.equal(revision, 'HEAD');
    });

    it('show no git revision in Restricted Mode', async () => {
      await start(shop, { isTrusted: false }, { HEAD: filesOf(shop) });
      const { uri } = await client.ask('gitops/preview/uri', { folderUri: pathToUri(prod), revision: 'HEAD' });
      const { isRendered, broken } = await client.ask('gitops/preview/open', { uri });
      assert.equal(isRendered, false);
      assert.match(broken?.message ?? '', /Restricted Mode/);
    });

    it('mark the lines that the overlay made', async () => {
      await start();
      const shown = await preview(prod);
      const marked = shown.marks.flatMap(({ first, last, kind }) =>
        shown.text
          .split('\n')
          .slice(first, last + 1)
          .map((line) => `${kind}: ${line.trim()}`),
      );
      assert.deepEqual(marked, ['added: namespace: prod', 'changed: - image: acme/web:v1']);
    });

    it('mark nothing in a base', async () => {
      await start();
      assert.deepEqual((await preview('/w/apps/web/base')).marks, []);
    });

    it('are closed for good', async () => {
      await start();
      const { uri } = await preview(dev);
      await client.connection.sendNotification('gitops/preview/close', { uri });
      await client.open(`${dev}/scale.yaml`, (filesOf(shop)[`${dev}/scale.yaml`] ?? '').replace('replicas: 2', 'replicas: 5'));
      await preview(prod);
      assert.deepEqual(client.changes, []);
    });

    it('are refused for anything else', async () => {
      await start();
      await assert.rejects(client.ask('gitops/preview/open', { uri: pathToUri(webFile) }), /not the address of a preview/);
    });
  });

  describe('in a preview', () => {
    it('a hover tells what set a field and what that overrode', async () => {
      await start();
      const shown = await preview(prod);
      const hover = await client.at<Hover>('textDocument/hover', shown.uri, lineOf(shown, 'image:'), 12);
      const text = JSON.stringify(hover.contents);
      assert.match(
        text,
        /set by `images\[0\]\.newTag` in \[apps\/web\/overlays\/prod\/kustomization\.yaml:6\]\(file:\/\/\/w\/apps\/web\/overlays\/prod\/kustomization\.yaml#L6,\d+\)/,
      );
      assert.match(text, /was `acme\/web:latest` in \[apps\/web\/base\/web\.yaml:11\]/);
    });

    it('a hover names the file of a patch and the entry that applies it', async () => {
      await start();
      const shown = await preview(dev);
      const hover = await client.at<Hover>('textDocument/hover', shown.uri, lineOf(shown, 'replicas:'), 4);
      const text = JSON.stringify(hover.contents);
      assert.match(text, /`patches\[0\]` \(\[apps\/web\/overlays\/dev\/kustomization\.yaml:5\]/);
      assert.match(text, /with \[apps\/web\/overlays\/dev\/scale\.yaml:6\]/);
    });

    it('a hover does not tell what a mask hides', async () => {
      await start();
      const shown = await preview(dev);
      const hover = await client.at<Hover>('textDocument/hover', shown.uri, lineOf(shown, 'token: ••'), 4);
      const text = JSON.stringify(hover.contents);
      assert.match(text, /secretGenerator\[0\]/);
      assert.doesNotMatch(text, /very-secret|dmVyeS1zZWNyZXQ/);
    });

    it('the definition of a line is the text that sets it', async () => {
      await start();
      const shown = await preview(prod);
      const [target] = await client.at<LocationLink[]>('textDocument/definition', shown.uri, lineOf(shown, 'image:'), 12);
      assert.equal(target?.targetUri, pathToUri(`${prod}/kustomization.yaml`));
      assert.deepEqual(target?.targetRange, { start: { line: 5, character: 10 }, end: { line: 5, character: 12 } });
    });

    it('references are the lines of all environments that come from the same source line', async () => {
      await start();
      const shown = await preview(prod);
      const found = await client.at<Location[]>('textDocument/references', shown.uri, lineOf(shown, 'kind: Deployment'), 3, { context: { includeDeclaration: false } });
      assert.deepEqual(
        found.map(({ uri }) => decodeURIComponent(uri).split('/').at(-1)),
        ['web dev (preview).yaml', 'web prod (preview).yaml'],
      );
    });

    it('a line that one environment overrides ends up in the others only', async () => {
      await start();
      const found = await client.at<Location[]>('textDocument/references', pathToUri(webFile), 5, 4, { context: { includeDeclaration: false } });
      assert.deepEqual(
        found.map(({ uri }) => decodeURIComponent(uri).split('/').at(-1)),
        ['web prod (preview).yaml'],
      );
    });

    it('the outline lists the objects with their fields', async () => {
      await start();
      const shown = await preview(dev);
      const symbols = await client.connection.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri: shown.uri } });
      const [secret, web] = [...symbols].sort((a, b) => (a.detail ?? '').localeCompare(b.detail ?? '')).reverse();
      assert.deepEqual([web?.name, web?.detail], ['web', 'Deployment · dev']);
      assert.match(secret?.name ?? '', /^token-/);
      const spec = web?.children?.find(({ name }) => name === 'spec');
      assert.deepEqual(
        spec?.children?.map(({ name }) => name),
        ['replicas', 'template'],
      );
      for (const symbol of symbols) assert.ok(symbol.range.start.line <= symbol.selectionRange.start.line && symbol.selectionRange.end.line <= symbol.range.end.line);
    });
  });

  describe('in sources', () => {
    it('an error stands at its place, and goes when it is mended on disk', async () => {
      await start(shop.replace('path: scale.yaml', 'path: gone.yaml'));
      const file = `${dev}/kustomization.yaml`;
      const missing = (): Diagnostic | undefined => client.diagnostics.get(pathToUri(file))?.find(({ code }) => code === 'kustomize/missing-file');
      await client.until(() => missing() !== undefined);
      const diagnostic = missing();
      assert.deepEqual([diagnostic?.severity, diagnostic?.code, diagnostic?.source], [1, 'kustomize/missing-file', 'GitOps']);
      assert.deepEqual(diagnostic?.range, { start: { line: 4, character: 8 }, end: { line: 4, character: 17 } });
      workspace.write(`${dev}/gone.yaml`, filesOf(shop)[`${dev}/scale.yaml`]);
      await client.noteChange(`${dev}/gone.yaml`);
      await client.until(() => missing() === undefined);
    });

    it('a problem of a base is reported once for all that build on it', async () => {
      await start(shop.replace('  name: web\nspec:\n  replicas: 1', '  labels: {}\nspec:\n  replicas: 1'));
      await client.until(() => client.messagesFor(webFile).length > 0);
      assert.equal(client.messagesFor(webFile).length, 1);
      assert.doesNotMatch(client.messagesFor(webFile)[0] ?? '', /\(in /);
    });

    it('only what open files concern is reported when the settings say so', async () => {
      await start(shop.replace('path: scale.yaml', 'path: gone.yaml'), { diagnostics: 'openFiles' });
      assert.deepEqual(client.messagesFor(`${dev}/kustomization.yaml`), []);
      await client.open(`${dev}/kustomization.yaml`, (filesOf(shop)[`${dev}/kustomization.yaml`] ?? '').replace('path: scale.yaml', 'path: gone.yaml'));
      await client.until(() => client.messagesFor(`${dev}/kustomization.yaml`).length > 0);
    });

    it('lenses offer the preview, and say which environments a file affects', async () => {
      await start();
      const titles = async (path: string): Promise<string[]> => {
        const lenses = await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: pathToUri(path) } });
        return lenses.map(({ command }) => command?.title ?? '');
      };
      assert.deepEqual(await titles(`${dev}/kustomization.yaml`), ['Preview', 'Compare with …']);
      assert.deepEqual(await titles(webFile), ['Affects dev, prod']);
      assert.deepEqual(await titles('/w/apps/web/base/kustomization.yaml'), ['Preview', 'Compare with …', 'Affects dev, prod']);
      assert.deepEqual(await titles(`${dev}/scale.yaml`), ['Affects dev']);
    });

    it('links lead to files and to the kustomizations of folders', async () => {
      await start();
      const links = await client.connection.sendRequest<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri: pathToUri(`${dev}/kustomization.yaml`) } });
      assert.deepEqual(
        links.map(({ target }) => target),
        [pathToUri('/w/apps/web/base/kustomization.yaml'), pathToUri(`${dev}/scale.yaml`)],
      );
    });

    it('a path is a way to its file', async () => {
      await start();
      const [target] = await client.at<LocationLink[]>('textDocument/definition', pathToUri(`${dev}/kustomization.yaml`), 2, 6);
      assert.equal(target?.targetUri, pathToUri('/w/apps/web/base/kustomization.yaml'));
    });

    it('a hover explains a field', async () => {
      await start();
      const hover = await client.at<Hover>('textDocument/hover', pathToUri(`${dev}/kustomization.yaml`), 3, 2);
      assert.match(JSON.stringify(hover.contents), /strategic merge patches/);
    });

    it('completion knows the images of the base', async () => {
      await start();
      const file = `${dev}/kustomization.yaml`;
      const text = `${filesOf(shop)[file] ?? ''}images:\n- name: `;
      await client.open(file, text);
      const items = await client.at<CompletionItem[]>('textDocument/completion', pathToUri(file), text.split('\n').length - 1, 8);
      assert.deepEqual(
        items.map(({ label }) => label),
        ['acme/web'],
      );
    });

    it('completion works while the kustomization does not parse', async () => {
      await start();
      const file = `${dev}/kustomization.yaml`;
      await client.open(file, 'resources:\n- ../../base\nimages: [\nkind: ');
      const items = await client.at<CompletionItem[]>('textDocument/completion', pathToUri(file), 3, 6);
      assert.deepEqual(
        items.map(({ label }) => label),
        ['Kustomization', 'Component'],
      );
    });

    it('a quick fix mends what can be mended', async () => {
      await start(shop.replace('newTag: v1', 'newTag: 1.10'));
      const file = `${prod}/kustomization.yaml`;
      await client.until(() => client.messagesFor(file).length > 0);
      const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri: pathToUri(file) },
        range: { start: { line: 5, character: 11 }, end: { line: 5, character: 11 } },
        context: { diagnostics: [] },
      });
      const [fix] = actions;
      assert.equal(fix?.isPreferred, true);
      const changes: WorkspaceEdit['changes'] = fix?.edit?.changes;
      assert.match(changes?.[pathToUri(file)]?.map(({ newText }) => newText).join('') ?? '', /"/);
    });

    it('a quick fix creates a missing file', async () => {
      await start(shop.replace('path: scale.yaml', 'path: gone.yaml'));
      const file = `${dev}/kustomization.yaml`;
      await client.until(() => client.messagesFor(file).length > 0);
      const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri: pathToUri(file) },
        range: { start: { line: 4, character: 9 }, end: { line: 4, character: 9 } },
        context: { diagnostics: [] },
      });
      assert.deepEqual(
        actions.map(({ title }) => title),
        ['Create gone.yaml'],
      );
      assert.deepEqual(actions[0]?.edit?.documentChanges?.[0], { kind: 'create', uri: pathToUri(`${dev}/gone.yaml`), options: { overwrite: false, ignoreIfExists: true } });
    });

    it('a remote base is fetched on request only, and not in Restricted Mode', async () => {
      const remote = '#- dev/kustomization.yaml\nresources:\n- https://example.com/org/repo//base?ref=v1\n';
      await start(remote);
      const file = '/w/dev/kustomization.yaml';
      await client.until(() => client.messagesFor(file).length > 0);
      assert.deepEqual(workspace.fetchedSpecs, []);
      const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri: pathToUri(file) },
        range: { start: { line: 1, character: 4 }, end: { line: 1, character: 4 } },
        context: { diagnostics: [] },
      });
      assert.deepEqual(
        actions.map(({ command }): unknown => [command?.command, command?.arguments]),
        [['gitops.remote.fetch', ['https://example.com/org/repo//base?ref=v1']]],
      );
      await client.ask('gitops/remote/fetch', {});
      assert.deepEqual(workspace.fetchedSpecs, ['https://example.com/org/repo//base?ref=v1']);
      await client.connection.sendNotification('gitops/settings', { isTrusted: false });
      const refused = await client.ask('gitops/remote/fetch', {});
      assert.equal(refused.failures[0]?.code, 'workspace/untrusted');
      assert.equal(workspace.fetchedSpecs.length, 1);
    });
  });

  describe('when the renderer has a bug', () => {
    it('says so at the kustomization that met it, and renders the others', async () => {
      workspace = new MemoryWorkspace(filesOf(shop), { folders: ['/w'] });
      const whole = workspace.model.bind(workspace);
      workspace.model = () => {
        const original = whole();
        return {
          ...original,
          render: (folder) => {
            if (folder === dev) throw new Error('bug: out of luck');
            return original.render(folder);
          },
        };
      };
      client = await LspClient.start(workspace, ['/w']);
      await client.until(() => client.messagesFor(`${dev}/kustomization.yaml`).length > 0);
      assert.match(client.messagesFor(`${dev}/kustomization.yaml`)[0] ?? '', /out of luck/);
      assert.equal((await preview(prod)).isRendered, true);
      assert.match((await preview(dev)).broken?.message ?? '', /please report it/);
    });
  });

  describe('about the workspace', () => {
    it('the environments of a file are those that use it', async () => {
      await start();
      const labels = async (path: string): Promise<string[]> => (await client.ask('gitops/environments/of', { uri: pathToUri(path) })).map(({ label }) => label);
      assert.deepEqual(await labels(webFile), ['web dev', 'web prod']);
      assert.deepEqual(await labels(`${dev}/scale.yaml`), ['web dev']);
      assert.deepEqual(await labels('/w/apps/web/base'), ['web base']);
      assert.deepEqual(await labels('/w/apps/web/overlays'), ['web dev', 'web prod']);
      assert.deepEqual(await labels('/w/README.md'), []);
    });

    it('the editor is told folders, used files, and files that are no whole objects', async () => {
      await start();
      assert.ok(client.facts?.folders.includes(pathToUri(dev)));
      assert.ok(client.facts?.usedFiles.includes(pathToUri(webFile)));
      assert.deepEqual(client.facts?.partialFiles, [pathToUri(`${dev}/scale.yaml`)]);
    });

    it('a new kustomization is found', async () => {
      await start();
      workspace.write('/w/apps/web/overlays/stage/kustomization.yaml', 'resources: [../../base]\n');
      await client.noteChange('/w/apps/web/overlays/stage/kustomization.yaml');
      await client.until(() => client.facts?.folders.includes(pathToUri('/w/apps/web/overlays/stage')) ?? false);
    });
  });
});
