/** Label selectors of workloads and services against labels. */
import type { JsonObject } from '../../core/live/json.js';
import { mapsAt, objectAt, stringAt, textsAt } from '../../core/live/readFields.js';

export type Labels = Readonly<Record<string, string>>;

/** A `LabelSelector`; an empty one matches everything. */
export function matchesSelector(selector: JsonObject, labels: Labels = {}): boolean {
  return matchesLabels(objectAt(selector, 'matchLabels'), labels) && mapsAt(selector, 'matchExpressions').every((expression) => matchesExpression(expression, labels));
}

/** The plain map of a Service. */
export function matchesLabels(wanted: JsonObject, labels: Labels = {}): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function matchesExpression(expression: JsonObject, labels: Labels): boolean {
  const value = labels[stringAt(expression, 'key')];
  const values = textsAt(expression, 'values');
  switch (stringAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
