/** A cluster in which a real operator runs, for the tests of this folder, and what they all do with it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openKubeconfig } from '../../src/adapters/kube/kubeconfig.js';
import { readOperatorStatus } from '../../src/core/operators/readOperatorStatus.js';
import type { OperatorAction } from '../../src/core/operators/planAction.js';
import type { OperatorStatus } from '../../src/core/operators/operatorStatus.js';
import { idOfLive, type LiveObject } from '../../src/core/live/liveObject.js';
import type { ResId } from '../../src/core/objects/resId.js';
import { actOnOperator, type OperatorOutcome, type OperatorProgress } from '../../src/services/operators.js';
import type { Cluster } from '../../src/services/ports.js';
import { systemClock } from '../../src/services/syncClock.js';
import { ApplySetInventory } from '../../src/services/syncInventory.js';
import { planEnvironmentSync } from '../../src/services/syncPlanning.js';
import { noEnvironmentOptions } from '../../src/core/sync/syncOptions.js';
import type { SyncPlan } from '../../src/core/sync/syncPlan.js';
import { renderManifests } from '../support/renderManifests.js';

export const never = new AbortController().signal;

/** @param variable of the environment: the path of the kubeconfig */
export async function connectPeer(variable: string): Promise<Cluster> {
  const file = process.env[variable];
  assert.ok(file !== undefined, `${variable} names no kubeconfig`);
  const kubeconfig = openKubeconfig({ file });
  const { current } = await kubeconfig.contexts();
  assert.ok(current !== undefined, 'the kubeconfig has no current context');
  return kubeconfig.connect(current, { mayRunPrograms: false });
}

/** Creates an object, or replaces it. */
export async function put(cluster: Cluster, object: LiveObject): Promise<LiveObject> {
  return cluster.apply(idOfLive(object), object, { fieldManager: 'operators-test', force: true }, never);
}

export async function read(cluster: Cluster, id: ResId): Promise<LiveObject> {
  const object = await cluster.get(id, never);
  assert.ok(object, `${id.kind} ${id.name} is not there`);
  return object;
}

export async function statusOf(cluster: Cluster, id: ResId): Promise<OperatorStatus> {
  const status = readOperatorStatus(await read(cluster, id), Date.now());
  assert.ok(status);
  return status;
}

export interface Acted {
  readonly outcome: OperatorOutcome;
  readonly progress: readonly OperatorProgress[];
}

/** Asks and follows to the end. */
export async function act(cluster: Cluster, id: ResId, action: OperatorAction, timeout = 60_000): Promise<Acted> {
  const progress: OperatorProgress[] = [];
  const outcome = await actOnOperator(id, action, { cluster, user: 'tester', timeout, onProgress: (step) => progress.push(step) }, never);
  return { outcome, progress };
}

/** Tries until it holds. */
export async function eventually(check: () => Promise<void>, seconds = 40): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await systemClock.sleep(200, never);
    }
  }
}

/** What our own reconciler would do with these manifests there. */
export async function planOurs(cluster: Cluster, namespace: string, manifests: string): Promise<SyncPlan> {
  const parent: ResId = { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'ours' };
  const inventory = new ApplySetInventory({ cluster, parent, environment: 'folder/test', source: '' });
  const request = {
    cluster,
    inventory,
    clock: systemClock,
    environment: 'folder/test',
    revision: 'test',
    style: 'plain' as const,
    manager: 'gitops-workbench',
    namespace,
    objects: renderManifests(manifests),
    options: noEnvironmentOptions,
    choices: { prune: false, only: undefined },
    unmet: [],
  };
  return (await planEnvironmentSync(request, never)).plan;
}

/** A git repository in a temporary folder. */
export class PeerRepository {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'operators-test-'));

  constructor() {
    this.#git('init', '-q', '-b', 'main');
  }

  get url(): string {
    return `file://${this.folder}`;
  }

  /** Writes these files (undefined deletes one) and commits; the hash of the commit. */
  commit(files: Readonly<Record<string, string | undefined>>): string {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      if (text === undefined) fs.rmSync(file);
      else fs.writeFileSync(file, text);
    }
    this.#git('add', '-A');
    this.#git('-c', 'user.name=Tester', '-c', 'user.email=tester@example.com', 'commit', '-q', '-m', 'change');
    return this.#git('rev-parse', 'HEAD').trim();
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }

  #git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], { encoding: 'utf8' });
  }
}

/** `name` as it is, in a namespace. */
export function configMap(name: string, value: string, annotations: Readonly<Record<string, string>> = {}): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations: ${JSON.stringify(annotations)}\ndata:\n  value: ${JSON.stringify(value)}\n`;
}
