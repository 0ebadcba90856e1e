/** What an Application's project refuses: its sources, its destination, and kinds of objects that it brings. */
import type { Place } from '../../base/problem.js';
import { permitsKind, permitsObject, readAppProject, refusalsOf, type AppProject, type ProjectField } from '../../gitops/argocd/appProject.js';
import { readApplication } from '../../gitops/argocd/application.js';
import { mapAt, scalarAt } from '../../gitops/declarations.js';
import type { DeliveryModel, Environment } from '../../gitops/delivery.js';
import { isClusterScoped, type ResId } from '../../objects/resId.js';
import { defineWorkspaceRule, type CheckedEnvironment, type Report } from '../rule.js';
import { isOpen, projectOf } from './projects.js';

const workspace = (repositories: string): string => `#- project.yaml
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: shop, namespace: argocd}
spec:
  sourceRepos: ['${repositories}']
  destinations: [{server: https://kubernetes.default.svc, namespace: shop-*}]
#- orders.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: orders, namespace: argocd}
spec:
  project: shop
  source: {repoURL: https://git.example.com/infra.git, path: orders}
  destination: {server: https://kubernetes.default.svc, namespace: shop-orders}
`;

export const projectForbids = defineWorkspaceRule<CheckedEnvironment>({
  id: 'argocd/project-forbids',
  title: 'Project that forbids what its Application does',
  severity: 'error',
  what: 'An AppProject of the workspace refuses the repository or the destination of one of its Applications, or a kind of object that the Application brings: by the rules of Argo CD, with its patterns, its `!` entries, and cluster-scoped kinds refused unless they are listed.',
  why: 'Argo CD reports `InvalidSpecError: application repo … is not permitted in project …`, or fails the sync with `resource … is not permitted in project …`. It is seen only after the push.',
  mend: 'Permit it in the project (`sourceRepos`, `destinations`, `clusterResourceWhitelist`), or change the Application.',
  examples: { bad: workspace('https://git.example.com/apps.git'), good: workspace('https://git.example.com/*') },
  hasFix: false,
  gather: (checked) => checked,
  check: (gathered, { model }, report, { ofValue }) => {
    const memberships = ofValue(model, readMemberships);
    for (const { environment, rendering } of gathered) {
      const membership = memberships.get(environment);
      if (!membership) continue;
      const { application, project } = membership;
      for (const { verdict, asked, what } of refusalsOf(project, application)) {
        if (isOpen(what) || isOpen(textOf(verdict.place))) continue;
        report(asked, `The project ${project.name} does not permit ${what}: ${reasonOf(verdict.field, verdict.isNegated)}.`, {
          environments: [environment],
          related: [relatedTo(verdict.place)],
        });
      }
      checkObjects(project, environment, rendering.objects, report);
    }
  },
});

interface Membership {
  readonly application: ReturnType<typeof readApplication>;
  readonly project: AppProject;
}

/** The Applications that belong to a project of the workspace, by environment. */
function readMemberships(model: DeliveryModel): ReadonlyMap<Environment, Membership> {
  const projects = new Map<unknown, AppProject>();
  const memberships = new Map<Environment, Membership>();
  for (const environment of model.environments) {
    const { declaration } = environment;
    if (declaration?.id.kind !== 'Application') continue;
    const application = readApplication(declaration);
    const object = projectOf(declaration, application.project?.value ?? 'default', model);
    if (!object) continue;
    const project = projects.get(object) ?? readAppProject(object);
    projects.set(object, project);
    memberships.set(environment, { application, project });
  }
  return memberships;
}

function checkObjects(project: AppProject, environment: Environment, objects: CheckedEnvironment['rendering']['objects'], report: Report): void {
  const reported = new Set<string>();
  for (const { id, root } of objects) {
    const isOfCluster = isClusterScoped(id);
    // Kinds of others may be cluster-scoped for all that is known.
    if (!isOfCluster && !isKnownNamespaced(id)) continue;
    const kindVerdict = permitsKind(project, id, !isOfCluster);
    const own = scalarAt(mapAt(root, 'metadata'), 'namespace');
    const isOwn = own !== undefined && own.step?.kind !== 'destination' && !isOfCluster && !isOpen(own.value);
    const verdict = kindVerdict.kind === 'permitted' && isOwn ? permitsObject(project, id, own.value, environment.destination) : kindVerdict;
    if (verdict.kind !== 'refused' || isOpen(textOf(verdict.place))) continue;
    const isPlace = kindVerdict.kind === 'permitted';
    const what = isPlace ? `objects in the namespace ${own?.value ?? ''}` : id.group === '' ? id.kind : `${id.kind} (${id.group})`;
    if (reported.has(what)) continue;
    reported.add(what);
    const place = isPlace ? own : scalarAt(root, 'kind');
    report(
      place ?? environment.declaredAt,
      `The project ${project.name} does not permit ${what}, which ${environment.label} brings: ${reasonOf(verdict.field, verdict.isNegated)}.`,
      {
        environments: [environment],
        related: [relatedTo(verdict.place)],
      },
    );
  }
}

/** Kubernetes' own kinds that live in namespaces. */
function isKnownNamespaced({ group }: ResId): boolean {
  return group === '' || group === 'apps' || group === 'batch' || group === 'autoscaling' || group === 'policy';
}

function reasonOf(field: ProjectField, isNegated: boolean): string {
  return isNegated ? `an entry of its ${field} refuses it` : `no entry of its ${field} allows it`;
}

function relatedTo({ source, start, end }: Place): { readonly location: ReturnType<Place['source']['locate']>; readonly message: string } {
  return { location: source.locate(start, end), message: 'the project' };
}

function textOf({ source, start, end }: Place): string {
  return source.text.slice(start, end);
}
