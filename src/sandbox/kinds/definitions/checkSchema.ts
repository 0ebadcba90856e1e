/**
 * Values against the schemas of definitions, with a server's words (kube-openapi, pkg/validation/validate, and
 * apiextensions-apiserver v0.34, pkg/apiserver/validation). Rules in CEL (`x-kubernetes-validations`) are not evaluated.
 */
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { stringAt } from '../../../core/live/readFields.js';
import type { FieldError } from '../kinds.js';
import { duplicate, formatFloat, invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../validation/fieldErrors.js';
import { hasFormat } from './formats.js';

/** What came of one check: its errors, and how many parts of the schema fitted, which tells the nearest of several alternatives. */
interface Result {
  readonly errors: readonly FieldError[];
  readonly matched: number;
}

/** @param path of the value: empty for the object itself */
export function checkSchema(value: JsonValue, schema: JsonObject, path: string): readonly FieldError[] {
  return [...check(value, schema, path).errors, ...checkLists(value, schema, path)];
}

function check(value: JsonValue, schema: JsonObject, path: string): Result {
  const own = [...checkType(value, schema, path), ...checkEnum(value, schema, path)];
  if (value === null) return { errors: own, matched: own.length === 0 ? 1 : 0 };
  const results: Result[] = [{ errors: own, matched: own.length === 0 ? 1 : 0 }];
  if (typeof value === 'string') results.push(plain(checkText(value, schema, path)));
  if (typeof value === 'number') results.push(plain(checkNumber(value, schema, path)));
  if (isList(value)) results.push(checkItems(value, schema, path));
  if (isJsonObject(value)) results.push(checkFields(value, schema, path));
  results.push(...checkAlternatives(value, schema, path));
  return merge(results);
}

const plain = (errors: readonly FieldError[]): Result => ({ errors, matched: errors.length === 0 ? 1 : 0 });

function merge(results: readonly Result[]): Result {
  return { errors: results.flatMap(({ errors }) => errors), matched: results.reduce((sum, { matched }) => sum + matched, 0) };
}

function typeNameOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'object' ? 'object' : typeof value;
}

function checkType(value: JsonValue, schema: JsonObject, path: string): readonly FieldError[] {
  const wanted = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : schema['type'] === undefined ? [] : [stringAt(schema, 'type')];
  if (wanted.length === 0) return [];
  const actual = typeNameOf(value);
  const fits = wanted.includes(actual) || (actual === 'integer' && wanted.includes('number')) || (actual === 'null' && schema['nullable'] === true);
  if (fits) return [];
  return [typeInvalid(path, actual, `${inBody(path)} must be of type ${wanted.join(',')}: ${JSON.stringify(actual)}`)];
}

const inBody = (path: string): string => `${path} in body`;

function checkEnum(value: JsonValue, schema: JsonObject, path: string): readonly FieldError[] {
  const values = schema['enum'];
  if (!isList(values) || values.length === 0 || values.some((each) => jsonEquals(each, value))) return [];
  return [
    notSupported(
      path,
      value,
      values.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
    ),
  ];
}

function checkText(value: string, schema: JsonObject, path: string): readonly FieldError[] {
  const { maxLength, minLength, pattern, format } = schema;
  const errors: FieldError[] = [];
  const { length } = Array.from(value);
  // the first of these that fails is the one that is told
  if (typeof maxLength === 'number' && length > maxLength) errors.push(tooLong(path, maxLength));
  else if (typeof minLength === 'number' && length < minLength) errors.push(invalid(path, value, `${inBody(path)} should be at least ${minLength} chars long`));
  else if (typeof pattern === 'string' && matches(pattern, value) === false) errors.push(invalid(path, value, `${inBody(path)} should match '${pattern}'`));
  if (typeof format === 'string' && !hasFormat(value, format)) errors.push(typeInvalid(path, value, `${inBody(path)} must be of type ${format}: ${JSON.stringify(value)}`));
  return errors;
}

/** Undefined for a pattern that can't be read here. */
function matches(pattern: string, value: string): boolean | undefined {
  try {
    return new RegExp(pattern.replace(/\\z|\\Z/g, '$').replace(/^\(\?i\)/, ''), pattern.startsWith('(?i)') ? 'iu' : 'u').test(value);
  } catch (error) {
    if (error instanceof SyntaxError) return matchesPlainly(pattern, value);
    throw error;
  }
}

function matchesPlainly(pattern: string, value: string): boolean | undefined {
  try {
    return new RegExp(pattern).test(value);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function checkNumber(value: number, schema: JsonObject, path: string): readonly FieldError[] {
  const { maximum, exclusiveMaximum, minimum, exclusiveMinimum, multipleOf } = schema;
  const errors: FieldError[] = [];
  // a whole value is divided by what is whole of the factor
  const factor = typeof multipleOf === 'number' && Number.isInteger(value) ? Math.trunc(multipleOf) : multipleOf;
  if (typeof factor === 'number' && factor <= 0) errors.push(invalid(path, factor, `factor MultipleOf declared for ${path} must be positive: ${formatFloat(factor)}`));
  else if (typeof factor === 'number' && !Number.isInteger(value / factor)) errors.push(invalid(path, value, `${inBody(path)} should be a multiple of ${formatFloat(factor)}`));
  if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    errors.push(invalid(path, value, `${inBody(path)} should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${formatFloat(maximum)}`));
  }
  if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    errors.push(invalid(path, value, `${inBody(path)} should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${formatFloat(minimum)}`));
  }
  return errors;
}

function checkItems(list: readonly JsonValue[], schema: JsonObject, path: string): Result {
  const { maxItems, minItems, uniqueItems, items } = schema;
  const results = isJsonObject(items) ? list.map((each, index) => check(each, items, `${path}[${index}]`)) : [];
  const errors: FieldError[] = [];
  if (typeof minItems === 'number' && list.length < minItems) errors.push(invalid(path, list.length, `${inBody(path)} should have at least ${minItems} items`));
  if (typeof maxItems === 'number' && list.length > maxItems) errors.push(tooMany(path, list.length, maxItems));
  if (uniqueItems === true && list.some((each, index) => list.slice(0, index).some((other) => jsonEquals(other, each)))) {
    errors.push(invalid(path, '', `${inBody(path)} shouldn't contain duplicates`));
  }
  return merge([...results, plain(errors)]);
}

function checkFields(object: JsonObject, schema: JsonObject, path: string): Result {
  const results: Result[] = [];
  const errors: FieldError[] = [];
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  const { minProperties, maxProperties, additionalProperties } = schema;
  if (typeof minProperties === 'number' && names.length < minProperties) {
    errors.push(invalid(path, names.length, `${inBody(path)} should have at least ${minProperties} properties`));
  }
  if (typeof maxProperties === 'number' && names.length > maxProperties) errors.push(tooMany(path, names.length, maxProperties));
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  for (const name of names) {
    const value = object[name];
    const property = properties[name] ?? additionalProperties;
    if (value !== undefined && isJsonObject(property)) results.push(check(value, property, join(path, name)));
  }
  for (const name of isList(schema['required']) ? schema['required'] : []) {
    if (typeof name === 'string' && object[name] === undefined) errors.push(required(join(path, name)));
  }
  if (schema['x-kubernetes-embedded-resource'] === true) {
    for (const name of ['apiVersion', 'kind']) if (stringAt(object, name) === '') errors.push(required(join(path, name)));
  }
  return merge([...results, plain(errors)]);
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** `allOf`, `anyOf`, `oneOf` and `not`: which of them failed stands without a field, what is nearest to fitting with its own errors. */
function checkAlternatives(value: JsonValue, schema: JsonObject, path: string): readonly Result[] {
  const results: Result[] = [];
  const fail = (words: string): FieldError => invalid('<nil>', '', `${JSON.stringify(path)} must ${words}`);
  const all = schemasOf(schema['allOf']).map((each) => check(value, each, path));
  const failed = all.filter(({ errors }) => errors.length > 0).length;
  results.push(...all);
  if (failed > 0) results.push(plain([fail(`validate all the schemas (allOf)${failed === all.length ? '. None validated' : ''}`)]));
  const any = schemasOf(schema['anyOf']).map((each) => check(value, each, path));
  if (any.length > 0 && any.every(({ errors }) => errors.length > 0)) results.push(plain([fail('validate at least one schema (anyOf)')]), nearest(any));
  const one = schemasOf(schema['oneOf']).map((each) => check(value, each, path));
  const valid = one.filter(({ errors }) => errors.length === 0).length;
  if (one.length > 0 && valid !== 1) {
    results.push(plain([fail(`validate one and only one schema (oneOf). Found ${valid === 0 ? 'none valid' : `${valid} valid alternatives`}`)]));
    if (valid === 0) results.push(nearest(one));
  }
  const { not } = schema;
  if (isJsonObject(not) && check(value, not, path).errors.length === 0) results.push(plain([fail('not validate the schema (not)')]));
  return results;
}

function nearest(results: readonly Result[]): Result {
  return results.reduce((best, each) => (each.matched > best.matched ? each : best));
}

function schemasOf(value: JsonValue | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isJsonObject) : [];
}

/** Items that are there twice in lists whose items have an identity. */
function checkLists(value: JsonValue, schema: JsonObject, path: string): readonly FieldError[] {
  if (isList(value)) {
    const { items } = schema;
    const inner = isJsonObject(items) ? value.flatMap((each, index) => checkLists(each, items, `${path}[${index}]`)) : [];
    return [...inner, ...repeated(value, schema, path)];
  }
  if (!isJsonObject(value)) return [];
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(value).flatMap(([name, each]) => {
    const property = properties[name] ?? schema['additionalProperties'];
    return each !== undefined && isJsonObject(property) ? checkLists(each, property, join(path, name)) : [];
  });
}

function repeated(list: readonly JsonValue[], schema: JsonObject, path: string): readonly FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (listType !== 'set' && listType !== 'map') return [];
  const identities = list.map((each) => (listType === 'map' && isList(keys) && isJsonObject(each) ? pick(each, keys) : each));
  const known = new Set<string>();
  return identities.flatMap((each, index) => {
    const text = JSON.stringify(each);
    const isRepeated = known.has(text);
    known.add(text);
    return isRepeated ? [duplicate(`${path}[${index}]`, each)] : [];
  });
}

function pick(object: JsonObject, keys: readonly JsonValue[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (typeof key === 'string' && object[key] !== undefined ? [[key, object[key]]] : [])));
}
