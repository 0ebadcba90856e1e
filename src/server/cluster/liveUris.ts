/**
 * Addresses of texts of objects: what is live, and what a sync would leave. The path is for people (it names the tab), the
 * query says what is meant. Such an address is made here and opaque to the editor.
 */
import { encodePath, parseUri, safeDecode } from '../uris.js';
import type { UriText } from '../protocol.js';

export type LiveSide = 'live' | 'desired';

export interface LiveAddress {
  readonly side: LiveSide;
  /** The environment's id; empty for an object of a plan. */
  readonly environment: string;
  /** The plan's id; empty for an object of an environment's drift. */
  readonly plan: string;
  /** As of `liveKey`. */
  readonly key: string;
}

export const liveScheme = 'gitops-live';

/** @param label `orders prod`; @param name `Deployment orders` */
export function makeLiveUri({ side, environment, plan, key }: LiveAddress, label: string, name: string): UriText {
  const clean = (text: string): string => text.replaceAll(/[/\\?#%:]/g, '-');
  const query = [side, environment, plan, key].map(encodeURIComponent).join('&');
  return `${liveScheme}:${encodePath(`/${clean(label)}/${clean(name)} (${side === 'live' ? 'live' : 'git'}).yaml`)}?${encodeURIComponent(query)}`;
}

/** Undefined for what is no such address. */
export function parseLiveUri(uri: UriText): LiveAddress | undefined {
  const parsed = parseUri(uri);
  if (parsed?.scheme !== liveScheme) return undefined;
  const [side, environment = '', plan = '', key = ''] = safeDecode(parsed.query).split('&').map(safeDecode);
  return side === 'live' || side === 'desired' ? { side, environment, plan, key } : undefined;
}
