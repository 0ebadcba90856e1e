/** What the topology's page and the extension say to each other. No value of vscode or of the page's: both import it. */
import type { Topology } from '../../server/deliveryProtocol.js';

/** What the page shows: sent whenever it changes, and after the page said that it is ready. */
export type TopologyPage = { readonly kind: 'topology'; readonly topology: Topology } | { readonly kind: 'failed'; readonly message: string };

/** What the page asks for. */
export type TopologyRequest = { readonly kind: 'ready' } | { readonly kind: 'retry' } | { readonly kind: 'openBoard' } | { readonly kind: 'open'; readonly nodeId: string };

/** Reads a message of the page; undefined for anything else. */
export function readTopologyRequest(message: unknown): TopologyRequest | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  if (message.kind === 'ready' || message.kind === 'retry' || message.kind === 'openBoard') return { kind: message.kind };
  return message.kind === 'open' && 'nodeId' in message && typeof message.nodeId === 'string' ? { kind: 'open', nodeId: message.nodeId } : undefined;
}
