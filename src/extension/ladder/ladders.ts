/**
 * The delivery ladders that were asked for: how far each environment's change has come. Kept until the server says that
 * one may read otherwise, then asked again if it was ever looked at; what is followed is taken as it comes.
 */
import type { LadderProgress, LadderView } from '../../server/doctorProtocol.js';
import type { FailureWords } from '../../server/protocol.js';
import type { Announcements, Requests } from '../server/connection.js';

/** The part of the server that is needed here. */
export interface LadderServer {
  request<Method extends keyof Requests>(method: Method, parameters: Requests[Method]['params']): Promise<Requests[Method]['result']>;
  on<Method extends keyof Announcements>(method: Method, listener: (parameters: Announcements[Method]) => void): { dispose(): void };
  onDidRestart(listener: () => void): { dispose(): void };
}

type LadderAnswer = LadderView | FailureWords;

export class Ladders {
  readonly #server: LadderServer;
  readonly #subscriptions: readonly { dispose(): void }[];
  readonly #changeListeners = new Set<(ids: readonly string[]) => void>();
  readonly #progressListeners = new Set<(progress: LadderProgress) => void>();
  readonly #asked = new Map<string, Promise<LadderAnswer>>();
  readonly #known = new Map<string, LadderView>();
  readonly #underWay = new Set<string>();
  /** Ladders that may read otherwise than the answer that is on its way. */
  readonly #again = new Set<string>();

  constructor(server: LadderServer) {
    this.#server = server;
    this.#subscriptions = [
      server.on('gitops/ladder/changed', ({ ids }) => this.#askAgain(ids)),
      server.on('gitops/ladder/progress', (progress) => this.#take(progress)),
      server.onDidRestart(() => this.#askAgain([...this.#asked.keys()])),
    ];
  }

  /** The last answer for an environment; undefined where there is none yet. */
  known(id: string): LadderView | undefined {
    return this.#known.get(id);
  }

  /** The ladder of an environment, or why it can't be told. Never rejects. */
  read(id: string): Promise<LadderAnswer> {
    return this.#asked.get(id) ?? this.#ask(id);
  }

  /** Asks anew, whatever is known. Never rejects. */
  async refresh(id: string): Promise<LadderAnswer> {
    const before = this.#asked.get(id);
    if (!before || !this.#underWay.has(id)) return this.#ask(id);
    this.#again.add(id);
    await before;
    return this.read(id);
  }

  /** Asks for a ladder that somebody will look at; whoever listens hears when it is there. */
  want(id: string): void {
    if (!this.#asked.has(id)) void this.#ask(id);
  }

  /** Calls `listener` with the environments whose ladders read otherwise than before. */
  onDidChange(listener: (ids: readonly string[]) => void): { dispose(): void } {
    this.#changeListeners.add(listener);
    return { dispose: () => void this.#changeListeners.delete(listener) };
  }

  /** Calls `listener` whenever a ladder that is followed moved or ended. */
  onDidProgress(listener: (progress: LadderProgress) => void): { dispose(): void } {
    this.#progressListeners.add(listener);
    return { dispose: () => void this.#progressListeners.delete(listener) };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changeListeners.clear();
    this.#progressListeners.clear();
  }

  #ask(id: string): Promise<LadderAnswer> {
    this.#underWay.add(id);
    const asking: Promise<LadderAnswer> = this.#server.request('gitops/ladder/read', { id }).then(
      (answer) => {
        this.#end(id);
        if ('rungs' in answer) this.#learn(answer);
        return answer;
      },
      (error: unknown) => {
        // It is asked again the next time that somebody looks.
        if (this.#asked.get(id) === asking) this.#asked.delete(id);
        this.#end(id);
        return { code: 'server/unknown-request', message: error instanceof Error ? error.message : String(error) };
      },
    );
    this.#asked.set(id, asking);
    return asking;
  }

  /** What changed while an answer was on its way is asked for after it: a server that is busy is not asked twice at a time. */
  #end(id: string): void {
    this.#underWay.delete(id);
    if (this.#again.delete(id)) void this.#ask(id);
  }

  /** Only those that somebody looked at: the others are asked for when somebody does. */
  #askAgain(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#underWay.has(id)) this.#again.add(id);
      else if (this.#asked.has(id)) void this.#ask(id);
    }
  }

  #take(progress: LadderProgress): void {
    if (!this.#underWay.has(progress.ladder.id)) this.#asked.set(progress.ladder.id, Promise.resolve(progress.ladder));
    this.#learn(progress.ladder);
    for (const listener of this.#progressListeners) listener(progress);
  }

  #learn(ladder: LadderView): void {
    const before = this.#known.get(ladder.id);
    this.#known.set(ladder.id, ladder);
    if (isSame(before, ladder)) return;
    for (const listener of this.#changeListeners) listener([ladder.id]);
  }
}

/** Ladders that were read at different times may say the same. */
function isSame(before: LadderView | undefined, now: LadderView): boolean {
  return before !== undefined && JSON.stringify({ ...before, at: '' }) === JSON.stringify({ ...now, at: '' });
}
