/**
 * Stands for Argo CD and Flux in the sandbox: an aid for trying and testing, with their objects, marks and statuses as far
 * as these parts say. They read the sandbox's git remote only.
 */
import type { SandboxStore } from '../api/store.js';
import type { Clock } from '../clock.js';
import type { GitRemote } from '../gitRemote/gitRemote.js';
import type { Registry } from '../registry/registry.js';
import type { RunningPart } from '../sandbox.js';
import { mapsAt, stringAt } from '../../core/live/readFields.js';
import { findCondition } from '../workloads/conditions.js';
import { startApplications } from './applications.js';
import { Checkouts } from './checkouts.js';
import { ensureDefinitions } from './definitions.js';
import { deliverDeclarations } from './deliver.js';
import { startImagePolicies } from './imagePolicies.js';
import { startKustomizations } from './kustomizations.js';
import { connectLater, syncClockOf, type OperatorWorld } from './operatorWorld.js';

export interface OperatorsOptions {
  readonly store: SandboxStore;
  readonly clock: Clock;
  readonly kubeconfigPath: string;
  readonly gitRemote: GitRemote;
  readonly registry: Registry;
  /** For their clones. */
  readonly folder: string;
  readonly report: (error: unknown) => void;
}

export interface Operators extends RunningPart {
  /** Brings the declarations of a repository into the cluster, and keeps doing so after pushes; gives their number. */
  deliver(url: string): Promise<number>;
  /** When everything that was delivered is in sync and healthy, or after so many milliseconds. */
  settled(most: number): Promise<void>;
  close(): void;
}

export function startOperators({ store, clock, kubeconfigPath, gitRemote, registry, folder, report }: OperatorsOptions): Operators {
  ensureDefinitions(store);
  const stop = new AbortController();
  const world: OperatorWorld = { store, clock, checkouts: new Checkouts(gitRemote, folder), cluster: connectLater(kubeconfigPath), signal: stop.signal, report };
  const applications = startApplications(world);
  const kustomizations = startKustomizations(world);
  const policies = startImagePolicies(world, registry);
  const delivered = new Set<string>();
  const onPush = async (repository: string): Promise<void> => {
    for (const url of delivered) if (gitRemote.repositoryFor(url) === repository) await deliverDeclarations(world, url);
    applications.refreshAll();
    kustomizations.refreshAll();
  };
  const offPush = gitRemote.onPush(({ repository }) => {
    onPush(repository).catch((error: unknown) => {
      if (!stop.signal.aborted) report(error);
    });
  });
  return {
    deliver: async (url) => {
      delivered.add(url);
      return deliverDeclarations(world, url);
    },
    settled: async (most) => {
      const waiting = syncClockOf(clock);
      for (const end = clock.now() + most; clock.now() < end && !isSettled(store) && !stop.signal.aborted;) await waiting.sleep(200, stop.signal);
    },
    close: () => {
      stop.abort();
      offPush();
      applications.stop();
      kustomizations.stop();
      policies.stop();
    },
  };
}

function isSettled(store: SandboxStore): boolean {
  const applications = store.list('argoproj.io', 'Application');
  const kustomizations = store.list('kustomize.toolkit.fluxcd.io', 'Kustomization');
  return (
    applications.every((each) => stringAt(each, 'status', 'sync', 'status') === 'Synced' && stringAt(each, 'status', 'health', 'status') === 'Healthy') &&
    kustomizations.every((each) => findCondition(mapsAt(each, 'status', 'conditions'), 'Ready')?.['status'] === 'True')
  );
}
