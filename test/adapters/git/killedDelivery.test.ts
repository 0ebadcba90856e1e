import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { gitWriter } from '../../../src/adapters/git/gitWriter.js';
import { configure, stateOf } from '../../support/git/gitPlayground.js';
import { temporaryFolders, type TemporaryFolder } from '../../support/temporaryFolder.js';

const signal = new AbortController().signal;
const committed = 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n';

/** A git that kills who called it, before or after its nth call. */
const fatalGit = (realGit: string, count: string): string => `#!/bin/sh
n=$(($(cat ${count}) + 1)); echo $n > ${count}
if [ "$n-before" = "$KILL_AT" ]; then kill -9 $PPID; exit 1; fi
${realGit} "$@"; status=$?
if [ "$n-after" = "$KILL_AT" ]; then kill -9 $PPID; fi
exit $status
`;

describe('a delivery that is killed', function () {
  this.timeout(600_000);
  const makeFolder = temporaryFolders();
  let tools: TemporaryFolder;
  let program: string;
  beforeEach(async () => {
    tools = makeFolder();
    program = path.join(tools.path, 'deliver.mjs');
    await build({ entryPoints: ['test/support/git/deliverInProcess.ts'], outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' });
    const realGit = (process.env['PATH'] ?? '')
      .split(path.delimiter)
      .map((folder) => path.join(folder, 'git'))
      .find((file) => fs.existsSync(file));
    tools.put('bin/git', fatalGit(realGit ?? 'git', path.join(tools.path, 'count')));
    fs.chmodSync(path.join(tools.path, 'bin/git'), 0o755);
  });

  /** A branch that is checked out, with changes of all kinds that aren't committed. */
  function makeWork(): TemporaryFolder {
    const work = makeFolder('#- plain.yaml\nx: 1\n#- gone.yaml\ny: 1\n#- README.md\nHello.\n');
    work.put('mixed.yaml', committed).commit('first');
    configure(work);
    work.put('mixed.yaml', committed.replace('e: 5', 'e: staged')).git('add', 'mixed.yaml');
    work.put('mixed.yaml', committed.replace('e: 5', 'e: mine')).put('README.md', 'Mine.\n').put('new.txt', 'new\n');
    return work;
  }

  function deliver(work: TemporaryFolder, killAt: string): { readonly isKilled: boolean; readonly errors: string } {
    tools.put('count', '0');
    const edits = ['plain.yaml', 'x: 2\n', 'gone.yaml', '-', 'folder/added.yaml', 'z: 1\n', 'mixed.yaml', committed.replace('a: 1', 'a: delivered')];
    const run = spawnSync(process.execPath, [program, work.core, 'main', 'commit', ...edits], {
      env: { ...process.env, PATH: `${path.join(tools.path, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`, KILL_AT: killAt },
      encoding: 'utf8',
    });
    return { isKilled: run.signal === 'SIGKILL', errors: run.stderr };
  }

  /** Without hashes of commits, which have times in them. */
  const comparable = (work: TemporaryFolder): unknown => ({ ...stateOf(work), '(branches)': work.git('rev-parse', 'main^{tree}') });

  it("leaves the user's work as it was, or is done, whichever git command it dies at; and the next one completes", async () => {
    const template = makeWork();
    const before = comparable(template);
    const finished = makeWork();
    assert.deepEqual(deliver(finished, 'never'), { isKilled: false, errors: '' });
    const after = comparable(finished);
    assert.match(finished.read('mixed.yaml'), /a: delivered\n[^]*e: mine/);
    const calls = Number(tools.read('count'));
    assert.ok(calls > 15);
    const outcomes = new Set<string>();
    // The first ones read, and write into a temporary folder alone: each third of them will do.
    for (let call = 1; call <= calls; call += call > calls - 14 ? 1 : 3) {
      // The last calls are those that change something: there it also dies with what git did done.
      for (const when of call > calls - 8 ? ['before', 'after'] : ['before']) {
        const work = makeFolder();
        fs.cpSync(template.path, work.path, { recursive: true });
        const at = `${call}-${when}`;
        assert.ok(deliver(work, at).isKilled, at);
        assert.match(work.read('mixed.yaml'), /e: mine/, at);
        assert.equal(work.read('new.txt'), 'new\n', at);
        const told = await gitWriter.recover(work.core, signal);
        const state = comparable(work);
        const isDone = work.git('rev-list', '--count', 'main') === '2';
        assert.deepEqual(state, isDone ? after : before, at);
        assert.equal(fs.existsSync(path.join(work.path, '.git/gitops-workbench-move.json')), false, at);
        outcomes.add(isDone ? 'done' : told.length > 0 ? 'undone' : 'not begun');
        if (!isDone && told.length > 0 && when === 'before') {
          assert.deepEqual(deliver(work, 'never'), { isKilled: false, errors: '' }, at);
          assert.deepEqual(comparable(work), after, at);
        }
        work.remove();
      }
    }
    assert.deepEqual([...outcomes].sort(), ['done', 'not begun', 'undone']);
  });

  it('leaves alone what the user did to the files after it was killed', async () => {
    const work = makeWork();
    const finished = makeWork();
    deliver(finished, 'never');
    const calls = Number(tools.read('count'));
    assert.ok(deliver(work, `${calls}-before`).isKilled);
    assert.match(work.read('plain.yaml'), /x: 2/);
    work.put('plain.yaml', 'x: by hand\n');
    work.put('mixed.yaml', 'all new\n');
    await gitWriter.recover(work.core, signal);
    assert.deepEqual(
      [work.read('plain.yaml'), work.read('mixed.yaml'), work.read('gone.yaml'), fs.existsSync(path.join(work.path, 'folder'))],
      ['x: by hand\n', 'all new\n', 'y: 1\n', false],
    );
    assert.equal(work.git('show', ':plain.yaml'), 'x: 1');
  });
});
