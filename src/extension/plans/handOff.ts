/**
 * While a pushed change is followed: what can be asked for so that it arrives sooner, or at all. An operator that delivers
 * by itself is asked to look now, one that waits to be asked is asked to sync; where there is none, it is synced from here. Data in, data out.
 */
import type { EnvironmentLive } from '../../server/clusterProtocol.js';
import type { FollowedLadder } from '../../server/promoteProtocol.js';

export interface HandOff {
  readonly words: string;
  readonly button: string;
  readonly command: 'gitops.argocd.sync' | 'gitops.argocd.refresh' | 'gitops.flux.reconcileWithSource' | 'gitops.flux.resume' | 'gitops.sync.start';
}

/** What is to be offered for an environment; undefined where nothing would help, or nothing is connected. */
export function handOffOf(label: string, live: EnvironmentLive | undefined): HandOff | undefined {
  if (!live || live.state.kind === 'not-connected' || live.state.kind === 'failed') return undefined;
  const { operator } = live;
  if (!operator) return { words: `${label} is pushed. No operator delivers it: sync it from here.`, button: 'Sync…', command: 'gitops.sync.start' };
  if (operator.operator === 'flux') {
    if (operator.isSuspended) return { words: `${label} is pushed, but Flux is suspended for it.`, button: 'Resume…', command: 'gitops.flux.resume' };
    return { words: `${label} is pushed. Flux looks at its interval, or now.`, button: 'Reconcile Now', command: 'gitops.flux.reconcileWithSource' };
  }
  if (operator.isAutomated) return { words: `${label} is pushed. Argo CD looks every few minutes, or now.`, button: 'Refresh Now', command: 'gitops.argocd.refresh' };
  return { words: `${label} is pushed. Argo CD delivers it when it is asked to: auto-sync is off.`, button: 'Sync…', command: 'gitops.argocd.sync' };
}

/** True where git has it, and the cluster doesn't. */
export function waitsForOperator({ state, rungs }: FollowedLadder): boolean {
  return state === 'moving' && rungs.find((rung) => rung.state !== 'done')?.rung === 'synced';
}
