/** Plain data that came out the same again, so that what stands on it needn't be made again. */

/** `before` where `now` says the same in arrays, maps, sets and objects without a class; whatever else is in them has to be the same object. */
export function keepSame<Value>(now: Value, before: Value | undefined): Value {
  return before !== undefined && isSame(now, before) ? before : now;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b || (a !== a && b !== b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && areSame(a, b);
  if (a instanceof Map) return b instanceof Map && a.size === b.size && areSame([...a].flat(), [...b].flat());
  if (a instanceof Set) return b instanceof Set && a.size === b.size && areSame([...a], [...b]);
  if (Object.getPrototypeOf(a) !== Object.prototype || Object.getPrototypeOf(b) !== Object.prototype) return false;
  const [entries, others] = [Object.entries(a), new Map(Object.entries(b))];
  return entries.length === others.size && entries.every(([key, value]) => others.has(key) && isSame(value, others.get(key)));
}

function areSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
}
