/** The preview environments of pull requests as rows of the tree. Data in, data out. */
import type { PreviewEnvironment } from '../../server/promoteProtocol.js';
import { countOf } from '../delivery/words.js';
import type { NodeIcon } from '../environmentTree/icons.js';
import { leaf, withOwnIds, type TreeNode } from '../environmentTree/treeNode.js';

const stateWords: Readonly<Record<PreviewEnvironment['state'], string>> = { created: 'created', 'not-created': 'not created', unknown: 'not known whether it is there' };

const icons: Readonly<Record<PreviewEnvironment['state'], NodeIcon>> = {
  created: { name: 'git-pull-request', color: 'testing.iconPassed' },
  'not-created': { name: 'git-pull-request-draft' },
  unknown: { name: 'git-pull-request' },
};

/** `from topic · orders-pr-42 · created`. */
export function wordsOfPullRequest({ branch, namespace, state }: PreviewEnvironment): string {
  return [branch === '' ? '' : `from ${branch}`, namespace, stateWords[state]].filter((word) => word !== '').join(' · ');
}

/** One node that holds them all, below the apps; none where there is no preview environment. */
export function pullRequestNodes(environments: readonly PreviewEnvironment[]): readonly TreeNode[] {
  if (environments.length === 0) return [];
  const created = environments.filter(({ state }) => state === 'created').length;
  const words = [countOf(environments.length, 'preview'), ...(created > 0 ? [`${created} created`] : [])];
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
      children: withOwnIds(environments.map(pullRequestNode)),
    },
  ];
}

function pullRequestNode(environment: PreviewEnvironment): TreeNode {
  const { id, label, state, place } = environment;
  const words = wordsOfPullRequest(environment);
  return {
    ...leaf,
    id: `pullRequest:${id}`,
    label,
    description: words,
    icon: icons[state],
    spoken: `Preview environment ${label}, ${words}`,
    contexts: ['pullRequest', state, ...(place ? ['source'] : [])],
    opens: { kind: 'command', command: 'gitops.pullRequests.preview' },
    source: place,
    copies: label,
    environmentId: id,
  };
}
