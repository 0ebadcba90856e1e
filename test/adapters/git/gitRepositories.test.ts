import assert from 'node:assert/strict';
import { gitRepositories } from '../../../src/adapters/git/gitRepositories.js';
import type { RevisionTree } from '../../../src/services/ports.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

const signal = new AbortController().signal;

/** Opens a revision; it is closed when the test ends. */
function opener(): (files: TemporaryFolder, revision?: string) => Promise<RevisionTree> {
  const open: RevisionTree[] = [];
  afterEach(() => {
    for (const tree of open.splice(0)) tree.close();
  });
  return async (files, revision = 'HEAD') => {
    const tree = await gitRepositories.openCommit(files.core, await gitRepositories.commitOf(files.core, revision, signal), signal);
    open.push(tree);
    return tree;
  };
}

/** Asks until all that is asked for was read. */
async function settled<T>(tree: RevisionTree, ask: (snapshot: ReturnType<RevisionTree['snapshot']>) => T): Promise<T> {
  for (;;) {
    const answer = ask(tree.snapshot());
    if (!(await tree.loadWanted(signal))) return answer;
  }
}

describe('the files of a git revision', () => {
  const folder = temporaryFolders();
  const open = opener();

  it('are those of the commit, not those on disk', async () => {
    const files = folder('#- a/b.yaml\nold: 1\n#- c.yaml\nc: 1');
    files.commit();
    files.put('a/b.yaml', 'new: 1\n').put('d.yaml', '');
    const tree = await open(files);
    assert.equal(await settled(tree, (snapshot) => snapshot.read(`${files.core}/a/b.yaml`)?.text), 'old: 1\n');
    const snapshot = tree.snapshot();
    assert.deepEqual(
      ['', '/a', '/a/b.yaml', '/d.yaml', '/a/b.yaml/c'].map((name) => snapshot.kind(files.core + name)),
      ['directory', 'directory', 'file', 'none', 'none'],
    );
    assert.deepEqual([snapshot.list(files.core), snapshot.list(`${files.core}/a`), snapshot.list(`${files.core}/none`)], [['a', 'c.yaml'], ['b.yaml'], []]);
  });

  it('are missing until they are read, then there at once, with those beside them', async () => {
    const files = folder('#- a/b.yaml\nb: 1\n#- a/c.yaml\nc: 1');
    files.commit();
    const tree = await open(files);
    assert.equal(tree.snapshot().read(`${files.core}/a/b.yaml`), undefined);
    assert.equal(await tree.loadWanted(signal), true);
    assert.equal(tree.snapshot().read(`${files.core}/a/b.yaml`)?.text, 'b: 1\n');
    assert.equal(tree.snapshot().read(`${files.core}/a/c.yaml`)?.text, 'c: 1\n');
    assert.equal(await tree.loadWanted(signal), false, 'nothing more was asked for');
    assert.equal(tree.snapshot().read(`${files.core}/a/b.yaml`), tree.snapshot().read(`${files.core}/a/b.yaml`));
  });

  it('keep names with spaces, quotes, line ends and letters of any script', async () => {
    const files = folder();
    const names = ['a b.yaml', 'quote".yaml', 'größe.yaml', '日本.yaml', ...(process.platform === 'win32' ? [] : ['line\nend.yaml'])];
    for (const name of names) files.put(name, name);
    files.commit();
    const tree = await open(files);
    for (const name of names) assert.equal(await settled(tree, (snapshot) => snapshot.read(`${files.core}/${name}`)?.text), name);
  });

  it('hold bytes that are no text, and large and empty ones', async () => {
    const large = new Uint8Array(700_000).map((_, index) => index % 251);
    const files = folder()
      .put('binary', new Uint8Array([0, 10, 13, 255]))
      .put('large', large)
      .put('empty', '');
    files.commit();
    const tree = await open(files);
    const read = (name: string): Promise<readonly number[]> => settled(tree, (snapshot) => [...(snapshot.readBytes(`${files.core}/${name}`) ?? [])]);
    assert.deepEqual(await read('binary'), [0, 10, 13, 255]);
    assert.deepEqual(await read('large'), [...large]);
    assert.deepEqual(await read('empty'), []);
    assert.equal(tree.snapshot().read(`${files.core}/empty`)?.text, '');
  });

  it('follow links to files and folders inside the repository only', async () => {
    const files = folder('#- real/a.yaml\na: 1\n#- deep/x.yaml\nx: 1');
    files
      .link('linked', 'real')
      .link('deep/b.yaml', '../linked/a.yaml')
      .link('out.yaml', '../../etc/hostname')
      .link('absolute', '/etc')
      .link('circle', 'circle')
      .link('broken', 'nowhere');
    files.commit();
    const tree = await open(files);
    const kinds = await settled(tree, (snapshot) =>
      ['linked', 'linked/a.yaml', 'deep/b.yaml', 'out.yaml', 'absolute', 'absolute/hostname', 'circle', 'broken'].map((name) => snapshot.kind(`${files.core}/${name}`)),
    );
    assert.deepEqual(kinds, ['directory', 'file', 'file', 'none', 'none', 'none', 'none', 'none']);
    assert.equal(await settled(tree, (snapshot) => snapshot.read(`${files.core}/deep/b.yaml`)?.text), 'a: 1\n');
    assert.equal(tree.snapshot().realPath(`${files.core}/deep/b.yaml`), `${files.core}/real/a.yaml`);
  });

  it('do not include what a submodule holds', async () => {
    const other = folder('#- a.yaml\na: 1');
    other.commit();
    const files = folder('#- b.yaml\nb: 1');
    files.commit();
    files.git('submodule', '--quiet', 'add', other.path, 'module');
    files.commit();
    const tree = await open(files);
    assert.equal(tree.snapshot().kind(`${files.core}/module`), 'none');
  });

  it('stop being read when the user cancels', async () => {
    const files = folder('#- a.yaml\na: 1');
    files.commit();
    const tree = await open(files);
    tree.snapshot().read(`${files.core}/a.yaml`);
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(tree.loadWanted(controller.signal), { name: 'AbortError' });
  });

  it('fail with words where an object is not in this clone', async () => {
    const files = folder('#- a.yaml\na: 1');
    files.commit();
    const hash = files.git('rev-parse', 'HEAD:a.yaml');
    const tree = await open(files);
    files.remove(`.git/objects/${hash.slice(0, 2)}/${hash.slice(2)}`);
    tree.snapshot().read(`${files.core}/a.yaml`);
    await assert.rejects(tree.loadWanted(signal), { code: 'git/failed', message: /missing from this clone/ });
  });
});

describe('git repositories', () => {
  const folder = temporaryFolders();

  it('are found from any folder in them, and from one that is on disk no more', async () => {
    const files = folder('#- a/b/c.yaml\nc: 1');
    files.commit();
    for (const name of ['', '/a/b', '/gone/since']) assert.equal(await gitRepositories.topOf(files.core + name, signal), files.core);
    assert.equal(await gitRepositories.topOf(folder().core, signal), undefined);
  });

  it('resolve branches, tags, short and long hashes', async () => {
    const files = folder('#- a.yaml\na: 1');
    const first = files.commit('first');
    files.git('tag', '-a', 'v1', '-m', 'one');
    const second = files.put('a.yaml', 'a: 2').commit('second');
    const resolve = (revision: string): Promise<string> => gitRepositories.commitOf(files.core, revision, signal);
    assert.deepEqual(await Promise.all(['v1', 'main', 'HEAD~1', first.slice(0, 9), second].map(resolve)), [first, second, first, first, second]);
  });

  it('refuse what names no commit, and what git could take for something else', async () => {
    const files = folder('#- a.yaml\na: 1');
    files.commit();
    for (const revision of ['nope', '', '--all', '-h', 'main..main', 'HEAD:a.yaml', 'a b', 'main\0']) {
      await assert.rejects(gitRepositories.commitOf(files.core, revision, signal), { name: 'Failure', code: 'git/unknown-revision' }, revision);
    }
    await assert.rejects(gitRepositories.openCommit(files.core, '--help', signal), { code: 'git/unknown-revision' });
  });

  it('list the commits that touch a folder, latest first', async () => {
    const files = folder('#- a/x.yaml\na: 1\n#- b/y.yaml\nb: 1');
    const first = files.commit('both');
    const second = files.put('a/x.yaml', 'a: 2').commit('only a');
    files.put('b/y.yaml', 'b: 2').commit('only b');
    const commits = await gitRepositories.commitsOf(files.core, `${files.core}/a`, 10, signal);
    assert.deepEqual(
      commits.map(({ hash, subject, author }) => [hash, subject, author]),
      [
        [second, 'only a', 'A'],
        [first, 'both', 'A'],
      ],
    );
    assert.match(commits[0]?.date ?? '', /^\d{4}-\d\d-\d\dT/);
    assert.equal((await gitRepositories.commitsOf(files.core, files.core, 2, signal)).length, 2);
  });

  it('have no commits and no refs before the first commit', async () => {
    const files = folder();
    files.git('init', '--quiet');
    assert.deepEqual(await gitRepositories.commitsOf(files.core, files.core, 10, signal), []);
    assert.deepEqual(await gitRepositories.refsOf(files.core, signal), []);
  });

  it('list branches, remote branches and tags', async () => {
    const origin = folder('#- a.yaml\na: 1');
    origin.commit('first');
    const files = folder();
    files.git('clone', '--quiet', origin.path, '.');
    files.git('tag', 'v1');
    const refs = await gitRepositories.refsOf(files.core, signal);
    assert.deepEqual(refs.map(({ name, kind, subject }) => `${kind} ${name} ${subject}`).sort(), ['branch main first', 'remoteBranch origin/main first', 'tag v1 first']);
  });

  it('can not be read where git is not installed, which is said', async () => {
    const files = folder();
    const { PATH } = process.env;
    process.env['PATH'] = files.path;
    try {
      await assert.rejects(gitRepositories.topOf(files.core, signal), { name: 'Failure', code: 'git/not-installed', action: /Install git/ });
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('run nothing that a repository asks for', async () => {
    const files = folder('#- a.yaml\na: 1');
    files.commit();
    const trap = `${files.path}/trap`;
    files.git('config', 'core.fsmonitor', `touch ${trap}`);
    files.git('config', 'core.hooksPath', files.path);
    files.put('post-checkout', `#!/bin/sh\ntouch ${trap}\n`);
    const commit = await gitRepositories.commitOf(files.core, 'HEAD', signal);
    (await gitRepositories.openCommit(files.core, commit, signal)).close();
    await gitRepositories.commitsOf(files.core, files.core, 5, signal);
    assert.throws(() => files.read('trap'), { code: 'ENOENT' });
  });
});
