/**
 * Which tag an ImagePolicy would select now, from the tags that the registry has: what image-reflector-controller v1.2 would
 * put into its status (internal/policy, internal/controller/imagerepository_controller.go). Tags are given: nothing is asked.
 */
import { compilePattern } from '../base/regexp/program.js';
import { mapAt, scalarAt } from '../gitops/declarations.js';
import type { DeliveryObject } from '../gitops/delivery.js';
import { readImagePolicy, selectTag, type ImagePolicy, type PolicyFailure } from '../gitops/flux/images/imagePolicy.js';
import { parseImageReference, type ImageReference } from '../objects/imageReference.js';
import { scalarValue, type MapNode } from '../yaml/nodes.js';

/** An ImagePolicy of the workspace with what it selects from. */
export interface DeclaredPolicy {
  readonly object: DeliveryObject;
  readonly policy: ImagePolicy;
  /** The ImageRepository that it names; undefined where the workspace has none. */
  readonly repository: MapNode | undefined;
  /** The image that is scanned; undefined where it isn't declared, or is no image. */
  readonly image: ImageReference | undefined;
  /** Whether the digest is written too (`digestReflectionPolicy`). */
  readonly reflectsDigest: boolean;
}

/** The policies among the delivery objects, each once. */
export function findPolicies(objects: readonly DeliveryObject[]): readonly DeclaredPolicy[] {
  const found = new Map<string, DeclaredPolicy>();
  for (const object of objects) {
    const { id, root } = object;
    if (id.group !== 'image.toolkit.fluxcd.io' || id.kind !== 'ImagePolicy') continue;
    const policy = readImagePolicy(id, root);
    const key = `${id.namespace}/${id.name}`;
    // What a rendering gives is more than what the file alone says, such as its namespace.
    if (found.has(key) && object.foundIn.kind === 'file') continue;
    const repository = policy.repository && findRepository(objects, policy.repository);
    const address = scalarAt(mapAt(repository, 'spec'), 'image')?.value;
    const reflects = scalarAt(mapAt(root, 'spec'), 'digestReflectionPolicy')?.value ?? 'Never';
    found.set(key, { object, policy, repository, image: address === undefined ? undefined : parseImageReference(address), reflectsDigest: reflects !== 'Never' });
  }
  return [...found.values()];
}

function findRepository(objects: readonly DeliveryObject[], { name, namespace }: { readonly name: string; readonly namespace: string }): MapNode | undefined {
  const named = objects.filter(({ id }) => id.group === 'image.toolkit.fluxcd.io' && id.kind === 'ImageRepository' && id.name === name);
  return (named.find(({ id }) => id.namespace === namespace) ?? named.find(({ id }) => id.namespace === '' || namespace === ''))?.root;
}

/** What a policy would select. */
export type PolicyChoice =
  | { readonly kind: 'selected'; readonly tag: string; /** How many tags it selected from. */ readonly of: number }
  | { readonly kind: 'none'; readonly failure: PolicyFailure }
  /** `reason`: one sentence. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The tag that a policy would select from the tags of its repository, of which those that the repository excludes don't count. */
export function choosePolicyTag({ policy, repository }: DeclaredPolicy, tags: readonly string[]): PolicyChoice {
  const excluded = excludedBy(repository);
  if (typeof excluded === 'string') return { kind: 'unknown', reason: excluded };
  const scanned = tags.filter((tag) => !excluded(tag));
  const result = selectTag(policy, scanned);
  return 'tag' in result ? { kind: 'selected', tag: result.tag, of: scanned.length } : { kind: 'none', failure: result.failure };
}

/** Signatures are left out where a repository says nothing else (ImageRepositorySpec.ExclusionList). */
const defaultExclusions = ['^.*\\.sig$'];

function excludedBy(repository: MapNode | undefined): ((tag: string) => boolean) | string {
  const list = mapAt(repository, 'spec')?.get('exclusionList');
  const texts = list?.kind === 'sequence' ? list.items.flatMap((item) => scalarValue(item) ?? []) : defaultExclusions;
  const tests: ((tag: string) => boolean)[] = [];
  for (const text of texts) {
    const pattern = compilePattern(text);
    if ('failure' in pattern) return `The exclusion ${text} of the ImageRepository is no regular expression.`;
    tests.push((tag) => pattern.matches(tag) ?? false);
  }
  return (tag) => tests.some((test) => test(tag));
}

/** Why a policy selects nothing, one sentence. */
export function describePolicyFailure(failure: PolicyFailure): string {
  switch (failure.kind) {
    case 'noPolicy':
      return 'The policy says no order: semver, alphabetical or numerical.';
    case 'noTags':
      return 'No tag gets through the filter of the policy.';
    case 'nothingFits':
      return 'No tag is a version in the range of the policy.';
    case 'invalidPattern':
      return `The filter ${failure.node.value} of the policy is no regular expression that Flux takes: ${failure.reason}.`;
    case 'invalidRange':
      return `${failure.node.value} is no range of versions.`;
    case 'invalidOrder':
      return 'The order of the policy is neither asc nor desc.';
    case 'notNumeric':
      return `The tag ${failure.tag} is no number, so a numerical policy selects nothing at all.`;
  }
}
