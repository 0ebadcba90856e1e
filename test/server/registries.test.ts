/** The language server with a registry: nothing is asked before it is allowed; then missing tags are found, tags offered, images explained. */
import assert from 'node:assert/strict';
import type { CodeAction, CodeLens, CompletionItem, CompletionList, Hover } from 'vscode-languageserver';
import { systemClock } from '../../src/sandbox/clock.js';
import { putImage } from '../../src/sandbox/registry/putImage.js';
import { startRegistry, type Registry } from '../../src/sandbox/registry/registry.js';
import type { ServerSettings } from '../../src/server/protocol.js';
import { pathToUri } from '../../src/server/uris.js';
import { parseFixture } from '../support/fixture.js';
import { isFailure } from '../support/isFailure.js';
import { LspClient, testSettings } from '../support/lspClient.js';
import { MemoryWorkspace } from '../support/memoryWorkspace.js';

const overlay = '/w/overlays/dev/kustomization.yaml';

describe('The language server with a registry', () => {
  let registry: Registry;
  let client: LspClient;
  let asked: number;

  const fixture = (host: string): string => `
#- base/kustomization.yaml
resources:
- web.yaml
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: ${host}/shop/web:1.0.0
#- overlays/dev/kustomization.yaml
resources:
- ../../base
images:
- name: ${host}/shop/web
  newTag: 1.1.9
`;
  const files = (text: string): Record<string, string> => Object.fromEntries([...parseFixture(text)].map(([path, content]) => [`/w/${path}`, content]));

  async function start(settings: Partial<ServerSettings>): Promise<void> {
    client = await LspClient.start(new MemoryWorkspace(files(fixture(registry.host)), { folders: ['/w'] }), ['/w'], settings);
  }
  const allowed = (): Partial<ServerSettings> => ({ allowedRegistries: [registry.host] });

  beforeEach(async () => {
    asked = 0;
    registry = await startRegistry({ clock: systemClock() });
    for (const tag of ['1.0.0', '1.1.0', '1.1.1', '1.2.0', 'dev', '1.20'])
      putImage(registry.store, 'shop/web', tag, { created: '2026-01-02T03:04:05Z', platforms: ['linux/amd64', 'linux/arm64'] });
    // The registry's own server counts what it is asked.
    const look = registry.store.tags.bind(registry.store);
    const read = registry.store.manifest.bind(registry.store);
    Object.assign(registry.store, {
      tags: (repository: string) => (asked++, look(repository)),
      manifest: (repository: string, reference: string) => (asked++, read(repository, reference)),
    });
  });

  afterEach(async () => {
    await client.stop();
    await registry.close();
  });

  /** Completion at the end of a line's text. */
  async function complete(text: string, line: number): Promise<readonly CompletionItem[]> {
    await client.open(overlay, text);
    const answer = await client.at<CompletionList | CompletionItem[]>('textDocument/completion', pathToUri(overlay), line, text.split('\n')[line]?.length ?? 0);
    return Array.isArray(answer) ? answer : answer.items;
  }

  it('reports a tag that is not there, with the nearest as a fix, and takes it back once it is pushed', async () => {
    await start(allowed());
    await client.until(() => client.messagesFor(overlay).some((message) => message.includes('has no tag 1.1.9')));
    const [diagnostic] = client.diagnostics.get(pathToUri(overlay)) ?? [];
    assert.deepEqual([diagnostic?.code, diagnostic?.range.start.line], ['registry/tag-missing', 4]);
    const actions = await client.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: pathToUri(overlay) },
      range: diagnostic?.range,
      context: { diagnostics: [] },
    });
    assert.deepEqual(
      actions.filter(({ edit }) => edit).map(({ title }) => title),
      ['Change to 1.1.1', 'Change to 1.2.0', 'Change to 1.1.0'],
    );
    putImage(registry.store, 'shop/web', '1.1.9', { created: '2026-01-02T03:04:05Z' });
    await client.askRegistries('gitops/registries/refresh', {});
    await client.until(() => client.messagesFor(overlay).length === 0);
  });

  it('asks nothing before the registry is allowed, and nothing in Restricted Mode', async () => {
    const all: readonly Partial<ServerSettings>[] = [{}, { ...allowed(), isTrusted: false }, { sandboxKubeconfig: '/sandbox', isTrusted: false }];
    for (const settings of all) {
      await start(settings);
      const text = files(fixture(registry.host))[overlay] ?? '';
      const items = await complete(text.replace('1.1.9', ''), 4);
      assert.deepEqual(
        items.map(({ label, command }) => [label, command?.command, command?.arguments]),
        settings.isTrusted === false ? [] : [[`Ask ${registry.host} for tags…`, '_gitops.registries.allow', [registry.host]]],
      );
      const hover = await client.at<Hover>('textDocument/hover', pathToUri('/w/base/web.yaml'), 9, 30);
      assert.match(JSON.stringify(hover), /is not contacted before you allow it/);
      assert.ok(isFailure(await client.askRegistries('gitops/registries/tags', { image: `${registry.host}/shop/web` })));
      assert.ok(!client.messagesFor(overlay).some((message) => message.includes('has no')));
      assert.equal(asked, 0);
      await client.stop();
    }
    await start({});
  });

  it('allows the registries of this machine while a sandbox runs', async () => {
    await start({ sandboxKubeconfig: '/nowhere/sandbox' });
    await client.until(() => client.messagesFor(overlay).some((message) => message.includes('has no tag 1.1.9')));
  });

  it('forgets what a registry said when it may not be asked any more', async () => {
    await start(allowed());
    await client.until(() => client.messagesFor(overlay).length === 1);
    await client.connection.sendNotification('gitops/settings', { ...testSettings, allowedRegistries: [] });
    await client.until(() => client.messagesFor(overlay).length === 0);
    const [summary] = await client.askRegistries('gitops/registries/hosts', {});
    assert.deepEqual(summary, { host: registry.host, images: 1, isAllowed: false, message: '' });
  });

  it('offers the tags newest first, quoted where they would be numbers', async () => {
    await start(allowed());
    const text = files(fixture(registry.host))[overlay] ?? '';
    const items = await complete(text.replace('1.1.9', ''), 4);
    assert.deepEqual(
      items.map(({ label, textEdit }) => [label, textEdit && 'newText' in textEdit && textEdit.newText]),
      [
        ['1.20', '"1.20"'],
        ['1.2.0', '1.2.0'],
        ['1.1.1', '1.1.1'],
        ['1.1.0', '1.1.0'],
        ['1.0.0', '1.0.0'],
        ['dev', 'dev'],
      ],
    );
    const quoted = await complete(text.replace('1.1.9', '"1."'), 4);
    assert.deepEqual(
      quoted.slice(0, 1).map(({ textEdit }) => textEdit),
      [{ range: { start: { line: 4, character: 11 }, end: { line: 4, character: 13 } }, newText: '1.20' }],
    );
  });

  it('offers commits by the dates of their images, and explains the one that is looked at', async () => {
    const commits = ['1a2b3c4', 'ffe0123', '9d8e7f6'];
    commits.forEach((tag, index) =>
      putImage(registry.store, 'shop/api', tag, { created: `2026-01-0${index + 1}T00:00:00Z`, labels: { 'org.opencontainers.image.revision': `${tag}aaaa` } }),
    );
    await start(allowed());
    const items = await complete(`images:\n- name: ${registry.host}/shop/api\n  newTag: `, 2);
    assert.deepEqual(
      items.map(({ label }) => label),
      commits.toReversed(),
    );
    assert.match(items[0]?.detail ?? '', /^tag of shop\/api · \d+ days? old$/);
    const resolved = await client.connection.sendRequest<CompletionItem>('completionItem/resolve', items[1]);
    assert.match(JSON.stringify(resolved.documentation), /built .*2026-01-02.*from commit `ffe0123aaaa`/);
    const plain = { label: 'x' };
    assert.deepEqual(await client.connection.sendRequest<CompletionItem>('completionItem/resolve', plain), plain);
  });

  it('offers digests, the tags of a whole image, and those of a chart’s values', async () => {
    await start(allowed());
    const digest = registry.store.manifest('shop/web', '1.20')?.digest;
    const text = `images:\n- name: ${registry.host}/shop/web\n  digest: `;
    assert.equal((await complete(text, 2))[0]?.label, digest);
    const file = '/w/base/web.yaml';
    const manifest = (files(fixture(registry.host))[file] ?? '').replace('web:1.0.0', 'web:1.');
    await client.open(file, manifest);
    const list = await client.at<CompletionList>('textDocument/completion', pathToUri(file), 9, manifest.split('\n')[9]?.length ?? 0);
    assert.deepEqual(list.items.map(({ label }) => label).slice(0, 2), ['1.20', '1.2.0']);
    const values = `image:\n  registry: ${registry.host}\n  repository: shop/web\n  tag: `;
    await client.open('/w/chart/values.yaml', values);
    const offered = await client.at<CompletionList>('textDocument/completion', pathToUri('/w/chart/values.yaml'), 3, 7);
    assert.equal(offered.items.length, 6);
  });

  it('explains an image: digest, age, platforms, size', async () => {
    await start(allowed());
    const hover = await client.at<Hover>('textDocument/hover', pathToUri('/w/base/web.yaml'), 9, 30);
    const text = JSON.stringify(hover.contents);
    const digest = registry.store.manifest('shop/web', '1.0.0')?.digest ?? '';
    for (const part of [digest, 'built ', '(2026-01-02)', 'linux/amd64', 'linux/arm64', 'compressed', 'Asked ']) assert.ok(text.includes(part), `${part} in ${text}`);
    const missing = await client.at<Hover>('textDocument/hover', pathToUri(overlay), 4, 12);
    assert.match(JSON.stringify(missing.contents), /has no such image: pods can't pull it\. Near it are `1\.1\.1`/);
  });

  it('says what image policies select, and what Flux would write', async () => {
    const policies = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec: {image: ${registry.host}/shop/web, interval: 5m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux-system}
spec:
  imageRepositoryRef: {name: web}
  policy: {semver: {range: 1.x}}
`;
    const marked = fixture(registry.host).replace('newTag: 1.1.9', 'newTag: 1.1.0 # {"$imagepolicy": "flux-system:web:tag"}');
    const workspace = new MemoryWorkspace({ ...files(marked), '/w/flux/policies.yaml': policies }, { folders: ['/w'] });
    client = await LspClient.start(workspace, ['/w'], allowed());
    const lenses = async (path: string): Promise<readonly (readonly [number, string])[]> =>
      (await client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: pathToUri(path) } })).map(({ range, command }) => [
        range.start.line,
        command?.title ?? '',
      ]);
    await client.until(() => client.registryChanges > 0);
    assert.deepEqual(await lenses('/w/flux/policies.yaml'), [[5, 'Selects 1.2.0 of 6 tags']]);
    assert.ok((await lenses(overlay)).some(([line, title]) => line === 4 && title === 'Flux would write 1.2.0'));
    const hover = await client.at<Hover>('textDocument/hover', pathToUri(overlay), 4, 12);
    assert.match(JSON.stringify(hover.contents), /ImagePolicy web selects 1\.2\.0 of 6 tags\./);
    putImage(registry.store, 'shop/web', '1.3.0', { created: '2026-01-02T03:04:05Z' });
    const before = client.registryChanges;
    await client.askRegistries('gitops/registries/refresh', {});
    await client.until(() => client.registryChanges > before);
    assert.deepEqual(await lenses('/w/flux/policies.yaml'), [[5, 'Selects 1.3.0 of 7 tags']]);
  });

  it('says which registries there are, and what tags an image has', async () => {
    await start(allowed());
    assert.deepEqual(await client.askRegistries('gitops/registries/hosts', {}), [{ host: registry.host, images: 1, isAllowed: true, message: '' }]);
    const choices = await client.askRegistries('gitops/registries/tags', { image: `${registry.host}/shop/web:1.0.0` });
    assert.ok(!isFailure(choices));
    assert.deepEqual([choices.tags[0]?.tag, choices.tags.length, choices.isComplete], ['1.20', 6, true]);
    await registry.close();
    await client.askRegistries('gitops/registries/refresh', {});
    const failure = await client.askRegistries('gitops/registries/tags', { image: `${registry.host}/shop/web` });
    assert.ok(isFailure(failure));
    assert.equal(failure.code, 'registry/unreachable');
    await client.until(() => client.messagesFor(overlay).length === 0);
    assert.match((await client.askRegistries('gitops/registries/hosts', {}))[0]?.message ?? '', /can't be reached/);
    registry = await startRegistry({ clock: systemClock() });
  });
});
