/** What may be typed for a field. Data in, data out. */
import type { SettableField } from '../../server/promoteProtocol.js';

/** What the box holds at first: the present value; for a map or list, nothing. */
export function editableText({ value }: Pick<SettableField, 'value'>): string {
  return value ?? '';
}

/** Why a text won't do; undefined where it will. The field keeps the kind of value that it has. */
export function complaintOf({ valueKind, path }: Pick<SettableField, 'valueKind' | 'path'>, text: string): string | undefined {
  const trimmed = text.trim();
  switch (valueKind) {
    case 'number':
      return /^-?\d+(?:\.\d+)?$/.test(trimmed) ? undefined : `${path} is a number.`;
    case 'boolean':
      return trimmed === 'true' || trimmed === 'false' ? undefined : `${path} is true or false.`;
    case 'map':
    case 'list':
      return trimmed === '' ? `${path} is a ${valueKind}: write it on one line, as [a, b] or {a: b}.` : undefined;
    case 'string':
    case 'null':
      return undefined;
  }
}
