/** The requests about registries: which there are, what tags an image has, what runs behind its tag. */
import type { CancellationToken, Connection } from 'vscode-languageserver';
import { durationWords } from '../../core/live/time.js';
import { repositoryOf } from '../../core/registry/imageAt.js';
import { newestFirst } from '../../core/registry/nearestTags.js';
import { canonicalHost } from '../../core/registry/registryHost.js';
import type { BehindContainer } from '../../core/registry/runningImages.js';
import type { Environment } from '../../core/gitops/delivery.js';
import type { Rendering } from '../../core/objects/rendering.js';
import { containersIn } from '../../core/rules/environmentContainers.js';
import { Failure, RegistryFailure } from '../../services/failure.js';
import type { Cluster } from '../../services/ports.js';
import { compareWithTags, restartWorkload } from '../../services/tagWatch.js';
import { orFailureWords, type LiveSession } from '../cluster/liveSession.js';
import { pathToUri } from '../uris.js';
import type { BehindTag, RegistriesRequests, RegistrySummary, TagChoices } from '../registriesProtocol.js';
import { signalOf } from '../requests.js';
import type { Session } from '../session.js';
import { imageOf } from './behindWatch.js';
import { behindWords, shortDigest } from './behindWords.js';
import type { RegistrySession } from './registrySession.js';

type Handler<Method extends keyof RegistriesRequests> = (
  parameters: RegistriesRequests[Method]['params'],
  token: CancellationToken,
) => RegistriesRequests[Method]['result'] | Promise<RegistriesRequests[Method]['result']>;

export interface RegistryParts {
  readonly session: Session;
  readonly registries: RegistrySession;
  readonly live: LiveSession;
}

export function registerRegistryRequests(connection: Connection, parts: RegistryParts): void {
  const { session, registries } = parts;
  const onRequest = <Method extends keyof RegistriesRequests>(method: Method, handler: Handler<Method>): unknown => connection.onRequest(method, handler);
  onRequest('gitops/registries/hosts', () => summarize(registries));
  onRequest('gitops/registries/tags', ({ image }, token) => orFailureWords(() => listTags(image, registries, signalOf(token, session))));
  onRequest('gitops/registries/refresh', ({ host }) => {
    registries.refresh(host);
    return null;
  });
  onRequest('gitops/registries/behind', ({ id }, token) => orFailureWords(() => listBehind(id, parts, signalOf(token, session))));
  onRequest('gitops/registries/restart', ({ id, object }, token) =>
    orFailureWords(async () => {
      const { environment, cluster } = connectedTo(id, parts);
      await restartWorkload(cluster, object, environment.operator, Date.now(), signalOf(token, session));
      return null;
    }),
  );
}

function connectedTo(id: string, { live }: RegistryParts): { readonly environment: Environment; readonly cluster: Cluster } {
  const environment = live.environment(id);
  const cluster = live.clusters.connectionOf(id)?.cluster;
  if (!environment) throw new Failure('live/not-compared', 'This is not known any more.', 'Look at the tree again.');
  if (!cluster) throw new Failure('cluster/unreachable', `${environment.label} has no connection to a cluster.`, 'Choose and connect its cluster first.');
  return { environment, cluster };
}

async function listBehind(id: string, parts: RegistryParts, signal: AbortSignal): Promise<readonly BehindTag[]> {
  const { session, registries, live } = parts;
  const { environment, cluster } = connectedTo(id, parts);
  const { rendering } = session.model.delivery.render(environment);
  const namespace = environment.destination.namespace?.value ?? live.namespaceOf(cluster.context);
  const { behind, notKnown } = await compareWithTags({ cluster, registries: registries.registries, rendering, namespace }, signal);
  const [reason] = notKnown;
  if (behind.length === 0 && reason !== undefined) throw new Failure('registry/not-allowed', reason, 'Allow the registry to be asked, then compare again.');
  return behind.map((each) => describeBehind(each, environment.id, placeOf(each, rendering, session)));
}

/** The line that sets the image. */
function placeOf(behind: BehindContainer, rendering: Rendering, session: Session): BehindTag['place'] {
  const image = imageOf(behind, containersIn(rendering));
  if (!image) return undefined;
  const { path, range } = image.source.locate(image.start, image.end);
  return { uri: pathToUri(path), range, label: `${session.label(path)}:${range.start.line + 1}` };
}

function describeBehind(behind: BehindContainer, id: string, place: BehindTag['place']): BehindTag {
  const { workload, container, image, digest = '' } = behind.running;
  return { id, workload, container, image, runs: shortDigest(digest), has: shortDigest(behind.now), message: behindWords(behind), place };
}

function summarize(registries: RegistrySession): readonly RegistrySummary[] {
  const hosts = new Map<string, Set<string>>();
  for (const { registry, repository } of registries.imagesInUse().values()) {
    const host = canonicalHost(registry);
    const repositories = hosts.get(host);
    if (repositories) repositories.add(repository);
    else hosts.set(host, new Set([repository]));
  }
  return [...hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, repositories]) => ({
      host,
      images: repositories.size,
      isAllowed: registries.registries.isAllowed(host),
      message: registries.registries.failureOf(host)?.message ?? '',
    }));
}

async function listTags(image: string, { registries }: RegistrySession, signal: AbortSignal): Promise<TagChoices> {
  const name = repositoryOf(image);
  if (!name) throw new RegistryFailure('registry/unknown-repository', `${image} is no name of an image.`, 'Check the name.', '', undefined);
  const { value, at } = await registries.tags(name, signal);
  const now = Date.now();
  return {
    image: `${canonicalHost(name.registry)}/${name.repository}`,
    tags: newestFirst(value.tags, value.pushed).map((tag) => {
      const pushed = value.pushed.get(tag);
      return { tag, description: pushed === undefined ? '' : `${durationWords(now - pushed)} ago` };
    }),
    isComplete: value.isComplete,
    age: `asked ${durationWords(now - at)} ago`,
  };
}
