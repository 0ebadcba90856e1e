/**
 * Which containers of connected environments run something else than their tags lead to by now, for notes at the lines that
 * set the tags. Looked at when something changed live, and now and then, as a push to a registry tells nobody; only where a
 * registry of the environment may be asked.
 */
import { parseImageReference } from '../../core/objects/imageReference.js';
import type { BehindContainer } from '../../core/registry/runningImages.js';
import { containersIn, type EnvironmentContainer } from '../../core/rules/environmentContainers.js';
import { Failure, isCancelled } from '../../services/failure.js';
import { compareWithTags, type TagWatch } from '../../services/tagWatch.js';
import type { LiveHint } from '../clusterProtocol.js';
import type { LiveSession } from '../cluster/liveSession.js';
import { codeSpan, escapeMarkdown } from '../markdown.js';
import type { Session } from '../session.js';
import { behindWords } from './behindWords.js';
import type { RegistrySession } from './registrySession.js';

export interface BehindWatchOptions {
  readonly session: Session;
  readonly live: LiveSession;
  readonly registries: RegistrySession;
  /** How long an environment is left alone after a look, in milliseconds. */
  readonly pause?: number;
  /** After this time it is looked at again though nothing changed, in milliseconds. */
  readonly interval?: number;
}

interface Watched {
  behind: readonly BehindContainer[];
  isRunning: boolean;
  lookedAt: number;
  timer: NodeJS.Timeout | undefined;
}

export class BehindWatch {
  readonly #options: BehindWatchOptions;
  readonly #pause: number;
  readonly #interval: number;
  readonly #watched = new Map<string, Watched>();

  constructor(options: BehindWatchOptions) {
    this.#options = options;
    this.#pause = options.pause ?? 3_000;
    this.#interval = options.interval ?? 5 * 60_000;
  }

  /** Something changed in these environments, in the workspace or in their cluster. */
  changed(ids: readonly string[]): void {
    for (const id of ids) {
      if (!this.#canLook(id)) this.#forget(id);
      else this.#lookAfter(id, Math.max(0, (this.#watched.get(id)?.lookedAt ?? 0) + this.#pause - Date.now()));
    }
  }

  stop(): void {
    for (const { timer } of this.#watched.values()) clearTimeout(timer);
    this.#watched.clear();
  }

  /** Notes at the lines of a file that set such tags. @param path absolute */
  hintsOf(path: string): readonly LiveHint[] {
    const hints: LiveHint[] = [];
    for (const [id, { behind }] of this.#watched) {
      const environment = behind.length > 0 ? this.#options.live.environment(id) : undefined;
      if (!environment) continue;
      const containers = containersIn(this.#options.session.model.delivery.render(environment).rendering);
      for (const each of behind) {
        const image = imageOf(each, containers);
        if (image?.source.path !== path) continue;
        const { line } = image.source.locate(image.start, image.end).range.start;
        const tooltip = `**${escapeMarkdown(environment.label)}** ${escapeMarkdown(behindWords(each))}\n\nRestart it to catch up: ${codeSpan('GitOps: Restart Rollout…')}`;
        hints.push({ line, text: `live: behind the tag (${environment.label})`, tooltip });
      }
    }
    return hints;
  }

  /** True where it is connected and compared, and at least one registry of its images may be asked. */
  #canLook(id: string): boolean {
    const { live, registries, session } = this.#options;
    const environment = live.environment(id);
    if (!environment || session.signal.aborted || live.clusters.connectionOf(id)?.state !== 'connected') return false;
    return containersIn(session.model.delivery.render(environment).rendering).some(
      ({ reference }) => reference !== undefined && reference.digest === undefined && registries.registries.isAllowed(reference.registry),
    );
  }

  #lookAfter(id: string, milliseconds: number): void {
    const watched = this.#watched.get(id) ?? { behind: [], isRunning: false, lookedAt: 0, timer: undefined };
    this.#watched.set(id, watched);
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      this.#look(id, watched).catch((error: unknown) => {
        if (!isCancelled(error)) this.#options.session.logBug('comparing with tags', error);
      });
    }, milliseconds);
    watched.timer.unref();
  }

  async #look(id: string, watched: Watched): Promise<void> {
    if (watched.isRunning || !this.#canLook(id)) return;
    watched.isRunning = true;
    try {
      const before = JSON.stringify(watched.behind.map(behindWords));
      watched.behind = (await this.#compare(id))?.behind ?? [];
      if (this.#watched.get(id) === watched && JSON.stringify(watched.behind.map(behindWords)) !== before) this.#options.live.tell([id]);
    } catch (error) {
      // What can't be read (pods that one may not list) leaves nothing to say.
      if (!(error instanceof Failure)) throw error;
      watched.behind = [];
    } finally {
      watched.isRunning = false;
      watched.lookedAt = Date.now();
      if (this.#watched.get(id) === watched) this.#lookAfter(id, this.#interval);
    }
  }

  async #compare(id: string): Promise<TagWatch | undefined> {
    const { session, live, registries } = this.#options;
    const environment = live.environment(id);
    const cluster = live.clusters.connectionOf(id)?.cluster;
    if (!environment || !cluster) return undefined;
    const { rendering } = session.model.delivery.render(environment);
    const namespace = environment.destination.namespace?.value ?? live.namespaceOf(cluster.context);
    return compareWithTags({ cluster, registries: registries.registries, rendering, namespace }, session.signal);
  }

  #forget(id: string): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    clearTimeout(watched.timer);
    this.#watched.delete(id);
    if (watched.behind.length > 0) this.#options.live.tell([id]);
  }
}

/** The text that sets the image of a container that runs. */
export function imageOf({ running }: BehindContainer, containers: readonly EnvironmentContainer[]): EnvironmentContainer['image'] {
  const { container, image, workload, pod } = running;
  const owner = workload?.name ?? pod.metadata.name;
  const wanted = parseImageReference(image);
  return containers.find(
    ({ object, name, reference }) => name === container && object.id.name === owner && reference?.repository === wanted?.repository && reference?.tag === wanted?.tag,
  )?.image;
}
