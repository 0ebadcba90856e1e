/**
 * Values of the wrong kind, for which a server can't read an object at all and answers BadRequest: the first of them, in the
 * words of Go's decoder (k8s.io/apimachinery v0.34, sigs.k8s.io/json).
 */
import { isJsonObject, isList, type JsonValue } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import type { FieldType, ObjectType } from '../../../core/objects/objectType.js';
import { formatQuantity } from '../quantity.js';

/** @returns undefined for an object that can be read */
export function findDecodingFault(object: LiveObject, type: ObjectType, version: string): string | undefined {
  const fault = faultInObject(object, type, object.kind, '');
  return fault === undefined ? undefined : `${object.kind} in version "${version}" cannot be handled as a ${object.kind}: ${fault}`;
}

/** @param owner the short name of the type that has the field */
function faultInObject(value: JsonValue, type: ObjectType, owner: string, path: string): string | undefined {
  if (!isJsonObject(value)) return undefined;
  for (const [name, each] of Object.entries(value)) {
    const field = type.field(name);
    if (!field || each === undefined || each === null || name === 'managedFields') continue;
    const fault = faultOf(each, field.type, owner, path === '' ? name : `${path}.${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOf(value: JsonValue, type: FieldType, owner: string, path: string): string | undefined {
  if (value === null) return undefined;
  const mismatch = (wanted = goTypeOf(type)): string => `json: cannot unmarshal ${jsonKindOf(value)} into Go struct field ${owner}.${path} of type ${wanted}`;
  switch (type.kind) {
    case 'object':
      if (!isJsonObject(value)) return type.isOpen ? undefined : mismatch();
      return faultInObject(value, type, type.name, path);
    case 'map':
      return isJsonObject(value) ? firstFault(Object.values(value), type.values, owner, path) : mismatch();
    case 'list':
      return isList(value) ? firstFault(value, type.items, owner, path) : mismatch();
    case 'string':
      return typeof value === 'string' ? undefined : mismatch();
    case 'boolean':
      return typeof value === 'boolean' ? undefined : mismatch();
    case 'number':
      return typeof value === 'number' ? undefined : mismatch();
    case 'int32':
    case 'int64':
    case 'integer':
      return typeof value === 'number' && fits(value, type.kind) ? undefined : typeof value === 'number' ? mismatch().replace('number', `number ${value}`) : mismatch();
    case 'intOrString':
      return typeof value === 'string' || typeof value === 'number' ? undefined : mismatch('int32');
    case 'quantity':
      return (typeof value === 'string' || typeof value === 'number') && formatQuantity(String(value)) !== undefined
        ? undefined
        : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    case 'time':
      return typeof value === 'string' ? timeFault(value) : mismatch('string');
    case 'bytes':
      return typeof value === 'string' ? base64Fault(value) : mismatch();
    default:
      return undefined;
  }
}

function firstFault(values: readonly (JsonValue | undefined)[], type: FieldType, owner: string, path: string): string | undefined {
  for (const value of values) {
    const fault = value === undefined ? undefined : faultOf(value, type, owner, path);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function fits(value: number, kind: string): boolean {
  return Number.isInteger(value) && (kind !== 'int32' || (value >= -2147483648 && value <= 2147483647));
}

function jsonKindOf(value: JsonValue): string {
  if (isList(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goTypeOf(type: FieldType): string {
  switch (type.kind) {
    case 'object':
      return `v1.${type.name}`;
    case 'map':
      return `map[string]${goTypeOf(type.values)}`;
    case 'list':
      return `[]${goTypeOf(type.items)}`;
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'bytes':
      return '[]uint8';
    case 'quantity':
      return 'resource.Quantity';
    case 'intOrString':
      return 'intstr.IntOrString';
    case 'integer':
      return 'int64';
    default:
      return type.kind;
  }
}

function timeFault(text: string): string | undefined {
  if (!Number.isNaN(Date.parse(text)) && /^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  return `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`;
}

/** Line breaks are allowed; the first letter that isn't of base64, or the end of what is too short. */
function base64Fault(text: string): string | undefined {
  const wrong = /[^A-Za-z0-9+/=\r\n]/.exec(text);
  if (wrong) return `illegal base64 data at input byte ${wrong.index}`;
  const plain = text.replace(/[\r\n]/g, '');
  if (plain.length % 4 === 0 && /^[^=]*={0,2}$/.test(plain)) return undefined;
  const padding = plain.indexOf('=');
  return `illegal base64 data at input byte ${padding >= 0 && plain.length % 4 === 0 ? padding : Math.floor(plain.length / 4) * 4}`;
}
