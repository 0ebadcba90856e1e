import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { startGitRemote, type GitRemote } from '../../../src/sandbox/gitRemote/gitRemote.js';
import { FakeForge, forgeToken } from '../../support/forge/fakeForge.js';
import { ForgeSessions, signInFromAccounts } from '../../support/host/forgeSessions.js';
import { window } from '../../support/host/inHost.js';
import { acceptPick, answerNotification, chooseInMenu, choosePick, expand, row, waitForRow } from '../../support/host/tree.js';
import { closeAll, openFile, uriOf, waitFor, waitForText } from '../../support/host/workspace.js';

/** The third folder of the window. */
const atlas = 2;
const repository = 'lumen-example/atlas';
const forgeRow = `Pull requests of ${repository}`;

/** Not synchronously: what git asks the forge for is answered by this process. */
async function git(...words: readonly string[]): Promise<string> {
  return (await promisify(execFile)('git', words, { cwd: uriOf('', atlas).fsPath })).stdout.trim();
}

/** Hands what git asks of the forge to a remote. */
function passTo(remote: () => GitRemote): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = new URL((request.url ?? '').replace(`/${repository}.git`, ''), 'http://127.0.0.1');
    const target = new URL(`${remote().urlOf('atlas')}${url.pathname}${url.search}`);
    const passed = http.request(target, { method: request.method, headers: { ...request.headers, host: target.host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.once('error', () => void response.destroy());
    request.pipe(passed);
  };
}

describe('A forge with a session of the editor', function () {
  this.timeout(120_000);
  // Each goes on where the one before it ended.
  this.bail(true);
  const sessions = new ForgeSessions(forgeToken);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-workbench-forge-'));
  let forge: FakeForge;
  let remote: GitRemote;
  let provider: vscode.Disposable;

  before(async () => {
    remote = await startGitRemote({ folder });
    forge = await FakeForge.start(repository, { answerOther: passTo(() => remote) });
    await deliverFrom(forge.address);
    await vscode.workspace.getConfiguration().update('github-enterprise.uri', forge.address, vscode.ConfigurationTarget.Global);
    provider = vscode.authentication.registerAuthenticationProvider('github-enterprise', 'The forge of the tests', sessions);
    await vscode.commands.executeCommand('gitops.environments.focus');
  });
  beforeEach(() => vscode.commands.executeCommand('notifications.clearAll'));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot('failed-forge');
  });
  after(async () => {
    await vscode.commands.executeCommand('gitops.plans.discard');
    await closeAll();
    provider.dispose();
    for (const setting of ['github-enterprise.uri', 'gitops.pullRequests.allowed']) {
      await vscode.workspace.getConfiguration().update(setting, undefined, vscode.ConfigurationTarget.Global);
    }
    await forge.stop();
    await remote.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Has the sample live at the forge, under git there, with the branch that it keeps dev on. */
  async function deliverFrom(address: string): Promise<void> {
    for (const file of ['deploy/argocd/environments.yaml', 'deploy/argocd/previews.yaml', 'deploy/argocd/project.yaml']) {
      const { fsPath } = uriOf(file, atlas);
      if (!fs.existsSync(fsPath)) continue;
      const text = fs.readFileSync(fsPath, 'utf8').replaceAll('https://github.com', address);
      fs.writeFileSync(fsPath, text.replace('github:\n          owner:', `github:\n          api: ${address}\n          owner:`));
    }
    await git('commit', '--quiet', '--all', '--message', 'Atlas lives at its forge');
    await git('branch', 'dev');
    await git('checkout', '--quiet', '-b', 'faster-search');
    await remote.create('atlas', { kind: 'repository', folder: uriOf('', atlas).fsPath });
    await git('remote', 'add', 'origin', `${address}/${repository}.git`);
    await git('fetch', '--quiet', 'origin');
    for (const branch of ['main', 'dev']) await git('branch', `--set-upstream-to=origin/${branch}`, branch);
    forge.pullRequests = [{ number: 7, title: 'Faster search', branch: 'faster-search', into: 'dev', headSHA: await git('rev-parse', 'HEAD'), labels: ['preview'] }];
  }

  it('is not asked for pull requests before the user signed in for that', async () => {
    await expand('Preview environments of pull requests');
    await waitForRow(forgeRow, /not asked which are open/, 60);
    await waitForRow('Preview environment atlas-pr-42');
    assert.deepEqual([forge.seen, sessions.signIns], [[], 0]);
  });

  it('tells which are open after that, and its preview environments take the place of samples', async () => {
    await signInFromAccounts('github-enterprise', ['repo']);
    assert.deepEqual([forge.seen, sessions.signIns], [[], 1]);
    await chooseInMenu(forgeRow, 'List Open Pull Requests…');
    const words = await waitForRow('Preview environment atlas-pr-7', /#7 Faster search · from faster-search \(checked out\)/, 60);
    assert.match(words, /not known whether it is there/);
    await waitForRow(forgeRow, /1 open, asked just now/);
    assert.equal(await window.textOf(row('Preview environment atlas-pr-42')), '');
    assert.equal(sessions.signIns, 1);
    assert.ok(forge.seen.length > 0 && forge.seen.every(({ authorization }) => authorization === `Bearer ${forgeToken}`));
    await window.screenshot('pull-requests');
  });

  it('leads to the preview of the branch that is checked out, as its ApplicationSet deploys it', async () => {
    const previewing = vscode.commands.executeCommand('gitops.pullRequests.preview');
    await choosePick('Preview which pull request?', 'atlas-pr-7');
    await previewing;
    const shown = await waitFor('the preview', () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'gitops-preview'));
    await waitForText(shown.document, new RegExp(`image: ghcr\\.io/lumen-example/atlas:sha-${(await git('rev-parse', 'HEAD')).slice(0, 8)}\n`));
    await waitForText(shown.document, /host: pr-7\.atlas\.lumen\.example/);
    await closeAll();
  });

  it('makes the pull request of a promotion with the session, and leaves the work here alone', async () => {
    await openFile('deploy/overlays/prod/kustomization.yaml', atlas);
    const before = [await git('rev-parse', 'HEAD'), await git('status', '--porcelain')];
    const promoting = chooseInMenu('Environment atlas dev', 'Promote…');
    await promoting;
    await acceptPick('(2/3)');
    await choosePick('Ask ghcr.io', 'Not Now');
    await waitForRow('Plan of atlas', /Nothing was written yet/, 60);
    await answerNotification('Nothing was written yet', 'Deliver…');
    await choosePick('atlas', 'Create Pull Request on GitHub Enterprise');
    await choosePick('prod', 'Yes');
    await acceptPick('Commit message');
    await waitFor('the pull request', () => forge.pullRequests.length === 2, 60);
    const made = forge.pullRequests.at(-1);
    assert.deepEqual([made?.into, made?.number], ['main', 8]);
    assert.match(made?.title ?? '', /sha-9c40e1d7/);
    assert.match(await git('ls-remote', 'origin', `refs/heads/${made?.branch ?? ''}`), /^[0-9a-f]{40}\t/);
    await waitFor('the words', async () => (await window.textOf('.notification-list-item')).includes('Open Pull Request'), 60);
    assert.deepEqual([await git('rev-parse', 'HEAD'), await git('status', '--porcelain')], before);
    assert.equal(sessions.signIns, 1);
    await vscode.commands.executeCommand('gitops.plans.discard');
    await closeAll();
  });

  it('is not asked any more once the session is gone', async () => {
    await sessions.removeSession();
    await waitForRow(forgeRow, /not asked which are open/, 60);
    await waitForRow('Preview environment atlas-pr-42', /^/, 60);
  });
});
