/** The pull requests that a generator of Argo CD looks for, page by page (argo-cd v3.2.11 applicationset/services/pull_request: github.go, gitlab.go). */
import type { PullRequestSource } from '../../core/gitops/argocd/applicationSet/pullRequestSource.js';
import type { ForgeSession, OpenPullRequest, PullRequestList } from '../../services/ports.js';
import { describePullRequest } from './describePullRequest.js';
import { askForge, refusalOf, unexpected } from './forgeRequest.js';

/** More are left out, and said. */
const mostPages = 10;

const instead = 'Ask again later.';

/** All of them, or 'unchanged' where the forge says that nothing differs from the answer `known`. Rejects with a Failure. */
export async function listPullRequests(
  source: PullRequestSource,
  session: ForgeSession | undefined,
  known: string | undefined,
  signal: AbortSignal,
): Promise<PullRequestList | 'unchanged'> {
  const pullRequests: OpenPullRequest[] = [];
  const refuse = (): Error & { readonly code: string } => unexpected(source.host, instead);
  for (let page = 1; page <= mostPages; page++) {
    const answer = await askForge(source, { method: 'GET', path: pathOf(source, page), known: page === 1 ? known : undefined }, session, signal);
    if (answer.status === 304 && page === 1 && known !== undefined) return 'unchanged';
    if (answer.status === 404 && source.isMissingFine) return { pullRequests: [], version: undefined, isComplete: true };
    if (answer.status !== 200) throw refusalOf(source, answer, instead);
    if (!Array.isArray(answer.body)) throw refuse();
    pullRequests.push(...answer.body.map((each: unknown) => describePullRequest(source.kind, each, () => unexpected(source.host, instead))));
    const hasNext = /\brel="?next"?/.test(answer.headers.get('link') ?? '');
    // What one page says is named by its tag; the others could change unseen.
    if (!hasNext) return { pullRequests, version: page === 1 ? (answer.headers.get('etag') ?? undefined) : undefined, isComplete: true };
  }
  return { pullRequests, version: undefined, isComplete: false };
}

function pathOf({ kind, repository, labels, state }: PullRequestSource, page: number): string {
  const pages = { per_page: '100', ...(page > 1 && { page: String(page) }) };
  if (kind === 'github') return `/repos/${repository.split('/').map(encodeURIComponent).join('/')}/pulls?${new URLSearchParams({ state, ...pages }).toString()}`;
  const asked = { ...(labels.length > 0 && { labels: labels.join(',') }), ...(state !== '' && { state }), ...pages };
  return `/projects/${encodeURIComponent(repository)}/merge_requests?${new URLSearchParams(asked).toString()}`;
}
