/** The list of conditions in a status, changed as controllers do: the time of a transition is that of a change of status. */
import type { JsonObject } from '../../core/live/json.js';
import { stringAt } from '../../core/live/readFields.js';

export interface Condition extends JsonObject {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

export function findCondition(conditions: readonly JsonObject[], type: string): JsonObject | undefined {
  return conditions.find((condition) => condition['type'] === type);
}

/**
 * The conditions with this one among them; the same list where it says the same already.
 * @param more fields that are written with it, such as `lastUpdateTime`
 */
export function withCondition(conditions: readonly JsonObject[], condition: Condition, time: string, more: JsonObject = {}): readonly JsonObject[] {
  const before = findCondition(conditions, condition.type);
  const isSame = before !== undefined && (['status', 'reason', 'message'] as const).every((field) => stringAt(before, field) === (condition[field] ?? ''));
  if (isSame) return conditions;
  const lastTransitionTime = before?.['status'] === condition.status ? before['lastTransitionTime'] : time;
  const next: JsonObject = { ...condition, lastTransitionTime, ...more };
  return before === undefined ? [...conditions, next] : conditions.map((each) => (each === before ? next : each));
}

export function withoutCondition(conditions: readonly JsonObject[], type: string): readonly JsonObject[] {
  return conditions.filter((condition) => condition['type'] !== type);
}
