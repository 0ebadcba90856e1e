/** Reads who an object is out of its tree. */
import { scalarValue, type MapNode, type YamlNode } from '../yaml/nodes.js';
import { parseApiVersion, type ResId } from './resId.js';

/** Reads the id out of an object's tree; parts that are missing or no scalars are empty. */
export function idOfObject(root: MapNode): ResId {
  const metadata = root.get('metadata');
  const fields = metadata?.kind === 'map' ? metadata : undefined;
  return {
    ...parseApiVersion(textOf(root.get('apiVersion'))),
    kind: textOf(root.get('kind')),
    name: textOf(fields?.get('name')),
    namespace: textOf(fields?.get('namespace')),
  };
}

function textOf(node: YamlNode | undefined): string {
  return scalarValue(node) ?? '';
}
