/**
 * The ApplySet standard (KEP-3659; kubectl v1.34 pkg/cmd/apply/applyset.go): how the members of a set and its parent are
 * marked. What is in a set, and what is pruned from it, is decided elsewhere.
 *
 * kubectl mutates only sets whose tooling has its own name, which it takes from everything before the last slash of the
 * annotation. Sets of ours therefore follow kubectl's contract to the letter, say so in their tooling's name, and name
 * this project in the version's build part: `kubectl/v1.34.0+gitops-workbench`.
 */
import { sha256Hex } from '../base/sha256.js';
import type { Gvk, ResId } from '../objects/resId.js';
import type { LiveObject } from './liveObject.js';

/** On the parent: the set's id. */
export const applySetIdLabel = 'applyset.kubernetes.io/id';
/** On members: the id of the set that they belong to. */
export const applySetPartOfLabel = 'applyset.kubernetes.io/part-of';
export const applySetToolingAnnotation = 'applyset.kubernetes.io/tooling';
export const applySetKindsAnnotation = 'applyset.kubernetes.io/contains-group-kinds';
export const applySetNamespacesAnnotation = 'applyset.kubernetes.io/additional-namespaces';

/** What sets of ours have as their tooling. */
export const ourTooling = 'kubectl/v1.34.0+gitops-workbench';

/** The manager that kubectl sets these labels and annotations as (`<tooling>-applyset`): sharing it, neither takes them from the other. */
export const applySetManager = 'kubectl-applyset';

/** Kinds and namespaces that a set has members in. */
export interface ApplySetScope {
  /** `Deployment.apps`, `ConfigMap`; ascending. */
  readonly groupKinds: readonly string[];
  /** With the parent's own; ascending. */
  readonly namespaces: readonly string[];
}

/** What a parent says, or why it can't be used. */
export type ApplySetReading = { readonly ok: true; readonly tooling: string; readonly scope: ApplySetScope } | { readonly ok: false; readonly reason: string };

type ParentId = Pick<ResId, 'name' | 'namespace' | 'kind' | 'group'>;

/** The id that a parent's set has: `applyset-<hash>-v1`. */
export function applySetId({ name, namespace, kind, group }: ParentId): string {
  const hash = sha256Hex(new TextEncoder().encode([name, namespace, kind, group].join('.')));
  return `applyset-${base64Url(hash)}-v1`;
}

/** `Deployment.apps`, `ConfigMap`: as the annotation has it. */
export function formatGroupKind({ group, kind }: Pick<Gvk, 'group' | 'kind'>): string {
  return group === '' ? kind : `${kind}.${group}`;
}

/** The other way. */
export function parseGroupKind(text: string): Pick<Gvk, 'group' | 'kind'> {
  const at = text.indexOf('.');
  return at < 0 ? { group: '', kind: text } : { group: text.slice(at + 1), kind: text.slice(0, at) };
}

/** The id of the set that an object belongs to; undefined for none. */
export function applySetOf({ metadata }: LiveObject): string | undefined {
  return metadata.labels?.[applySetPartOfLabel];
}

/**
 * Reads a parent. One that another tool keeps must not be changed, and neither one whose id isn't that of the object it
 * stands on (a copy); a parent without the kinds can't be told from an empty one.
 */
export function readApplySet(parent: LiveObject, id: ParentId): ApplySetReading {
  const { labels, annotations } = parent.metadata;
  const name = `${id.kind} ${id.namespace === '' ? '' : `${id.namespace}/`}${id.name}`;
  const tooling = annotations?.[applySetToolingAnnotation];
  if (tooling === undefined) return { ok: false, reason: `${name} exists and is no parent of an ApplySet: it has no annotation ${applySetToolingAnnotation}.` };
  const tool = toolName(tooling);
  if (tool !== toolName(ourTooling)) return { ok: false, reason: `The ApplySet of ${name} is kept by ${tool}, and no other tool may change it.` };
  const marked = labels?.[applySetIdLabel];
  if (marked !== applySetId(id)) return { ok: false, reason: `The label ${applySetIdLabel} of ${name} is ${marked ?? 'missing'} where it must be ${applySetId(id)}.` };
  const kinds = annotations?.[applySetKindsAnnotation];
  if (kinds === undefined) return { ok: false, reason: `${name} doesn't say which kinds its ApplySet holds: it has no annotation ${applySetKindsAnnotation}.` };
  return { ok: true, tooling, scope: makeScope(split(kinds), [...split(annotations?.[applySetNamespacesAnnotation] ?? ''), id.namespace]) };
}

/** A scope with its parts in order and each once. */
export function makeScope(groupKinds: Iterable<string>, namespaces: Iterable<string>): ApplySetScope {
  return { groupKinds: ascending(groupKinds), namespaces: ascending(namespaces) };
}

/** What either has. */
export function joinScopes(a: ApplySetScope, b: ApplySetScope): ApplySetScope {
  return makeScope([...a.groupKinds, ...b.groupKinds], [...a.namespaces, ...b.namespaces]);
}

/** True where `b` has nothing that `a` hasn't. */
export function holdsScope(a: ApplySetScope, b: ApplySetScope): boolean {
  return b.groupKinds.every((kind) => a.groupKinds.includes(kind)) && b.namespaces.every((namespace) => a.namespaces.includes(namespace));
}

/** The labels and annotations of a parent. */
export function applySetMarks(id: ParentId, scope: ApplySetScope): { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> } {
  return {
    labels: { [applySetIdLabel]: applySetId(id) },
    annotations: {
      [applySetToolingAnnotation]: ourTooling,
      [applySetKindsAnnotation]: scope.groupKinds.join(','),
      [applySetNamespacesAnnotation]: scope.namespaces.filter((namespace) => namespace !== id.namespace).join(','),
    },
  };
}

function toolName(tooling: string): string {
  const at = tooling.lastIndexOf('/');
  return at < 0 ? tooling : tooling.slice(0, at);
}

function split(list: string): readonly string[] {
  return list === '' ? [] : list.split(',');
}

function ascending(texts: Iterable<string>): readonly string[] {
  return [...new Set(texts)].filter((text) => text !== '').sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

const base64UrlDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Hex digits in the URL-safe form of base64, without padding (RFC 4648, section 5). */
function base64Url(hex: string): string {
  let text = '';
  for (let at = 0; at < hex.length; at += 3) {
    // Three hex digits are two digits of base64; what is missing at the end counts as zero.
    const part = hex.slice(at, at + 3);
    const bits = Number.parseInt(part.padEnd(3, '0'), 16);
    text += base64UrlDigits.charAt(bits >> 6);
    if (part.length > 1) text += base64UrlDigits.charAt(bits & 63);
  }
  return text;
}
