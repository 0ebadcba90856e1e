/** The forms in which objects can be asked for: as they are, as tables, or their metadata alone (apiserver v0.34, pkg/endpoints/handlers/response.go). */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import { apiVersionOf } from '../../core/objects/resId.js';
import type { SandboxKind } from '../kinds/kinds.js';

export type Representation = 'object' | 'table' | 'metadata';

/** The first form that the client accepts and the API has. */
export function readRepresentation(accept: string | undefined): Representation {
  for (const each of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = each.trim().split(';');
    if (!type.includes('json') && type !== '*/*' && type !== 'application/*') continue;
    const as = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('as='));
    if (as === 'as=Table') return 'table';
    if (as === 'as=PartialObjectMetadata' || as === 'as=PartialObjectMetadataList') return 'metadata';
    if (as === undefined) return 'object';
  }
  return 'object';
}

/** @param includeObject of the request: `None`, `Metadata`, `Object` */
export interface Rendering {
  readonly representation: Representation;
  readonly includeObject: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function presentObject(kind: SandboxKind, object: LiveObject, rendering: Rendering): JsonObject {
  if (rendering.representation === 'table') {
    const { resourceVersion } = object.metadata;
    return tableOf(kind, [object], { ...(resourceVersion !== undefined && { resourceVersion }) }, rendering);
  }
  return rendering.representation === 'metadata' ? metadataOf(object) : object;
}

export function presentList(kind: SandboxKind, objects: readonly LiveObject[], metadata: JsonObject, rendering: Rendering): JsonObject {
  if (rendering.representation === 'table') return tableOf(kind, objects, metadata, rendering);
  if (rendering.representation === 'metadata') {
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(metadataOf) };
  }
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items: kind.emptyObject ? objects.map(withoutType) : objects };
}

/** The table of one object of a watch; only the first says what the columns are. */
export function presentEvent(kind: SandboxKind, object: LiveObject, rendering: Rendering, isFirst: boolean): JsonObject {
  const presented = presentObject(kind, object, rendering);
  return rendering.representation === 'table' && !isFirst ? { ...presented, columnDefinitions: null } : presented;
}

/** Lists of built-in kinds say the type of their items once. */
function withoutType(object: LiveObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return rest;
}

function metadataOf({ metadata }: LiveObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function tableOf(kind: SandboxKind, objects: readonly LiveObject[], metadata: JsonObject, { includeObject, now }: Rendering): JsonObject {
  const table = kind.toTable(objects, now);
  const { rows } = table;
  if (!isList(rows)) return { ...table, metadata };
  return { ...table, metadata, rows: rows.map((row, index) => withObject(row, objects[index], includeObject)) };
}

function withObject(row: JsonValue, object: LiveObject | undefined, includeObject: string): JsonValue {
  if (!isJsonObject(row) || !object) return row;
  if (includeObject === 'Object') return { ...row, object };
  const { object: _object, ...rest } = row;
  return includeObject === 'None' ? rest : { ...rest, object: metadataOf(object) };
}
