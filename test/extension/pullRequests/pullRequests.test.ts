import assert from 'node:assert/strict';
import { pullRequestNodes } from '../../../src/extension/pullRequests/pullRequestNodes.js';
import { PullRequests } from '../../../src/extension/pullRequests/pullRequests.js';
import type { PreviewEnvironment } from '../../../src/server/promoteProtocol.js';
import { drawTree } from '../../support/drawTree.js';

const open: PreviewEnvironment = { id: 'pr-42', label: 'orders-pr-42', branch: 'retry', namespace: 'orders-pr-42', state: 'not-created', place: undefined };

describe('preview environments of pull requests', () => {
  it('stand below the apps, with their branch, namespace and whether they are there', () => {
    assert.equal(
      drawTree(pullRequestNodes([open, { ...open, id: 'pr-43', label: 'orders-pr-43', branch: '', namespace: 'orders-pr-43', state: 'created' }])),
      `(git-pull-request) Pull requests | 2 previews · 1 created
  (git-pull-request-draft) orders-pr-42 | from retry · orders-pr-42 · not created
  (git-pull-request) orders-pr-43 | orders-pr-43 · created
`,
    );
    assert.deepEqual(pullRequestNodes([]), []);
  });

  it('are none with a server that can not tell, and news only where something changed', async () => {
    let answer: readonly PreviewEnvironment[] | Error = new Error('Unhandled method');
    const known = new PullRequests({ request: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never)) });
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
