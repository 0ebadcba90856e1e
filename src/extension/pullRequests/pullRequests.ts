/** The preview environments of pull requests, and what forges say of these, as the server last told. A server that knows of none leaves this empty. */
import type { PreviewEnvironment, PullRequestForge } from '../../server/promoteProtocol.js';
import type { Requests } from '../server/connection.js';

/** The part of the server that is needed here. */
export interface PullRequestServer {
  request<Method extends keyof Requests>(method: Method, parameters: Requests[Method]['params']): Promise<Requests[Method]['result']>;
}

export class PullRequests {
  readonly #server: PullRequestServer;
  readonly #listeners = new Set<() => void>();
  #known: { readonly environments: readonly PreviewEnvironment[]; readonly forges: readonly PullRequestForge[] } = { environments: [], forges: [] };
  #asking: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(server: PullRequestServer) {
    this.#server = server;
  }

  get environments(): readonly PreviewEnvironment[] {
    return this.#known.environments;
  }

  get forges(): readonly PullRequestForge[] {
    return this.#known.forges;
  }

  /** Calls `listener` when there are others than before, or their state is another one. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** Asks again. What changes while a question is under way is asked for after it. Never rejects. */
  refresh(): Promise<void> {
    this.#isAskedAgain = true;
    this.#asking ??= this.#askUntilCurrent().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askUntilCurrent(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      await this.#ask();
    }
  }

  async #ask(): Promise<void> {
    // One that can't tell, or is just ending, has none to show.
    const answer = await this.#server.request('gitops/previewEnvironments/list', {}).catch(() => []);
    const forges = await this.#server.request('gitops/pullRequests/forges', {}).catch(() => []);
    const known = { environments: 'code' in answer ? [] : answer, forges };
    const isSame = JSON.stringify(known) === JSON.stringify(this.#known);
    this.#known = known;
    if (!isSame) for (const listener of this.#listeners) listener();
  }
}
