/**
 * The open pull requests that generators ask for, on a command line: forges are asked once, with the tokens of the variables that
 * their own tools read (`gh help environment`, `glab config`). A token goes to the host that it is for; without one nobody is asked.
 */
import { openForge } from '../adapters/forge/forgeApi.js';
import type { PullRequestSource } from '../core/gitops/argocd/applicationSet/pullRequestSource.js';
import { PullRequestLists } from '../services/pullRequestLists.js';
import type { ForgeSession } from '../services/ports.js';
import type { Workspace } from '../services/workspace.js';
import type { CommandLine } from './commandLine.js';

/** Takes what forges say into the workspace; what they don't say, and why, goes to the errors. */
export async function askForPullRequests(workspace: Workspace, { variables, errors, signal }: CommandLine): Promise<void> {
  const sources = workspace.state.delivery.pullRequestSources;
  const lists = new PullRequestLists({ forge: openForge(), now: () => Date.now() });
  await lists.refresh(sources, { sessionFor: (source) => Promise.resolve(sessionOf(source, variables)), isForced: true }, signal);
  const answers = sources.flatMap((source) => {
    const answer = lists.answer(source);
    if (answer.kind === 'known') return [[source.key, answer.pullRequests] as const];
    const why =
      answer.kind === 'failed' ? `${answer.failure.message} ${answer.failure.action}` : `${source.host} was not asked: there is no token for it in ${variableOf(source)}.`;
    errors.write(`pull requests of ${source.repository}: ${why}\n`);
    return [];
  });
  workspace.setForgePullRequests(new Map(answers));
}

function variableOf({ kind, host }: PullRequestSource): string {
  if (kind === 'gitlab') return 'GITLAB_TOKEN';
  return isOwnGithub(host) ? 'GH_TOKEN or GITHUB_TOKEN' : 'GH_ENTERPRISE_TOKEN (with the host in GH_HOST)';
}

function isOwnGithub(host: string): boolean {
  return host === 'github.com' || host.endsWith('.ghe.com');
}

function sessionOf({ kind, host }: PullRequestSource, variables: CommandLine['variables']): ForgeSession | undefined {
  const first = (...names: readonly string[]): string | undefined => names.map((name) => variables[name]).find((value) => value !== undefined && value !== '');
  const token = kind === 'gitlab' ? gitlabToken(host, first) : githubToken(host, first);
  return token === undefined ? undefined : { host, kind, token };
}

type First = (...names: readonly string[]) => string | undefined;

/** In a workflow of GitHub Actions the token is for the server that runs it. */
function githubToken(host: string, first: First): string | undefined {
  const runner = first('GITHUB_SERVER_URL');
  const isRunner = runner !== undefined && hostOf(runner) === host;
  if (isRunner) return first('GH_ENTERPRISE_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN');
  if (isOwnGithub(host)) return runner === undefined || isOwnGithub(hostOf(runner)) ? first('GH_TOKEN', 'GITHUB_TOKEN') : undefined;
  return first('GH_HOST') === host ? first('GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN') : undefined;
}

function gitlabToken(host: string, first: First): string | undefined {
  return hostOf(first('GITLAB_HOST', 'CI_SERVER_URL') ?? 'gitlab.com') === host ? first('GITLAB_TOKEN') : undefined;
}

/** Of an address, or of a host alone. */
function hostOf(address: string): string {
  return address
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
}
