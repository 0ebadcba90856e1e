/**
 * Fields that no dry run shows: those that the deployer once declared and doesn't any more, where the server has noted
 * them for a client-side apply, and those that somebody else added. Both are read from managed fields; whether a value is
 * a default of the server's is found out by whoever asks it.
 */
import { readLastApplied } from '../apply/lastApplied.js';
import { isElementOf, readElement, stepsOf, type ElementPath } from '../live/fieldElement.js';
import { readOwners, type FieldOwner } from '../live/fieldOwners.js';
import { valueAtElements } from '../live/fieldPath.js';
import { entryAt, noFields, uniteFields, type FieldEntry, type FieldSet } from '../live/fieldSet.js';
import { isJsonObject, isList, type JsonValue } from '../live/json.js';
import { isLiveObject, type LiveObject } from '../live/liveObject.js';
import type { FieldStep } from '../objects/compare.js';
import type { Deployer } from './deployer.js';

/** A live field that the declared object doesn't have. */
export interface Leftover {
  /** `removed`: the deployer takes it away. `foreign`: somebody else has set it, and it stays. */
  readonly kind: 'removed' | 'foreign';
  readonly elements: ElementPath;
  readonly path: readonly FieldStep[];
  readonly value: JsonValue;
  readonly owner: FieldOwner | undefined;
  /** True where somebody declared it for certain: in the annotation of client-side applies, or by hand. Others may be defaults. */
  readonly isSure: boolean;
}

/**
 * @param predicted the answer of a dry run as the deployer: its managed fields tell what is declared
 */
export function findLeftovers(live: LiveObject, predicted: LiveObject, deployer: Deployer): readonly Leftover[] {
  const declared = setOf(predicted, ({ manager, operation, subresource }) => manager === deployer.manager && operation === 'Apply' && subresource === '');
  const isOwn = (owner: FieldOwner): boolean => (owner.manager === deployer.manager && owner.subresource === '') || deployer.adopts(owner);
  const owners = readOwners(live).filter(({ owner }) => owner.subresource === '' || owner.subresource === 'scale');
  const lastApplied = deployer.followsLastApplied ? readLastApplied(live) : undefined;
  const others = owners.filter(({ owner }) => !isOwn(owner)).reduce((set, { fields }) => uniteFields(set, fields), noFields);
  const found = new Map<string, Leftover>();
  const add = (kind: Leftover['kind'], elements: ElementPath, owner: FieldOwner, isDeclared = false): void => {
    const value = valueAtElements(live, elements);
    const key = elements.join('\0');
    // What isn't in the prediction any more is known already.
    if (value === undefined || found.has(key) || valueAtElements(predicted, elements) === undefined) return;
    found.set(key, { kind, elements, path: stepsOf(elements), value, owner, isSure: isDeclared || isByHand(owner) });
  };
  for (const { owner, fields } of [...owners].reverse()) {
    for (const elements of uncovered(fields, declared)) {
      if (!isOfUsers(elements) || isByRight(owner, elements)) continue;
      if (lastApplied && valueAtElements(lastApplied, elements) !== undefined) add('removed', elements, owner, true);
      else if (!isOwn(owner)) add('foreign', elements, owner);
      else if (!lastApplied && owner.operation === 'Update' && !coversAny(others, elements)) add('removed', elements, owner);
      else if (!lastApplied && deployer.adopts(owner) && !coversAny(others, elements)) add('removed', elements, owner);
    }
  }
  return [...found.values()];
}

/** Managers of tools that people change single fields with: what they own is no default. */
function isByHand({ manager }: FieldOwner): boolean {
  return /^kubectl-(edit|patch|annotate|label|scale|set|rollout)$|^(k9s|lens|Lens|headlamp|Mozilla|node-fetch)/.test(manager);
}

function setOf(object: LiveObject, isWanted: (owner: FieldOwner) => boolean): FieldSet {
  return readOwners(object)
    .filter(({ owner }) => isWanted(owner))
    .reduce((set, { fields }) => uniteFields(set, fields), noFields);
}

/** The highest fields of a set of which the other set has nothing: not themselves, nothing above as a whole, nothing below. */
function uncovered(fields: FieldSet, declared: FieldSet): readonly ElementPath[] {
  const paths: ElementPath[] = [];
  collect(fields, declared, [], paths);
  return paths;
}

function collect(fields: FieldSet, declared: FieldSet, prefix: ElementPath, paths: ElementPath[]): void {
  for (const [element, entry] of fields.entries) {
    const other = declared.entries.get(element);
    const path = [...prefix, element];
    if (!other) collectTop(entry, path, paths);
    else if (entry.below && other.below) collect(entry.below, other.below, path, paths);
    else if (entry.below && !isWhole(other)) collect(entry.below, noFields, path, paths);
    // A map that is declared with nothing in it: what it holds is by others.
    else if (entry.below && path.length <= 2) collect(entry.below, noFields, path, paths);
  }
}

/** True for what is declared as one value, such as an atomic list. */
function isWhole({ isMember, below }: FieldEntry): boolean {
  return isMember && !below;
}

/** An item of a list or a leaf as it is; of other maps what is in them. */
function collectTop(entry: FieldEntry, path: ElementPath, paths: ElementPath[]): void {
  const [kind] = path.at(-1) ?? '';
  if (!entry.below || (kind === 'k' && entry.isMember)) paths.push(path);
  else for (const [element, below] of entry.below.entries) collectTop(below, [...path, element], paths);
}

function coversAny(set: FieldSet, path: ElementPath): boolean {
  return entryAt(set, path) !== undefined;
}

/** Labels and annotations, and everything outside of metadata and status. */
function isOfUsers([first, second]: ElementPath): boolean {
  if (first === 'f:metadata') return second === 'f:labels' || second === 'f:annotations';
  return first !== 'f:status' && first !== 'f:apiVersion' && first !== 'f:kind';
}

/** Parts of Kubernetes that set fields of objects because it is their task. */
const systemManagers: ReadonlySet<string> = new Set([
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-apiserver',
  'cloud-controller-manager',
  'cluster-autoscaler',
  'vpa-recommender',
]);

/** Annotations and labels that controllers keep their own notes in. */
const systemKeys = [
  'deployment.kubernetes.io/',
  'deprecated.daemonset.template.generation',
  'pv.kubernetes.io/',
  'volume.kubernetes.io/',
  'volume.beta.kubernetes.io/',
  'control-plane.alpha.kubernetes.io/',
  'autoscaling.alpha.kubernetes.io/',
  'batch.kubernetes.io/',
  'controller-uid',
  'job-name',
  'kubernetes.io/metadata.name',
  'apiservice.kubernetes.io/',
  'endpoints.kubernetes.io/',
  'kubectl.kubernetes.io/last-applied-configuration',
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/refresh',
  'reconcile.fluxcd.io/',
  'applyset.kubernetes.io/',
  'kustomize.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/name',
] as const;

/** True for fields that nobody wants to hear of: a controller's own notes, certificates that are injected, what the system sets. */
function isByRight({ manager, subresource }: FieldOwner, elements: ElementPath): boolean {
  if (systemManagers.has(manager) && subresource === '') return true;
  const [first, , third] = elements;
  if (first === 'f:metadata' && third !== undefined && systemKeys.some((key) => third.startsWith(`f:${key}`))) return true;
  return elements.at(-1) === 'f:caBundle';
}

/** The object without these fields; what stands empty then stays. */
export function withoutElements(object: LiveObject, paths: readonly ElementPath[]): LiveObject {
  return paths.reduce<LiveObject>((rest, path) => {
    const next = removeAt(rest, path);
    return isLiveObject(next) ? next : rest;
  }, object);
}

function removeAt(value: JsonValue, [element, ...rest]: ElementPath): JsonValue {
  if (element === undefined) return value;
  const read = readElement(element);
  if (read.kind === 'field') {
    if (!isJsonObject(value)) return value;
    const { [read.name]: inner, ...others } = value;
    if (inner === undefined) return value;
    return rest.length === 0 ? others : { ...value, [read.name]: removeAt(inner, rest) };
  }
  if (!isList(value)) return value;
  const index = read.kind === 'index' ? read.index : value.findIndex((item) => isElementOf(element, item));
  if (index < 0 || index >= value.length) return value;
  if (rest.length === 0) return value.filter((_, each) => each !== index);
  return value.map((item, each) => (each === index ? removeAt(item, rest) : item));
}
