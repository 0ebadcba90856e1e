/** The hover of a field of a kustomization: what it does, in our own words, with an example. */
import type { Field } from '../../core/kustomize/fields/field.js';
import { fieldAtPath } from '../../core/kustomize/fields/kustomizationFields.js';
import type { YamlNode } from '../../core/yaml/nodes.js';
import { nodeAtOffset } from '../nodePath.js';

export interface FieldHover {
  readonly markdown: string;
  /** Offsets of the key. */
  readonly start: number;
  readonly end: number;
}

/** What to say of the key at `offset`; undefined anywhere else. */
export function describeFieldAt(root: YamlNode, offset: number): FieldHover | undefined {
  const found = nodeAtOffset(root, offset);
  if (!found?.pair || !found.isKey) return undefined;
  const field = fieldAtPath(found.path);
  // Inside a map of the user's own keys the table answers with the field that holds the map.
  if (field?.name !== found.pair.key.value) return undefined;
  return { markdown: describeField(field), start: found.pair.key.start, end: found.pair.key.end };
}

/** Markdown on a field. */
export function describeField(field: Field): string {
  const parts = [field.documentation];
  if (field.deprecated !== undefined) parts.unshift(`**Deprecated.** ${field.deprecated}`);
  const values = field.type.kind === 'string' ? field.type.values : undefined;
  if (values) parts.push(values.map(({ value, documentation }) => `- \`${value}\`: ${documentation}`).join('\n'));
  if (field.example !== undefined) parts.push(`\`\`\`yaml\n${field.example}\n\`\`\``);
  return parts.join('\n\n');
}
