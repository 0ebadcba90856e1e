/**
 * What an ImagePolicy selects from a list of tags, as image-reflector-controller does (internal/policy): a filter that
 * may extract what is ordered, then semver, alphabetical or numerical order. Where the controller's outcome hangs on the
 * order of a Go map (two extractions of equal rank), the later tag of the list is taken here.
 */
import type { ResId } from '../../../objects/resId.js';
import { compileCapturing, type Captures } from '../../../base/regexp/captures.js';
import { scalarValue, type MapNode, type ScalarNode } from '../../../yaml/nodes.js';
import { mapAt, scalarAt } from '../../declarations.js';
import { compareVersions, parseRange, parseDottedVersion, type Version } from './semver.js';

export interface ImagePolicy {
  readonly id: ResId;
  readonly root: MapNode;
  /** `spec.imageRepositoryRef`: its name, and its namespace or that of the policy. */
  readonly repository: { readonly name: string; readonly namespace: string; readonly node: MapNode } | undefined;
  readonly filter: { readonly pattern: ScalarNode; readonly extract: string } | undefined;
  readonly order: PolicyOrder | undefined;
}

/** How the latest tag is found; the node is the range, or the order, or the policy where it says nothing. */
export type PolicyOrder =
  | { readonly kind: 'semver'; readonly range: ScalarNode }
  | { readonly kind: 'alphabetical' | 'numerical'; readonly isDescending: boolean; readonly isKnown: boolean; readonly node: MapNode | ScalarNode };

/** Why a policy selects nothing. */
export type PolicyFailure =
  | { readonly kind: 'noPolicy' | 'noTags' | 'nothingFits' }
  | { readonly kind: 'invalidPattern'; readonly reason: string; readonly node: ScalarNode }
  | { readonly kind: 'invalidRange'; readonly node: ScalarNode }
  | { readonly kind: 'invalidOrder'; readonly node: MapNode | ScalarNode }
  | { readonly kind: 'notNumeric'; readonly tag: string };

/** The tag that a policy selects, or why it selects none. */
export type PolicyResult = { readonly tag: string } | { readonly failure: PolicyFailure };

/** Reads an ImagePolicy; what is missing or misshapen is undefined. */
export function readImagePolicy(id: ResId, root: MapNode): ImagePolicy {
  const spec = mapAt(root, 'spec');
  const reference = mapAt(spec, 'imageRepositoryRef');
  const name = scalarAt(reference, 'name')?.value;
  const filter = mapAt(spec, 'filterTags');
  const pattern = scalarAt(filter, 'pattern');
  return {
    id,
    root,
    repository: reference && name !== undefined ? { name, namespace: scalarAt(reference, 'namespace')?.value ?? id.namespace, node: reference } : undefined,
    filter: pattern && { pattern, extract: scalarValue(filter?.get('extract')) ?? '' },
    order: readOrder(mapAt(spec, 'policy')),
  };
}

function readOrder(policy: MapNode | undefined): PolicyOrder | undefined {
  const range = scalarAt(mapAt(policy, 'semver'), 'range');
  if (range) return { kind: 'semver', range };
  for (const kind of ['alphabetical', 'numerical'] as const) {
    const node = mapAt(policy, kind);
    if (!node) continue;
    const order = scalarAt(node, 'order');
    const word = order?.value.toUpperCase() ?? 'ASC';
    return { kind, isDescending: word === 'DESC', isKnown: word === 'ASC' || word === 'DESC', node: order ?? node };
  }
  return undefined;
}

/** The tag that `policy` selects from the tags of its repository. */
export function selectTag({ filter, order }: ImagePolicy, tags: readonly string[]): PolicyResult {
  if (!order) return failed({ kind: 'noPolicy' });
  const whole = new Map<string, string>();
  if (!filter) for (const tag of tags) whole.set(tag, tag);
  else {
    const pattern = compileCapturing(filter.pattern.value);
    if ('failure' in pattern) return failed({ kind: 'invalidPattern', reason: pattern.failure, node: filter.pattern });
    for (const tag of tags) {
      const captures = pattern.find(tag);
      if (captures === 'too-large') return failed({ kind: 'invalidPattern', reason: 'is too large', node: filter.pattern });
      if (captures) whole.set(filter.extract === '' ? tag : expandTemplate(filter.extract, captures), tag);
    }
  }
  if (whole.size === 0) return failed({ kind: 'noTags' });
  const selected = selectLatest(order, [...whole.keys()]);
  return typeof selected === 'string' ? { tag: whole.get(selected) ?? selected } : failed(selected);
}

function failed(failure: PolicyFailure): PolicyResult {
  return { failure };
}

function selectLatest(order: PolicyOrder, candidates: readonly string[]): string | PolicyFailure {
  if (order.kind === 'semver') return latestVersion(order.range, candidates);
  if (!order.isKnown) return { kind: 'invalidOrder', node: order.node };
  return order.kind === 'alphabetical' ? latestByAlphabet(order.isDescending, candidates) : latestNumber(order.isDescending, candidates);
}

/** Tags that are no versions are passed over. */
function latestVersion(range: ScalarNode, candidates: readonly string[]): string | PolicyFailure {
  const wanted = parseRange(range.value);
  if (!wanted) return { kind: 'invalidRange', node: range };
  let latest: { readonly tag: string; readonly version: Version } | undefined;
  for (const tag of candidates) {
    const version = parseDottedVersion(tag);
    if (version && wanted.includes(version) && (!latest || compareVersions(version, latest.version) > 0)) latest = { tag, version };
  }
  return latest?.tag ?? { kind: 'nothingFits' };
}

/** `asc`: the last by the alphabet is the latest. */
function latestByAlphabet(isDescending: boolean, candidates: readonly string[]): string | PolicyFailure {
  const sorted = candidates.toSorted((a, b) => compareBytes(a, b) * (isDescending ? 1 : -1));
  return sorted[0] ?? { kind: 'noTags' };
}

function latestNumber(isDescending: boolean, candidates: readonly string[]): string | PolicyFailure {
  let latest: { readonly tag: string; readonly value: number } | undefined;
  for (const tag of candidates) {
    const value = readFloat(tag);
    if (value === undefined) return { kind: 'notNumeric', tag };
    if (!latest || (isDescending ? !(value > latest.value) : !(value < latest.value))) latest = { tag, value };
  }
  return latest?.tag ?? { kind: 'noTags' };
}

/** As Go's strconv.ParseFloat, but for hexadecimal floats; undefined for what is no number, and beyond what a float holds. */
function readFloat(text: string): number | undefined {
  if (/^[-+]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[-+]?nan$/i.test(text)) return NaN;
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function compareBytes(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let index = 0; index < Math.min(x.length, y.length); index++) {
    const order = (x[index]?.codePointAt(0) ?? 0) - (y[index]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

/** `$name`, `${name}` and `$1` as Go's Regexp.Expand puts them in: a name is as long as it can be, one that there is not is empty. */
export function expandTemplate(template: string, { groups, named }: Captures): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/gu, (_: string, braced: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    if (!/^\d+$/.test(name)) return named.get(name) ?? '';
    return String(Number(name)) === name || name === '0' ? (groups[Number(name)] ?? '') : (named.get(name) ?? '');
  });
}
