/** A node of the tree as plain data, and what nodes are made with. Identities are stable, so that the editor keeps what is open and selected. */
import type { DriftChange } from '../../server/clusterProtocol.js';
import type { DoctorFix } from '../../server/doctorProtocol.js';
import type { PlanDocument } from '../../server/promoteProtocol.js';
import type { Place, UriText } from '../../server/protocol.js';
import type { DriftTarget } from '../drift/target.js';
import type { NodeIcon } from './icons.js';

/** What a click on a node does. A command is called with the node. */
export type NodeTarget =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'preview'; readonly previewUri: UriText; readonly line: number }
  | { readonly kind: 'difference'; readonly change: DriftChange }
  | { readonly kind: 'planned'; readonly document: PlanDocument }
  | { readonly kind: 'fix'; readonly visitId: string; readonly fix: DoctorFix }
  | {
      readonly kind: 'command';
      readonly command: 'gitops.clusters.connect' | 'gitops.sync.show' | 'gitops.pullRequests.preview' | 'gitops.pullRequests.signIn' | 'workbench.trust.manage';
    };

/** Which details of an environment give the children of a node. */
export type DetailPart = 'resources' | 'findings' | 'drift' | 'health' | 'history' | 'ladder';

export interface TreeNode {
  /** Stable as long as what it stands for keeps its name. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon: NodeIcon;
  /** Markdown; empty for none. */
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Words for the menus' `viewItem`. */
  readonly contexts: readonly string[];
  readonly opens: NodeTarget | undefined;
  /** For *Open Source*, where that is another place than the one that a click shows. */
  readonly source: Place | undefined;
  /** For *Copy Name*. */
  readonly copies: string;
  readonly environmentId: string | undefined;
  /** For the actions on drift. */
  readonly drift: DriftTarget | undefined;
  /** The past sync that it stands for. */
  readonly run?: string | undefined;
  readonly startsOpen: boolean;
  /** Those below it, or which part of the environment's details gives them; undefined for a leaf. */
  readonly children: readonly TreeNode[] | DetailPart | undefined;
}

/** What most nodes have in common: nothing. */
export const leaf = {
  description: '',
  tooltip: '',
  contexts: [],
  opens: undefined,
  source: undefined,
  environmentId: undefined,
  drift: undefined,
  startsOpen: false,
  children: undefined,
} as const;

/** A node below an environment. */
export function part(environmentId: string, key: string, label: string, description: string, icon: string, children: TreeNode['children']): TreeNode {
  return {
    ...leaf,
    id: `environment:${environmentId}/${key}`,
    label,
    description,
    icon: { name: icon },
    spoken: description === '' ? label : `${label}, ${description}`,
    copies: label,
    environmentId,
    children,
  };
}

/** The nodes with an identity of their own each, also where names repeat: the editor shows nothing at all otherwise. */
export function withOwnIds(nodes: readonly TreeNode[]): readonly TreeNode[] {
  const seen = new Map<string, number>();
  return nodes.map((node) => {
    const count = (seen.get(node.id) ?? 0) + 1;
    seen.set(node.id, count);
    return count === 1 ? node : { ...node, id: `${node.id}#${count}` };
  });
}
