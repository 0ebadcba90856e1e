/** Preview environments of pull requests for the editor: listed, rendered, made in the cluster that is connected, and deleted there. */
import { randomUUID } from 'node:crypto';
import type { Environment } from '../../core/gitops/delivery.js';
import { suggestContext, type Connection } from '../../services/clusters.js';
import { Failure } from '../../services/failure.js';
import {
  createPreview,
  deletePreview,
  findOwnedApplications,
  findPreview,
  findPreviews,
  findPreviewSets,
  pullRequestOfPreview,
  type OwnedApplication,
  type PreviewPlace,
} from '../../services/pullRequestPreviews.js';
import type { LiveSession } from '../cluster/liveSession.js';
import { previewUriOf, toPlace } from '../delivery/summaries.js';
import type { PreviewEnvironment } from '../promoteProtocol.js';
import type { UriText } from '../protocol.js';
import type { Session } from '../session.js';
import type { PullRequestWatch } from './pullRequestWatch.js';

export interface PreviewEnvironmentsOptions {
  readonly session: Session;
  readonly live: LiveSession;
  readonly pullRequests: Pick<PullRequestWatch, 'find'>;
  /** Who makes them, for the record. */
  readonly user: string;
}

/** An Application that a set made, and the context through which it was seen. */
interface Owned {
  readonly object: OwnedApplication;
  readonly context: string;
}

function wordsOf({ object, context }: Owned): string {
  return [...object.words, `in ${context}`].join(', ');
}

export class PreviewEnvironments {
  readonly #options: PreviewEnvironmentsOptions;

  constructor(options: PreviewEnvironmentsOptions) {
    this.#options = options;
  }

  /** Those of pull requests that are known, then those that are in a connected cluster only. */
  async list(signal: AbortSignal): Promise<readonly PreviewEnvironment[]> {
    const { session } = this.#options;
    const { model } = session.model.delivery;
    const owned = await this.#findOwned(signal);
    const isSame = ({ object }: Owned, { declaration }: Environment): boolean =>
      object.name === declaration?.id.name && (declaration.id.namespace === '' || declaration.id.namespace === object.namespace);
    const previews = findPreviews(model);
    const known = await Promise.all(
      previews.map((environment) =>
        this.#describe(
          environment,
          owned.find((each) => isSame(each, environment)),
          signal,
        ),
      ),
    );
    const others = owned.filter((each) => !previews.some((environment) => isSame(each, environment)));
    return [...known, ...others.map((each) => this.#describeOther(each))];
  }

  async #describe(environment: Environment, owned: Owned | undefined, signal: AbortSignal): Promise<PreviewEnvironment> {
    const { session, pullRequests } = this.#options;
    const { model } = session.model.delivery;
    const pullRequest = pullRequestOfPreview(environment);
    return {
      id: environment.id,
      label: environment.declaration?.id.name ?? environment.label,
      title: pullRequest ? `#${pullRequest.number} ${pullRequest.title}`.trim() : '',
      branch: pullRequest?.branch ?? '',
      isCurrent: model.repositories.some(({ branch }) => branch !== undefined && branch === pullRequest?.branch),
      namespace: environment.destination.namespace?.value ?? '',
      state: owned ? 'created' : await this.#stateOf(environment, signal),
      words: owned ? wordsOf(owned) : '',
      context: owned?.context ?? this.#placeOf(environment)?.cluster.context,
      place: toPlace(environment.declaredAt, (path) => session.label(path)),
      url: pullRequest && pullRequests.find(pullRequest.number, pullRequest.headSHA)?.url,
    };
  }

  #describeOther(owned: Owned): PreviewEnvironment {
    const { name, owner, target } = owned.object;
    const { session } = this.#options;
    const set = findPreviewSets(session.model.delivery.model).find(({ id }) => id.name === owner);
    return {
      ...{ id: '', label: name, title: '', branch: '', isCurrent: false, namespace: target, state: 'created', words: wordsOf(owned), context: owned.context, url: undefined },
      place: set && toPlace(set.root, (path) => session.label(path)),
    };
  }

  /** In all clusters that are connected; one that doesn't answer, or doesn't show them, has none. */
  async #findOwned(signal: AbortSignal): Promise<readonly Owned[]> {
    const { session, live } = this.#options;
    const sets = findPreviewSets(session.model.delivery.model);
    if (!session.isTrusted || sets.length === 0) return [];
    const lists = live.clusters.connections.map(async ({ cluster, context, state }): Promise<readonly Owned[]> => {
      if (!cluster || state !== 'connected') return [];
      try {
        return (await findOwnedApplications(sets, cluster, signal)).map((object) => ({ object, context }));
      } catch (error) {
        // The connection's own state says why it doesn't answer; who may not list Applications sees those of this workspace.
        if (error instanceof Failure) return [];
        throw error;
      }
    });
    return (await Promise.all(lists)).flat();
  }

  /** The preview of what it renders to, from the files as they stand: those of the branch that is checked out. @throws Failure */
  render(id: string): { readonly uri: UriText } {
    const uri = previewUriOf(this.#find(id), this.#options.session.model);
    if (uri === undefined) throw new Failure('preview/not-rendered', 'Its files are not open here.', 'Open the repository that it is delivered from.');
    return { uri };
  }

  /** Rejects with a {@link Failure}. */
  async create(id: string, signal: AbortSignal): Promise<{ readonly message: string }> {
    const { session, live, user } = this.#options;
    const place = this.#reach(id);
    const { rendering } = session.model.delivery.render(place.environment);
    const message = await createPreview({ ...place, rendering, revision: place.environment.sources[0]?.revision?.value ?? 'HEAD', user, runId: randomUUID() }, signal);
    live.tell([id]);
    return { message };
  }

  /** Rejects with a {@link Failure}. */
  async delete(id: string, signal: AbortSignal): Promise<{ readonly message: string }> {
    const { session, live, user } = this.#options;
    const message = await deletePreview({ ...this.#reach(id), model: session.model.delivery.model, user, runId: randomUUID() }, signal);
    live.tell([id]);
    return { message };
  }

  async #stateOf(environment: Environment, signal: AbortSignal): Promise<PreviewEnvironment['state']> {
    const place = this.#placeOf(environment);
    if (!place) return 'unknown';
    try {
      return (await findPreview(place, signal)) ? 'created' : 'not-created';
    } catch (error) {
      // The cluster's own state says why it doesn't answer.
      if (error instanceof Failure) return 'unknown';
      throw error;
    }
  }

  #placeOf(environment: Environment): PreviewPlace | undefined {
    const { live, session } = this.#options;
    const connection = session.isTrusted ? (live.clusters.connectionOf(environment.id) ?? this.#findFitting(environment)) : undefined;
    return connection?.cluster && { environment, cluster: connection.cluster, fallbackNamespace: live.namespaceOf(connection.context) };
  }

  /** Nobody chooses a context for what is there for a week: the connected one that its destination fits. */
  #findFitting(environment: Environment): Connection | undefined {
    const { live } = this.#options;
    const context = live.knownContexts && suggestContext(environment, live.knownContexts);
    return live.clusters.connections.find((each) => each.context === context && each.state === 'connected');
  }

  #reach(id: string): PreviewPlace {
    const environment = this.#find(id);
    const place = this.#placeOf(environment);
    if (!place) throw new Failure('live/not-compared', `No cluster is connected that ${environment.label} goes to.`, 'Connect it to a cluster first.');
    return place;
  }

  #find(id: string): Environment {
    const found = findPreviews(this.#options.session.model.delivery.model).find((each) => each.id === id);
    if (!found) throw new Failure('preview/not-created', 'There is no such preview environment.', 'Look at the tree again.');
    return found;
  }
}
