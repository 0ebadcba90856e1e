/** What pods ask for, in thousandths. */
import type { JsonObject } from '../../core/live/json.js';
import { mapsAt, objectAt } from '../../core/live/readFields.js';
import { millisOf } from './quantity.js';

/** The sum of a pod's containers, or the largest of those that run before them. @param part `requests`, `limits` */
export function podAmount(pod: JsonObject, part: string, name: string): bigint {
  const amounts = (field: string): readonly bigint[] => mapsAt(pod, 'spec', field).map((container) => amountAt(objectAt(container, 'resources', part), name));
  const sum = amounts('containers').reduce((total, each) => total + each, 0n);
  return amounts('initContainers').reduce((most, each) => (each > most ? each : most), sum);
}

/** 0 for one that isn't there, or isn't a quantity. */
export function amountAt(amounts: JsonObject, name: string): bigint {
  const amount = amounts[name];
  return (typeof amount === 'string' || typeof amount === 'number' ? millisOf(String(amount)) : undefined) ?? 0n;
}
