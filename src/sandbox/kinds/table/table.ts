/** Tables as `kubectl get` asks for them (meta.k8s.io/v1 Table): the columns of a kind, and a row of cells for each object. */
import type { JsonObject } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import type { Column } from '../facts.js';

export type Cell = string | number | boolean | null | readonly string[] | JsonObject;

export interface Row {
  readonly cells: readonly Cell[];
  /** What `kubectl` strikes out: pods that have ended. */
  readonly conditions?: readonly JsonObject[];
}

/** @param now milliseconds since 1970 */
export type Printer = (object: LiveObject, now: number) => Row;

/** The columns of a kind that has none of its own. */
export const defaultColumns: readonly Column[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description:
      'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
    priority: 0,
  },
  {
    name: 'Created At',
    type: 'date',
    format: '',
    description:
      'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
    priority: 0,
  },
];

/** The row of a kind that has no columns of its own. */
export const printDefault: Printer = ({ metadata }) => ({ cells: [metadata.name, metadata.creationTimestamp ?? null] });

/** Each row carries the metadata of its object, as a server includes it when it isn't asked for more or less. */
export function makeTable(columns: readonly Column[], print: Printer, objects: readonly LiveObject[], now: number): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: columns.map(({ name, type, format, description, priority }) => ({ name, type, format, description, priority })),
    rows: objects.map((object) => {
      const { cells, conditions } = print(object, now);
      return {
        cells,
        ...(conditions && { conditions }),
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
      };
    }),
  };
}
