import assert from 'node:assert/strict';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { BuildCache } from '../../src/core/kustomize/buildCache.js';
import type { GitRepositories } from '../../src/services/ports.js';
import { RevisionTrees } from '../../src/services/revisionTrees.js';
import { renderRevision, type RevisionRendering } from '../../src/services/renderRevision.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const signal = new AbortController().signal;

const shop = `
#- app/kustomization.yaml
resources: [a.yaml, deep]
#- app/a.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
#- app/deep/kustomization.yaml
resources: [b.yaml]
#- app/deep/b.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
`;

describe('the trees of revisions', () => {
  const folder = temporaryFolders();

  /** A repository with a commit, and what renders `app` at a revision of it. */
  function start(): {
    readonly files: TemporaryFolder;
    readonly opened: string[];
    readonly disk: DiskTree;
    readonly render: (revision: string, asked?: AbortSignal) => Promise<RevisionRendering>;
  } {
    const files = folder(shop);
    files.commit();
    const opened: string[] = [];
    const repositories: GitRepositories = {
      ...gitRepositories,
      openCommit: (top, commit, asked) => {
        opened.push(commit);
        return gitRepositories.openCommit(top, commit, asked);
      },
    };
    const request = {
      trees: new RevisionTrees(repositories),
      folder: `${files.core}/app`,
      options: { loadRestrictor: 'rootOnly', enableHelm: false } as const,
      cache: new BuildCache(),
      disk: DiskTree.open(),
    };
    return { files, opened, disk: request.disk, render: (revision, asked = signal) => renderRevision({ ...request, revision }, asked) };
  }

  it('are opened once for a commit, whatever it is called', async () => {
    const { files, opened, render } = start();
    const commit = files.git('rev-parse', 'HEAD');
    for (const revision of ['HEAD', 'main', commit]) assert.equal((await render(revision)).rendering.objects.length, 2);
    assert.deepEqual(opened, [commit]);
    files.commit('next');
    await render('HEAD');
    assert.equal(opened.length, 2);
  });

  it('serve several looks at once', async () => {
    const { render } = start();
    const renderings = await Promise.all(Array.from({ length: 5 }, () => render('HEAD')));
    assert.deepEqual(
      renderings.map(({ rendering }) => rendering.objects.length),
      [2, 2, 2, 2, 2],
    );
  });

  it('are good for the next look after one was cancelled', async () => {
    const { render } = start();
    const controller = new AbortController();
    const [first, second] = [render('HEAD', controller.signal), render('HEAD')];
    controller.abort();
    await assert.rejects(first, { name: 'AbortError' });
    assert.equal((await second).rendering.ok, true);
  });

  it('share the texts of files that are the same on disk', async () => {
    const { files, disk, render } = start();
    files.put('app/deep/b.yaml', files.read('app/deep/b.yaml').replace('name: b', 'name: c'));
    const { tree } = await render('HEAD');
    assert.equal(tree.read(`${files.core}/app/a.yaml`), disk.read(`${files.core}/app/a.yaml`));
    assert.match(tree.read(`${files.core}/app/deep/b.yaml`)?.text ?? '', /name: b/);
    assert.match(disk.read(`${files.core}/app/deep/b.yaml`)?.text ?? '', /name: c/);
  });
});
