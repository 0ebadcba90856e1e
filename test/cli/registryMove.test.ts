/** `registry-move` in a git repository: the edits, the proof, and what is left. */
import assert from 'node:assert/strict';
import { configure } from '../support/git/gitPlayground.js';
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
  template:
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:v0
          args: [--sidecar=ghcr.io/acme/proxy:1] # started by us
#- overlays/dev/kustomization.yaml
resources: [../../base]
images:
  - name: ghcr.io/acme/web
    newTag: v2
#- overlays/prod/kustomization.yaml
resources: [../../base]
images:
  - name: ghcr.io/acme/web
    newTag: v1
#- notes.yaml
registry: ghcr.io/acme
`;

describe('registry-move on the command line', function () {
  this.timeout(120_000);
  const makeFolder = temporaryFolders();
  let work: TemporaryFolder;

  beforeEach(() => {
    work = makeFolder(shop);
    work.commit('first');
    configure(work);
  });

  const run = (...words: readonly string[]): Promise<CommandRun> => runCommandLine(['registry-move', 'ghcr.io/acme', 'registry.example.com/team', ...words], { folder: work.path });

  it('prints the edits with the proof, says what stays, and writes nothing', async () => {
    const { status, output, errors } = await run('--dry-run');
    assert.equal(status, 0, errors);
    assert.match(output, /- {10}image: ghcr\.io\/acme\/web:v0\n\+ {10}image: registry\.example\.com\/team\/web:v0\n/);
    assert.match(output, /- {2}- name: ghcr\.io\/acme\/web\n\+ {2}- name: registry\.example\.com\/team\/web\n/);
    assert.match(errors, /warning: base\/web\.yaml:11:18 names ghcr\.io\/acme\/proxy:1 in a text of a container and stays; --texts changes it too\./);
    assert.match(errors, /warning: notes\.yaml:1:11 names ghcr\.io\/acme too; no environment is rendered from it, so it stays\./);
    assert.equal(work.git('status', '--porcelain'), '');
  });

  it('edits the files here, with texts of containers where that is asked for, and back', async () => {
    const before = work.read('base/web.yaml');
    assert.equal((await run('--texts', '--protected', 'prod')).status, 0);
    assert.equal(work.read('base/web.yaml'), before.replaceAll('ghcr.io/acme', 'registry.example.com/team'));
    const back = await runCommandLine(['registry-move', 'registry.example.com/team', 'ghcr.io/acme', '--texts', '--protected', 'prod'], { folder: work.path });
    assert.equal(back.status, 0, back.errors);
    assert.equal(work.git('status', '--porcelain'), '');
  });

  it('asks for the name of what is protected, and commits in the shapes of promote', async () => {
    const refused = await run('--commit');
    assert.equal(refused.status, 2);
    assert.match(refused.errors, /prod is protected\. Type prod to change it without a pull request\. Say --protected prod, or propose it with --branch\./);
    const { status, output } = await run('--commit', '--protected', 'prod', '--skip-ci', '--format', 'json');
    assert.equal(status, 0);
    const told = JSON.parse(output) as { branch: string; commit: string; edits: unknown[]; rendered: { environment: string; fields: { path: string }[] }[]; texts: unknown[] };
    assert.equal(told.commit, work.git('rev-parse', 'HEAD'));
    assert.equal(work.git('log', '-1', '--format=%s'), 'chore: take images from registry.example.com/team instead of ghcr.io/acme [skip ci]');
    assert.equal(told.edits.length, 3);
    assert.deepEqual(told.texts, [{ file: 'base/web.yaml', line: 11, references: ['ghcr.io/acme/proxy:1'] }]);
    assert.ok(told.rendered.every(({ fields }) => fields.length === 1 && fields[0]?.path.endsWith('.image')));
  });

  it('says why there is nothing to change', async () => {
    const { status, errors } = await runCommandLine(['registry-move', 'quay.io/nobody', 'ghcr.io/acme'], { folder: work.path });
    assert.equal(status, 2);
    assert.match(errors, /Nothing is changed: No environment runs an image of quay\.io\/nobody\./);
  });
});
