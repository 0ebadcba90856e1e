/** Addresses of the texts of plans. The path names the editor's tab, the query says what is meant; made here and opaque to the editor. */
import type { PlanScheme } from '../promoteProtocol.js';
import type { UriText } from '../protocol.js';
import { encodePath, parseUri, safeDecode } from '../uris.js';

export type PlanSide = 'before' | 'after';

export interface PlanAddress {
  readonly planId: string;
  /** The place of the document in the plan. */
  readonly index: number;
  readonly side: PlanSide;
}

export const planScheme: PlanScheme = 'gitops-plan';

/** @param label `overlays/prod/kustomization.yaml`; its ending is what the editor tells the language by */
export function makePlanUri({ planId, index, side }: PlanAddress, label: string): UriText {
  const clean = label.replaceAll(/[\\?#%:]/g, '-').replace(/^\/+/, '');
  // Both sides have one path: a diff of two paths looks like a move.
  return `${planScheme}:${encodePath(`/${clean}`)}?${encodeURIComponent(`${planId}&${index}&${side}`)}`;
}

/** Undefined for what is no such address. */
export function parsePlanUri(uri: UriText): PlanAddress | undefined {
  const parsed = parseUri(uri);
  if (parsed?.scheme !== planScheme) return undefined;
  const [planId = '', index = '', side] = safeDecode(parsed.query).split('&');
  return (side === 'before' || side === 'after') && /^\d+$/.test(index) ? { planId, index: Number(index), side } : undefined;
}
