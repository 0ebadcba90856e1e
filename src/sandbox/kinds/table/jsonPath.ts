/**
 * The JSONPaths of printed columns, as far as definitions may have them: fields, quoted fields, indexes, `[*]`, and filters on
 * equality (k8s.io/client-go v0.34, util/jsonpath). Anything else finds nothing.
 */
import { isJsonObject, isList, jsonEquals, type JsonValue } from '../../../core/live/json.js';

type Step = (values: readonly JsonValue[]) => readonly JsonValue[];

/** @param text `.status.conditions[?(@.type=="Ready")].status` @returns undefined for one that can't be read */
export function readJsonPath(text: string): ((value: JsonValue) => readonly JsonValue[]) | undefined {
  const steps: Step[] = [];
  let rest = text
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .replace(/^\$/, '');
  while (rest !== '') {
    const found = readStep(rest);
    if (!found) return undefined;
    steps.push(found.step);
    rest = rest.slice(found.length);
  }
  return (value) => steps.reduce<readonly JsonValue[]>((values, step) => step(values), [value]);
}

function readStep(text: string): { readonly step: Step; readonly length: number } | undefined {
  const field = /^\.((?:\\.|[^.[\]\\\s])+)/.exec(text) ?? /^\[\s*['"]((?:\\.|[^'"\\])+)['"]\s*\]/.exec(text);
  if (field) return { step: fieldStep((field[1] ?? '').replace(/\\(.)/g, '$1')), length: field[0].length };
  const all = /^(?:\.\*|\[\*\])/.exec(text);
  if (all) return { step: (values) => values.flatMap(childrenOf), length: all[0].length };
  const index = /^\[(-?\d+)\]/.exec(text);
  if (index) return { step: (values) => values.flatMap((value) => (isList(value) ? (value.at(Number(index[1])) ?? []) : [])), length: index[0].length };
  const filter = /^\[\?\(\s*@((?:\.[\w\\./-]+)+)\s*(==|!=)\s*("[^"]*"|'[^']*'|[\w.-]+)\s*\)\]/.exec(text);
  if (filter) return { step: filterStep(filter[1] ?? '', filter[2] === '==', literalOf(filter[3] ?? '')), length: filter[0].length };
  const dot = /^\.(?=$|\[)/.exec(text);
  return dot ? { step: (values) => values, length: 1 } : undefined;
}

function fieldStep(name: string): Step {
  if (name === '*') return (values) => values.flatMap(childrenOf);
  return (values) => values.flatMap((value) => (isJsonObject(value) && value[name] !== undefined ? [value[name]] : []));
}

function filterStep(path: string, isEqual: boolean, wanted: JsonValue): Step {
  const find = readJsonPath(path);
  return (values) =>
    values.flatMap(childrenOf).filter((item) => {
      const [found] = find?.(item) ?? [];
      return found !== undefined && jsonEquals(found, wanted) === isEqual;
    });
}

function literalOf(text: string): JsonValue {
  if (/^['"]/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function childrenOf(value: JsonValue): readonly JsonValue[] {
  if (isList(value)) return value;
  return isJsonObject(value) ? Object.values(value).filter((each) => each !== undefined) : [];
}
