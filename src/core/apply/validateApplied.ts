/** What makes an object impossible to merge (structured-merge-diff v6.3, typed/validate.go): fields that its type doesn't have, values of another kind, two items of one identity. */
import { formatElement, type FieldElement } from '../live/fieldElement.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import type { FieldType } from '../objects/objectType.js';
import { goSyntax, goTypeOf, goValue } from './goFormat.js';
import { associativeList, declaredFieldType, elementOfItem, itemTypeOf, presentFields, structureOf } from './typedValue.js';

/** The problems as one text, in the server's words; undefined where there are none. */
export function validateTyped(value: JsonValue, type: FieldType): string | undefined {
  const problems: string[] = [];
  validateAt(value, type, '', problems);
  if (problems.length <= 1) return problems[0];
  return ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n');
}

function validateAt(value: JsonValue, type: FieldType, path: string, problems: string[]): void {
  if (value === null) return;
  const add = (message: string): void => void problems.push(path === '' ? message : `${path}: ${message}`);
  switch (structureOf(type, value)) {
    case 'map':
      if (isJsonObject(value)) validateFields(value, type, path, problems);
      else add(`expected map, got &{${goValue(value)}}`);
      return;
    case 'list':
      if (isList(value)) validateItems(value, type, path, problems);
      else add(`expected list, got &{${goValue(value)}}`);
      return;
    case 'scalar': {
      const problem = scalarProblem(value, type);
      if (problem !== undefined) add(problem);
    }
  }
}

function validateFields(value: JsonObject, type: FieldType, path: string, problems: string[]): void {
  for (const [name, each] of presentFields(value)) {
    const fieldType = declaredFieldType(type, name);
    if (fieldType) validateAt(each, fieldType, `${path}.${name}`, problems);
    else problems.push(`${path}.${name}: field not declared in schema`);
  }
}

function validateItems(items: readonly JsonValue[], type: FieldType, path: string, problems: string[]): void {
  const list = associativeList(type);
  const itemType = itemTypeOf(type);
  const seen = new Set<FieldElement>();
  for (const [index, item] of items.entries()) {
    if (!list) {
      validateAt(item, itemType, `${path}[${index}]`, problems);
      continue;
    }
    const found = elementOfItem(list, item);
    if ('problem' in found) {
      problems.push(`${path}: element ${index}: ${found.problem}`);
      return;
    }
    if (seen.has(found.element)) problems.push(`${path}: duplicate entries for key ${formatElement(found.element)}`);
    seen.add(found.element);
    validateAt(item, itemType, `${path}${formatElement(found.element)}`, problems);
  }
}

function scalarProblem(value: JsonValue, type: FieldType): string | undefined {
  switch (type.kind) {
    case 'string':
    case 'bytes':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goValue(value)}}`;
    case 'int32':
    case 'int64':
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`;
    default:
      return isJsonObject(value) || isList(value) ? `expected any scalar, got &{${goValue(value)}}` : undefined;
  }
}
