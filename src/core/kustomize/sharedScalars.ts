/**
 * Kustomize puts one and the same node into every field that a label or annotation creates in an object, so that a later
 * change of one of these fields changes them all (api/filters/labels and kyaml/yaml FieldSetter v0.21.2). Here such
 * fields hold the same ScalarNode, and a change of one is followed by the others, until something copies the object
 * (a JSON patch does).
 */
import { ScalarNode, type MapNode, type YamlNode } from '../yaml/nodes.js';

/** `after`, with the scalars that it shares with fields which changed since `before` changed like these. */
export function followSharedScalars(before: MapNode, after: MapNode): MapNode {
  const changes = new Map<YamlNode, ScalarNode>();
  collectChanges(before, after, changes);
  if (changes.size === 0) return after;
  const followed = substitute(after, changes);
  return followed.kind === 'map' ? followed : after;
}

/** Notes what each changed scalar took the place of; where two changes meet, the later field (in the order of keys) wins. */
function collectChanges(before: YamlNode | undefined, after: YamlNode, changes: Map<YamlNode, ScalarNode>): void {
  if (before === after) return;
  switch (after.kind) {
    case 'scalar':
      for (let old = after.was; old; old = old.was) {
        if (!old.step) continue;
        const other = changes.get(old);
        if (other && other !== after) changes.set(other, after);
        changes.set(old, after);
      }
      return;
    case 'sequence': {
      const known = new Set(before?.kind === 'sequence' ? before.items : []);
      for (const item of after.items) if (!known.has(item)) collectChanges(undefined, item, changes);
      return;
    }
    case 'map': {
      const fields = before?.kind === 'map' ? before : undefined;
      const changed = after.pairs.filter((pair) => fields?.get(pair.key.value) !== pair.value);
      if (changed.length > 1) changed.sort((a, b) => (a.key.value < b.key.value ? -1 : 1));
      for (const { key, value } of changed) collectChanges(fields?.get(key.value), value, changes);
    }
  }
}

function substitute(node: YamlNode, changes: ReadonlyMap<YamlNode, ScalarNode>): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return changes.get(node) ?? node;
    case 'sequence':
      return node.mapItems((item) => substitute(item, changes));
    case 'map': {
      let result = node;
      for (const { key, value } of node.pairs) {
        const next = substitute(value, changes);
        if (next !== value) result = result.with(key.value, next);
      }
      return result;
    }
  }
}

/** The same object with every scalar in one place only. */
export function withoutSharedScalars(root: MapNode): MapNode {
  const seen = new Set<ScalarNode>();
  const separate = (node: YamlNode): YamlNode => {
    switch (node.kind) {
      case 'scalar':
        if (!node.step) return node;
        if (seen.has(node)) return new ScalarNode(node.value, node.tag, node.style, node.source, node.start, node.end, node.step, node.was);
        seen.add(node);
        return node;
      case 'sequence':
        return node.mapItems(separate);
      case 'map': {
        let result = node;
        for (const { key, value } of node.pairs) result = result.with(key.value, separate(value));
        return result;
      }
    }
  };
  const result = separate(root);
  return result.kind === 'map' ? result : root;
}
