/** Sources that nothing declares. */
import { mapAt } from '../../gitops/declarations.js';
import type { DeliveryModel, DeliveryObject } from '../../gitops/delivery.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import { defineWorkspaceRule } from '../rule.js';
import { replaceScalar } from '../scalarFixes.js';
import { fluxGroups, isFluxKind, keptObjects, namedLike, namesOfKind, readReference, targetsOf, type FluxReference } from './fluxObjects.js';

const workspace = (name: string): string => `#- apps.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: infra, namespace: flux-system}
spec: {interval: 10m, url: https://git.example.com/infra.git}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  prune: true
  path: ./apps
  sourceRef:
    kind: GitRepository
    name: ${name}
`;

export const unknownSource = defineWorkspaceRule({
  id: 'flux/unknown-source',
  title: 'Source that nothing declares',
  severity: 'warning',
  what: 'The `sourceRef` or `chartRef` of a Kustomization, HelmRelease, HelmChart or ImageUpdateAutomation names a source that the workspace does not declare, or that stands in another namespace. Workspaces that declare no source at all are left alone.',
  why: 'Flux waits for the source (`Source is not ready, artifact not found`) for as long as there is none, and applies nothing.',
  mend: 'Mend the name, the kind or the `namespace` of the reference, or declare the source.',
  examples: { bad: workspace('infar'), good: workspace('infra') },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model }, report) => {
    if (!model.objects.some(({ id }) => id.group === fluxGroups.source && id.name !== 'flux-system')) return;
    for (const reference of keptObjects(model).flatMap(sourceReferences)) {
      const { kind, name } = reference;
      // What bootstrap makes is in the cluster before there is a repository.
      if (name.value === 'flux-system' || !declaredKinds.has(kind) || targetsOf(reference, model).length > 0) continue;
      report(name, sentenceOf(reference, model), fixOf(reference, model, kind));
    }
  },
});

/** Kinds that stand in manifests: an ExternalArtifact is made by a controller. */
const declaredKinds: ReadonlySet<string> = new Set(['GitRepository', 'OCIRepository', 'HelmRepository', 'Bucket', 'HelmChart']);

function sourceReferences(object: DeliveryObject): readonly FluxReference[] {
  const spec = mapAt(object.root, 'spec');
  const at = (node: ReturnType<typeof mapAt>, defaultKind: string): readonly FluxReference[] => {
    const reference = readReference(object, node, defaultKind);
    return reference ? [reference] : [];
  };
  if (isFluxKind(object, 'kustomize', 'Kustomization')) return at(mapAt(spec, 'sourceRef'), 'GitRepository');
  if (isFluxKind(object, 'helm', 'HelmRelease')) return [...at(mapAt(spec, 'chart', 'spec', 'sourceRef'), 'HelmRepository'), ...at(mapAt(spec, 'chartRef'), 'OCIRepository')];
  if (isFluxKind(object, 'source', 'HelmChart')) return at(mapAt(spec, 'sourceRef'), 'HelmRepository');
  if (isFluxKind(object, 'image', 'ImageUpdateAutomation')) return at(mapAt(spec, 'sourceRef'), 'GitRepository');
  return [];
}

function sentenceOf({ kind, name, namespace, from }: FluxReference, model: DeliveryModel): string {
  const [elsewhere] = namedLike(kind, name.value, model);
  if (elsewhere)
    return `${kind} ${name.value} is in the namespace ${elsewhere.id.namespace}, and ${from.id.kind} ${from.id.name} asks for it in ${namespace}; set the namespace of the reference.`;
  const near = nearestName(namesOfKind(kind, model), name.value);
  return `Nothing in this workspace declares ${kind} ${name.value}${near === undefined ? '.' : `; did you mean ${near}?`}`;
}

function fixOf({ name }: FluxReference, model: DeliveryModel, kind: string): { readonly fix?: NonNullable<ReturnType<typeof replaceScalar>> } {
  const near = nearestName(namesOfKind(kind, model), name.value);
  const fix = near === undefined || near === name.value ? undefined : replaceScalar(name, near, `Change to ${near}`);
  return fix ? { fix: { ...fix, needsReview: true } } : {};
}
