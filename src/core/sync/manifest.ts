/** What is sent for an object: its render as JSON, with the marks of the inventory, its name and its namespace. */
import { isJsonObject, type JsonObject } from '../live/json.js';

/** Labels and annotations that every object of an environment gets. */
export interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const noMarks: Marks = { labels: {}, annotations: {} };

/** The manifest with labels and annotations, and with the name and, where it has none, the namespace. */
export function markManifest(manifest: JsonObject, marks: Marks, place: { readonly name: string; readonly namespace: string }): JsonObject {
  const { metadata: given, ...rest } = manifest;
  const metadata = isJsonObject(given) ? given : {};
  const { namespace } = metadata;
  return {
    ...rest,
    metadata: {
      ...metadata,
      name: place.name,
      ...((namespace === undefined || namespace === '') && place.namespace !== '' && { namespace: place.namespace }),
      ...mergeTexts(metadata, 'labels', marks.labels),
      ...mergeTexts(metadata, 'annotations', marks.annotations),
    },
  };
}

function mergeTexts(metadata: JsonObject, field: 'labels' | 'annotations', added: Readonly<Record<string, string>>): JsonObject {
  const there = metadata[field];
  const merged = { ...(isJsonObject(there) ? there : {}), ...added };
  return Object.keys(merged).length > 0 ? { [field]: merged } : {};
}
