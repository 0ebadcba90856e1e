/**
 * Reads what an entry of `patches` holds: a file or a text in place, which is a strategic merge patch (one or more
 * objects) or a JSON patch; kustomize finds out by trying both (PatchTransformer.Config in api/internal/builtins v0.21.2).
 */
import { Problems, type Place } from '../../base/problem.js';
import { SourceText } from '../../base/source.js';
import { embeddedSource } from '../../yaml/embed.js';
import type { ScalarNode } from '../../yaml/nodes.js';
import type { ParsedYaml } from '../../yaml/parse.js';
import type { BuildContext } from '../context.js';
import type { PatchEntry } from '../kustomization.js';
import type { Resource } from '../resource.js';
import { readResources } from '../resourceFile.js';
import { readJsonPatch, type JsonOperation } from './jsonPatch.js';

/** What a patch came to be. */
export type LoadedPatch = { readonly kind: 'strategicMerge'; readonly patches: readonly Resource[] } | { readonly kind: 'json'; readonly operations: readonly JsonOperation[] };

/** The patch of an entry of `patches`; undefined where it can't be read, which is reported. */
export function loadPatch(entry: PatchEntry, folder: string, context: BuildContext): LoadedPatch | undefined {
  const parsed = parseEntry(entry, folder, context, inlineSource);
  return parsed && recognizePatch(parsed, entry, context.problems);
}

/** The text of an entry that has either a `path` or a `patch`. */
function parseEntry(entry: PatchEntry, folder: string, context: BuildContext, sourceOf: (scalar: ScalarNode) => SourceText): ParsedYaml | undefined {
  const { path, patch, node } = entry;
  const hasPatch = patch !== undefined && trimSpace(patch.value) !== '';
  const hasPath = path !== undefined && path.value !== '';
  if (hasPatch && hasPath) {
    context.problems.error('kustomize/patch-conflict', 'A patch has either a path or a text in patch, not both; remove one.', patch);
    return undefined;
  }
  if (hasPatch) return context.parseInline(patch, sourceOf);
  if (!hasPath) {
    context.problems.error('kustomize/missing-patch', 'This entry patches nothing; give it a path or a patch.', patch ?? node);
    return undefined;
  }
  const source = context.load(folder, path.value, path);
  return source && context.parse(source);
}

function recognizePatch(parsed: ParsedYaml, entry: PatchEntry, problems: Problems): LoadedPatch | undefined {
  const found = new Problems();
  const patches = readResources(parsed, found);
  const operations = parsed.problems.some((problem) => problem.severity === 'error') ? undefined : readJsonPatch(parsed);
  if (!found.hasErrors) {
    if (patches.length === 0) problems.warning('kustomize/empty-patch', 'This patch is empty, so it changes nothing.', headOfEntry(entry));
    return { kind: 'strategicMerge', patches };
  }
  if (operations && !('message' in operations)) return { kind: 'json', operations };
  const isList = parsed.source.text.startsWith('[') || parsed.documents[0]?.root?.kind === 'sequence';
  if (operations && isList) problems.error('kustomize/invalid-json-patch', operations.message, operations.node ?? headOfEntry(entry));
  else problems.addAll(found.list);
  return undefined;
}

/**
 * The text of a `patch` without white space around it, as kustomize trims it, with places in the file. It makes a
 * difference: a block of text at the end of a patch has no last line break.
 */
export function inlineSource(scalar: ScalarNode): SourceText {
  const source = embeddedSource(scalar);
  const { text } = source;
  const trimmed = trimSpace(text);
  if (trimmed === text) return source;
  const at = text.indexOf(trimmed);
  const starts = source.lineStarts.filter((start) => start > at && start < at + trimmed.length);
  return SourceText.embedded(source, trimmed, at, at + trimmed.length, [at, ...starts]);
}

/** Go's strings.TrimSpace. */
function trimSpace(text: string): string {
  return text.replace(
    /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g,
    '',
  );
}

/** Where an entry says what its patch is, without the further lines of one that is given in place. */
export function headOfEntry(entry: PatchEntry): Place {
  const { source, start, end } = entry.path ?? entry.patch ?? entry.node;
  const lineEnd = source.text.indexOf('\n', start);
  return { source, start, end: lineEnd < 0 ? end : Math.min(end, lineEnd) };
}

/** The patches of an item of `patchesStrategicMerge`, which is a path or the patch itself; undefined where it is neither, which is reported. */
export function loadStrategicMerge(entry: PatchEntry, folder: string, context: BuildContext): readonly Resource[] | undefined {
  const { path, problems } = { path: entry.path ?? entry.patch, problems: context.problems };
  if (!path) return [];
  const found = new Problems();
  const inline = readResources(context.parseInline(path, embeddedSource), found);
  if (!found.hasErrors) return inline;
  if (path.value.includes('\n')) {
    problems.addAll(found.list);
    return undefined;
  }
  const source = context.load(folder, path.value, path);
  if (!source) return undefined;
  const before = problems.hasErrors;
  const patches = readResources(context.parse(source), problems);
  return problems.hasErrors && !before ? undefined : patches;
}

/** The operations of an entry of `patchesJson6902`; undefined where they can't be read, which is reported. */
export function loadJsonPatch(entry: PatchEntry, folder: string, context: BuildContext): readonly JsonOperation[] | undefined {
  // Unlike the text of `patches`, this one is not trimmed.
  const parsed = parseEntry(entry, folder, context, embeddedSource);
  if (!parsed) return undefined;
  if (parsed.problems.some((problem) => problem.severity === 'error')) {
    context.problems.addAll(parsed.problems);
    return undefined;
  }
  const operations = readJsonPatch(parsed);
  if ('message' in operations) context.problems.error('kustomize/invalid-json-patch', operations.message, operations.node ?? headOfEntry(entry));
  else if (operations.length === 0) context.problems.error('kustomize/empty-patch', 'This patch has no operations; give it at least one, or remove it.', headOfEntry(entry));
  else return operations;
  return undefined;
}
