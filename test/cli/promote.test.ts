/** `promote` on the sample whose environments follow two branches. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../support/projectFolder.js';
import { runCommandLine, type CommandRun } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

interface PromotionJson {
  readonly from: string;
  readonly to: string;
  readonly branch: string;
  readonly commit?: string;
  readonly pushed: boolean;
  readonly edits: readonly { readonly file: string; readonly before: string; readonly after: string; readonly line: number }[];
  readonly rendered: readonly { readonly environment: string; readonly change: string; readonly fields: readonly { readonly path: string }[] }[];
  readonly findings: readonly { readonly rule: string; readonly isNew: boolean }[];
}

describe('promote on the command line', function () {
  this.timeout(120_000);
  const folder = temporaryFolders();

  function repository(): { readonly files: TemporaryFolder; readonly remote: TemporaryFolder } {
    const [files, remote] = [folder(), folder()];
    fs.cpSync(path.join(projectFolder, 'samples', 'argocd-branches'), files.path, { recursive: true });
    remote.git('init', '--quiet', '--bare', '-b', 'main');
    files.git('init', '--quiet', '-b', 'main');
    files.git('config', 'user.name', 'Ada');
    files.git('config', 'user.email', 'ada@example.com');
    files.git('config', `url.${remote.path}.insteadOf`, 'https://github.com/lumen-example/atlas.git');
    files.git('remote', 'add', 'origin', 'https://github.com/lumen-example/atlas.git');
    files.commit('first');
    files.git('push', '--quiet', '--set-upstream', 'origin', 'main');
    files.git('checkout', '--quiet', '-b', 'dev');
    files.git('push', '--quiet', '--set-upstream', 'origin', 'dev');
    files.git('checkout', '--quiet', 'main');
    return { files, remote };
  }

  const promote = (files: TemporaryFolder, ...words: readonly string[]): Promise<CommandRun> => runCommandLine(['promote', ...words], { folder: files.path });

  it('prints the edits as a diff that git takes, and writes nothing', async () => {
    const { files } = repository();
    const { status, output } = await promote(files, 'dev', 'stage', 'prod', '--dry-run');
    assert.equal(status, 0);
    assert.match(output, /^--- a\/deploy\/overlays\/stage\/kustomization\.yaml\n\+\+\+ b\/deploy\/overlays\/stage\/kustomization\.yaml\n@@ -5,7 \+5,7 @@/);
    assert.equal(files.git('status', '--porcelain'), '');
    files.put('edits.diff', output.slice(0, output.indexOf('\n\natlas stage\n') + 1));
    files.git('apply', '--check', 'edits.diff');
  });

  it('tells programs what it does, in the shapes of compare and check', async () => {
    const { files } = repository();
    const { output, status } = await promote(files, 'atlas dev', 'atlas stage', '--dry-run', '--format', 'json');
    assert.equal(status, 0);
    const told = JSON.parse(output) as PromotionJson;
    assert.deepEqual([told.from, told.to, told.branch, told.pushed], ['atlas dev', 'atlas stage', 'main', false]);
    assert.deepEqual(told.edits, [{ file: 'deploy/overlays/stage/kustomization.yaml', before: '    newTag: "sha-3fb7a215"', after: '    newTag: "sha-9c40e1d7"', line: 8 }]);
    assert.deepEqual(
      told.rendered.map(({ environment, change, fields }) => [environment, change, fields.map((field) => field.path)]),
      [['atlas stage', 'changed', ['spec.template.spec.containers[name=atlas].image']]],
    );
    assert.ok(told.findings.some(({ rule, isNew }) => rule === 'images/one-sha-per-branch' && isNew));
  });

  it('asks for the name of what is protected, and for a yes where one branch would deploy two versions', async () => {
    const { files } = repository();
    const unnamed = await promote(files, 'dev', 'stage', 'prod', '--commit');
    assert.equal(unnamed.status, 2);
    assert.match(unnamed.errors, /atlas prod is protected\..*--protected prod/);
    const alone = await promote(files, 'dev', 'stage', '--commit');
    assert.equal(alone.status, 2);
    assert.match(alone.errors, /atlas prod follows main too and stays at sha-3fb7a215/);
    assert.equal((await promote(files, 'dev', 'stage', '--commit', '--yes')).status, 0);
    assert.equal(files.git('log', '-1', '--format=%s'), 'chore: update stage image to sha-9c40e1d7');
  });

  it('pushes a commit, and proposes a branch for review', async () => {
    const { files, remote } = repository();
    const proposed = await promote(files, 'dev', 'stage', 'prod', '--branch', 'promote/next', '--format', 'json');
    assert.equal(proposed.status, 0, proposed.errors);
    const told = JSON.parse(proposed.output) as PromotionJson;
    assert.equal(told.branch, 'promote/next');
    assert.equal(remote.git('log', '-1', '--format=%s', 'promote/next'), 'chore: update stage/prod image to sha-9c40e1d7');
    assert.equal(remote.git('log', '-1', '--format=%s', 'main'), 'first');
    const pushed = await promote(files, 'dev', 'stage', 'prod', '--push', '--protected', 'prod', '--skip-ci');
    assert.equal(pushed.status, 0, pushed.errors);
    assert.equal(remote.git('log', '-1', '--format=%s', 'main'), 'chore: update stage/prod image to sha-9c40e1d7 [skip ci]');
    const again = await promote(files, 'dev', 'stage', 'prod', '--push');
    assert.equal(again.status, 2);
    assert.match(again.errors, /atlas stage has the versions of atlas dev already/);
  });

  it('asks the hooks of commits, unless it is told not to', async () => {
    const { files } = repository();
    files.put('.git/hooks/pre-commit', '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n');
    fs.chmodSync(path.join(files.path, '.git/hooks/pre-commit'), 0o755);
    const words = ['dev', 'stage', 'prod', '--protected', 'prod', '--commit'];
    const refused = await promote(files, ...words);
    assert.equal(refused.status, 2);
    assert.match(refused.errors, /not on a Friday/);
    assert.equal(files.git('rev-list', '--count', 'main'), '1');
    const { status, errors } = await promote(files, ...words, '--no-verify');
    assert.equal(status, 0, errors);
    assert.equal(files.git('rev-list', '--count', 'main'), '2');
  });

  it("words the commit as the team's settings say, and as the command says before them", async () => {
    const { files } = repository();
    files.put('.gitops-workbench.yaml', `${files.read('.gitops-workbench.yaml')}commits: {subject: 'deploy({app}): {image} {version} from {from} to {to}', skipCi: true}\n`);
    files.commit('settings');
    const told = await promote(files, 'dev', 'stage', 'prod', '--commit', '--protected', 'prod', '--yes');
    assert.equal(told.status, 0, told.errors);
    assert.equal(files.git('log', '-1', '--format=%s'), 'deploy(atlas): atlas sha-9c40e1d7 from dev to stage/prod [skip ci]');
    files.git('reset', '--quiet', '--hard', 'HEAD~1');
    const own = await promote(files, 'dev', 'stage', '--commit', '--yes', '--message', 'as I say');
    assert.equal(own.status, 0, own.errors);
    assert.equal(files.git('log', '-1', '--format=%s'), 'as I say');
  });

  it('edits the files here without a commit, where they are those of the branch', async () => {
    const { files } = repository();
    const { status, errors } = await promote(files, 'dev', 'stage', '--yes');
    assert.equal(status, 0, errors);
    assert.match(files.read('deploy/overlays/stage/kustomization.yaml'), /newTag: "sha-9c40e1d7"/);
    assert.equal(files.git('log', '-1', '--format=%s'), 'first');
    files.git('checkout', '--quiet', '--', '.');
    files.git('checkout', '--quiet', 'dev');
    const elsewhere = await promote(files, 'dev', 'stage', '--yes');
    assert.equal(elsewhere.status, 2);
    assert.match(elsewhere.errors, /atlas stage follows main, and dev is checked out/);
  });

  it('names what can be promoted where something else is named', async () => {
    const { files } = repository();
    const { status, errors } = await promote(files, 'dev', 'qa', '--dry-run');
    assert.equal(status, 2);
    assert.match(errors, /There is no environment qa\./);
  });
});
