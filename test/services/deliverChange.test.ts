import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import { gitWriter } from '../../src/adapters/git/gitWriter.js';
import { toCorePath } from '../../src/adapters/disk/paths.js';
import { deliverChange, previewChange, type ChangeRequest, type DeliveredChange, type DeliveryWay } from '../../src/services/deliverChange.js';
import { Failure, type FailureCode } from '../../src/services/failure.js';
import type { FileEdit } from '../../src/services/ports.js';
import { GitPlayground, stateOf } from '../support/git/gitPlayground.js';
import { temporaryFolders, type TemporaryFolder } from '../support/temporaryFolder.js';

const tools = { writer: gitWriter, repositories: gitRepositories };
const signal = new AbortController().signal;

const files = `
#- overlays/prod/kustomization.yaml
images:
  - name: orders
    newTag: v1

# Who to call.
commonAnnotations:
  owner: orders
#- overlays/dev/kustomization.yaml
images:
  - name: orders
    newTag: v2
#- README.md
Delivery.
`;
const prod = 'overlays/prod/kustomization.yaml';

/** Sets the tag wherever the file stands on the base, as a promotion would. */
function retag(folder: TemporaryFolder, tag: string, name = prod): ChangeRequest['plan'] {
  return async ({ tree }) => {
    const file = `${folder.core}/${name}`;
    tree.snapshot().read(file);
    await tree.loadWanted(signal);
    const before = tree.snapshot().read(file)?.text ?? '';
    return { edits: [{ path: file, content: before.replace(/newTag: .*/, `newTag: ${tag}`) }], message: `chore: update prod image to ${tag} [skip ci]` };
  };
}

function put(folder: TemporaryFolder, edits: Readonly<Record<string, string | undefined>>, message = 'change'): ChangeRequest['plan'] {
  const list = Object.entries(edits).map(([name, content]): FileEdit => ({ path: `${folder.core}/${name}`, content }));
  return () => Promise.resolve({ edits: list, message });
}

function deliver(
  folder: TemporaryFolder,
  plan: ChangeRequest['plan'],
  way: DeliveryWay['kind'] & ('commit' | 'push') = 'commit',
  more: Partial<ChangeRequest> = {},
): Promise<DeliveredChange> {
  return deliverChange(tools, { top: folder.core, branch: 'main', way: { kind: way }, plan, ...more }, signal);
}

async function fails(code: FailureCode, pattern: RegExp, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, pattern);
    assert.ok(error.action.length > 0);
    return true;
  });
}

describe('delivering a change', function () {
  this.timeout(120_000);
  const makeFolder = temporaryFolders();
  let playground: GitPlayground;
  let work: TemporaryFolder;
  beforeEach(async () => {
    playground = await GitPlayground.start(files, makeFolder);
    ({ work } = playground);
  });
  afterEach(() => playground.close());

  describe('to the branch that is checked out', () => {
    it('makes a commit by the user, and the files and the index are those of the commit', async () => {
      const { commit, isPushed } = await deliver(work, retag(work, 'v2'));
      assert.equal(work.git('rev-parse', 'main'), commit);
      assert.equal(work.git('log', '-1', '--format=%an <%ae> %cn %s'), 'U <u@example.com> U chore: update prod image to v2 [skip ci]');
      assert.equal(work.git('status', '--porcelain'), '');
      assert.equal(work.git('diff', '--stat', 'HEAD~1', '--', '.').split('\n').length, 2);
      assert.match(work.read(prod), /newTag: v2\n/);
      assert.equal(isPushed, false);
      assert.notEqual(await playground.remoteTip(), commit);
    });

    it('leaves out what is not committed: other files, staged files, new files', async () => {
      work.put('README.md', 'Mine.\n').put('staged.txt', 'staged\n').put('new.txt', 'new\n');
      work.git('add', 'staged.txt');
      const { commit } = await deliver(work, retag(work, 'v2'));
      assert.equal(work.git('diff-tree', '-r', '--no-commit-id', '--name-only', commit ?? ''), prod);
      assert.deepEqual(
        work.git('status', '--porcelain').split('\n'),
        ['M README.md', 'A  staged.txt', '?? new.txt'].map((line) => line),
      );
      assert.equal(work.read('README.md'), 'Mine.\n');
    });

    it('merges by lines with changes of the same file that are not committed, staged and not', async () => {
      const before = work.read(prod);
      work.put(prod, before.replace('owner: orders', 'owner: staged'));
      work.git('add', prod);
      work.put(prod, before.replace('owner: orders', 'owner: mine'));
      await deliver(work, retag(work, 'v2'));
      assert.equal(work.read(prod), before.replace('v1', 'v2').replace('owner: orders', 'owner: mine'));
      assert.equal(work.git('show', `:${prod}`), before.replace('v1', 'v2').replace('owner: orders', 'owner: staged').trim());
      assert.equal(work.git('show', `HEAD:${prod}`), before.replace('v1', 'v2').trim());
    });

    it('refuses where the user changed the same lines, and touches nothing', async () => {
      work.put(prod, work.read(prod).replace('v1', 'v7'));
      const before = stateOf(work);
      await fails('git/would-overwrite', /overlays\/prod\/kustomization\.yaml has changes that are not committed.*same lines/, deliver(work, retag(work, 'v2')));
      assert.deepEqual(stateOf(work), before);
    });

    it('refuses where a file that is not under git stands in the way', async () => {
      work.put('overlays/prod/new.yaml', 'mine\n');
      const before = stateOf(work);
      await fails('git/would-overwrite', /new\.yaml/, deliver(work, put(work, { 'overlays/prod/new.yaml': 'theirs\n' })));
      assert.deepEqual(stateOf(work), before);
    });

    it('refuses where the editor has unsaved changes of the file', async () => {
      await fails('git/unsaved', /not saved/, deliver(work, retag(work, 'v2'), 'commit', { unsaved: [`${work.core}/${prod}`] }));
    });

    it('adds and deletes files, and keeps what can be executed so', async () => {
      work.put('run.sh', '#!/bin/sh\n');
      fs.chmodSync(path.join(work.path, 'run.sh'), 0o755);
      work.commit('a script');
      await deliver(work, put(work, { 'run.sh': '#!/bin/sh\nexit 0\n', 'deep/er/new.yaml': 'a: 1\n', 'overlays/dev/kustomization.yaml': undefined }));
      assert.equal(work.git('status', '--porcelain'), '');
      assert.equal(work.git('ls-files', '--stage', 'run.sh').slice(0, 6), '100755');
      assert.equal(work.read('deep/er/new.yaml'), 'a: 1\n');
      assert.equal(fs.existsSync(path.join(work.path, 'overlays/dev')), false);
    });

    it('moves the files of the linked work tree that has it checked out', async () => {
      const linked = makeFolder();
      work.git('switch', '--quiet', '-c', 'dev');
      work.git('worktree', 'add', '--quiet', path.join(linked.path, 'main'), 'main');
      const before = stateOf(work)['(index)'];
      const { commit } = await deliver(work, retag(work, 'v2'));
      assert.match(linked.read(`main/${prod}`), /newTag: v2/);
      assert.equal(work.git('-C', path.join(linked.path, 'main'), 'status', '--porcelain'), '');
      assert.equal(work.git('rev-parse', 'main'), commit);
      assert.equal(stateOf(work)['(index)'], before);
    });

    it('is asked for from a linked work tree too', async () => {
      const linked = path.join(makeFolder().path, 'tree');
      work.git('worktree', 'add', '--quiet', '-b', 'dev', linked);
      const { commit } = await deliverChange(
        tools,
        {
          top: toCorePath(linked),
          branch: 'dev',
          way: { kind: 'commit' },
          plan: () => Promise.resolve({ edits: [{ path: `${toCorePath(linked)}/a.yaml`, content: 'a: 1\n' }], message: 'a' }),
        },
        signal,
      );
      assert.equal(work.git('rev-parse', 'dev'), commit);
      assert.equal(work.git('-C', linked, 'status', '--porcelain'), '');
    });

    it('refuses during a merge, a rebase, and while another git has the index', async () => {
      work.git('switch', '--quiet', '-c', 'side');
      work.put('README.md', 'Side.\n').commit();
      work.git('switch', '--quiet', 'main');
      work.put('README.md', 'Main.\n').commit();
      assert.throws(() => work.git('merge', 'side'));
      await fails('git/busy', /merge is not finished/, deliver(work, retag(work, 'v2')));
      work.git('merge', '--abort');
      assert.throws(() => work.git('rebase', 'side'));
      await fails('git/busy', /rebase/, deliver(work, retag(work, 'v2')));
      work.git('rebase', '--abort');
      work.put('.git/index.lock', '');
      await fails('git/busy', /index\.lock/, deliver(work, retag(work, 'v2')));
    });

    it('leaves files outside of a sparse checkout where they are: away', async () => {
      work.git('sparse-checkout', 'set', '--no-cone', '/README.md');
      assert.equal(fs.existsSync(path.join(work.path, prod)), false);
      const { commit } = await deliver(work, retag(work, 'v2'));
      assert.equal(fs.existsSync(path.join(work.path, prod)), false);
      assert.equal(work.git('status', '--porcelain'), '');
      assert.match(work.git('show', `${commit ?? ''}:${prod}`), /v2/);
    });

    it('writes line ends as the settings of git want them in the files, and the commit has none of that', async () => {
      work.git('config', 'core.autocrlf', 'true');
      fs.rmSync(path.join(work.path, prod));
      work.git('checkout', '--', prod);
      assert.match(work.read(prod), /newTag: v1\r\n/);
      await deliver(work, retag(work, 'v2'));
      assert.match(work.read(prod), /newTag: v2\r\n/);
      assert.equal(work.git('status', '--porcelain'), '');
      assert.doesNotMatch(work.git('cat-file', 'blob', `HEAD:${prod}`), /\r/);
      work.put(prod, work.read(prod).replace('owner: orders', 'owner: mine'));
      await deliver(work, retag(work, 'v3'));
      assert.match(work.read(prod), /newTag: v3\r\n[^]*owner: mine\r\n$/);
      assert.equal(work.git('diff', '--numstat'), `1\t1\t${prod}`);
    });

    it('keeps CR LF that is in the commit itself', async () => {
      work.put('windows.yaml', 'a: 1\r\nb: 2\r\n').commit();
      await deliver(work, put(work, { 'windows.yaml': 'a: 1\r\nb: 3\r\n' }));
      assert.equal(work.git('cat-file', '-s', 'HEAD:windows.yaml'), '12');
      assert.equal(work.read('windows.yaml'), 'a: 1\r\nb: 3\r\n');
    });
  });

  describe('to another branch', () => {
    beforeEach(() => {
      work.git('switch', '--quiet', '-c', 'dev');
    });

    it('touches neither files nor index nor the head', async () => {
      work.put('README.md', 'Mine.\n').put(prod, 'not yaml').put('new.txt', '');
      work.git('add', 'new.txt');
      const before = stateOf(work);
      const { commit } = await deliver(work, retag(work, 'v2'));
      const { '(branches)': branches, ...rest } = stateOf(work);
      const { '(branches)': branchesBefore, ...restBefore } = before;
      assert.deepEqual(rest, restBefore);
      assert.notEqual(branches, branchesBefore);
      assert.equal(work.git('rev-parse', 'main'), commit);
    });

    it('does so with a detached head, and refuses to write to what is no branch', async () => {
      work.git('switch', '--quiet', '--detach');
      work.git('tag', 'v1.0');
      const head = work.git('rev-parse', 'HEAD');
      await deliver(work, retag(work, 'v2'));
      assert.equal(work.git('rev-parse', 'HEAD'), head);
      await fails('git/not-a-branch', /v1\.0 is a tag/, deliver(work, retag(work, 'v2'), 'commit', { branch: 'v1.0' }));
      await fails('git/not-a-branch', /is a commit/, deliver(work, retag(work, 'v2'), 'commit', { branch: head }));
      await fails('git/not-a-branch', /no branch nowhere/, deliver(work, retag(work, 'v2'), 'commit', { branch: 'nowhere' }));
      await fails('git/not-a-branch', /no name/, deliver(work, retag(work, 'v2'), 'commit', { branch: '--upload-pack=x' }));
      await fails('git/not-a-branch', /no name/, deliver(work, retag(work, 'v2'), 'commit', { branch: 'HEAD' }));
    });

    it('makes the branch here where it is at the remote only, as git switch would', async () => {
      work.git('branch', '--quiet', '-D', 'main');
      const { commit } = await deliver(work, retag(work, 'v2'));
      assert.equal(work.git('rev-parse', 'main'), commit);
      assert.equal(work.git('rev-parse', '--abbrev-ref', 'main@{upstream}'), 'origin/main');
    });

    it('pushes to a branch that is at the remote only, and makes none here', async () => {
      work.git('branch', '--quiet', '-D', 'main');
      const { commit } = await deliver(work, retag(work, 'v2'), 'push');
      assert.equal(await playground.remoteTip(), commit);
      assert.doesNotMatch(work.git('for-each-ref', 'refs/heads'), /main/);
    });
  });

  describe('with a push', () => {
    it('brings the commit to the upstream and the branch along', async () => {
      const { commit, isPushed, notes } = await deliver(work, retag(work, 'v2'), 'push');
      assert.ok(isPushed);
      assert.deepEqual(notes, []);
      assert.equal(await playground.remoteTip(), commit);
      assert.equal(work.git('status', '--porcelain', '--branch'), '## main...origin/main');
    });

    it('plans again on the new tip where others pushed, and never forces', async () => {
      const theirs = playground.pushByOther(prod, work.read(prod).replace('owner: orders', 'owner: another'));
      const { commit, notes } = await deliver(work, retag(work, 'v2'), 'push');
      assert.equal(await playground.remoteTip(), commit);
      assert.equal(work.git('rev-parse', `${commit ?? ''}~1`), theirs);
      assert.match(work.read(prod), /v2\n[^]*owner: another/);
      assert.equal(work.git('status', '--porcelain'), '');
      assert.deepEqual(notes, [`main had moved; planned again on ${theirs.slice(0, 12)}.`]);
    });

    it('says that there is nothing to do where the new tip has the change already', async () => {
      const theirs = playground.pushByOther(prod, work.read(prod).replace('v1', 'v2'));
      await fails('git/nothing-to-commit', /already/, deliver(work, retag(work, 'v2'), 'push'));
      assert.equal(await playground.remoteTip(), theirs);
    });

    it("refuses where the branch has commits of its own and lacks others: they are the user's to move", async () => {
      work.put('README.md', 'Mine.\n').commit('mine');
      playground.pushByOther('other.txt', 'theirs\n');
      const before = stateOf(work);
      await fails('git/diverged', /main has 1 commit that origin doesn't have/, deliver(work, retag(work, 'v2'), 'push'));
      assert.deepEqual(stateOf(work), before);
    });

    it('tells which commits go along', async () => {
      work.put('README.md', 'Mine.\n').commit('mine');
      const request: ChangeRequest = { top: work.core, branch: 'main', way: { kind: 'push' }, plan: retag(work, 'v2') };
      const { alsoPushed } = await previewChange(tools, request, signal);
      assert.deepEqual(
        alsoPushed.map(({ subject }) => subject),
        ['mine'],
      );
      assert.deepEqual(
        (await deliver(work, retag(work, 'v2'), 'push')).alsoPushed.map(({ subject }) => subject),
        ['mine'],
      );
    });

    it('pushes what the server refuses nowhere: a hook, a protected branch', async () => {
      playground.serverHook('pre-receive', 'echo "no tags on Fridays" >&2; exit 1');
      const before = stateOf(work);
      await fails('git/push-refused', /pre-receive hook declined.*no tags on Fridays/, deliver(work, retag(work, 'v2'), 'push'));
      playground.serverHook('pre-receive', 'echo "GitLab: You are not allowed to push code to protected branches on this project." >&2; exit 1');
      await fails('git/protected-branch', /origin\/main is protected/, deliver(work, retag(work, 'v2'), 'push'));
      assert.deepEqual(stateOf(work), before);
    });

    it('refuses a push before it begins where pre-push says no, a remote is away, or there is none', async () => {
      const before = stateOf(work);
      playground.hook('pre-push', 'cat > /dev/null; echo "run the tests first" >&2; exit 1');
      await fails('git/hook-refused', /run the tests first/, deliver(work, retag(work, 'v2'), 'push'));
      fs.rmSync(path.join(work.path, '.git/hooks/pre-push'));
      work.git('remote', 'set-url', 'origin', 'http://user:secret@127.0.0.1:9/nowhere.git');
      await assert.rejects(deliver(work, retag(work, 'v2'), 'push'), (error) => {
        assert.ok(error instanceof Failure && error.code === 'git/unreachable', String(error));
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
      work.git('remote', 'set-url', 'origin', playground.url.replace(/\/[0-9a-f]+\//, '/wrong/'));
      await fails('git/unreachable', /no such repository/, deliver(work, retag(work, 'v2'), 'push'));
      assert.deepEqual(stateOf(work), before);
      work.git('remote', 'remove', 'origin');
      await fails('git/no-upstream', /no remote/, deliver(work, retag(work, 'v2'), 'push'));
    });

    it('works in a shallow clone', async () => {
      playground.pushByOther('more.txt', '1\n');
      const shallow = playground.clone(makeFolder(), '--depth=1');
      shallow.git('remote', 'set-url', 'origin', playground.url);
      playground.pushByOther('more.txt', '2\n');
      const { commit } = await deliver(shallow, retag(shallow, 'v2'), 'push');
      assert.equal(await playground.remoteTip(), commit);
      assert.equal(shallow.git('status', '--porcelain'), '');
    });
  });

  describe('as a pull request', () => {
    const way: DeliveryWay = { kind: 'pullRequest', topicBranch: 'promote/prod-v2' };
    it('pushes a branch from the tip of the target, and leaves everything here as it is', async () => {
      work.put('README.md', 'Mine.\n').commit('not to be seen');
      const theirs = playground.pushByOther('other.txt', 'theirs\n');
      const before = stateOf(work);
      const { commit, writtenTo, pullRequest, notes } = await deliverChange(tools, { top: work.core, branch: 'main', way, plan: retag(work, 'v2') }, signal);
      assert.deepEqual([writtenTo, await playground.remoteTip('promote/prod-v2'), work.git('rev-parse', `${commit ?? ''}~1`)], ['promote/prod-v2', commit, theirs]);
      assert.deepEqual([pullRequest, notes.length], [undefined, 1]);
      assert.deepEqual(stateOf(work), before);
    });

    it('names the page of the forge', async () => {
      work.git('config', 'remote.origin.pushurl', playground.url);
      const real = {
        ...gitWriter,
        branch: async (...words: Parameters<typeof gitWriter.branch>) => {
          const found = await gitWriter.branch(...words);
          return found.upstream ? { ...found, upstream: { ...found.upstream, url: 'git@github.com:acme/delivery.git' } } : found;
        },
      };
      const { pullRequest } = await deliverChange({ ...tools, writer: real }, { top: work.core, branch: 'main', way, plan: retag(work, 'v2') }, signal);
      assert.equal(pullRequest?.url, 'https://github.com/acme/delivery/compare/main...promote/prod-v2?expand=1&title=chore%3A%20update%20prod%20image%20to%20v2%20%5Bskip%20ci%5D');
    });

    it('refuses a name that the remote has already with other commits', async () => {
      playground.other().git('push', '--quiet', 'origin', 'HEAD:refs/heads/promote/prod-v2');
      const other = playground.other();
      other.git('switch', '--quiet', 'promote/prod-v2');
      other.put('x.txt', 'x').commit();
      other.git('push', '--quiet', 'origin', 'promote/prod-v2');
      await fails('git/push-refused', /another branch promote\/prod-v2/, deliverChange(tools, { top: work.core, branch: 'main', way, plan: retag(work, 'v2') }, signal));
    });
  });

  describe('what is refused by name', () => {
    it('symbolic links, submodules, files of LFS and of filters, places outside', async () => {
      const other = makeFolder('#- a.yaml\na: 1\n');
      other.commit();
      work.git('submodule', '--quiet', 'add', other.path, 'vendor/base');
      work.link('link.yaml', prod).link('linked', 'overlays');
      work.put('big.bin', 'version https://git-lfs.github.com/spec/v1\n').put('secret.yaml', 'x').commit('odd files');
      work.put('.gitattributes', '*.bin filter=lfs\nsecret.yaml filter=git-crypt\n').commit('attributes');
      const before = stateOf(work);
      await fails('git/unsupported-path', /link\.yaml.*symbolic link/, deliver(work, put(work, { 'link.yaml': 'a: 2\n' })));
      await fails('git/unsupported-path', /linked is a symbolic link/, deliver(work, put(work, { 'linked/prod/kustomization.yaml': 'a: 2\n' })));
      await fails('git/unsupported-path', /vendor\/base is a submodule/, deliver(work, put(work, { 'vendor/base/a.yaml': 'a: 2\n' })));
      await fails('git/unsupported-path', /is a submodule/, deliver(work, put(work, { 'vendor/base': undefined })));
      await fails('git/unsupported-path', /Git LFS/, deliver(work, put(work, { 'big.bin': 'x' })));
      await fails('git/unsupported-path', /git-crypt/, deliver(work, put(work, { 'secret.yaml': 'x' })));
      await fails('git/unsupported-path', /outside/, deliver(work, put(work, { '../x': 'x' })));
      await fails('git/unsupported-path', /folder of git/, deliver(work, put(work, { '.git/hooks/pre-commit': 'x' })));
      await fails('git/unsupported-path', /is a folder/, deliver(work, put(work, { overlays: 'x' })));
      await fails('git/unsupported-path', /is a file/, deliver(work, put(work, { [`${prod}/x`]: 'x' })));
      assert.deepEqual(stateOf(work), before);
    });

    it('leaves links and submodules of the branch alone when something else changes', async () => {
      const other = makeFolder('#- a.yaml\na: 1\n');
      other.commit();
      work.git('submodule', '--quiet', 'add', other.path, 'vendor/base');
      work.link('link.yaml', prod).commit('odd files');
      work.put('vendor/base/a.yaml', 'a: mine\n');
      const { commit } = await deliver(work, retag(work, 'v2'));
      assert.equal(work.git('diff-tree', '-r', '--no-commit-id', '--name-only', commit ?? ''), prod);
      assert.equal(work.read('vendor/base/a.yaml'), 'a: mine\n');
      assert.equal(fs.readlinkSync(path.join(work.path, 'link.yaml')), prod);
    });

    it('a file of which git was told not to see the changes', async () => {
      work.git('update-index', '--assume-unchanged', prod);
      work.put(prod, 'hidden change\n');
      await fails('git/would-overwrite', /assumed unchanged/, deliver(work, retag(work, 'v2')));
      assert.equal(work.read(prod), 'hidden change\n');
    });

    it('a commit by nobody', async () => {
      work.git('config', 'user.useConfigOnly', 'true');
      work.git('config', '--unset', 'user.email');
      const home = process.env['HOME'];
      const global = process.env['GIT_CONFIG_GLOBAL'];
      process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
      try {
        await fails('git/no-identity', /who commits/, deliver(work, retag(work, 'v2')));
      } finally {
        if (global === undefined) delete process.env['GIT_CONFIG_GLOBAL'];
        else process.env['GIT_CONFIG_GLOBAL'] = global;
        assert.equal(process.env['HOME'], home);
      }
    });
  });

  describe('hooks and signing', () => {
    it('asks pre-commit with the files as they will be committed, on that branch, away from the files of the user', async () => {
      const log = path.join(makeFolder().path, 'log');
      playground.hook('pre-commit', `{ git symbolic-ref HEAD; grep newTag ${prod}; git diff --cached --name-only; pwd; } > ${log}`);
      work.put(prod, 'broken by the user');
      work.git('switch', '--quiet', '-c', 'dev');
      await deliver(work, retag(work, 'v2'));
      const [head, tag, changed, folder] = fs.readFileSync(log, 'utf8').split('\n');
      assert.deepEqual([head, tag?.trim(), changed], ['refs/heads/main', 'newTag: v2', prod]);
      assert.notEqual(folder, work.path);
      assert.equal(work.read(prod), 'broken by the user');
      assert.equal(fs.existsSync(folder ?? ''), false);
      assert.equal(work.git('worktree', 'list').split('\n').length, 1);
    });

    it('refuses what a hook refuses, with its words, and asks none where that is wanted', async () => {
      const before = stateOf(work);
      for (const name of ['pre-commit', 'commit-msg']) {
        playground.hook(name, `echo "${name} says no" >&2; exit 1`);
        await fails('git/hook-refused', new RegExp(`The hook ${name} refused the commit: ${name} says no\\.`), deliver(work, retag(work, 'v2')));
        assert.deepEqual(stateOf(work), before);
        await deliver(work, retag(work, name), 'commit', { skipHooks: true, branch: 'main' });
        work.git('reset', '--quiet', '--hard', 'HEAD~1');
        fs.rmSync(path.join(work.path, '.git/hooks', name));
      }
    });

    it('takes over what hooks make of the message and of the files', async () => {
      playground.hook('prepare-commit-msg', 'echo "Prepared: $2" >> "$1"');
      playground.hook('commit-msg', 'echo "Change-Id: I1" >> "$1"');
      playground.hook('pre-commit', 'echo formatted > formatted.txt; git add formatted.txt');
      await deliver(work, retag(work, 'v2'));
      assert.equal(work.git('log', '-1', '--format=%B'), 'chore: update prod image to v2 [skip ci]\nPrepared: message\nChange-Id: I1');
      assert.equal(work.git('show', 'HEAD:formatted.txt'), 'formatted');
      assert.equal(work.read('formatted.txt'), 'formatted\n');
      assert.equal(work.git('status', '--porcelain'), '');
    });

    it('signs as the user signs, and makes no commit where it can not', async () => {
      const keys = makeFolder();
      // What git needs of a gpg: a signature on standard output, and the word that it was made.
      keys.put('gpg', '#!/bin/sh\ncat > "$(dirname "$0")/signed"\necho "$*" > "$(dirname "$0")/words"\necho "-----BEGIN PGP SIGNATURE-----"\necho "[GNUPG:] SIG_CREATED " >&2\n');
      fs.chmodSync(path.join(keys.path, 'gpg'), 0o755);
      for (const [name, value] of [
        ['gpg.format', 'openpgp'],
        ['gpg.program', path.join(keys.path, 'gpg')],
        ['user.signingKey', 'KEY'],
        ['commit.gpgSign', 'true'],
      ] as const)
        work.git('config', name, value);
      const { commit } = await deliver(work, retag(work, 'v2'));
      assert.match(work.git('cat-file', 'commit', commit ?? ''), /^gpgsig -----BEGIN PGP SIGNATURE-----$/m);
      assert.match(keys.read('words'), /KEY/);
      assert.match(keys.read('signed'), /^author U <u@example\.com>/m);
      keys.put('gpg', '#!/bin/sh\necho "no secret key" >&2\nexit 2\n');
      const before = stateOf(work);
      await fails('git/not-signed', /could not be signed/, deliver(work, retag(work, 'v3')));
      assert.deepEqual(stateOf(work), before);
    });
  });

  it('keeps a line of the message that begins with a number sign, and refuses a bare repository', async () => {
    await deliver(work, put(work, { 'a.yaml': 'a\n' }, '#12 promote\n\n# a heading\n'));
    assert.equal(work.git('log', '-1', '--format=%B'), '#12 promote\n\n# a heading');
    assert.equal(await gitRepositories.topOf(toCorePath(playground.remote.folderOf('delivery')), signal), undefined);
  });
});
