/**
 * Copies values from fields of objects into fields of others (kustomize's ReplacementTransformer and
 * api/filters/replacement v0.21.2). How a value is written into a field stands in replaceFields.ts.
 */
import type { Problems } from '../../base/problem.js';
import type { ResId } from '../../objects/resId.js';
import { isMissingOrNull, makeScalar, ScalarNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import type { BuildContext, Transformer } from '../context.js';
import { decodeReplacementFile } from '../decode/decodeFiles.js';
import { lookupPath } from '../fieldSpec/lookupPath.js';
import { splitDottedPath } from '../fieldSpec/splitPath.js';
import type { ReplacementEntry, ReplacementSource, ReplacementTarget } from '../kustomization.js';
import type { ResMap } from '../resMap.js';
import type { Resource } from '../resource.js';
import { compileSelector } from '../selector.js';
import { replaceFields, type ReplacementValue } from './replaceFields.js';

export interface ReplacementsArgs {
  readonly entries: readonly ReplacementEntry[];
  /** Absolute path of the folder that the `path`s of entries are relative to. */
  readonly folder: string;
}

/** A transformer that applies all entries in their order. */
export function replacementsTransformer({ entries, folder }: ReplacementsArgs): Transformer {
  return {
    transform(map, context) {
      const loaded = entries.flatMap((entry) => loadEntry(entry, folder, context));
      for (const { entry, step } of loaded) {
        if (context.problems.hasErrors) return;
        applyEntry(map, entry, step, context);
      }
    },
  };
}

interface LoadedEntry {
  readonly entry: ReplacementEntry;
  readonly step: Step;
}

/** The entry itself, or those of the file that it names. */
function loadEntry(entry: ReplacementEntry, folder: string, context: BuildContext): readonly LoadedEntry[] {
  const { path, node, index } = entry;
  const stepOf = (each: ReplacementEntry): LoadedEntry => ({
    entry: each,
    step: { kind: 'replacement', field: `replacements[${index}]`, source: each.node.source, start: each.node.start, end: each.node.end },
  });
  if (!path || path.value === '') return [stepOf(entry)];
  if (entry.source || entry.targets.length > 0) {
    context.problems.error('kustomize/replacement-path-and-inline', 'A replacement is given either by a path or in place; remove one of them.', node);
    return [];
  }
  const source = context.load(folder, path.value, path);
  return source ? decodeReplacementFile(context.parse(source), context.problems).map(stepOf) : [];
}

function applyEntry(map: ResMap, entry: ReplacementEntry, step: Step, context: BuildContext): void {
  if ((!entry.source && !entry.sourceValue) || entry.targets.length === 0) {
    context.problems.error('kustomize/incomplete-replacement', 'A replacement needs a source (or sourceValue) and at least one target.', entry.node);
    return;
  }
  const value = valueOf(map, entry, context.problems);
  if (!value) return;
  for (const target of entry.targets) {
    applyTarget(map, target, value, step, context);
    if (context.problems.hasErrors) return;
  }
}

/**
 * The value to copy; undefined where there is none, which is reported. A whole field is read anew for each target, as it
 * may be one itself.
 */
function valueOf(map: ResMap, { source, sourceValue, node }: ReplacementEntry, problems: Problems): ReplacementValue | undefined {
  if (source && sourceValue) {
    problems.error('kustomize/replacement-two-sources', 'A replacement takes its value from source or from sourceValue, not from both.', node);
    return undefined;
  }
  if (sourceValue) {
    const text = makeScalar(sourceValue.value, sourceValue, undefined, undefined, resolveTag(sourceValue.value));
    return { read: () => text };
  }
  const resource = source && selectSource(map, source, problems);
  const value = resource && readSource(resource, source, problems);
  if (!value) return undefined;
  if (source.options && source.options.delimiter !== '') return { read: () => value };
  const parts = sourceParts(source);
  return { resource, parts, read: () => lookupPath(resource.root, parts, () => undefined) ?? value };
}

function selectSource(map: ResMap, source: ReplacementSource, problems: Problems): Resource | undefined {
  const [first, second] = map.resources.filter((resource) => isSource(resource.id, source) || resource.previousIds.some((id) => isSource(id, source)));
  if (!first) problems.error('kustomize/replacement-without-source', 'No object matches this source; mend its kind, name or namespace.', source.node);
  if (!first || !second) return first;
  const related = [first, second].map(({ root, id }) => ({ location: root.source.locate(root.start, root.start), message: `${id.kind} ${id.name}` }));
  problems.error('kustomize/ambiguous-replacement-source', 'Several objects match this source; add a name, kind or namespace.', source.node, { related });
  return undefined;
}

/** Sources are compared as they are written, without patterns; kinds outside of namespaces count as in `default` here. */
function isSource(id: ResId, source: ReplacementSource): boolean {
  const matches = (wanted: string | undefined, actual: string): boolean => wanted === undefined || wanted === '' || wanted === actual;
  const namespace = source.namespace?.value;
  return (
    matches(source.name?.value, id.name) &&
    (namespace === undefined || namespace === '' || (id.namespace === '' ? 'default' : id.namespace) === namespace) &&
    matches(source.group?.value, id.group) &&
    matches(source.version?.value, id.version) &&
    matches(source.kind?.value, id.kind)
  );
}

function sourceParts({ fieldPath }: ReplacementSource): readonly string[] {
  return splitDottedPath(fieldPath?.value ?? 'metadata.name');
}

function readSource(resource: Resource, source: ReplacementSource, problems: Problems): YamlNode | undefined {
  const place = source.fieldPath ?? source.node;
  const path = source.fieldPath?.value ?? 'metadata.name';
  let isReported = false;
  const node = lookupPath(resource.root, sourceParts(source), (at, message) => {
    isReported = true;
    problems.error('kustomize/replacement-source-path', `The path ${path} can't be followed in ${resource.id.kind} ${resource.name}: ${message}`, place, {
      related: [{ location: at.source.locate(at.start, at.end), message: 'here' }],
    });
  });
  if (isReported) return undefined;
  if (isMissingOrNull(node) || (node.kind === 'map' && node.pairs.length === 0) || (node.kind === 'sequence' && node.items.length === 0)) {
    problems.error('kustomize/replacement-source-field', `${resource.id.kind} ${resource.name} has no field ${path}, or it is empty; mend the fieldPath.`, place);
    return undefined;
  }
  const { options } = source;
  if (!options || options.delimiter === '') return node;
  if (node.kind !== 'scalar') {
    problems.error('kustomize/replacement-delimiter', 'A delimiter can be used only where the value is a single text.', place);
    return undefined;
  }
  const part = node.value.split(options.delimiter)[options.index];
  if (part === undefined) {
    problems.error('kustomize/replacement-index', `The value ${node.value} has no part ${options.index} between '${options.delimiter}'; parts are counted from 0.`, place);
    return undefined;
  }
  return new ScalarNode(part, node.tag, node.style, node.source, node.start, node.end, node.step, node.was);
}

function applyTarget(map: ResMap, target: ReplacementTarget, value: ReplacementValue, step: Step, context: BuildContext): void {
  const { problems } = context;
  if (!target.select) {
    problems.error('kustomize/replacement-target-without-select', 'A target of a replacement must select objects.', target.node);
    return;
  }
  const select = compileSelector(target.select, problems);
  const rejects = target.reject.map((selector) => ({ selector, matcher: compileSelector(selector, problems) }));
  if (!select || problems.hasErrors) return;
  let isMatched = false;
  for (const resource of map.resources) {
    const ids = [resource.id, ...resource.previousIds];
    if (!select.matchesMetadata(resource) || !ids.some((id) => select.matchesId(id))) continue;
    const isRejected = rejects.some(({ selector, matcher }) => {
      if (!matcher) return false;
      const byMetadata = (selector.labelSelector ?? selector.annotationSelector) !== undefined && matcher.matchesMetadata(resource);
      const byId = (selector.group ?? selector.version ?? selector.kind ?? selector.name ?? selector.namespace) !== undefined && ids.some((id) => matcher.matchesId(id));
      return byMetadata || byId;
    });
    if (isRejected) continue;
    isMatched = true;
    replaceFields(resource, target, value, step, context);
    if (problems.hasErrors) return;
  }
  if (select.reportCostly(problems)) return;
  if (!isMatched) problems.warning('kustomize/replacement-target-matches-nothing', 'No object matches this target, so the replacement changes nothing there.', target.select.node);
}
