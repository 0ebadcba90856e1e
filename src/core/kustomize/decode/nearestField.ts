/** Which field was meant by a name that is none. */
import type { ObjectType } from '../fields/field.js';

/** The name of the field that `name` most resembles, or undefined where none is near. */
export function nearestField(type: ObjectType, name: string): string | undefined {
  return nearestName(
    type.fields.map((field) => field.name),
    name,
  );
}

/** The one of `names` that `name` most resembles, or undefined where none is near. */
export function nearestName(names: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const each of names) {
    const known = each.toLowerCase();
    const contained = wanted.length >= 3 && (known.endsWith(wanted) || (known.startsWith(wanted) && known.length - wanted.length <= 4));
    const distance = contained ? 1.5 : editDistance(wanted, known);
    if (distance < bestDistance && distance < known.length) {
      best = each;
      bestDistance = distance;
    }
  }
  return best;
}

/** How many letters must be put in, taken out or changed. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
