import assert from 'node:assert/strict';
import { DiskTree } from '../../src/adapters/disk/diskTree.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { Failure } from '../../src/services/failure.js';
import { RevisionTrees } from '../../src/services/revisionTrees.js';
import { hasSameFiles } from '../../src/services/sameFiles.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const { signal } = new AbortController();

describe('files now and at a revision', () => {
  const folder = temporaryFolders();

  function ask(files: TemporaryFolder, names: readonly string[], revision = 'HEAD'): Promise<boolean> {
    const paths = [...names.map((name) => `${files.core}/${name}`), '/elsewhere/a.yaml'];
    return hasSameFiles({ trees: new RevisionTrees(gitRepositories), revision, folder: files.core, paths, now: DiskTree.open() }, signal);
  }

  it('are the same where only others changed', async () => {
    const files = folder('\n#- stage/a.yaml\na: 1\n#- prod/a.yaml\na: 1\n');
    files.commit();
    files.put('prod/a.yaml', 'a: 2\n');
    files.commit('next');
    assert.equal(await ask(files, ['stage/a.yaml', 'stage', 'stage/missing.yaml'], 'HEAD~1'), true);
    assert.equal(await ask(files, ['stage/a.yaml', 'prod/a.yaml'], 'HEAD~1'), false);
    assert.equal(await ask(files, ['prod/a.yaml']), true);
  });

  it('differ where one came, went or was edited without a commit', async () => {
    const files = folder('\n#- a.yaml\na: 1\n#- b.yaml\nb: 1\n');
    files.commit();
    files.put('c.yaml', 'c: 1\n').remove('b.yaml');
    const answers = await Promise.all(['a.yaml', 'b.yaml', 'c.yaml'].map((name) => ask(files, [name])));
    assert.deepEqual(answers, [true, false, false]);
    files.put('a.yaml', 'a: 2\n');
    assert.equal(await ask(files, ['a.yaml']), false);
  });

  it('are not known at a revision that is not here', async () => {
    const files = folder('\n#- a.yaml\na: 1\n');
    files.commit();
    await assert.rejects(ask(files, ['a.yaml'], '0123456789012345678901234567890123456789'), Failure);
  });
});
