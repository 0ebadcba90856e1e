/** What the delivery board's page and the extension say to each other. No value of vscode or of the page's: both import it. */
import type { Board } from '../../server/deliveryProtocol.js';

/** What the page shows: sent whenever it changes, and after the page said that it is ready. */
export type BoardPage = { readonly kind: 'board'; readonly board: Board } | { readonly kind: 'failed'; readonly message: string };

/** What can be done with an environment from its card. */
export const cardActions = ['preview', 'compare', 'openSource', 'findings', 'promote', 'where'] as const;

export type CardAction = (typeof cardActions)[number];

/** What the page asks for. */
export type BoardRequest =
  | { readonly kind: 'ready' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'openTopology' }
  | { readonly kind: 'act'; readonly action: CardAction; readonly environmentId: string; readonly otherId: string | undefined };

/** Reads a message of the page; undefined for anything else. */
export function readBoardRequest(message: unknown): BoardRequest | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  if (message.kind === 'ready' || message.kind === 'retry' || message.kind === 'openTopology') return { kind: message.kind };
  if (message.kind !== 'act' || !('action' in message) || !('environmentId' in message) || typeof message.environmentId !== 'string') return undefined;
  const action = cardActions.find((each) => each === message.action);
  const otherId = 'otherId' in message && typeof message.otherId === 'string' ? message.otherId : undefined;
  return action && { kind: 'act', action, environmentId: message.environmentId, otherId };
}
