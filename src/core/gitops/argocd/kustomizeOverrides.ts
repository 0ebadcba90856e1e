/**
 * What an Application lays over a kustomization: Argo CD runs `kustomize edit` in its checkout before it builds (Argo CD
 * v3.2.11 util/kustomize/kustomize.go; kustomize v5.8.2 commands/edit). The same here, on the decoded kustomization, in
 * that order; each part keeps the place in the Application that it comes from.
 */
import { joinPath } from '../../base/path.js';
import type { Place, Problems } from '../../base/problem.js';
import type { AmendContext } from '../../kustomize/build.js';
import { decodePatch } from '../../kustomize/decode/decodeEntries.js';
import type { ImageEntry, Kustomization, LabelEntry, PatchEntry, ReplicaEntry, Text, TextEntry, TextMap } from '../../kustomize/kustomization.js';
import { splitImage } from '../../kustomize/transformers/imageReference.js';
import { readInteger } from '../../yaml/scalars.js';
import { makeMap, makeScalar, ScalarNode } from '../../yaml/nodes.js';
import type { Amend } from '../renderPlan.js';
import type { KustomizeOptions, TextPair } from './application.js';
import { expandVariables, type BuildVariables } from './variables.js';

export interface OverrideContext {
  /** The way to the options for people, by the text that says it: `spec.source.kustomize`. */
  readonly wayOf: (text: Place) => string;
  readonly variables: BuildVariables;
  /** The top folder of the repository: components outside of it are missing ones. */
  readonly top: string;
}

/** True where the options change the kustomization at all. */
export function changesKustomization(options: KustomizeOptions): boolean {
  const { namePrefix, nameSuffix, namespace, images, replicas, commonLabels, commonAnnotations, patches, components } = options;
  return (
    [namePrefix, nameSuffix, namespace].some((text) => text !== undefined) ||
    [images, replicas, commonLabels, commonAnnotations, patches, components].some((list) => list.length > 0)
  );
}

/** The change that the options make, to be done when the kustomization is loaded. */
export function amendKustomization(options: KustomizeOptions, given: OverrideContext): Amend {
  return (kustomization, context) => {
    const { problems } = context;
    let result = withNames(kustomization, options, given);
    if (options.images.length > 0) result = { ...result, images: setImages(result.images, options.images, given, problems) };
    if (options.replicas.length > 0) result = { ...result, replicas: setReplicas(result.replicas, options, given, problems) };
    if (options.commonLabels.length > 0) result = addLabels(result, options, given, problems);
    if (options.commonAnnotations.length > 0) result = addAnnotations(result, options, given, problems);
    if (options.patches.length > 0) result = { ...result, patches: [...result.patches, ...patchEntries(options, given)] };
    return options.components.length > 0 ? { ...result, components: [...result.components, ...newComponents(result, options, given, context)] } : result;
  };
}

/** `edit set nameprefix`, `namesuffix` and `namespace`. */
function withNames(kustomization: Kustomization, options: KustomizeOptions, { wayOf }: OverrideContext): Kustomization {
  const names = (['namePrefix', 'nameSuffix', 'namespace'] as const).flatMap((name) => {
    const text = options[name];
    return text ? [[name, text] as const] : [];
  });
  if (names.length === 0) return kustomization;
  const nameDirectives = { ...kustomization.nameDirectives, ...Object.fromEntries(names.map(([name, text]) => [name, `${wayOf(text)}.${name}`])) };
  return { ...kustomization, ...Object.fromEntries(names), nameDirectives };
}

/** `edit set image`: an entry of the same name gives way whole, and all are sorted by name. */
function setImages(present: readonly ImageEntry[], asked: readonly Text[], { wayOf, variables }: OverrideContext, problems: Problems): readonly ImageEntry[] {
  const byName = new Map<string, ImageEntry>();
  asked.forEach((text, index) => {
    const directive = `${wayOf(text)}.images[${index}]`;
    const expanded = expandVariables(text, variables, problems, directive);
    const entry = expanded && parseImage(expanded, directive, problems);
    if (entry) byName.set(entry.name?.value ?? '', entry);
  });
  for (const entry of present) {
    const name = entry.name?.value ?? '';
    const over = byName.get(name);
    byName.set(name, over ? keepAsked(over, entry) : entry);
  }
  const entries = [...byName.values()].map((entry) => keepAsked(entry, undefined));
  return sortByName(entries);
}

/** `a=b:c@d`, `b:c`, `b@d`: the name that is looked for, and what takes its place. */
function parseImage(text: Text, directive: string, problems: Problems): ImageEntry | undefined {
  const equals = text.value.indexOf('=');
  const value = text.value.slice(equals + 1);
  const { name, tag, digest } = splitImage(value);
  if (name === text.value) {
    problems.error(
      'argocd/invalid-image',
      `An image is written as name:tag, name@digest, or name=newname with or without a tag; ${text.value} is none of these, and kustomize refuses it.`,
      text,
    );
    return undefined;
  }
  const at = equals + 1;
  const part = (from: number, to: number): Text => partOf(text, from, to);
  const nameText = part(at, at + name.length);
  const tagAt = at + name.length + 1;
  const digestAt = at + value.length - digest.length;
  return {
    node: makeMap([], text, undefined),
    name: equals < 0 ? nameText : part(0, equals),
    ...(equals >= 0 && name !== '' && { newName: nameText }),
    ...(tag !== '' && { newTag: part(tagAt, tagAt + tag.length) }),
    ...(digest !== '' && { digest: part(digestAt, digestAt + digest.length) }),
    directive,
  };
}

/** A part of a text with its own place, where the text stands as it is written. */
function partOf(text: Text, from: number, to: number): Text {
  const value = text.value.slice(from, to);
  const at = text.source.text.slice(text.start, text.end).indexOf(text.value);
  const [start, end] = at < 0 ? [text.start, text.end] : [text.start + at + from, text.start + at + to];
  return new ScalarNode(value, '!!str', 'plain', text.source, start, end, text.step, text.was);
}

/** `*` for a part means: as the entry of the kustomization has it. */
function keepAsked(over: ImageEntry, present: ImageEntry | undefined): ImageEntry {
  const isKept = (text: Text | undefined): boolean => text?.value === '*';
  if (!isKept(over.newName) && !isKept(over.newTag) && !isKept(over.digest)) return over;
  const { newName, newTag, digest, ...rest } = over;
  const choose = (own: Text | undefined, other: Text | undefined): Text | undefined => (isKept(own) ? other : own);
  const [name, tag, sum] = [choose(newName, present?.newName), choose(newTag, present?.newTag), choose(digest, present?.digest)];
  return { ...rest, ...(name && { newName: name }), ...(tag && { newTag: tag }), ...(sum && { digest: sum }) };
}

/** `edit set replicas`. */
function setReplicas(present: readonly ReplicaEntry[], { replicas }: KustomizeOptions, { wayOf }: OverrideContext, problems: Problems): readonly ReplicaEntry[] {
  const byName = new Map<string, ReplicaEntry>();
  replicas.forEach(({ node, name, count }, index) => {
    const digits = count && readInteger(count.value);
    if (digits === undefined || count === undefined || !/^[-+]?\d+$/.test(count.value)) {
      problems.error('argocd/invalid-replicas', 'The count of replicas must be a whole number.', count ?? node);
      return;
    }
    const whole = new ScalarNode(String(Number(count.value)), '!!int', 'plain', count.source, count.start, count.end, count.step, count.was);
    byName.set(name?.value ?? '', { node, ...(name && { name }), count: whole, directive: `${wayOf(node)}.replicas[${index}]` });
  });
  for (const entry of present) if (!byName.has(entry.name?.value ?? '')) byName.set(entry.name?.value ?? '', entry);
  return sortByName([...byName.values()]);
}

function sortByName<Entry extends { readonly name?: Text }>(entries: readonly Entry[]): readonly Entry[] {
  const nameOf = (entry: Entry): string => entry.name?.value ?? '';
  return [...entries].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
}

/** The texts as they arrive: variables replaced, and quotes around a value taken off (`edit add` splits at the first colon). */
function entriesOf(pairs: readonly TextPair[], field: string, expands: boolean, given: OverrideContext, problems: Problems): readonly TextEntry[] {
  return pairs.flatMap(({ key, value }) => {
    const directive = `${given.wayOf(value)}.${field}.${key.value}`;
    const expanded = expands ? expandVariables(value, given.variables, problems, directive) : value;
    if (!expanded) return [];
    if (key.value.includes(':')) {
      problems.error('argocd/invalid-key', `${key.value} can't be added by kustomize: a key ends at its first colon.`, key);
      return [];
    }
    const inner = /^"([^]*)"$/.exec(expanded.value)?.[1];
    return [{ key, value: inner === undefined ? expanded : makeScalar(inner, expanded, expanded.step, expanded.was), directive }];
  });
}

/** `edit add label`, into commonLabels or, without selectors, into labels. */
function addLabels(kustomization: Kustomization, options: KustomizeOptions, given: OverrideContext, problems: Problems): Kustomization {
  const { labelWithoutSelector, labelIncludeTemplates, forceCommonLabels } = options;
  if (labelIncludeTemplates && !labelWithoutSelector) {
    const place = options.node.get('labelIncludeTemplates') ?? options.node;
    problems.error('argocd/labels-without-selector', 'labelIncludeTemplates works only together with labelWithoutSelector: true; kustomize refuses it alone.', place);
    return kustomization;
  }
  const entries = entriesOf(options.commonLabels, 'commonLabels', true, given, problems);
  if (!labelWithoutSelector) return { ...kustomization, commonLabels: addEntries(kustomization.commonLabels, entries, 'label', forceCommonLabels, options, problems) };
  const at = kustomization.labels.findIndex(({ includeSelectors, includeTemplates }) => !includeSelectors && includeTemplates === labelIncludeTemplates);
  const present = kustomization.labels[at];
  const pairs = addEntries(present?.pairs, entries, 'label', forceCommonLabels, options, problems);
  const fresh: LabelEntry = { node: options.node, pairs, includeSelectors: false, includeTemplates: labelIncludeTemplates, includeVolumeClaimTemplates: false, fieldSpecs: [] };
  return { ...kustomization, labels: present ? kustomization.labels.map((label, index) => (index === at ? { ...present, pairs } : label)) : [...kustomization.labels, fresh] };
}

/** `edit add annotation`. */
function addAnnotations(kustomization: Kustomization, options: KustomizeOptions, given: OverrideContext, problems: Problems): Kustomization {
  const entries = entriesOf(options.commonAnnotations, 'commonAnnotations', options.commonAnnotationsEnvsubst, given, problems);
  return { ...kustomization, commonAnnotations: addEntries(kustomization.commonAnnotations, entries, 'annotation', options.forceCommonAnnotations, options, problems) };
}

function addEntries(
  present: TextMap | undefined,
  added: readonly TextEntry[],
  kind: 'label' | 'annotation',
  isForced: boolean,
  options: KustomizeOptions,
  problems: Problems,
): TextMap {
  const entries = [...(present?.entries ?? [])];
  for (const entry of added) {
    const at = entries.findIndex(({ key }) => key.value === entry.key.value);
    const before = entries[at];
    if (!before) entries.push(entry);
    else if (isForced) entries[at] = entry;
    else {
      const flag = kind === 'label' ? 'forceCommonLabels' : 'forceCommonAnnotations';
      const related = [{ location: before.key.source.locate(before.key.start, before.value.end), message: 'in the kustomization' }];
      problems.error('argocd/metadata-conflict', `The kustomization has the ${kind} ${entry.key.value} already, so the sync fails; set ${flag}: true, or remove one.`, entry.key, {
        related,
      });
    }
  }
  return { node: present?.node ?? options.node, entries };
}

function patchEntries({ patches }: KustomizeOptions, { wayOf }: OverrideContext): readonly PatchEntry[] {
  return patches.map((node, index) => ({ ...decodePatch(node, 'patches', index), directive: `${wayOf(node)}.patches[${index}]` }));
}

/** `edit add component`: those that are there already stay once, and missing ones may be allowed. */
function newComponents(kustomization: Kustomization, options: KustomizeOptions, { top }: OverrideContext, { tree, folder, problems }: AmendContext): readonly Text[] {
  const added: Text[] = [];
  const present = new Set(kustomization.components.map((component) => component.value));
  for (const component of options.components) {
    if (present.has(component.value)) continue;
    if (/[*?[]/.test(component.value)) {
      problems.error('argocd/component-pattern-unsupported', 'Patterns of components are not supported; name each folder.', component);
      continue;
    }
    const path = joinPath(folder, component.value);
    const isThere = tree.kind(path) !== 'none' && (path === top || path.startsWith(`${top}/`));
    if (!isThere && options.ignoreMissingComponents) continue;
    present.add(component.value);
    added.push(component);
  }
  return added;
}
