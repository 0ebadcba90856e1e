/**
 * Where a pull request generator looks, and for what: the API of its forge, the repository, and what the forge itself filters by
 * (Argo CD v3.2.11 applicationset/services/pull_request: github.go, gitlab.go). Those of GitHub and GitLab are read; credentials,
 * which lie in the cluster, are not.
 */
import type { MapNode } from '../../../yaml/nodes.js';
import { mapAt, scalarAt } from '../../declarations.js';
import { isTrue, textsAt } from '../application.js';

export interface PullRequestSource {
  /** The same text for generators that are answered alike. */
  readonly key: string;
  readonly kind: 'github' | 'gitlab';
  /** Where the API is: `https://api.github.com`, without a slash at its end. */
  readonly api: string;
  /** Whose sessions it takes: `github.com`, with a port where the address has one. */
  readonly host: string;
  /** `owner/name`; for GitLab the path or the number of the project. */
  readonly repository: string;
  /** What GitLab filters by; GitHub's answers are filtered by the generator. */
  readonly labels: readonly string[];
  /** The state that GitLab is asked for; empty for all of them, closed and merged ones too. */
  readonly state: string;
  /** True where a repository that isn't there is one without pull requests. */
  readonly isMissingFine: boolean;
  /** How long Argo CD waits before it asks again, in seconds. */
  readonly askedEvery: number;
}

const halfAnHour = 1800;

/** What a generator asks; undefined for another forge, and where a parameter is missing or the address can't be used. */
export function readPullRequestSource(generator: MapNode): PullRequestSource | undefined {
  const [github, gitlab] = [mapAt(generator, 'github'), mapAt(generator, 'gitlab')];
  const forge = github ?? gitlab;
  if (!forge) return undefined;
  const text = (name: string): string => scalarAt(forge, name)?.value ?? '';
  const repository = github ? [text('owner'), text('repo')] : [text('project')];
  const address = github ? readGithubApi(text('api')) : readGitlabApi(text('api'));
  if (!address || repository.includes('')) return undefined;
  const asked = {
    kind: github ? ('github' as const) : ('gitlab' as const),
    ...address,
    repository: repository.join('/'),
    labels: github ? [] : textsAt(forge, 'labels').map(({ value }) => value),
    state: github ? 'open' : text('pullRequestState'),
    isMissingFine: isTrue(generator, 'continueOnRepoNotFoundError'),
  };
  const every = Number(scalarAt(generator, 'requeueAfterSeconds')?.value ?? halfAnHour);
  return { ...asked, key: JSON.stringify(asked), askedEvery: Number.isFinite(every) && every > 0 ? every : halfAnHour };
}

type Address = Pick<PullRequestSource, 'api' | 'host'>;

/** An Enterprise server's API lies below `/api/v3` unless its host is one for APIs (go-github v69, github.go, WithEnterpriseURLs). */
function readGithubApi(text: string): Address | undefined {
  if (text === '') return { api: 'https://api.github.com', host: 'github.com' };
  const url = splitAddress(text);
  if (!url) return undefined;
  const isApiHost = url.host.startsWith('api.') || url.host.includes('.api.');
  const path = url.path.endsWith('/api/v3') || isApiHost ? url.path : `${url.path}/api/v3`;
  return { api: `${url.origin}${path}`, host: url.host.replace(/^api\.(?=github\.com$|.*\.ghe\.com$)/, '') };
}

/** Always below `/api/v4` (gitlab.com/gitlab-org/api/client-go, gitlab.go, setBaseURL). */
function readGitlabApi(text: string): Address | undefined {
  if (text === '') return { api: 'https://gitlab.com/api/v4', host: 'gitlab.com' };
  const url = splitAddress(text);
  return url && { api: `${url.origin}${url.path.endsWith('/api/v4') ? url.path : `${url.path}/api/v4`}`, host: url.host };
}

function splitAddress(text: string): { readonly origin: string; readonly host: string; readonly path: string } | undefined {
  const [, scheme, host, path] = /^(https?):\/\/((?:[\w.-]+|\[[\da-f:]+\])(?::\d+)?)((?:\/[\w.~-]+)*)\/?$/i.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return { origin: `${scheme.toLowerCase()}://${host.toLowerCase()}`, host: host.toLowerCase(), path: path ?? '' };
}
