/** What a branch changes in every environment, against the commit at which it left its target. */
import { compareDelivery, type ComparedSide, type EnvironmentChange } from '../../core/gitops/compareDelivery.js';
import type { DeliveryState } from '../../services/delivery.js';
import type { BranchComparison, ComparedEnvironment } from '../deliveryProtocol.js';
import type { FailureWords } from '../protocol.js';
import { untrusted, type Session } from '../session.js';
import { makePreviewUri } from '../uris.js';

/** Compares `head`, or the files as they are now, with where it parted from `base`. */
export async function compareBranch(session: Session, base: string, head: string | undefined, signal: AbortSignal): Promise<BranchComparison | FailureWords> {
  if (!session.isTrusted) return untrusted;
  const parted = await session.source.mergeBase(base, head ?? 'HEAD', signal);
  if (typeof parted !== 'string') return parted;
  const before = await session.source.deliveryAt(parted, signal);
  if ('code' in before) return before;
  const after = head === undefined ? undefined : await session.source.deliveryAt(head, signal);
  if (after && 'code' in after) return after;
  const changes = compareDelivery(sideOf(before.delivery), sideOf(after?.delivery ?? session.model.delivery));
  return { baseCommit: parted, environments: changes.map((change) => describe(change, parted, after?.commit)) };
}

function sideOf(delivery: DeliveryState): ComparedSide {
  return { environments: delivery.model.environments, render: (environment) => delivery.render(environment).rendering };
}

function describe({ environment, change, objects, reason }: EnvironmentChange, left: string, right: string | undefined): ComparedEnvironment {
  const { id, label, isProtected } = environment;
  const count = (kind: (typeof objects)[number]['change']): number => objects.filter((object) => object.change === kind).length;
  const folder = environment.sources[0]?.folder;
  const uri = (revision: string | undefined): string | undefined => (folder === undefined ? undefined : makePreviewUri({ folder, revision, environment: id }, label));
  return {
    id,
    label,
    isProtected,
    change,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    reason,
    leftUri: change === 'added' ? undefined : uri(left),
    rightUri: change === 'removed' ? undefined : uri(right),
  };
}
