/** The ladders of environments for the editor: read when asked, followed while somebody looks. */
import { randomUUID } from 'node:crypto';
import { isInside } from '../../core/base/path.js';
import type { Place } from '../../core/base/problem.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { firstOpenRung, type LadderLive, type Rung } from '../../core/sync/ladder.js';
import type { DeliveryState } from '../../services/delivery.js';
import { Failure, isCancelled } from '../../services/failure.js';
import { followLadder } from '../../services/followLadder.js';
import { readLadder, type FollowedLine, type Ladder, type LadderRequest } from '../../services/ladder.js';
import { lookForLadder } from '../../services/ladderLook.js';
import type { GitAncestry } from '../../services/ports.js';
import { systemClock } from '../../services/syncClock.js';
import type { LiveSession } from '../cluster/liveSession.js';
import { toPlace } from '../delivery/summaries.js';
import type { DoctorNotifications, LadderProgress, LadderRung, LadderView } from '../doctorProtocol.js';
import type { UriText } from '../protocol.js';
import type { Session } from '../session.js';
import { uriToPath } from '../uris.js';

export type SendDoctor = <Method extends keyof DoctorNotifications>(method: Method, parameters: DoctorNotifications[Method]) => void;

export interface LaddersOptions {
  readonly session: Session;
  readonly live: LiveSession;
  /** Undefined where there is no git. */
  readonly ancestry: GitAncestry | undefined;
  readonly send: SendDoctor;
}

export class Ladders {
  readonly #options: LaddersOptions;
  readonly #follows = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();

  constructor(options: LaddersOptions) {
    this.#options = options;
  }

  /** Something changed in these environments: in their files, in git or in their cluster. */
  changed(ids: readonly string[]): void {
    if (ids.length > 0) this.#options.send('gitops/ladder/changed', { ids });
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls back when something may have changed, until it is called off. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Rejects with a {@link Failure} where there is no such environment. */
  async read(id: string, line: { readonly uri: UriText; readonly line: number } | undefined, signal: AbortSignal): Promise<LadderView> {
    return this.#describe(await this.readOf(id, { line: line && this.#lineOf(line) }, signal), id);
  }

  #lineOf({ uri, line }: { readonly uri: UriText; readonly line: number }): FollowedLine {
    const path = uriToPath(uri);
    const source = path === undefined ? undefined : this.#options.session.model.tree.read(path);
    if (!source || line >= source.lineStarts.length) throw new Failure('git/failed', 'There is no such line of a file here.', 'Choose a line of a file of this workspace.');
    return { path: source.path, text: source.text, line };
  }

  /** Begins to follow; the first state. It tells of the others until it ends. */
  async follow(id: string, commit: string | undefined, signal: AbortSignal): Promise<LadderProgress> {
    const followId = randomUUID();
    const stop = new AbortController();
    this.#follows.set(followId, stop);
    const view = this.#describe(await this.readOf(id, { commit }, signal), id);
    const first: LadderProgress = { followId, ladder: view, outcome: 'running', message: firstMessage(view) };
    // The editor has to know the id before it is told anything of it.
    setImmediate(() => void this.#follow(id, commit, first, stop));
    return first;
  }

  stop(followId: string): void {
    this.#follows.get(followId)?.abort();
  }

  close(): void {
    for (const stop of this.#follows.values()) stop.abort();
  }

  /** @param followed in place of the commit that last changed the render */
  async readOf(id: string, followed: Pick<LadderRequest, 'commit' | 'line'>, signal: AbortSignal): Promise<Ladder> {
    const { session } = this.#options;
    const environment = this.#environment(id);
    const { live, notAsked } = await this.#look(environment, signal);
    return readLadder(
      {
        environment,
        delivery: session.model.delivery,
        git: this.gitAccess(),
        unsaved: session.source.unsaved(),
        label: (path) => session.label(path),
        placeOf: (path) => this.placeOf(path),
        ...followed,
        live,
        notAsked,
        now: Date.now(),
      },
      signal,
    );
  }

  /** What may be asked of git, or why nothing is. */
  gitAccess(): LadderRequest['git'] {
    const { session, ancestry } = this.#options;
    const { source, folders } = session;
    if (!session.isTrusted) return { notAsked: 'Git is not asked in Restricted Mode.' };
    if (!ancestry) return { notAsked: 'This server works without git.' };
    const [first] = folders;
    const deliveryAt = async (revision: string, signal: AbortSignal): Promise<DeliveryState> => {
      const answer = await source.deliveryAt(revision, signal);
      if ('code' in answer) throw new Failure(answer.code === 'git/unknown-revision' ? answer.code : 'git/failed', answer.message, '');
      return answer.delivery;
    };
    return {
      ancestry,
      stateOf: (top) => Promise.resolve(source.gitState(top)),
      deliveryAt: (top) => (first !== undefined && isInside(session.model.tree.realPath(first), top) ? deliveryAt : undefined),
    };
  }

  placeOf(path: string): Place | undefined {
    const source = this.#options.session.model.tree.read(path);
    return source && { source, start: 0, end: 0 };
  }

  #environment(id: string): Environment {
    const environment = this.#options.live.environment(id);
    if (!environment) throw new Failure('live/not-compared', 'This environment is gone.', 'Look at the tree again.');
    return environment;
  }

  async #look(environment: Environment, signal: AbortSignal): Promise<{ readonly live: LadderLive | undefined; readonly notAsked: string }> {
    const { live } = this.#options;
    const known = live.environments.get(environment.id);
    const connection = live.clusters.connectionOf(environment.id);
    if (!connection?.cluster || connection.state !== 'connected') return { live: undefined, notAsked: 'No cluster is connected for it.' };
    if (!known?.drift) {
      const why = known?.state.kind === 'failed' ? known.state.failure.message : 'It was not compared with its cluster yet.';
      return { live: undefined, notAsked: why };
    }
    const { cluster, context } = connection;
    const look = { cluster, environment, drift: known.drift, status: known.operator, fallbackNamespace: live.namespaceOf(context), now: Date.now() };
    return { live: await lookForLadder(look, signal), notAsked: '' };
  }

  async #follow(id: string, commit: string | undefined, first: LadderProgress, stop: AbortController): Promise<void> {
    const { session, send } = this.#options;
    const { followId } = first;
    const signal = AbortSignal.any([stop.signal, session.signal]);
    let latest = first;
    const tell = (progress: LadderProgress): void => {
      latest = progress;
      send('gitops/ladder/progress', progress);
    };
    try {
      await followLadder(
        {
          clock: systemClock,
          read: (own) => this.readOf(id, { commit }, own),
          onChange: (listener) => this.onChange(listener),
          tell: ({ ladder, outcome, message }) => tell({ followId, ladder: this.#describe(ladder, id), outcome, message }),
        },
        signal,
      );
    } catch (error) {
      if (!isCancelled(error) && !(error instanceof Failure)) session.logBug(`following ${id}`, error);
      tell({ ...latest, outcome: 'stopped', message: error instanceof Failure ? `${error.message} ${error.action}`.trim() : 'It is not followed any more.' });
    } finally {
      this.#follows.delete(followId);
    }
  }

  #describe({ environment, rungs, sources }: Ladder, id: string): LadderView {
    const [source] = sources;
    return {
      id,
      label: environment.label,
      commit: source?.change,
      rungs: rungs.map((rung) => this.#describeRung(rung)),
      firstOpen: firstOpenRung(rungs)?.rung,
      context: this.#options.live.clusters.contextOf(id),
      at: new Date().toISOString(),
    };
  }

  #describeRung({ rung, title, state, evidence, facts, place }: Rung): LadderRung {
    return { rung, title, state, evidence, facts, place: place && toPlace(place, (path) => this.#options.session.label(path)) };
  }
}

function firstMessage({ rungs, firstOpen }: LadderView): string {
  return rungs.find(({ rung }) => rung === firstOpen)?.evidence ?? 'It is healthy.';
}
