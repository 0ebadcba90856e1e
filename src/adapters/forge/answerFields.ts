/** Fields of what a forge answered, of which nothing is known before it is looked at. */

/** Undefined where there is no such field, or nothing that has fields. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** Empty for what is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text alone, or nothing. */
export function textOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}
