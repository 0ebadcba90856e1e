/** Fixes of the doctor that edit files and push, end to end: found, run through the server, and gone; with git as it is. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { WorkspaceEdit } from 'vscode-languageserver';
import { DiskTree } from '../../../src/adapters/disk/diskTree.js';
import { gitAncestry } from '../../../src/adapters/git/gitAncestry.js';
import { gitRepositories } from '../../../src/adapters/git/gitRepositories.js';
import { gitWriter } from '../../../src/adapters/git/gitWriter.js';
import { SourceText } from '../../../src/core/base/source.js';
import { applyChanges } from '../../../src/core/yaml/edit.js';
import type { DiagnosisCause, DoctorRequests } from '../../../src/server/doctorProtocol.js';
import { openWorkspace } from '../../../src/server/openWorkspace.js';
import { uriToPath } from '../../../src/server/uris.js';
import { Workspace } from '../../../src/services/workspace.js';
import { configure } from '../../support/git/gitPlayground.js';
import { isFailure } from '../../support/isFailure.js';
import { LspClient } from '../../support/lspClient.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

type Answered<Result> = Exclude<Result, { readonly code: string }>;
type Visit = Answered<DoctorRequests['gitops/doctor/visit']['result']>;

const shop = (url: string): string => `
#- overlays/prod/kustomization.yaml
resources: [web.yaml]
#- overlays/prod/web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {LEVEL: info}
#- apps/prod.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-prod, namespace: argocd}
spec:
  project: default
  source: {repoURL: "${url}", targetRevision: main, path: overlays/prod}
  destination: {server: "https://kubernetes.default.svc", namespace: shop-prod}
  syncPolicy: {automated: {}}
`;

const id = 'argocd/argocd/shop-prod';

describe('fixes of the doctor', function () {
  this.timeout(120_000);
  const folder = temporaryFolders();
  let files: TemporaryFolder;
  let remote: TemporaryFolder;
  let client: LspClient;
  let workspace: Workspace;

  beforeEach(async () => {
    remote = folder();
    remote.git('init', '--quiet', '--bare', '-b', 'main');
    files = folder(shop(remote.path));
    files.git('init', '--quiet', '-b', 'main');
    configure(files);
    files.git('remote', 'add', 'origin', remote.path);
    files.commit('first');
    files.git('push', '--quiet', '--set-upstream', 'origin', 'main');
    workspace = new Workspace({ tree: DiskTree.open(), folders: [files.core], repositories: gitRepositories, remoteBases: undefined, now: () => 0 });
    client = await LspClient.start(openWorkspace(workspace, gitWriter), [files.core], {}, { writer: gitWriter, repositories: gitRepositories, ancestry: gitAncestry });
  });
  afterEach(() => client.stop());

  async function ask<Method extends keyof DoctorRequests>(method: Method, params: DoctorRequests[Method]['params']): Promise<Answered<DoctorRequests[Method]['result']>> {
    const answer: unknown = await client.connection.sendRequest(method, params);
    if (isFailure(answer)) throw new Error(`${answer.code}: ${answer.message}`);
    return answer as Answered<DoctorRequests[Method]['result']>;
  }

  /** The server hears of a change a moment after it was made. */
  async function visitUntil(isSo: (visit: Visit) => boolean): Promise<Visit> {
    for (let tries = 0; ; tries++) {
      const visit = await ask('gitops/doctor/visit', { id });
      if (isSo(visit)) return visit;
      assert.ok(tries < 600, JSON.stringify(visit.diagnoses));
      await wait(100);
    }
  }

  const causeIn = ({ diagnoses }: Visit, code: string, kind: string): DiagnosisCause | undefined =>
    diagnoses.filter((each) => each.code === code).flatMap(({ causes }) => causes.filter(({ action }) => action?.kind === kind))[0];

  async function save(name: string, text: string): Promise<void> {
    files.put(name, text);
    await client.noteChange(`${files.core}/${name}`);
  }

  /** What the editor does with an edit, and saves. */
  async function take({ changes = {} }: WorkspaceEdit): Promise<void> {
    for (const [uri, own] of Object.entries(changes)) {
      const path = uriToPath(uri) ?? assert.fail(uri);
      const name = path.slice(files.core.length + 1);
      const source = new SourceText(path, files.read(name));
      await save(
        name,
        applyChanges(
          source,
          own.map(({ range, newText }) => ({ location: { path, range }, newText })),
        ),
      );
    }
  }

  it('edit the field of a kustomization that keeps it from being rendered', async () => {
    const overlay = 'overlays/prod/kustomization.yaml';
    await save(overlay, 'resource: [web.yaml]\n');
    const visit = await visitUntil((each) => causeIn(each, 'comparison-error', 'edit') !== undefined);
    const { action, place } = causeIn(visit, 'comparison-error', 'edit') ?? assert.fail('a cause');
    assert.deepEqual([action?.needsConfirmation, place?.label], [false, `${overlay}:1`]);
    const outcome = await ask('gitops/doctor/fix', { visitId: visit.visitId, fixId: action?.fixId ?? '' });
    assert.equal(outcome.kind, 'edited');
    await take(client.edits[0] ?? assert.fail('an edit'));
    assert.equal(files.read(overlay), 'resources: [web.yaml]\n');
    assert.equal(files.git('status', '--porcelain'), '');
    await visitUntil(({ diagnoses }) => diagnoses.length === 0);
  });

  it('push what was committed, never over what others have pushed', async () => {
    files.put('overlays/prod/web.yaml', files.read('overlays/prod/web.yaml').replace('info', 'warn'));
    const commit = files.commit('less noise');
    await client.noteChange(`${files.core}/overlays/prod/web.yaml`);
    await client.noteChange(`${files.core}/.git/logs/HEAD`);
    const visit = await visitUntil((each) => causeIn(each, 'old-version', 'push') !== undefined);
    const { action } = causeIn(visit, 'old-version', 'push') ?? assert.fail('a cause');
    assert.deepEqual([action?.title, action?.needsConfirmation, action?.isGuarded], ['Push main', true, true]);
    const outcome = await ask('gitops/doctor/fix', { visitId: visit.visitId, fixId: action?.fixId ?? '' });
    assert.deepEqual(outcome, { kind: 'done', message: '1 commit of main is at origin/main now.' });
    assert.equal(remote.git('rev-parse', 'main'), commit);
    await client.noteChange(`${files.core}/.git/refs/remotes/origin/main`);
    await visitUntil(({ diagnoses }) => diagnoses.length === 0);

    const other = folder();
    other.git('clone', '--quiet', remote.path, '.');
    other.put('notes.md', 'by somebody else').commit('a note');
    other.git('push', '--quiet', 'origin', 'main');
    files.put('overlays/prod/web.yaml', files.read('overlays/prod/web.yaml').replace('warn', 'error'));
    files.commit('even less');
    await client.noteChange(`${files.core}/overlays/prod/web.yaml`);
    await client.noteChange(`${files.core}/.git/logs/HEAD`);
    const again = await visitUntil((each) => causeIn(each, 'old-version', 'push') !== undefined);
    await assert.rejects(ask('gitops/doctor/fix', { visitId: again.visitId, fixId: causeIn(again, 'old-version', 'push')?.action?.fixId ?? '' }), /git\/diverged: .*Pull first/);
    assert.equal(remote.git('log', '-1', '--format=%s', 'main'), 'a note');
  });
});
