/**
 * images/one-sha-per-branch: environments that follow the same branch and run builds of different commits. Looked at only
 * where a branch stands for a stage (the app's environments follow more than one): elsewhere that is how promotion looks.
 */
import type { Environment } from '../../gitops/delivery.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import { containersIn } from '../environmentContainers.js';
import { defineWorkspaceRule } from '../rule.js';
import { byApp } from './byApp.js';

interface Gathered {
  readonly environment: Environment;
  /** Image name to its tag, where that is a commit. */
  readonly commits: ReadonlyMap<string, { readonly tag: string; readonly node: ScalarNode }>;
}

export const oneShaPerBranch = defineWorkspaceRule<Gathered>({
  id: 'images/one-sha-per-branch',
  title: 'Different commits from one branch',
  severity: 'warning',
  what: 'Environments of an app follow branches, one or more for each, and two that follow the same branch run images of different commits.',
  why: 'Where a branch stands for a stage, all that follows it runs the same build: what differs was left behind by a workflow that wrote one overlay and not the other, or by an edit by hand.',
  mend: 'Write the newer commit into the other overlay too.',
  examples: {
    bad: `environments stage and prod, both of branch main:
stage: newTag: sha-1a2b3c4d
prod:  newTag: sha-9f8e7d6c`,
    good: `environments stage and prod, both of branch main:
stage: newTag: sha-9f8e7d6c
prod:  newTag: sha-9f8e7d6c`,
  },
  hasFix: false,
  gather({ environment, rendering }) {
    const commits = new Map<string, { readonly tag: string; readonly node: ScalarNode }>();
    for (const { image, reference } of containersIn(rendering)) {
      if (image && reference?.tag !== undefined && isCommit(reference.tag)) commits.set(reference.name, { tag: reference.tag, node: image });
    }
    return { environment, commits };
  },
  check(gathered, _workspace, report) {
    for (const environments of byApp(gathered.filter(({ environment }) => branchOf(environment) !== undefined))) {
      if (new Set(environments.map(({ environment }) => branchOf(environment))).size < 2) continue;
      environments.forEach(({ environment, commits }, index) => {
        for (const [name, { tag, node }] of commits) {
          const before = environments.slice(0, index).find((other) => branchOf(other.environment) === branchOf(environment) && other.commits.has(name));
          const other = before?.commits.get(name);
          if (!before || !other || other.tag === tag) continue;
          const branch = environment.sources[0]?.revision?.value ?? '';
          report(
            node,
            `${environment.name} and ${before.environment.name} both follow the branch ${branch}, and run ${name} from different commits: ${tag} here, ${other.tag} there.`,
            {
              environments: [environment, before.environment],
              related: [{ location: other.node.source.locate(other.node.start, other.node.end), message: `The commit in ${before.environment.name}.` }],
            },
          );
        }
      });
    }
  },
});

/** `1a2b3c4d`, `sha-1a2b3c4d`, `main-1a2b3c4d`; a digit among the letters, so that a word isn't taken for one. */
function isCommit(tag: string): boolean {
  const hash = /^(?:[a-z][\w.]*-)?([0-9a-f]{7,40})$/.exec(tag)?.[1];
  return hash !== undefined && /\d/.test(hash) && /[a-f]/.test(hash);
}

function branchOf({ sources: [source] }: Environment): string | undefined {
  const { repoURL, revision } = source ?? {};
  return repoURL && revision ? `${repoURL.value.replace(/\.git$/, '')} ${revision.value}` : undefined;
}
