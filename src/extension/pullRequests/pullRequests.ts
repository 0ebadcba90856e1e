/** The preview environments of pull requests as the server last told them. A server that knows of none leaves this empty. */
import type { PreviewEnvironment } from '../../server/promoteProtocol.js';
import type { Requests } from '../server/connection.js';

/** The part of the server that is needed here. */
export interface PullRequestServer {
  request<Method extends keyof Requests>(method: Method, parameters: Requests[Method]['params']): Promise<Requests[Method]['result']>;
}

export class PullRequests {
  readonly #server: PullRequestServer;
  readonly #listeners = new Set<() => void>();
  #environments: readonly PreviewEnvironment[] = [];
  #asking: Promise<void> | undefined;

  constructor(server: PullRequestServer) {
    this.#server = server;
  }

  get environments(): readonly PreviewEnvironment[] {
    return this.#environments;
  }

  /** Calls `listener` when there are others than before, or their state is another one. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** Asks again; a question that is under way is waited for. Never rejects. */
  refresh(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<void> {
    // One that can't tell, or is just ending, has none to show.
    const answer = await this.#server.request('gitops/previewEnvironments/list', {}).catch(() => []);
    const environments = 'code' in answer ? [] : answer;
    const isSame = JSON.stringify(environments) === JSON.stringify(this.#environments);
    this.#environments = environments;
    if (!isSame) for (const listener of this.#listeners) listener();
  }
}
