/** The words of this group's sentences: types and values as people say them. */
import type { FieldType } from '../../objects/objectType.js';
import type { YamlNode } from '../../yaml/nodes.js';
import { jsonScalarOf } from '../../yaml/scalars.js';

/** `a list`, `an integer`. */
export function nameType(type: FieldType): string {
  switch (type.kind) {
    case 'object':
    case 'map':
      return 'a map';
    case 'list':
      return 'a list';
    case 'string':
      return 'a string';
    case 'boolean':
      return 'a boolean';
    case 'int32':
    case 'int64':
    case 'integer':
      return 'an integer';
    case 'number':
      return 'a number';
    case 'quantity':
      return 'a quantity';
    case 'intOrString':
      return 'an integer or a string';
    case 'time':
      return 'a time';
    case 'bytes':
      return 'base64';
    case 'any':
      return 'anything';
  }
}

/** `a string`, `a list`: what a value is. */
export function nameValue(node: YamlNode): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'sequence') return 'a list';
  const value = jsonScalarOf(node);
  if (value.kind !== 'literal') return 'a string';
  return value.text === 'true' || value.text === 'false' ? 'a boolean' : value.text === 'null' ? 'null' : 'a number';
}
