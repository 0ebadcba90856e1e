/** Applications whose source is another repository than the one that holds what they name. */
import { joinPath } from '../../base/path.js';
import type { Environment, EnvironmentSource } from '../../gitops/delivery.js';
import { repositoryKey } from '../../gitops/gitUrl.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import { defineWorkspaceRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';

interface SourceUse {
  readonly environment: Environment;
  readonly source: EnvironmentSource;
  readonly repoURL: ScalarNode;
  readonly key: string;
}

const workspace = (url: string): string =>
  ['dev', 'stage', 'prod']
    .map(
      (name) => `#- bootstrap/${name}.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop-${name}, namespace: argocd}
spec:
  project: default
  source:
    repoURL: ${name === 'stage' ? url : 'https://git.example.com/team/infra.git'}
    path: apps/shop/overlays/${name}
  destination: {server: https://kubernetes.default.svc, namespace: shop-${name}}
#- apps/shop/overlays/${name}/kustomization.yaml
namespace: shop-${name}
`,
    )
    .join('');

export const otherRepository = defineWorkspaceRule<readonly SourceUse[]>({
  id: 'environments/other-repository',
  title: 'Application from another repository than its siblings',
  severity: 'warning',
  what: "An Application whose `repoURL` names another repository than the other environments of its app, while the folder that it names stands in theirs: the app's own source repository, or a URL with a typing error.",
  why: 'Argo CD looks for the manifests where they are not: the Application ends in `ComparisonError`, or deploys what somebody left in the other repository years ago.',
  mend: 'Name the repository that holds the manifests.',
  examples: { bad: workspace('https://git.example.com/team/shop.git'), good: workspace('https://git.example.com/team/infra.git') },
  hasFix: true,
  gather: ({ environment }) => {
    if (environment.operator !== 'argocd') return [];
    return environment.sources.flatMap((source) => {
      const { repoURL, path } = source;
      const isFolder = repoURL && path !== '.' && (source.folder !== undefined || source.renderer !== 'helm') && !/\{\{|\$\{/.test(repoURL.value + path);
      return isFolder ? [{ environment, source, repoURL, key: repositoryKey(repoURL.value) }] : [];
    });
  },
  check: (gathered, { model }, report, { tree }) => {
    const uses = gathered.flat();
    const counts = new Map<string, number>();
    for (const { key } of uses) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const use of uses) {
      if (use.source.matchedBy === 'remote') continue;
      // Another checkout that is open may be the repository that is meant.
      if (model.repositories.some(({ remotes }) => remotes.some(({ url }) => repositoryKey(url) === use.key))) continue;
      const sibling = uses.find((other) => {
        if (other.environment.app !== use.environment.app || other.key === use.key || other.source.folder === undefined) return false;
        const isSettled = other.source.matchedBy === 'remote' || (counts.get(other.key) ?? 0) > (counts.get(use.key) ?? 0);
        return isSettled && tree.kind(joinPath(topOf(other.source), use.source.path)) === 'directory';
      });
      if (!sibling) continue;
      const fix = replaceScalar(use.repoURL, sibling.repoURL.value, `Change to ${sibling.repoURL.value}`);
      const message = `${use.environment.label} comes from ${use.repoURL.value}, but ${use.source.path} stands in ${sibling.repoURL.value}, from which ${sibling.environment.label} comes.`;
      report(use.repoURL, message, { environments: [use.environment], ...(fix && { fix: { ...fix, needsReview: true } }) });
    }
  },
});

/** The top folder of the repository that a source was found in. */
function topOf({ folder = '/', path }: EnvironmentSource): string {
  return folder.endsWith(`/${path}`) ? folder.slice(0, folder.length - path.length - 1) : folder;
}
