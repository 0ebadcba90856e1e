/**
 * The commit that last changed what an environment renders to: of the commits that touch a file that it reads, the latest
 * whose render differs from the one before it. Bounded, and honest about what was told by files alone.
 */
import { compareDelivery } from '../core/gitops/compareDelivery.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { DeliveryState } from './delivery.js';
import { Failure } from './failure.js';
import type { CommitFacts, GitAncestry } from './ports.js';

export interface LastChange {
  /** Undefined where there is none that is known. */
  readonly change: CommitFacts | undefined;
  /** One sentence; empty where `change` is certain. */
  readonly note: string;
}

export interface LastChangeRequest {
  readonly environment: Environment;
  readonly ancestry: GitAncestry;
  readonly top: string;
  /** In whose history it is looked for, full hashes. */
  readonly revisions: readonly string[];
  /** What the environment's render read or looked for, absolute. */
  readonly paths: readonly string[];
  /** How the workspace was delivered at a revision; undefined where that repository can't be read so. */
  readonly deliveryAt: ((revision: string, signal: AbortSignal) => Promise<DeliveryState>) | undefined;
}

/** Commits that are looked at. */
const mostCandidates = 30;
/** Of those, how many are rendered. */
const mostRendered = 6;

/** Rejects with a {@link Failure} where git can't be asked. */
export async function findLastChange(request: LastChangeRequest, signal: AbortSignal): Promise<LastChange> {
  const { ancestry, top, revisions, paths, deliveryAt } = request;
  const candidates = await ancestry.commitsTouching(top, revisions, paths, mostCandidates, signal);
  const [latest] = candidates;
  if (!latest) return { change: undefined, note: 'No commit of this clone touches its files.' };
  if (!deliveryAt) return { change: latest, note: 'The commit was told by the files that it touches; whether they change the render was not looked at.' };
  for (const candidate of candidates.slice(0, mostRendered)) {
    const verdict = await changesRender(candidate, request, deliveryAt, signal);
    if (verdict === 'yes') return { change: candidate, note: '' };
    if (verdict === 'unknown')
      return { change: candidate, note: `Whether ${candidate.hash.slice(0, 8)} changes the render can't be told: it can't be rendered before or after it.` };
  }
  const oldest = candidates[Math.min(candidates.length, mostRendered) - 1] ?? latest;
  return { change: oldest, note: `No later commit changes the render; whether ${oldest.hash.slice(0, 8)} does, or one before it, was not looked at.` };
}

async function changesRender(
  { hash }: CommitFacts,
  { environment }: LastChangeRequest,
  deliveryAt: NonNullable<LastChangeRequest['deliveryAt']>,
  signal: AbortSignal,
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const after = await deliveryAt(hash, signal);
    const before = await deliveryOrNone(`${hash}^`, deliveryAt, signal);
    if (!before) return 'yes';
    const only = ({ model }: DeliveryState): readonly Environment[] => model.environments.filter(({ id }) => id === environment.id);
    const [change] = compareDelivery(
      { environments: only(before), render: (each) => before.render(each).rendering },
      { environments: only(after), render: (each) => after.render(each).rendering },
    );
    if (!change) return 'no';
    return change.change === 'unknown' ? 'unknown' : 'yes';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 'unknown';
  }
}

/** Undefined before the first commit, and before the end of a shallow clone. */
async function deliveryOrNone(revision: string, deliveryAt: NonNullable<LastChangeRequest['deliveryAt']>, signal: AbortSignal): Promise<DeliveryState | undefined> {
  try {
    return await deliveryAt(revision, signal);
  } catch (error) {
    if (error instanceof Failure && error.code === 'git/unknown-revision') return undefined;
    throw error;
  }
}
