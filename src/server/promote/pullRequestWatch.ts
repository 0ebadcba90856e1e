/**
 * Keeps the open pull requests that generators look for up to date: asks forges with which the editor has a session, as often as
 * Argo CD would, and takes what they say into the model. Without a session nobody is asked, and in Restricted Mode nobody at all.
 */
import type { PullRequestSource } from '../../core/gitops/argocd/applicationSet/pullRequestSource.js';
import { isCancelled } from '../../services/failure.js';
import { PullRequestLists } from '../../services/pullRequestLists.js';
import type { Forge, ForgeSession, OpenPullRequest } from '../../services/ports.js';
import { describeAge } from '../cluster/words.js';
import type { PullRequestForge } from '../promoteProtocol.js';
import type { Session } from '../session.js';

export interface PullRequestWatchOptions {
  readonly session: Session;
  readonly forge: Pick<Forge, 'pullRequests'> | undefined;
  readonly askSession: (source: PullRequestSource) => Promise<ForgeSession | undefined>;
  /** Called when something else is known of a forge. */
  readonly onChange: () => void;
}

export class PullRequestWatch {
  readonly #options: PullRequestWatchOptions;
  readonly #lists: PullRequestLists | undefined;
  readonly #abort = new AbortController();
  /** The sources that were looked at last. */
  #seen = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PullRequestWatchOptions) {
    this.#options = options;
    this.#lists = options.forge && new PullRequestLists({ forge: options.forge, now: () => Date.now() });
  }

  /** After something changed in the workspace: forges are asked only where generators ask something else than before. */
  workspaceChanged(): void {
    const seen = this.#sources()
      .map(({ key }) => key)
      .join('\n');
    if (seen === this.#seen) return;
    this.#seen = seen;
    void this.refresh(false);
  }

  /** Asks for what is due, or for all of it. Never rejects. */
  async refresh(isForced: boolean): Promise<void> {
    const { session, askSession } = this.#options;
    try {
      const hasChanged = await this.#lists?.refresh(this.#sources(), { sessionFor: askSession, isForced }, this.#abort.signal);
      if (hasChanged) this.#take();
    } catch (error) {
      if (!isCancelled(error) && !this.#abort.signal.aborted) session.logBug('asking for pull requests', error);
    }
    this.#schedule();
  }

  /** What is known of each source, for people. */
  describe(): readonly PullRequestForge[] {
    return this.#sources().map((source) => ({ kind: source.kind, host: source.host, repository: source.repository, ...this.#describe(source) }));
  }

  /** The page of a pull request; undefined where its forge wasn't asked. */
  find(number: string, headSHA: string): OpenPullRequest | undefined {
    for (const source of this.#sources()) {
      const answer = this.#lists?.answer(source);
      const found = answer?.kind === 'known' ? answer.pullRequests.find((each) => String(each.number) === number && each.headSHA === headSHA) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  stop(): void {
    this.#abort.abort();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #sources(): readonly PullRequestSource[] {
    const { session } = this.#options;
    return session.isTrusted ? session.model.delivery.pullRequestSources : [];
  }

  #describe(source: PullRequestSource): Pick<PullRequestForge, 'state' | 'message'> {
    const answer = this.#lists?.answer(source) ?? { kind: 'unasked' };
    switch (answer.kind) {
      case 'unasked':
        return { state: 'unasked', message: '' };
      case 'failed':
        return { state: 'failed', message: `${answer.failure.message} ${answer.failure.action}` };
      case 'known': {
        const { pullRequests, isComplete, at, failure } = answer;
        const words = source.state === '' ? 'in all states, as the generator names none' : source.state === 'closed' || source.state === 'merged' ? source.state : 'open';
        const count = `${pullRequests.length}${isComplete ? '' : ' or more'} ${words}, asked ${describeAge(new Date(at).toISOString(), Date.now())}`;
        return failure ? { state: 'failed', message: `${failure.message} Before: ${count}.` } : { state: 'known', message: count };
      }
    }
  }

  #take(): void {
    const { session, onChange } = this.#options;
    const answers = this.#sources().flatMap((source) => {
      const answer = this.#lists?.answer(source);
      return answer?.kind === 'known' ? [[source.key, answer.pullRequests] as const] : [];
    });
    session.setForgePullRequests(new Map(answers));
    onChange();
  }

  #schedule(): void {
    if (this.#timer) clearTimeout(this.#timer);
    const next = this.#lists?.nextOf(this.#sources());
    if (next === undefined || this.#abort.signal.aborted) return;
    // A timer of more than 24 days ends at once.
    this.#timer = setTimeout(() => void this.refresh(false), Math.min(Math.max(next - Date.now(), 1000), 24 * 3600_000));
    this.#timer.unref();
  }
}
