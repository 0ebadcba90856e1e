/**
 * What an ImageUpdateAutomation would commit now: the values at the markers that it finds, for what its policies select
 * (image-automation-controller v1.2, internal/policy and pkg/update). An automation sees the policies of its own namespace
 * that its selector takes, and the files below its path.
 */
import { isInside } from '../base/path.js';
import { Problems, type TextChange } from '../base/problem.js';
import { readSelector } from '../gitops/argocd/applicationSet/selector.js';
import { mapAt, scalarAt } from '../gitops/declarations.js';
import type { DeliveryObject } from '../gitops/delivery.js';
import { findImageMarkers, markedValue, mayHoldMarkers, type ImageMarker, type LatestImage } from '../gitops/flux/images/imageMarkers.js';
import type { FluxAutomation } from '../gitops/pipelines/fluxAutomation.js';
import { replaceScalar } from '../yaml/edit.js';
import type { ScalarNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { DeclaredPolicy } from './policyChoice.js';

/** One value that would be written. */
export interface AutomationEdit {
  readonly marker: ImageMarker;
  readonly node: ScalarNode;
  readonly before: string;
  readonly after: string;
  /** The edit of the text; undefined where it can't be made for certain without rewriting more. */
  readonly changes: readonly TextChange[] | undefined;
}

/** What one automation would commit. */
export interface AutomationPlan {
  readonly automation: FluxAutomation;
  /** The values that would change; none where it has nothing to do. */
  readonly edits: readonly AutomationEdit[];
  /** The message of the commit; undefined where a template makes it up. */
  readonly message: string | undefined;
  /** The branch that it pushes to. */
  readonly branch: string | undefined;
  readonly isSuspended: boolean;
}

/** What Flux writes where the automation says nothing (internal/controller/imageupdateautomation_controller.go). */
const defaultMessage = 'Update from image update automation';

export interface AutomationInput {
  /** Of the automation itself. */
  readonly object: DeliveryObject;
  readonly automation: FluxAutomation;
  readonly policies: readonly DeclaredPolicy[];
  /** What a policy would select; undefined where that isn't known. */
  readonly latest: (policy: DeclaredPolicy) => LatestImage | undefined;
  /** Absolute paths of YAML files. */
  readonly files: readonly string[];
  readonly parse: (path: string) => ParsedYaml | undefined;
}

/** What an automation would commit. */
export function planAutomation({ object, automation, policies, latest, files, parse }: AutomationInput): AutomationPlan {
  const spec = mapAt(object.root, 'spec');
  const template = scalarAt(mapAt(spec, 'git', 'commit'), 'messageTemplate')?.value;
  const seen = new Map(
    policies.filter(selectorOf(object)).flatMap((policy) => {
      const image = latest(policy);
      return image ? [[`${policy.object.id.namespace}:${policy.object.id.name}`, image] as const] : [];
    }),
  );
  const { folder } = automation;
  const found = folder === undefined ? [] : files.filter((path) => isInside(path, folder));
  return {
    automation,
    edits: found.flatMap((path) => editsIn(parse(path), seen)),
    message: template === undefined ? defaultMessage : template.includes('{{') ? undefined : template,
    branch: automation.pushBranch ?? automation.branch,
    isSuspended: scalarAt(spec, 'suspend')?.value === 'true',
  };
}

/** The edits at a file's markers. @param latest by `namespace:name` of the policy */
export function editsIn(parsed: ParsedYaml | undefined, latest: ReadonlyMap<string, LatestImage>): readonly AutomationEdit[] {
  if (!parsed || !mayHoldMarkers(parsed.source.path, parsed.source.text)) return [];
  return findImageMarkers(parsed).flatMap((marker) => {
    const { policy, node } = marker;
    const image = policy && latest.get(`${policy.namespace}:${policy.name}`);
    // A policy without a digest has nothing for a marker of one.
    if (!image || !node || (policy.part === 'digest' && image.digest === undefined)) return [];
    const after = markedValue(policy.part, image);
    return after === node.value ? [] : [{ marker, node, before: node.value, after, changes: replaceScalar(node, after) }];
  });
}

function selectorOf({ id, root }: DeliveryObject): (policy: DeclaredPolicy) => boolean {
  const node = mapAt(root, 'spec', 'policySelector');
  // One that can't be read selects nothing: the automation fails.
  const matches = node ? readSelector(node, new Problems()) : () => true;
  return ({ object }) => {
    if (object.id.namespace !== id.namespace && object.id.namespace !== '' && id.namespace !== '') return false;
    const labels = mapAt(object.root, 'metadata', 'labels');
    return matches?.(new Map(labels?.pairs.flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key.value, value.value] as const] : [])))) ?? false;
  };
}
