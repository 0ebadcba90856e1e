import assert from 'node:assert/strict';
import type { PullRequestSource } from '../../src/core/gitops/argocd/applicationSet/pullRequestSource.js';
import { Failure, ForgeFailure } from '../../src/services/failure.js';
import type { ForgeSession, OpenPullRequest, PullRequestList } from '../../src/services/ports.js';
import { PullRequestLists } from '../../src/services/pullRequestLists.js';

const signal = new AbortController().signal;
const source: PullRequestSource = {
  ...{ key: 'a', kind: 'github', api: 'https://api.github.com', host: 'github.com', repository: 'acme/dex', labels: [], state: 'open' },
  ...{ isMissingFine: false, askedEvery: 300 },
};
const session: ForgeSession = { host: 'github.com', token: 'secret' };

function pullRequest(number: number): OpenPullRequest {
  return { number, title: '', url: '', branch: `topic-${number}`, targetBranch: 'main', headSHA: '', labels: [], author: '' };
}

describe('lists of open pull requests', () => {
  let time: number;
  let asked: (string | undefined)[];
  let answer: PullRequestList | 'unchanged' | Failure;
  let lists: PullRequestLists;
  beforeEach(() => {
    time = 1_000_000;
    asked = [];
    answer = { pullRequests: [pullRequest(1)], version: 'v1', isComplete: true };
    lists = new PullRequestLists({
      forge: {
        pullRequests: (_source, _session, known) => {
          asked.push(known);
          return answer instanceof Failure ? Promise.reject(answer) : Promise.resolve(answer);
        },
      },
      now: () => time,
    });
  });
  const refresh = (options: { readonly isForced?: boolean; readonly hasSession?: boolean; readonly sources?: readonly PullRequestSource[] } = {}): Promise<boolean> =>
    lists.refresh(
      options.sources ?? [source],
      { sessionFor: () => Promise.resolve(options.hasSession === false ? undefined : session), isForced: options.isForced === true },
      signal,
    );
  const numbers = (): readonly number[] | string => {
    const known = lists.answer(source);
    return known.kind === 'known' ? known.pullRequests.map(({ number }) => number) : known.kind;
  };

  it('are asked for with a session only, and forgotten with it', async () => {
    assert.equal(await refresh({ hasSession: false }), false);
    assert.deepEqual([numbers(), asked, lists.nextOf([source])], ['unasked', [], undefined]);
    assert.equal(await refresh(), true);
    assert.deepEqual(numbers(), [1]);
    assert.equal(await refresh({ hasSession: false }), true);
    assert.equal(numbers(), 'unasked');
  });

  it('are asked for again as often as Argo CD would, with the version that is known', async () => {
    await refresh();
    time += 299_000;
    assert.equal(await refresh(), false);
    assert.deepEqual(asked, [undefined]);
    assert.equal(lists.nextOf([source]), 1_300_000);
    time += 1000;
    answer = 'unchanged';
    assert.equal(await refresh(), false);
    assert.deepEqual([asked, numbers()], [[undefined, 'v1'], [1]]);
    answer = { pullRequests: [pullRequest(2)], version: 'v2', isComplete: true };
    assert.equal(await refresh({ isForced: true }), true);
    assert.deepEqual(numbers(), [2]);
  });

  it('are not asked for more than once a minute, whatever the generator says', async () => {
    await refresh({ sources: [{ ...source, askedEvery: 1 }] });
    assert.equal(lists.nextOf([source]), 1_060_000);
  });

  it('stay known while the forge is out of reach, which is told once', async () => {
    await refresh();
    time += 300_000;
    answer = new Failure('forge/unreachable', "api.github.com can't be reached.", 'Try again.');
    assert.equal(await refresh(), true);
    const known = lists.answer(source);
    assert.ok(known.kind === 'known' && known.failure?.code === 'forge/unreachable' && known.at === 1_000_000);
    time += 300_000;
    assert.equal(await refresh(), false);
    assert.equal(asked.length, 3);
  });

  it('are forgotten where the forge does not show them to this session', async () => {
    await refresh();
    answer = new Failure('forge/unauthorized', 'github.com does not take the session (401).', 'Sign in again.');
    assert.equal(await refresh({ isForced: true }), true);
    assert.equal(numbers(), 'failed');
  });

  it('are left alone as long as the forge wants, also where somebody asks for them', async () => {
    answer = new ForgeFailure('forge/rate-limited', 'github.com takes no more requests.', 'It is asked again later.', 600);
    assert.equal(await refresh(), true);
    time += 599_000;
    await refresh({ isForced: true });
    assert.equal(asked.length, 1);
    time += 1000;
    answer = { pullRequests: [], version: undefined, isComplete: true };
    assert.equal(await refresh(), true);
    assert.deepEqual(numbers(), []);
  });

  it('are forgotten with the generator that asked', async () => {
    await refresh();
    assert.equal(await refresh({ sources: [] }), true);
    assert.equal(numbers(), 'unasked');
  });

  it('end with the signal', async () => {
    const late = lists.refresh([source], { sessionFor: () => Promise.resolve(session), isForced: false }, AbortSignal.abort());
    await assert.rejects(late, { name: 'AbortError' });
    assert.deepEqual(asked, []);
  });
});
