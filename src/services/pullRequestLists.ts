/**
 * The open pull requests that generators of ApplicationSets look for, as forges tell them. A forge is asked only where the user
 * has a session with it, not more often than Argo CD would be, and less often after it refused; what it said stays known meanwhile.
 */
import type { PullRequestSource } from '../core/gitops/argocd/applicationSet/pullRequestSource.js';
import { Failure, ForgeFailure, isCancelled } from './failure.js';
import type { Forge, ForgeSession, OpenPullRequest, PullRequestList } from './ports.js';

export interface PullRequestListsOptions {
  readonly forge: Pick<Forge, 'pullRequests'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is known of a source. */
export type PullRequestAnswer =
  /** Nobody asked: there is no session. */
  | { readonly kind: 'unasked' }
  /** `failure`: why the latest attempt came to nothing; what was known before stays. */
  | { readonly kind: 'known'; readonly pullRequests: readonly OpenPullRequest[]; readonly isComplete: boolean; readonly at: number; readonly failure: Failure | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure };

interface Kept {
  readonly list: PullRequestList | undefined;
  /** When the list was good last. */
  readonly at: number;
  readonly failure: Failure | undefined;
  /** Not asked again before. */
  readonly until: number;
}

/** Argo CD may be told to ask every second; a forge counts what one user asks. */
const shortestPause = 60_000;
const pauseAfterFailure = 5 * 60_000;

export class PullRequestLists {
  readonly #options: PullRequestListsOptions;
  readonly #kept = new Map<string, Kept>();
  /** One question at a time, so that no answer overtakes another. */
  #asking: Promise<boolean> = Promise.resolve(false);

  constructor(options: PullRequestListsOptions) {
    this.#options = options;
  }

  answer({ key }: Pick<PullRequestSource, 'key'>): PullRequestAnswer {
    const kept = this.#kept.get(key);
    if (kept?.list) return { kind: 'known', pullRequests: kept.list.pullRequests, isComplete: kept.list.isComplete, at: kept.at, failure: kept.failure };
    return kept?.failure ? { kind: 'failed', failure: kept.failure } : { kind: 'unasked' };
  }

  /** When the next of these is to be asked again, in milliseconds since 1970; undefined where none was asked. */
  nextOf(sources: readonly PullRequestSource[]): number | undefined {
    const times = sources.flatMap(({ key }) => this.#kept.get(key)?.until ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * Asks for those that are due; what isn't among `sources`, or has no session any more, is forgotten. True where something is
   * known that wasn't. Rejects only when cancelled.
   * @param isForced asks for all of them, but for those whose forge told how long to wait
   */
  refresh(
    sources: readonly PullRequestSource[],
    { sessionFor, isForced }: { readonly sessionFor: (source: PullRequestSource) => Promise<ForgeSession | undefined>; readonly isForced: boolean },
    signal: AbortSignal,
  ): Promise<boolean> {
    const ask = async (): Promise<boolean> => {
      let hasChanged = this.#keepOnly(new Set(sources.map(({ key }) => key)));
      for (const source of sources) {
        const session = await sessionFor(source);
        signal.throwIfAborted();
        if (!session) hasChanged = this.#kept.delete(source.key) || hasChanged;
        else if (this.#isDue(source, isForced)) hasChanged = (await this.#askOne(source, session, signal)) || hasChanged;
      }
      return hasChanged;
    };
    const before = this.#asking;
    const mine = before.then(ask, ask);
    this.#asking = mine;
    return mine;
  }

  #keepOnly(keys: ReadonlySet<string>): boolean {
    const left = [...this.#kept.keys()].filter((key) => !keys.has(key));
    for (const key of left) this.#kept.delete(key);
    return left.length > 0;
  }

  #isDue({ key }: PullRequestSource, isForced: boolean): boolean {
    const kept = this.#kept.get(key);
    if (!kept || kept.until <= this.#options.now()) return true;
    return isForced && !(kept.failure instanceof ForgeFailure && kept.failure.retryAfter !== undefined);
  }

  async #askOne(source: PullRequestSource, session: ForgeSession, signal: AbortSignal): Promise<boolean> {
    const { forge, now } = this.#options;
    const before = this.#kept.get(source.key);
    try {
      const answer = await forge.pullRequests(source, session, before?.list?.version, signal);
      const list = answer === 'unchanged' ? before?.list : answer;
      this.#kept.set(source.key, { list, at: now(), failure: undefined, until: now() + Math.max(shortestPause, source.askedEvery * 1000) });
      return before?.failure !== undefined || !isSameList(before?.list, list);
    } catch (error) {
      if (isCancelled(error) || !(error instanceof Failure)) throw error;
      const pause = error instanceof ForgeFailure && error.retryAfter !== undefined ? error.retryAfter * 1000 : pauseAfterFailure;
      // What the forge doesn't show to this session any more is not shown here either.
      const isGone = error.code === 'forge/unauthorized' || error.code === 'forge/unknown-repository';
      this.#kept.set(source.key, { list: isGone ? undefined : before?.list, at: before?.at ?? 0, failure: error, until: now() + pause });
      return before?.failure?.message !== error.message || (isGone && before.list !== undefined);
    }
  }
}

function isSameList(a: PullRequestList | undefined, b: PullRequestList | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a.pullRequests) === JSON.stringify(b.pullRequests) && a.isComplete === b.isComplete);
}
