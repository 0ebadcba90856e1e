import assert from 'node:assert/strict';
import { runCommandLine, type CommandRun } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const shop = `
#- base/kustomization.yaml
resources: [web.yaml]
#- base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
#- overlays/dev/kustomization.yaml
resources: [../../base]
#- overlays/prod/kustomization.yaml
resources: [../../base]
replicas:
  - name: web
    count: 3
#- secret/dev/kustomization.yaml
secretGenerator: [{name: login, literals: [password=swordfish]}]
#- secret/prod/kustomization.yaml
secretGenerator: [{name: login, literals: [password=trout, user=me]}]
`;

describe('gitops-workbench compare', () => {
  const folder = temporaryFolders();
  const run = (files: TemporaryFolder, ...words: readonly string[]): Promise<CommandRun> => runCommandLine(['compare', ...words], { folder: files.path });

  it('prints by object and field what differs and what set it, and ends with 1', async () => {
    assert.deepEqual(await run(folder(shop), 'overlays/dev', 'overlays/prod'), {
      status: 1,
      output: '~ Deployment web\n    spec.replicas: 1 (base/web.yaml:6) -> 3 (overlays/prod/kustomization.yaml:4)\n',
      errors: '',
    });
  });

  it('prints nothing and ends with 0 where nothing differs', async () => {
    assert.deepEqual(await run(folder(shop), 'base', 'overlays/dev'), { status: 0, output: '', errors: '' });
  });

  it('gives programs the objects, values and origins', async () => {
    const { output } = await run(folder(shop), 'overlays/dev', 'overlays/prod', '--format', 'json');
    assert.deepEqual(JSON.parse(output), [
      {
        object: { group: 'apps', version: 'v1', kind: 'Deployment', name: 'web' },
        change: 'changed',
        fields: [
          {
            path: 'spec.replicas',
            left: 1,
            right: 3,
            leftOrigin: { file: 'base/web.yaml', line: 6, column: 13, step: 'resource', value: '1' },
            rightOrigin: { file: 'overlays/prod/kustomization.yaml', line: 4, column: 12, step: 'replicas', directive: 'replicas[0].count', value: '3' },
          },
        ],
      },
    ]);
  });

  it('takes the end of a folder’s path for it where only one has that end', async () => {
    const files = folder(shop);
    assert.equal((await run(files, 'base', 'overlays/prod')).status, 1);
    const several = await run(files, 'base', 'prod');
    assert.deepEqual([several.status, several.errors], [2, 'error: prod could be overlays/prod or secret/prod; name one of them.\n']);
    const none = await run(files, 'base', 'test');
    assert.deepEqual([none.status, none.errors], [2, 'error: test is no environment of this workspace; `gitops-workbench environments` lists them.\n']);
  });

  it('compares with git revisions, also of a folder that is gone', async () => {
    const files = folder(shop);
    files.commit();
    files.put('overlays/dev/kustomization.yaml', 'resources: [../../base]\nnamespace: dev\n');
    assert.equal(
      (await run(files, 'overlays/dev@HEAD', 'overlays/dev')).output,
      '~ Deployment web\n    metadata.namespace: nothing -> "dev" (overlays/dev/kustomization.yaml:2)\n',
    );
    files.remove('overlays/prod');
    assert.equal((await run(files, 'overlays/prod@main', 'base@HEAD')).status, 1);
    assert.equal((await run(files, 'base@nope', 'base')).status, 2);
  });

  it('masks what Secrets hold unless it is asked to show it', async () => {
    const files = folder(shop);
    const masked = await run(files, 'secret/dev', 'secret/prod');
    assert.match(masked.output, /data\.password: "•{8}[0-9a-f]{6}" .* -> "•{8}[0-9a-f]{6}"/);
    const json = await run(files, 'secret/dev', 'secret/prod', '--format', 'json');
    for (const text of ['swordfish', 'trout', Buffer.from('swordfish').toString('base64'), Buffer.from('trout').toString('base64')]) {
      assert.ok(!masked.output.includes(text) && !json.output.includes(text), text);
    }
    assert.ok((await run(files, 'secret/dev', 'secret/prod', '--show-secrets')).output.includes(Buffer.from('trout').toString('base64')));
  });

  it('ends with 2 and the errors where a side can’t be rendered', async () => {
    const files = folder(`${shop}\n#- broken/kustomization.yaml\nresources: [none.yaml]`);
    const { status, output, errors } = await run(files, 'base', 'broken');
    assert.deepEqual([status, output], [2, '']);
    assert.match(errors, /^broken\/kustomization\.yaml:1:13: error: /);
  });
});
