/** Equality of nodes by what they say, wherever they come from: positions, styles of writing and steps don't count. */
import type { MapNode, ScalarNode, YamlNode } from './nodes.js';
import { jsonScalarOf } from './scalars.js';

/** True where two nodes print the same value; the order of a map's fields doesn't matter. */
export function areEqual(a: YamlNode, b: YamlNode): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'scalar':
      return b.kind === 'scalar' && areScalarsEqual(a, b);
    case 'sequence': {
      if (b.kind !== 'sequence' || a.items.length !== b.items.length) return false;
      const { items } = b;
      return a.items.every((item, index) => {
        const other = items[index];
        return other !== undefined && areEqual(item, other);
      });
    }
    case 'map':
      return b.kind === 'map' && areMapsEqual(a, b);
  }
}

function areScalarsEqual(a: ScalarNode, b: ScalarNode): boolean {
  if (a.tag === b.tag && a.value === b.value) return true;
  const x = jsonScalarOf(a);
  const y = jsonScalarOf(b);
  if (x.kind === 'string') return y.kind === 'string' && x.value === y.value;
  return x.kind === 'literal' && y.kind === 'literal' && x.text === y.text;
}

function areMapsEqual(a: MapNode, b: MapNode): boolean {
  if (a.pairs.length !== b.pairs.length) return false;
  return a.pairs.every(({ key, value }) => {
    const other = b.get(key.value);
    return other !== undefined && areEqual(value, other);
  });
}

/** True where two nodes say the same and come from the same places by the same steps: one may stand for the other. */
export function areSameReadings(a: YamlNode, b: YamlNode): boolean {
  if (a === b) return true;
  if (a.source !== b.source || a.start !== b.start || a.end !== b.end) return false;
  if (a.step !== b.step && (a.step?.source !== b.step?.source || a.step?.start !== b.step?.start || a.step?.field !== b.step?.field)) return false;
  switch (a.kind) {
    case 'scalar':
      return b.kind === 'scalar' && a.value === b.value && a.tag === b.tag;
    case 'sequence':
      return b.kind === 'sequence' && a.items.length === b.items.length && a.items.every((item, index) => isSameReading(item, b.items[index]));
    case 'map':
      return (
        b.kind === 'map' &&
        a.pairs.length === b.pairs.length &&
        a.pairs.every(({ key, value }, index) => isSameReading(key, b.pairs[index]?.key) && isSameReading(value, b.pairs[index]?.value))
      );
  }
}

function isSameReading(a: YamlNode, b: YamlNode | undefined): boolean {
  return b !== undefined && areSameReadings(a, b);
}
