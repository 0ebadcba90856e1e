/** Applications of projects that aren't in the workspace, where projects are. */
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import { defineWorkspaceRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { isArgoKind, isOpen } from './projects.js';

const workspace = (project: string): string => `#- project.yaml
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: argocd}
spec:
  sourceRepos: ['*']
  destinations: [{server: '*', namespace: '*'}]
#- orders.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: orders, namespace: argocd}
spec:
  project: ${project}
  source: {repoURL: https://git.example.com/infra.git, path: orders}
  destination: {server: https://kubernetes.default.svc, namespace: orders}
`;

export const unknownProject = defineWorkspaceRule({
  id: 'argocd/unknown-project',
  title: 'Application of an unknown project',
  severity: 'warning',
  what: 'An Application names a project that no AppProject of the workspace declares, although the workspace declares projects. The built-in `default` is always there.',
  why: 'Argo CD refuses the Application with `InvalidSpecError: Application referencing project which does not exist`, and syncs nothing.',
  mend: 'Mend the name, or declare the project. A project that is managed elsewhere is a reason to suppress this.',
  examples: { bad: workspace('shpo'), good: workspace('shop') },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    const projects = model.objects.filter((object) => isArgoKind(object, 'AppProject')).map(({ id }) => id.name);
    if (projects.length === 0 || projects.some((name) => isOpen(name))) return;
    for (const object of model.objects) {
      const project = isArgoKind(object, 'Application') ? scalarAt(mapAt(object.root, 'spec'), 'project') : undefined;
      if (!project || project.value === 'default' || isOpen(project.value) || projects.includes(project.value)) continue;
      const near = nearestName(projects, project.value);
      const fix = near === undefined ? undefined : replaceScalar(project, near, `Change to ${near}`);
      report(
        project,
        `No AppProject ${project.value} is declared in this workspace${near === undefined ? '.' : `; did you mean ${near}?`}`,
        fix ? { fix: { ...fix, needsReview: true } } : {},
      );
    }
  },
});
