/**
 * Pull requests through the REST APIs of GitHub (v3, 2022-11-28) and GitLab (v4). A token goes to the API of the host that it
 * is for and nowhere else; other forges have a page (core/promote/pullRequestUrl.ts), not an API here.
 */
import { forgeOf, type ForgeRepository } from '../../core/promote/pullRequestUrl.js';
import { Failure } from '../../services/failure.js';
import type { Forge, ForgeSession, PullRequestWish } from '../../services/ports.js';
import { listOf } from './answerFields.js';
import { readPullRequest } from './describePullRequest.js';
import { askForge, refusalOf, requireFit, unexpected, type Answer, type Call, type ForgePlace } from './forgeRequest.js';
import { listPullRequests } from './listPullRequests.js';

export interface ForgeOptions {
  /** Where the API for a repository's forge is; its own place where nothing is given. */
  readonly apiOf?: (forge: ForgeRepository) => string;
}

const instead = 'Make the pull request on its page.';

export function openForge({ apiOf = apiOfHost }: ForgeOptions = {}): Forge {
  return {
    async createPullRequest(wish, session, signal) {
      const place = placeOf(wish.remoteUrl, session, apiOf);
      const dialect = dialectOf(place);
      const ask = (call: Call): Promise<Answer> => askForge(place, call, session, signal);
      const read = (value: unknown): ReturnType<typeof readPullRequest> => readPullRequest(place.kind, value, () => unexpected(place.host, instead));
      const made = await ask(dialect.create(wish));
      if (made.status === 201) return { ...read(made.body), isNew: true };
      if (dialect.saysExists(made)) {
        const open = await ask(dialect.find(wish));
        const [first] = listOf(open.body);
        if (open.status === 200 && first !== undefined) return { ...read(first), isNew: false };
      }
      throw refusalOf(place, made, instead);
    },
    pullRequests: listPullRequests,
  };
}

function apiOfHost({ kind, origin }: ForgeRepository): string {
  if (kind === 'gitlab') return `${origin}/api/v4`;
  const { host } = new URL(origin);
  if (host === 'github.com') return 'https://api.github.com';
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `${origin}/api/v3`;
}

/** The place that a remote leads to, which has to be the one that the session is for. */
function placeOf(remoteUrl: string, session: ForgeSession, apiOf: (forge: ForgeRepository) => string): ForgePlace {
  const forge = forgeOf(remoteUrl, session.kind && { host: session.host, kind: session.kind });
  if (forge?.kind !== 'github' && forge?.kind !== 'gitlab') {
    throw new Failure('forge/unknown', `How pull requests are made at ${remoteUrl} is not known here.`, 'Make it on the page of the forge.');
  }
  const { host } = new URL(forge.origin);
  requireFit(forge.origin, host, session);
  return { kind: forge.kind, api: apiOf(forge), host, repository: forge.path };
}

/** What differs between the APIs. */
interface Dialect {
  readonly create: (wish: PullRequestWish) => Call;
  readonly find: (wish: PullRequestWish) => Call;
  readonly saysExists: (answer: Answer) => boolean;
}

function dialectOf(place: ForgePlace): Dialect {
  return place.kind === 'gitlab' ? gitlabDialect(place) : githubDialect(place);
}

function githubDialect({ repository }: ForgePlace): Dialect {
  const base = `/repos/${repository.split('/').map(encodeURIComponent).join('/')}/pulls`;
  const owner = repository.split('/')[0] ?? '';
  return {
    create: ({ title, body, branch, into }) => ({ method: 'POST', path: base, body: { title, body, head: branch, base: into } }),
    find: ({ branch, into }) => ({ method: 'GET', path: `${base}?${new URLSearchParams({ state: 'open', head: `${owner}:${branch}`, base: into }).toString()}` }),
    saysExists: ({ status, body }) => status === 422 && JSON.stringify(body).includes('already exists'),
  };
}

function gitlabDialect({ repository }: ForgePlace): Dialect {
  const base = `/projects/${encodeURIComponent(repository)}/merge_requests`;
  return {
    create: ({ title, body, branch, into }) => ({ method: 'POST', path: base, body: { title, description: body, source_branch: branch, target_branch: into } }),
    find: ({ branch, into }) => ({ method: 'GET', path: `${base}?${new URLSearchParams({ state: 'opened', source_branch: branch, target_branch: into }).toString()}` }),
    saysExists: ({ status }) => status === 409,
  };
}
