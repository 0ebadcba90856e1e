import assert from 'node:assert/strict';
import type { TreeNode } from '../../../src/extension/environmentTree/treeNode.js';
import { pullRequestNodes } from '../../../src/extension/pullRequests/pullRequestNodes.js';
import { PullRequests } from '../../../src/extension/pullRequests/pullRequests.js';
import type { PreviewEnvironment, PullRequestForge } from '../../../src/server/promoteProtocol.js';
import { drawTree } from '../../support/drawTree.js';

const open: PreviewEnvironment = {
  ...{ id: 'pr-42', label: 'orders-pr-42', title: '#42 Retry payments', branch: 'retry', isCurrent: true, namespace: 'orders-pr-42', state: 'not-created' },
  ...{ words: '', context: undefined, place: undefined, url: 'https://github.com/acme/orders/pull/42' },
};
const created: PreviewEnvironment = {
  ...open,
  id: 'pr-43',
  label: 'orders-pr-43',
  title: '',
  branch: '',
  isCurrent: false,
  namespace: 'orders-pr-43',
  state: 'created',
  url: undefined,
};
const forge: PullRequestForge = { kind: 'github', host: 'github.com', repository: 'acme/orders', state: 'known', message: '2 open, asked just now' };

describe('preview environments of pull requests', () => {
  it('stand below the apps, with their pull request, branch, namespace and whether they are there', () => {
    assert.equal(
      drawTree(pullRequestNodes([open, created], [forge])),
      `(git-pull-request) Pull requests | 2 previews · 1 created
  (git-pull-request-draft) orders-pr-42 | #42 Retry payments · from retry (checked out) · orders-pr-42 · not created
  (git-pull-request) orders-pr-43 | orders-pr-43 · created
  (repo) acme/orders | 2 open, asked just now · github.com
`,
    );
    assert.deepEqual(pullRequestNodes([], []), []);
  });

  it('lead to their page where the forge told it', () => {
    const [first, second] = pullRequestNodes([open, created], [])[0]?.children as readonly TreeNode[];
    assert.deepEqual(
      [first?.contexts, second?.contexts],
      [
        ['pullRequest', 'not-created', 'page'],
        ['pullRequest', 'created'],
      ],
    );
  });

  it('are shown where a cluster alone has them, and nothing is done to these', () => {
    const owned: PreviewEnvironment = { ...created, id: '', label: 'orders-pr-7', namespace: 'orders-pr-7', words: 'Healthy, Synced, in kind' };
    const [group] = pullRequestNodes([owned], []);
    assert.equal(
      drawTree(group ? [group] : []),
      '(git-pull-request) Pull requests | 1 preview · 1 created\n  (git-pull-request) orders-pr-7 | orders-pr-7 · created · Healthy, Synced, in kind\n',
    );
    const [node] = group?.children as readonly TreeNode[];
    assert.deepEqual([node?.contexts, node?.environmentId], [['pullRequestOwned'], undefined]);
  });

  it('say where they would come from while nobody asked, and why nobody answered', () => {
    const [unasked, failed] = [
      { ...forge, state: 'unasked', message: '' },
      { ...forge, repository: 'acme/shop', state: 'failed', message: 'github.com takes no more requests for 2 min (429). It is asked again later.' },
    ] as const;
    assert.equal(
      drawTree(pullRequestNodes([], [unasked, failed])),
      `(git-pull-request) Pull requests | not known yet
  (sign-in) acme/orders | not asked which are open: sign in · github.com
  (warning) acme/shop | github.com takes no more requests for 2 min (429). It is asked again later.
`,
    );
  });

  it('are none with a server that can not tell, and news only where something changed', async () => {
    let answer: readonly PreviewEnvironment[] | Error = new Error('Unhandled method');
    const known = new PullRequests({
      request: (method) =>
        method === 'gitops/pullRequests/forges' ? Promise.resolve([] as never) : answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never),
    });
    let changes = 0;
    known.onDidChange(() => (changes += 1));
    await known.refresh();
    assert.deepEqual([known.environments, changes], [[], 0]);
    answer = [open];
    await known.refresh();
    await known.refresh();
    assert.deepEqual([known.environments, changes], [[open], 1]);
  });
});
