/** The requests about registries: which there are, what tags an image has, what runs behind its tag. */
import type { CancellationToken, Connection } from 'vscode-languageserver';
import { durationWords } from '../../core/live/time.js';
import { repositoryOf } from '../../core/registry/imageAt.js';
import { newestFirst } from '../../core/registry/nearestTags.js';
import { canonicalHost } from '../../core/registry/registryHost.js';
import { RegistryFailure } from '../../services/failure.js';
import { orFailureWords } from '../cluster/liveSession.js';
import type { RegistriesRequests, RegistrySummary, TagChoices } from '../registriesProtocol.js';
import { signalOf } from '../requests.js';
import type { Session } from '../session.js';
import type { RegistrySession } from './registrySession.js';

type Handler<Method extends keyof RegistriesRequests> = (
  parameters: RegistriesRequests[Method]['params'],
  token: CancellationToken,
) => RegistriesRequests[Method]['result'] | Promise<RegistriesRequests[Method]['result']>;

export interface RegistryParts {
  readonly session: Session;
  readonly registries: RegistrySession;
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
