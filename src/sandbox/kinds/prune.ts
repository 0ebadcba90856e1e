/** Fields that a type doesn't have: dropped, and named as a strict server names them (`spec.template.spec.containers[0].foo`). */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import type { FieldType } from '../../core/objects/objectType.js';

/** The same object where there is nothing to drop. */
export function prune(object: LiveObject, type: FieldType): { readonly object: LiveObject; readonly unknownFields: readonly string[] } {
  const unknownFields: string[] = [];
  const pruned = pruneValue(object, type, '', unknownFields);
  return {
    object: unknownFields.length === 0 || !isJsonObject(pruned) ? object : { ...pruned, apiVersion: object.apiVersion, kind: object.kind, metadata: metadataOf(pruned, object) },
    unknownFields,
  };
}

function metadataOf(pruned: JsonObject, object: LiveObject): LiveObject['metadata'] {
  const { metadata } = pruned;
  return isJsonObject(metadata) ? { ...metadata, name: object.metadata.name } : object.metadata;
}

/** The same value where there is nothing to drop. */
function pruneValue(value: JsonValue, type: FieldType, path: string, unknown: string[]): JsonValue {
  if (type.kind === 'list' && isList(value)) {
    let changed: JsonValue[] | undefined;
    for (const [index, each] of value.entries()) {
      const pruned = pruneValue(each, type.items, `${path}[${index}]`, unknown);
      if (pruned !== each) (changed ??= [...value])[index] = pruned;
    }
    return changed ?? value;
  }
  if (!isJsonObject(value) || (type.kind !== 'object' && type.kind !== 'map')) return value;
  const below = path === '' ? '' : `${path}.`;
  let changed: Record<string, JsonValue | undefined> | undefined;
  for (const [name, each] of Object.entries(value)) {
    if (each === undefined) continue;
    const inner = type.kind === 'object' ? type.field(name)?.type : type.values;
    if (inner) {
      const pruned = pruneValue(each, inner, `${below}${name}`, unknown);
      if (pruned !== each) (changed ??= { ...value })[name] = pruned;
    } else if (type.kind === 'object' && !type.isOpen) {
      unknown.push(`${below}${name}`);
      changed ??= { ...value };
      Reflect.deleteProperty(changed, name);
    }
  }
  return changed ?? value;
}
