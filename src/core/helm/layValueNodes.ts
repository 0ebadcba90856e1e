/**
 * Values as YAML laid over other values: maps are merged, all else is replaced, as helm does with several values files.
 * What overrides a value remembers it. For what takes the place of a chart's own values.yaml.
 */
import { MapNode, Pair, ScalarNode, type YamlNode } from '../yaml/nodes.js';

/** The fields of both maps, those of `under` first; where both have one, that of `over` wins. */
export function layValueNodes(under: MapNode, over: MapNode): MapNode {
  const pairs: Pair[] = under.pairs.map((below) => {
    const above = over.pair(below.key.value);
    return above ? new Pair(above.key, layNode(below.value, above.value)) : below;
  });
  const added = over.pairs.filter(({ key }) => !under.pair(key.value));
  return new MapNode([...pairs, ...added], over.source, over.start, over.end, over.step, over.was, over.flow);
}

function layNode(under: YamlNode, over: YamlNode): YamlNode {
  if (under.kind === 'map' && over.kind === 'map') return layValueNodes(under, over);
  if (over.kind !== 'scalar' || over.was || under.kind !== 'scalar') return over;
  return new ScalarNode(over.value, over.tag, over.style, over.source, over.start, over.end, over.step, under);
}
