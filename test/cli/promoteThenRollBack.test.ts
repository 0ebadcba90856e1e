/** Promotions that are rolled back leave the tree as it was, byte for byte, in whatever style an app is delivered. */
import assert from 'node:assert/strict';
import { Random } from '../fuzz/random.js';
import { drawDeliveryStyle, numberOfPlaces, remoteOfStyles } from '../support/deliveryStyles.js';
import { configure } from '../support/git/gitPlayground.js';
import { runCommandLine } from '../support/runCommandLine.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

/** How often each place is drawn. */
const rounds = process.env['RUN_SLOW_TESTS'] === undefined ? 1 : 12;

describe('a promotion that is rolled back', function () {
  this.timeout(600_000);
  const makeFolder = temporaryFolders();

  async function run(work: TemporaryFolder, title: string, ...words: readonly string[]): Promise<void> {
    const { status, errors } = await runCommandLine(words, { folder: work.path });
    assert.equal(status, 0, `${title}: ${errors}`);
  }

  for (let place = 0; place < numberOfPlaces; place++) {
    const drawn = Array.from({ length: rounds }, (_, round) => drawDeliveryStyle(new Random(1000 * round + place), place));
    it(`leaves the tree as it was, byte for byte: ${drawn[0]?.title.replace(/, \{.*/, '') ?? ''}`, async () => {
      for (const { title, files, edited } of drawn) {
        const work = makeFolder();
        for (const [name, text] of files) work.put(name, text);
        work.commit('first');
        configure(work);
        work.git('remote', 'add', 'origin', remoteOfStyles);
        const tree = work.git('rev-parse', 'HEAD^{tree}');
        const content = work.read(edited);
        work.put('notes.txt', 'not committed\n');
        await run(work, title, 'promote', 'dev', 'prod', '--commit');
        assert.deepEqual(work.git('diff', '--name-only', 'HEAD~1', 'HEAD'), edited, title);
        assert.notEqual(work.read(edited), content, title);
        await run(work, title, 'rollback', 'prod');
        assert.equal(work.git('rev-parse', 'HEAD^{tree}'), tree, title);
        assert.equal(work.read(edited), content, title);
        assert.equal(work.git('status', '--porcelain'), '?? notes.txt', title);
        assert.equal(work.git('rev-list', '--count', 'HEAD'), '3', title);
      }
    });
  }
});
