/** What Kustomizations and HelmReleases wait for: things that aren't there, and each other. */
import type { Place } from '../../base/problem.js';
import type { DeliveryModel, DeliveryObject } from '../../gitops/delivery.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import { haveOneControlPlane } from '../environments/clusters.js';
import { defineWorkspaceRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { dependenciesOf, isFluxKind, keptObjects, namedLike, namesOfKind, targetsOf, type FluxReference } from './fluxObjects.js';

const kustomization = (name: string, dependsOn: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./${name}
  sourceRef: {kind: GitRepository, name: flux-system}
${dependsOn}`;

const on = (name: string): string => `  dependsOn:\n    - name: ${name}\n`;

export const unknownDependency = defineWorkspaceRule({
  id: 'flux/unknown-dependency',
  title: 'Dependency that nothing declares',
  severity: 'warning',
  what: 'A Kustomization or HelmRelease depends on one (of its own kind) that the workspace does not declare, or that is in another namespace.',
  why: 'Flux waits for it for ever: the object stays `dependency not found`, and nothing of it is applied.',
  mend: 'Mend the name or the `namespace` of the entry, or remove it.',
  examples: {
    bad: `#- apps.yaml\n${kustomization('platform', '')}---\n${kustomization('apps', on('platfrom'))}`,
    good: `#- apps.yaml\n${kustomization('platform', '')}---\n${kustomization('apps', on('platform'))}`,
  },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    for (const reference of keptObjects(model).filter(canDepend).flatMap(dependenciesOf)) {
      const { kind, name, namespace, from } = reference;
      if (targetsOf(reference, model).length > 0) continue;
      const [elsewhere] = namedLike(kind, name.value, model);
      if (elsewhere) {
        report(name, `${kind} ${name.value} is in the namespace ${elsewhere.id.namespace}, and ${from.id.name} waits for one in ${namespace}; set the namespace of the entry.`);
        continue;
      }
      const near = nearestName(namesOfKind(kind, model), name.value);
      const fix = near === undefined ? undefined : replaceScalar(name, near, `Change to ${near}`);
      report(
        name,
        `${from.id.kind} ${from.id.name} waits for ${kind} ${name.value}, which nothing in this workspace declares${near === undefined ? '.' : `; did you mean ${near}?`}`,
        fix ? { fix: { ...fix, needsReview: true } } : {},
      );
    }
  },
});

export const dependencyCycle = defineWorkspaceRule({
  id: 'flux/dependency-cycle',
  title: 'Dependencies in a circle',
  severity: 'error',
  what: 'Kustomizations or HelmReleases that wait for each other, or for themselves.',
  why: 'None of them is ever ready, so none is ever applied: Flux reports `dependency is not ready` for each.',
  mend: 'Remove one of the entries of `dependsOn`, or split what both need into one of its own.',
  examples: {
    bad: `#- apps.yaml\n${kustomization('platform', on('apps'))}---\n${kustomization('apps', on('platform'))}`,
    good: `#- apps.yaml\n${kustomization('platform', '')}---\n${kustomization('apps', on('platform'))}`,
  },
  hasFix: false,
  gather: () => undefined,
  check: (_, { model }, report) => {
    const done = new Set<DeliveryObject>();
    for (const object of keptObjects(model).filter(canDepend)) {
      const way = findCycle(object, model, done);
      const [first] = way;
      if (!first) continue;
      const names = [...way.map(({ from }) => from.id.name), first.from.id.name];
      const related = way.slice(1).map(({ name }) => ({ location: locationOf(name), message: 'and this' }));
      report(first.name, `${names.join(' waits for ')}: none of them is ever applied.`, { related });
    }
  },
});

function canDepend(object: DeliveryObject): boolean {
  return isFluxKind(object, 'kustomize', 'Kustomization') || isFluxKind(object, 'helm', 'HelmRelease');
}

/** The references of a cycle that `start` is on or leads to; empty where there is none that wasn't found before. */
function findCycle(start: DeliveryObject, model: DeliveryModel, done: Set<DeliveryObject>): readonly FluxReference[] {
  const way: FluxReference[] = [];
  const onWay = new Set<DeliveryObject>();
  const visit = (object: DeliveryObject): readonly FluxReference[] | undefined => {
    if (done.has(object)) return undefined;
    onWay.add(object);
    for (const reference of dependenciesOf(object)) {
      const target = targetOf(reference, model);
      if (!target) continue;
      way.push(reference);
      if (onWay.has(target)) return way.slice(way.findIndex(({ from }) => from === target));
      const found = visit(target);
      if (found) return found;
      way.pop();
    }
    onWay.delete(object);
    done.add(object);
    return undefined;
  };
  const cycle = visit(start) ?? [];
  for (const { from } of way) done.add(from);
  return cycle;
}

/** The one object that is certainly meant: that of the same cluster. */
function targetOf(reference: FluxReference, model: DeliveryModel): DeliveryObject | undefined {
  const near = targetsOf(reference, model).filter((target) => target === reference.from || haveOneControlPlane(target, reference.from, model));
  return near.length === 1 ? near[0] : undefined;
}

function locationOf({ source, start, end }: Place): ReturnType<Place['source']['locate']> {
  return source.locate(start, end);
}
