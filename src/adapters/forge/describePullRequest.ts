/** A pull request as GitHub (v3, docs.github.com/rest/pulls/pulls) and a merge request as GitLab (v4, docs.gitlab.com/api/merge_requests) tell them. */
import type { Failure } from '../../services/failure.js';
import type { OpenPullRequest } from '../../services/ports.js';
import { fieldOf, listOf, textOf } from './answerFields.js';

/** @throws what `refuse` gives, for a value that is none */
export function describePullRequest(kind: 'github' | 'gitlab', value: unknown, refuse: () => Failure): OpenPullRequest {
  const requireText = (from: unknown, name: string): string => {
    const [text] = textOf(fieldOf(from, name));
    if (text === undefined) throw refuse();
    return text;
  };
  const { url, number } = readPullRequest(kind, value, refuse);
  const title = requireText(value, 'title');
  if (kind === 'gitlab') {
    return {
      ...{ url, number, title, branch: requireText(value, 'source_branch'), targetBranch: requireText(value, 'target_branch') },
      // One without commits has none.
      headSHA: textOf(fieldOf(value, 'sha'))[0] ?? '',
      labels: listOf(fieldOf(value, 'labels')).flatMap(textOf),
      author: textOf(fieldOf(fieldOf(value, 'author'), 'username'))[0] ?? '',
    };
  }
  const head = fieldOf(value, 'head');
  return {
    ...{ url, number, title, branch: requireText(head, 'ref'), targetBranch: requireText(fieldOf(value, 'base'), 'ref') },
    headSHA: requireText(head, 'sha'),
    labels: listOf(fieldOf(value, 'labels')).flatMap((label) => textOf(fieldOf(label, 'name'))),
    author: textOf(fieldOf(fieldOf(value, 'user'), 'login'))[0] ?? '',
  };
}

/** The page and the number alone. @throws what `refuse` gives, for a value that is none */
export function readPullRequest(kind: 'github' | 'gitlab', value: unknown, refuse: () => Failure): { readonly url: string; readonly number: number } {
  const [url] = textOf(fieldOf(value, kind === 'github' ? 'html_url' : 'web_url'));
  const number = fieldOf(value, kind === 'github' ? 'number' : 'iid');
  if (url === undefined || typeof number !== 'number') throw refuse();
  return { url, number };
}
