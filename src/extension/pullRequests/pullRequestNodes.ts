/** The preview environments of pull requests as rows of the tree, and the forges that are asked for these. Data in, data out. */
import type { PreviewEnvironment, PullRequestForge } from '../../server/promoteProtocol.js';
import { countOf } from '../delivery/words.js';
import type { NodeIcon } from '../environmentTree/icons.js';
import { leaf, withOwnIds, type TreeNode } from '../environmentTree/treeNode.js';

const stateWords: Readonly<Record<PreviewEnvironment['state'], string>> = { created: 'created', 'not-created': 'not created', unknown: 'not known whether it is there' };

const icons: Readonly<Record<PreviewEnvironment['state'], NodeIcon>> = {
  created: { name: 'git-pull-request', color: 'testing.iconPassed' },
  'not-created': { name: 'git-pull-request-draft' },
  unknown: { name: 'git-pull-request' },
};

/** `#42 Retry payments · from topic · orders-pr-42 · created`. */
export function wordsOfPullRequest({ title, branch, isCurrent, namespace, state, words }: PreviewEnvironment): string {
  const from = branch === '' ? '' : `from ${branch}${isCurrent ? ' (checked out)' : ''}`;
  return [title, from, namespace, stateWords[state], words].filter((word) => word !== '').join(' · ');
}

/** One node that holds them all, below the apps; none where no ApplicationSet makes environments of pull requests. */
export function pullRequestNodes(environments: readonly PreviewEnvironment[], forges: readonly PullRequestForge[]): readonly TreeNode[] {
  if (environments.length === 0 && forges.length === 0) return [];
  const created = environments.filter(({ state }) => state === 'created').length;
  const isUnasked = environments.length === 0 && forges.some(({ state }) => state === 'unasked');
  const words = [isUnasked ? 'not known yet' : countOf(environments.length, 'preview'), ...(created > 0 ? [`${created} created`] : [])];
  return [
    {
      ...leaf,
      id: 'pullRequests',
      label: 'Pull requests',
      description: words.join(' · '),
      icon: { name: 'git-pull-request' },
      spoken: `Preview environments of pull requests, ${words.join(', ')}`,
      contexts: ['pullRequests'],
      copies: '',
      children: withOwnIds([...environments.map(pullRequestNode), ...forges.map(forgeNode)]),
    },
  ];
}

function pullRequestNode(environment: PreviewEnvironment): TreeNode {
  const { id, label, state, place, url } = environment;
  const words = wordsOfPullRequest(environment);
  const common = { ...leaf, label, description: words, icon: icons[state], spoken: `Preview environment ${label}, ${words}`, source: place, copies: label };
  const hasSource = place ? ['source'] : [];
  if (id === '') return { ...common, id: `pullRequestOwned:${label}`, contexts: ['pullRequestOwned', ...hasSource], opens: place && { kind: 'place', place } };
  return {
    ...common,
    id: `pullRequest:${id}`,
    contexts: ['pullRequest', state, ...(url === undefined ? [] : ['page']), ...hasSource],
    opens: { kind: 'command', command: 'gitops.pullRequests.preview' },
    environmentId: id,
  };
}

/** What a row says of a forge that nobody asked. */
const unasked = 'not asked which are open: sign in';

function forgeNode({ host, repository, state, message }: PullRequestForge): TreeNode {
  const words = state === 'unasked' ? `${unasked} · ${host}` : state === 'failed' ? message : `${message} · ${host}`;
  return {
    ...leaf,
    id: `pullRequestForge:${host}/${repository}`,
    label: repository,
    description: words,
    icon: state === 'failed' ? { name: 'warning', color: 'list.warningForeground' } : { name: state === 'known' ? 'repo' : 'sign-in' },
    spoken: `Pull requests of ${repository}, ${words.replace(' · ', ', ')}`,
    contexts: ['pullRequestForge', state],
    opens: state === 'known' ? undefined : { kind: 'command', command: 'gitops.pullRequests.signIn' },
    copies: `${host}/${repository}`,
  };
}
