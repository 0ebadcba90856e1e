/** Preview environments of pull requests for the editor: listed, rendered, made in the cluster that is connected, and deleted there. */
import { randomUUID } from 'node:crypto';
import type { Environment } from '../../core/gitops/delivery.js';
import { Failure } from '../../services/failure.js';
import { branchOfPreview, createPreview, deletePreview, findPreview, findPreviews, type PreviewPlace } from '../../services/pullRequestPreviews.js';
import type { LiveSession } from '../cluster/liveSession.js';
import { previewUriOf, toPlace } from '../delivery/summaries.js';
import type { PreviewEnvironment } from '../promoteProtocol.js';
import type { UriText } from '../protocol.js';
import type { Session } from '../session.js';

export interface PreviewEnvironmentsOptions {
  readonly session: Session;
  readonly live: LiveSession;
  /** Who makes them, for the record. */
  readonly user: string;
}

export class PreviewEnvironments {
  readonly #options: PreviewEnvironmentsOptions;

  constructor(options: PreviewEnvironmentsOptions) {
    this.#options = options;
  }

  async list(signal: AbortSignal): Promise<readonly PreviewEnvironment[]> {
    const { session } = this.#options;
    const { model, settings } = session.model.delivery;
    return Promise.all(
      findPreviews(model).map(async (environment) => ({
        id: environment.id,
        label: environment.declaration?.id.name ?? environment.label,
        branch: branchOfPreview(environment, settings.pullRequests),
        namespace: environment.destination.namespace?.value ?? '',
        state: await this.#stateOf(environment, signal),
        place: toPlace(environment.declaredAt, (path) => session.label(path)),
      })),
    );
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
    const connection = session.isTrusted ? live.clusters.connectionOf(environment.id) : undefined;
    return connection?.cluster && { environment, cluster: connection.cluster, fallbackNamespace: live.namespaceOf(connection.context) };
  }

  #reach(id: string): PreviewPlace {
    const environment = this.#find(id);
    const place = this.#placeOf(environment);
    if (!place) throw new Failure('live/not-compared', `${environment.label} is looked at in no cluster.`, 'Connect it to a cluster first.');
    return place;
  }

  #find(id: string): Environment {
    const found = findPreviews(this.#options.session.model.delivery.model).find((each) => each.id === id);
    if (!found) throw new Failure('preview/not-created', 'There is no such preview environment.', 'Look at the tree again.');
    return found;
  }
}
