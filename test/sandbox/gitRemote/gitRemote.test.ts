import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { runGitCommand } from '../../../src/sandbox/gitRemote/gitCommand.js';
import { startGitRemote, type GitRemote, type Push } from '../../../src/sandbox/gitRemote/gitRemote.js';
import { temporaryFolders } from '../../support/temporaryFolder.js';

describe('the git remote', () => {
  const makeFolder = temporaryFolders();
  let remote: GitRemote;
  let files: string;
  beforeEach(async () => {
    remote = await startGitRemote({ folder: makeFolder().path });
    files = makeFolder().path;
    fs.writeFileSync(path.join(files, 'kustomization.yaml'), 'resources: []\n');
  });
  afterEach(() => remote.close());

  const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  const clone = async (name: string): Promise<string> => {
    const folder = path.join(makeFolder().path, 'clone');
    await runGitCommand(files, ['clone', '--quiet', remote.urlOf(name), folder]);
    return folder;
  };

  /** Told after the client has its answer. */
  const nextPush = (): Promise<Push> => new Promise((resolve) => void remote.onPush(resolve));
  const commit = async (folder: string, file: string): Promise<void> => {
    fs.writeFileSync(path.join(folder, file), 'a: 1\n');
    await runGitCommand(folder, ['add', '--all']);
    await runGitCommand(folder, [...author, 'commit', '--quiet', '--message', file]);
  };

  it("is cloned with a folder's files in the first commit", async () => {
    await remote.create('delivery', { kind: 'folder', folder: files });
    const folder = await clone('delivery');
    assert.equal(fs.readFileSync(path.join(folder, 'kustomization.yaml'), 'utf8'), 'resources: []\n');
    assert.deepEqual([...(await remote.refs('delivery')).keys()], ['refs/heads/main']);
  });

  it('tells which branches a push moved, and from where', async () => {
    await remote.create('delivery', { kind: 'folder', folder: files });
    const folder = await clone('delivery');
    const before = (await runGitCommand(folder, ['rev-parse', 'HEAD'])).trim();
    const told = nextPush();
    await commit(folder, 'more.yaml');
    await runGitCommand(folder, ['push', '--quiet', 'origin', 'main', 'main:dev']);
    const after = (await runGitCommand(folder, ['rev-parse', 'HEAD'])).trim();
    const refs = [
      { ref: 'refs/heads/dev', before: undefined, after },
      { ref: 'refs/heads/main', before, after },
    ];
    const push = await told;
    assert.deepEqual({ ...push, refs: [...push.refs].sort((a, b) => a.ref.localeCompare(b.ref)) }, { repository: 'delivery', refs });
  });

  it('tells nothing of a push that moves nothing', async () => {
    await remote.create('delivery', { kind: 'folder', folder: files });
    const folder = await clone('delivery');
    const told = nextPush();
    await runGitCommand(folder, ['push', '--quiet', 'origin', 'main']);
    await commit(folder, 'more.yaml');
    await runGitCommand(folder, ['push', '--quiet', 'origin', 'main:later']);
    assert.deepEqual(
      (await told).refs.map(({ ref }) => ref),
      ['refs/heads/later'],
    );
  });

  it('hides everything from who does not know its path', async () => {
    await remote.create('delivery', { kind: 'folder', folder: files });
    const { origin } = new URL(remote.address);
    for (const url of [`${origin}/delivery.git/info/refs?service=git-upload-pack`, `${remote.address}/other.git/info/refs`, `${remote.address}/..%2fdelivery.git/HEAD`]) {
      assert.equal((await fetch(url)).status, 404, url);
    }
  });

  it('stands for the repositories of other URLs', async () => {
    await remote.create('delivery', { kind: 'empty' });
    remote.standFor('https://github.com/tidepool-example/delivery.git', 'delivery');
    assert.equal(remote.repositoryFor('https://github.com/tidepool-example/delivery'), 'delivery');
    assert.equal(remote.repositoryFor(remote.urlOf('delivery')), 'delivery');
    assert.equal(remote.repositoryFor('https://github.com/tidepool-example/other.git'), undefined);
  });

  it('keeps its path over a restart', async () => {
    const folder = makeFolder().path;
    const first = await startGitRemote({ folder });
    await first.create('delivery', { kind: 'empty' });
    await first.close();
    const second = await startGitRemote({ folder });
    assert.equal(new URL(second.address).pathname, new URL(first.address).pathname);
    assert.equal(second.has('delivery'), true);
    await second.close();
  });
});
