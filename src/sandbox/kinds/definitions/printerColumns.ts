/** The columns of custom kinds (apiextensions-apiserver v0.34, pkg/registry/customresource/tableconvertor). */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { mapsAt, numberAt, stringAt } from '../../../core/live/readFields.js';
import type { Column } from '../facts.js';
import { formatAge } from '../table/durations.js';
import { readJsonPath } from '../table/jsonPath.js';
import { defaultColumns, type Cell, type Printer } from '../table/table.js';

/** The columns of a version, and what prints a row of them. A definition without columns has the age. */
export function readPrinterColumns(version: JsonObject): { readonly columns: readonly Column[]; readonly print: Printer } {
  const declared = mapsAt(version, 'additionalPrinterColumns');
  const columns = (declared.length > 0 ? declared : [ageColumn]).map((column) => ({
    column: {
      name: stringAt(column, 'name'),
      type: stringAt(column, 'type'),
      format: stringAt(column, 'format'),
      description: stringAt(column, 'description') || `Custom resource definition column (in JSONPath format): ${stringAt(column, 'jsonPath')}`,
      priority: numberAt(column, 'priority') ?? 0,
    },
    find: readJsonPath(stringAt(column, 'jsonPath')),
  }));
  return {
    columns: [...defaultColumns.slice(0, 1), ...columns.map(({ column }) => column)],
    print: (object, now) => ({ cells: [object.metadata.name, ...columns.map(({ column, find }) => cellOf(column.type, find?.(object)[0], now))] }),
  };
}

const ageColumn: JsonObject = { name: 'Age', type: 'date', description: defaultColumns[1]?.description ?? '', jsonPath: '.metadata.creationTimestamp' };

function cellOf(type: string, value: JsonValue | undefined, now: number): Cell {
  if (value === undefined) return null;
  switch (type) {
    case 'string':
      return value === null ? '<nil>' : isList(value) || isJsonObject(value) ? JSON.stringify(value) : String(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? formatAge(value, now) : null;
    default:
      return null;
  }
}
