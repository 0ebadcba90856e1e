/** Words and short forms for what is live: names of objects, values, spans of time. */
import { isJsonObject, isList, type JsonValue } from '../../core/live/json.js';
import type { ResId } from '../../core/objects/resId.js';
import type { Fingerprint } from '../preview/mask.js';
import type { ObjectName } from '../clusterProtocol.js';

const longestValue = 80;

export function nameOfObject({ group, version, kind, namespace, name }: ResId): ObjectName {
  return { group, version, kind, namespace, name };
}

/** `Deployment orders`. */
export function shortName({ kind, name }: Pick<ResId, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** One line; undefined for no value. */
export function describeValue(value: JsonValue | undefined, isSecret: boolean, fingerprint: Fingerprint): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (isSecret) return `••••••••${fingerprint(text)}`;
  if (value === '') return '""';
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > longestValue ? `${line.slice(0, longestValue - 1)}…` : line;
}

/** Whether a value is one scalar, which can be written into a source as it is. */
export function isScalar(value: JsonValue | undefined): boolean {
  return value !== undefined && !isJsonObject(value) && !isList(value);
}

/** `12 min ago`, `just now`. @param time RFC 3339 @param now milliseconds since 1970 */
export function describeAge(time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) return '';
  if (seconds < 45) return 'just now';
  if (seconds < 90 * 60) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
