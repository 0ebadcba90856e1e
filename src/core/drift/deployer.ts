/**
 * As whom a difference is looked at: the field manager that deploys an object, and whose fields count as its own. A dry
 * run as anyone else wouldn't see what is no longer declared.
 */
import type { FieldOwner } from '../live/fieldOwners.js';
import type { LiveObject } from '../live/liveObject.js';

/** Who delivers an environment, as far as it decides how its objects are written. */
export type DeployerKind =
  /** `isServerSide`: with the sync option ServerSideApply. `keepsIgnored`: with RespectIgnoreDifferences. */
  | { readonly kind: 'argocd'; readonly isServerSide: boolean; readonly keepsIgnored: boolean }
  | { readonly kind: 'flux-kustomize' }
  | { readonly kind: 'flux-helm' }
  | { readonly kind: 'none' };

export interface Deployer {
  readonly manager: string;
  /** True for entries of managed fields that the deployer takes over with its next apply. */
  readonly adopts: (owner: FieldOwner) => boolean;
  /** True where what it declared last stands in the annotation of client-side applies, and removal follows that. */
  readonly followsLastApplied: boolean;
}

/** The manager of applies of our own. */
export const ourManager = 'gitops-workbench';

const clientSideManagers: ReadonlySet<string> = new Set(['kubectl-client-side-apply', 'before-first-apply']);

/** Managers that apply and that are looked for where no operator is known, the likeliest first. */
const knownAppliers = [ourManager, 'kubectl', 'kustomize-controller', 'helm-controller', 'argocd-controller', 'helm', 'flux', 'kluctl'] as const;

export function deployerOf(kind: DeployerKind, live: LiveObject | undefined): Deployer {
  switch (kind.kind) {
    case 'argocd': {
      // client-go csaupgrade, as Argo CD's ClientSideApplyMigration uses it (gitops-engine pkg/sync/sync_context.go, v3.2)
      const adopts = ({ manager, operation, subresource }: FieldOwner): boolean =>
        subresource === '' && operation === 'Update' && (manager === 'kubectl-client-side-apply' || manager === 'argocd-controller');
      return { manager: 'argocd-controller', adopts, followsLastApplied: !kind.isServerSide };
    }
    case 'flux-kustomize':
      // fluxcd/pkg/ssa patch.go, kustomize-controller v1.9: fields of kubectl are taken over whatever it did
      return {
        manager: 'kustomize-controller',
        adopts: ({ manager, operation, subresource }) =>
          subresource === '' && (manager.startsWith('kubectl') || (operation === 'Update' && (manager === 'before-first-apply' || manager === 'kustomize-controller'))),
        followsLastApplied: false,
      };
    case 'flux-helm':
      return {
        manager: 'helm-controller',
        adopts: ({ manager, operation, subresource }) => subresource === '' && operation === 'Update' && manager === 'helm-controller',
        followsLastApplied: false,
      };
    case 'none':
      return deployerFromLive(live);
  }
}

function deployerFromLive(live: LiveObject | undefined): Deployer {
  const entries = live?.metadata.managedFields ?? [];
  const applies = (manager: string): boolean => entries.some((entry) => entry.operation === 'Apply' && entry.manager === manager && (entry.subresource ?? '') === '');
  const applier = knownAppliers.find(applies);
  return {
    manager: applier ?? ourManager,
    adopts: ({ manager, operation, subresource }) => subresource === '' && operation === 'Update' && (clientSideManagers.has(manager) || manager === applier),
    followsLastApplied: applier === undefined,
  };
}
