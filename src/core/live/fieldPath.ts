/** Finding values in live objects by path: fields by name, items of lists by index, by key or by value. */
import type { FieldStep } from '../objects/compare.js';
import { isElementOf, readElement, scalarText, type ElementPath } from './fieldElement.js';
import { isJsonObject, isList, type JsonValue } from './json.js';

/** The value at a path for people; undefined where there is none. */
export function valueAt(root: JsonValue | undefined, path: readonly FieldStep[]): JsonValue | undefined {
  let value = root;
  for (const step of path) value = stepInto(value, step);
  return value;
}

/** What one step leads to. */
export function stepInto(value: JsonValue | undefined, step: FieldStep): JsonValue | undefined {
  if (typeof step === 'string') return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  if (!isList(value)) return undefined;
  if (typeof step === 'number') return value[step];
  return value.find((item) => isItemAt(item, step));
}

/** True for the item that a step by key or by value means. */
export function isItemAt(item: JsonValue, step: Exclude<FieldStep, string | number>): boolean {
  if (step.key === '') return !isJsonObject(item) && !isList(item) && scalarText(item) === step.value;
  return isJsonObject(item) && [step, ...(step.and ?? [])].every(({ key, value }) => scalarText(item[key]) === value);
}

/** The value at a path of managed fields; undefined where there is none. */
export function valueAtElements(root: JsonValue | undefined, path: ElementPath): JsonValue | undefined {
  let value = root;
  for (const element of path) {
    const read = readElement(element);
    if (read.kind === 'field') value = isJsonObject(value) && Object.hasOwn(value, read.name) ? value[read.name] : undefined;
    else if (!isList(value)) return undefined;
    else if (read.kind === 'index') value = value[read.index];
    else value = value.find((item) => isElementOf(element, item));
  }
  return value;
}
