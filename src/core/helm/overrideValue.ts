/** Values that override others remember what they override: the chain of origins of a field goes from the file that won to the chart's default. */
import { Bool, Float, Int, ListValue, MapValue, Nil, Text, type Value } from '../template/values.js';
import { ScalarNode, type YamlNode } from '../yaml/nodes.js';

const longestChain = 12;

/** The value `over`, with `under` behind all that it overrode before. */
export function overriding(over: Value, under: Value): Value {
  const below = scalarNodeOf(under);
  if (!below) return over;
  switch (over.kind) {
    case 'string': {
      const [span] = over.spans;
      const node = span?.node;
      if (!span || over.spans.length > 1 || node?.kind !== 'scalar') return over;
      return new Text(over.text, [{ ...span, node: withChain(node, below) }], over.goType);
    }
    case 'int':
      return over.node?.kind === 'scalar' ? new Int(over.value, over.goType, withChain(over.node, below)) : over;
    case 'float':
      return over.node?.kind === 'scalar' ? new Float(over.value, withChain(over.node, below)) : over;
    case 'bool':
      return over.node?.kind === 'scalar' ? new Bool(over.value, withChain(over.node, below)) : over;
    case 'nil':
      return over.node?.kind === 'scalar' ? new Nil(withChain(over.node, below)) : over;
    default:
      return over;
  }
}

function scalarNodeOf(value: Value): ScalarNode | undefined {
  const node: YamlNode | undefined = value.kind === 'string' ? value.spans[0]?.node : value.node;
  return node?.kind === 'scalar' ? node : undefined;
}

function withChain(node: ScalarNode, last: ScalarNode, depth = 0): ScalarNode {
  // A chart's own values may be handed in again as a file of the user's: what they override then is themselves.
  if ((node.source === last.source && node.start === last.start && node.end === last.end) || depth > longestChain) return node;
  const was = node.was?.kind === 'scalar' ? withChain(node.was, last, depth + 1) : last;
  return new ScalarNode(node.value, node.tag, node.style, node.source, node.start, node.end, node.step, was);
}

/** The value and all that is in it, as coming from one node. */
export function withOrigin(value: Value, node: YamlNode | undefined): Value {
  if (!node) return value;
  switch (value.kind) {
    case 'string':
      return new Text(value.text, [{ start: 0, end: value.text.length, site: undefined, node, isExact: false }], value.goType);
    case 'int':
      return new Int(value.value, value.goType, node);
    case 'float':
      return new Float(value.value, node);
    case 'bool':
      return new Bool(value.value, node);
    case 'nil':
      return new Nil(node);
    case 'map':
      return new MapValue(new Map([...value.entries].map(([key, inner]) => [key, withOrigin(inner, node)])), node);
    case 'list':
      return new ListValue(
        value.items.map((item) => withOrigin(item, node)),
        node,
      );
    default:
      return value;
  }
}
