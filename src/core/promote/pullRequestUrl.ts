/**
 * The page on which a pull request is made, by the URL of a remote: for GitHub, GitLab, Gitea and Forgejo, Bitbucket (cloud and
 * server) and Azure DevOps, at their own hosts and at others. A host that doesn't say what it runs is told by its name;
 * where nothing tells, there is no URL.
 */

export type ForgeKind = 'github' | 'gitlab' | 'gitea' | 'bitbucket' | 'bitbucket-server' | 'azure';

/** A repository as its forge knows it. */
export interface ForgeRepository {
  readonly kind: ForgeKind;
  /** `https://github.com`, with a port where the remote is reached by HTTP at one. */
  readonly origin: string;
  /** `org/repo`, for GitLab with groups; for Bitbucket server `PROJ/repo`; for Azure `org/project/repo`. */
  readonly path: string;
}

export interface PullRequestWords {
  readonly title?: string | undefined;
  readonly body?: string | undefined;
}

interface RemoteParts {
  /** With its port where that is one of HTTP. */
  readonly authority: string;
  readonly host: string;
  readonly scheme: 'http' | 'https';
  /** Without `.git` and slashes around it. */
  readonly path: string;
}

/** @param remote as git has it: https, ssh or the scp form */
function splitRemote(remote: string): RemoteParts | undefined {
  const text = remote.trim();
  const url = /^(https?|ssh|git):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]+)(:\d+)?\/(.+)$/i.exec(text);
  const scp = url ? undefined : /^(?:[^\s/@:]+@)([\w.-]+):(?!\/\/)(.+)$/.exec(text);
  const host = (url?.[2] ?? scp?.[1])?.toLowerCase();
  const path = (url?.[4] ?? scp?.[2])?.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '');
  if (host === undefined || path === undefined || path === '') return undefined;
  const protocol = url?.[1]?.toLowerCase();
  const isWeb = protocol === 'http' || protocol === 'https';
  // A port of ssh says nothing of the one that the pages are at.
  return { host, path, scheme: protocol === 'http' ? 'http' : 'https', authority: `${host}${isWeb ? (url?.[3] ?? '') : ''}` };
}

/** A host of which the user said what it runs. */
export interface KnownForge {
  /** With its port where it is reached at one. */
  readonly host: string;
  readonly kind: 'github' | 'gitlab';
}

/** The forge that a remote belongs to; undefined where neither its host nor `known` tells. */
export function forgeOf(remote: string, known?: KnownForge): ForgeRepository | undefined {
  const parts = splitRemote(remote);
  if (!parts) return undefined;
  const { host, authority, path, scheme } = parts;
  const azure = azureRepository(host, path);
  if (azure) return azure;
  // Where ssh is blocked, these listen for it at another name.
  const plainHost = host.replace(/^(?:ssh|altssh)\.(?=(?:github\.com|gitlab\.com|bitbucket\.org)$)/, '');
  const origin = `${scheme}://${plainHost === host ? authority : plainHost}`;
  const server = bitbucketServerPath(plainHost, path);
  if (server !== undefined) return { kind: 'bitbucket-server', origin, path: server };
  const isKnown = known !== undefined && [host, authority].includes(known.host.toLowerCase());
  const kind = isKnown ? known.kind : kindOfHost(plainHost);
  const depth = path.split('/').length;
  if (kind === undefined || depth < 2 || (kind !== 'gitlab' && depth !== 2)) return undefined;
  return { kind, origin, path };
}

const hostWords: readonly (readonly [RegExp, ForgeKind])[] = [
  [/^bitbucket\.org$/, 'bitbucket'],
  [/^(?:codeberg\.org|gitea\.com|.*\.gitea\.cloud)$|(?:^|[.-])(?:gitea|forgejo)(?:[.-]|$)/, 'gitea'],
  [/(?:^|[.-])github(?:[.-]|$)|\.ghe\.com$/, 'github'],
  [/(?:^|[.-])gitlab(?:[.-]|$)|^salsa\.debian\.org$|^invent\.kde\.org$/, 'gitlab'],
];

function kindOfHost(host: string): ForgeKind | undefined {
  return hostWords.find(([words]) => words.test(host))?.[1];
}

/** `https://HOST/scm/PROJ/repo`, `ssh://git@HOST:7999/PROJ/repo`; `~user` is a person's project. */
function bitbucketServerPath(host: string, path: string): string | undefined {
  const web = /^(?:.*\/)?scm\/([^/]+\/[^/]+)$/.exec(path)?.[1];
  const named = /(?:^|[.-])(?:bitbucket|stash)(?:[.-]|$)/.test(host) && host !== 'bitbucket.org' && /^[^/]+\/[^/]+$/.test(path) ? path : undefined;
  return web ?? named;
}

/** `dev.azure.com/org/project/_git/repo`, `ssh.dev.azure.com/v3/org/project/repo`, and the same at `org.visualstudio.com`. */
function azureRepository(host: string, path: string): ForgeRepository | undefined {
  const organization = /^([\w-]+)\.visualstudio\.com$/.exec(host)?.[1];
  const origin = 'https://dev.azure.com';
  const ssh = /^(?:v3)\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  if ((host === 'ssh.dev.azure.com' || host === 'vs-ssh.visualstudio.com') && ssh) return { kind: 'azure', origin, path: ssh.slice(1, 4).join('/') };
  const web = /^(?:DefaultCollection\/)?(.+\/)?_git\/([^/]+)$/.exec(path);
  if (!web) return undefined;
  const before = (web[1] ?? '').split('/').filter((part) => part !== '');
  const repository = web[2] ?? '';
  if (host === 'dev.azure.com' && before[0] !== undefined) return { kind: 'azure', origin, path: [before[0], before[1] ?? repository, repository].join('/') };
  if (organization !== undefined && host !== 'vs-ssh.visualstudio.com') return { kind: 'azure', origin, path: [organization, before[0] ?? repository, repository].join('/') };
  return undefined;
}

/** The page that asks for a pull request of `branch` into `target`; undefined where the forge can't be told, also not by `known`. */
export function pullRequestUrl(remote: string, branch: string, target: string, words: PullRequestWords = {}, known?: KnownForge): string | undefined {
  const forge = forgeOf(remote, known);
  return forge && pageOf(forge, branch, target, words);
}

function pageOf({ kind, origin, path }: ForgeRepository, branch: string, target: string, { title, body }: PullRequestWords): string {
  const [first = '', second = '', third = ''] = path.split('/').map(encodePart);
  switch (kind) {
    case 'github':
      return `${origin}/${first}/${second}/compare/${encodeBranch(target)}...${encodeBranch(branch)}${query({ expand: '1', title, body })}`;
    case 'gitlab': {
      const fields = { 'merge_request[source_branch]': branch, 'merge_request[target_branch]': target, 'merge_request[title]': title, 'merge_request[description]': body };
      return `${origin}/${path.split('/').map(encodePart).join('/')}/-/merge_requests/new${query(fields)}`;
    }
    case 'gitea':
      return `${origin}/${first}/${second}/compare/${encodeBranch(target)}...${encodeBranch(branch)}`;
    case 'bitbucket':
      return `${origin}/${first}/${second}/pull-requests/new${query({ source: branch, dest: target, title, description: body })}`;
    case 'bitbucket-server': {
      const project = first.startsWith('~') ? `users/${first.slice(1)}` : `projects/${first}`;
      const fields = { create: '', sourceBranch: `refs/heads/${branch}`, targetBranch: `refs/heads/${target}`, title, description: body };
      return `${origin}/${project}/repos/${second}/pull-requests${query(fields)}`;
    }
    case 'azure':
      return `${origin}/${first}/${second}/_git/${third}/pullrequestcreate${query({ sourceRef: branch, targetRef: target, title, description: body })}`;
  }
}

/** A part of a path, which may be encoded already, as those of Azure's projects are. */
function encodePart(part: string): string {
  return encodeURIComponent(part.includes('%') ? part.replace(/%20/g, ' ') : part).replace(/%7E/gi, '~');
}

function encodeBranch(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}

function query(fields: Readonly<Record<string, string | undefined>>): string {
  const words = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}${value === '' ? '' : `=${encodeURIComponent(value)}`}`],
  );
  return words.length === 0 ? '' : `?${words.join('&')}`;
}
