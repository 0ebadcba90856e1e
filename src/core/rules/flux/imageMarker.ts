/** Markers of image automation that lead nowhere, or write the wrong part of an image. */
import type { Fix } from '../../base/problem.js';
import type { DeliveryModel } from '../../gitops/delivery.js';
import { findImageMarkers, mayHoldMarkers, type ImageMarker } from '../../gitops/flux/images/imageMarkers.js';
import { nearestName } from '../../kustomize/decode/nearestField.js';
import type { SourceText } from '../../base/source.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import { defineWorkspaceRule, type Report } from '../rule.js';
import { isFluxKind, namedLike, namesOfKind } from './fluxObjects.js';

const workspace = (marker: string): string => `#- images.yaml
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec: {image: registry.example.com/web, interval: 5m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux-system}
spec:
  imageRepositoryRef: {name: web}
  policy: {semver: {range: 1.x}}
#- apps/web/kustomization.yaml
images:
  - name: web
    newName: registry.example.com/web # {"$imagepolicy": "flux-system:web:name"}
    newTag: 1.4.2 # {"$imagepolicy": "${marker}"}
`;

export const imageMarker = defineWorkspaceRule({
  id: 'flux/image-marker',
  title: 'Image marker that does not do what it should',
  severity: 'warning',
  what: 'A `$imagepolicy` marker that names no ImagePolicy of the workspace, that stands at no value, or that writes another part than the value holds: the whole image where only a tag belongs, or the tag where the whole image stands. Where the workspace has no ImagePolicy, names are not checked.',
  why: 'The automation passes over a marker that it does not understand, and the image is not updated. A marker of the wrong kind is worse: it writes `registry.example.com/web:1.5.0` where the tag belongs, and the next sync fails.',
  mend: 'Write `namespace:policy` for the whole image, with `:tag` behind it for a tag, with `:name` for the name, at the end of the line of the value.',
  examples: { bad: workspace('flux-system:web'), good: workspace('flux-system:web:tag') },
  hasFix: true,
  gather: () => undefined,
  check: (_, { model, yamlFiles }, report, { ofFiles }) => {
    if (!model.objects.some(({ id }) => id.group === 'image.toolkit.fluxcd.io')) return;
    for (const markers of ofFiles(yamlFiles, markersIn)) for (const marker of markers ?? []) checkMarker(marker, model, report);
  },
});

function markersIn({ path, text }: SourceText, parse: () => ParsedYaml | undefined): readonly ImageMarker[] {
  const parsed = mayHoldMarkers(path, text) ? parse() : undefined;
  return parsed ? findImageMarkers(parsed) : [];
}

function checkMarker(marker: ImageMarker, model: DeliveryModel, report: Report): void {
  const { policy, reference, comment, node } = marker;
  if (!policy) {
    report(reference, 'This marker has not the form namespace:policy, namespace:policy:tag or namespace:policy:name, and is passed over.');
    return;
  }
  const missing = missingPolicy(policy, model);
  if (missing) {
    const fix = missing.near && fixReference(marker, missing.near, `Change to ${missing.near}`);
    report(reference, missing.message, fix ? { fix } : {});
  }
  if (!node) {
    report(comment, 'This marker stands at no value, so nothing is updated; put it at the end of the line of the tag or image.');
    return;
  }
  const wrong = wrongPart(marker);
  if (!wrong) return;
  const fix = fixReference(
    marker,
    [policy.namespace, policy.name, ...(wrong.part === '' ? [] : [wrong.part])].join(':'),
    wrong.part === '' ? 'Mark the whole image' : `Mark the ${wrong.part}`,
  );
  report(reference, wrong.message, { fix });
}

function missingPolicy(
  { namespace, name, part }: NonNullable<ImageMarker['policy']>,
  model: DeliveryModel,
): { readonly message: string; readonly near: string | undefined } | undefined {
  const policies = model.objects.filter((object) => isFluxKind(object, 'image', 'ImagePolicy'));
  const named = namedLike('ImagePolicy', name, model);
  if (policies.length === 0 || named.some(({ id }) => id.namespace === namespace || id.namespace === '' || id.namespace.includes('${'))) return undefined;
  const suffix = part === 'image' ? '' : `:${part}`;
  const [elsewhere] = named;
  if (elsewhere)
    return {
      message: `ImagePolicy ${name} is in the namespace ${elsewhere.id.namespace}, not in ${namespace}: this marker leads nowhere.`,
      near: `${elsewhere.id.namespace}:${name}${suffix}`,
    };
  const near = nearestName(namesOfKind('ImagePolicy', model), name);
  return {
    message: `No ImagePolicy ${name} is declared in this workspace, so this marker leads nowhere${near === undefined ? '.' : `; did you mean ${near}?`}`,
    near: near && `${namespace}:${near}${suffix}`,
  };
}

/** What the value holds, where the marker certainly writes something else. */
function wrongPart({ policy, node, key }: ImageMarker): { readonly part: '' | 'tag' | 'name'; readonly message: string } | undefined {
  if (!policy || !node) return undefined;
  const isWhole = /^[^\s:/]+(?:[.:/][^\s]*)?\/?[^\s]*:[\w][\w.-]*(?:@sha256:[0-9a-f]+)?$/.test(node.value) && /^(image|.*Image)$/.test(key?.value ?? 'image');
  if (policy.part === 'image' && (key?.value === 'newTag' || key?.value === 'tag'))
    return { part: 'tag', message: `The automation writes the whole image here, where only a tag belongs: add :tag to the marker.` };
  if (policy.part === 'image' && key?.value === 'newName')
    return { part: 'name', message: `The automation writes the image with its tag here, where only the name belongs: add :name to the marker.` };
  if (policy.part === 'tag' && isWhole) return { part: '', message: `The automation writes only the tag here, where the whole image stands: take :tag away from the marker.` };
  return undefined;
}

function fixReference({ reference: { source, start, end } }: ImageMarker, newText: string, title: string): Fix {
  return { title, changes: [{ location: source.locate(start, end), newText }] };
}
