/**
 * The annotation that `kubectl apply` without --server-side leaves, where it matters for server-side apply by the manager
 * `kubectl` (apimachinery v0.34, pkg/util/managedfields/internal/lastappliedmanager.go, lastappliedupdater.go): fields
 * that it declares are no conflicts, and it follows what is applied.
 */
import { goJson } from '../live/fieldElement.js';
import { subtractFields, type FieldSet } from '../live/fieldSet.js';
import { isJsonObject, parseJson, type JsonObject } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import type { FieldType } from '../objects/objectType.js';
import { compareTyped } from './compareTyped.js';
import { fieldsOfValue } from './typedFields.js';
import { validateTyped } from './validateApplied.js';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** What the annotation holds; undefined where there is none, or one that can't be read. */
export function readLastApplied(live: JsonObject): JsonObject | undefined {
  const annotations = isJsonObject(live.metadata) ? live.metadata.annotations : undefined;
  const text = isJsonObject(annotations) ? annotations[lastAppliedAnnotation] : undefined;
  const value = typeof text === 'string' && text !== '' ? parseJson(text) : undefined;
  return isJsonObject(value) ? value : undefined;
}

/** The fields that the annotation declares as they are; undefined where it tells nothing. */
export function allowedByLastApplied(live: LiveObject, apiVersion: string, type: FieldType): FieldSet | undefined {
  const last = readLastApplied(live);
  if (last?.apiVersion !== apiVersion || validateTyped(last, type) !== undefined) return undefined;
  const { removed, modified, added } = compareTyped(last, live, type);
  return [modified, added, removed].reduce(subtractFields, fieldsOfValue(last, type));
}

/** The most that all annotations of an object may have, names and values in bytes. */
const mostAnnotations = 256 * 1024;

/** The object with the annotation, where it has one, saying what is applied now; without it where it gets too long. */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : undefined;
  const annotations = isJsonObject(metadata?.annotations) ? metadata.annotations : undefined;
  if (!annotations || (annotations[lastAppliedAnnotation] ?? '') === '') return object;
  const { [lastAppliedAnnotation]: _before, ...others } = annotations;
  const next: JsonObject = { ...others, [lastAppliedAnnotation]: formatLastApplied(applied) };
  return { ...object, metadata: { ...metadata, annotations: sizeOf(next) > mostAnnotations ? others : next } };
}

/** An object as the annotation has it: one line of JSON and a line break, without the annotation itself. */
export function formatLastApplied(applied: JsonObject): string {
  const metadata = isJsonObject(applied.metadata) ? applied.metadata : {};
  const annotations = isJsonObject(metadata.annotations) ? metadata.annotations : undefined;
  if (!annotations || !(lastAppliedAnnotation in annotations)) return `${goJson(applied)}\n`;
  const { [lastAppliedAnnotation]: _own, ...others } = annotations;
  const { annotations: _annotations, ...rest } = metadata;
  return `${goJson({ ...applied, metadata: Object.keys(others).length === 0 ? rest : { ...rest, annotations: others } })}\n`;
}

function sizeOf(annotations: JsonObject): number {
  return Object.entries(annotations).reduce((sum, [name, value]) => sum + bytesOf(name) + (typeof value === 'string' ? bytesOf(value) : 0), 0);
}

/** The length of a text in UTF-8. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
