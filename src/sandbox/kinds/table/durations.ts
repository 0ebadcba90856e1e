/** Ages as `kubectl get` shows them (k8s.io/apimachinery v0.34, pkg/util/duration HumanDuration; pkg/registry/rest/meta table). */
import type { JsonValue } from '../../../core/live/json.js';

/** `5m`, `3d4h`: the two largest units where the first is small. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  const hours = Math.trunc(minutes / 60);
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  if (hours < 24 * 365 * 8) return withRest(Math.trunc(hours / 24 / 365), 'y', days % 365, 'd');
  return `${Math.trunc(hours / 24 / 365)}y`;
}

function withRest(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count}${unit}` : `${count}${unit}${rest}${restUnit}`;
}

/** How long ago a time was; `<unknown>` for none, `<invalid>` for what isn't a time. @param now milliseconds since 1970 */
export function formatAge(time: JsonValue | undefined, now: number): string {
  if (typeof time !== 'string' || time === '') return '<unknown>';
  const start = Date.parse(time);
  return Number.isNaN(start) ? '<invalid>' : formatDuration(now - start);
}
