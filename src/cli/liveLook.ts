/** One look at what is live in an environment: for commands that don't watch. */
import { readKubernetesTable } from '../adapters/disk/kubernetesTable.js';
import { describeAhead } from '../core/drift/ahead.js';
import type { EnvironmentDrift } from '../core/drift/drift.js';
import type { Environment } from '../core/gitops/delivery.js';
import { readKubernetesTypes } from '../core/objects/kubernetesTypes.js';
import type { OperatorStatus } from '../core/operators/operatorStatus.js';
import { declarationIdOf } from '../core/operators/declarationOf.js';
import { readOperatorStatus } from '../core/operators/readOperatorStatus.js';
import type { LadderGit } from '../core/sync/ladder.js';
import { lookUpTypes } from '../services/customTypes.js';
import type { DeliveryState } from '../services/delivery.js';
import { compareEnvironment, readLive } from '../services/drift.js';
import type { ConnectedCluster } from './clusterConnection.js';
import type { CommandLine } from './commandLine.js';

export interface LiveLook {
  readonly drift: EnvironmentDrift;
  /** Undefined where no operator delivers it into this cluster. */
  readonly operator: OperatorStatus | undefined;
}

/** Rejects with a ClusterFailure. */
export async function lookAtLive(
  environment: Environment,
  delivery: DeliveryState,
  { cluster, context }: ConnectedCluster,
  git: LadderGit | undefined,
  { signal, programFolder }: CommandLine,
): Promise<LiveLook> {
  const { rendering } = delivery.render(environment);
  const served = await cluster.kinds(signal);
  const typeOf = lookUpTypes(
    () => readKubernetesTypes(readKubernetesTable(programFolder) ?? ''),
    () => delivery.model.environments.map((each) => delivery.render(each).rendering),
  );
  const base = { cluster, environment, rendering, served, fallbackNamespace: context.namespace, typeOf };
  const live = await readLive(base, signal);
  const own = declarationIdOf(environment);
  const there = own && live.get(own);
  const now = Date.now();
  const operator = there && readOperatorStatus(there, now);
  const ahead =
    operator &&
    describeAhead({
      changedFiles: git?.uncommitted ?? [],
      branch: git?.branch,
      commit: git?.commit,
      isPushed: git?.ahead === undefined ? undefined : git.ahead === 0,
      operatorRevisions: operator.revisions,
    });
  return { drift: await compareEnvironment({ ...base, live, operator, ignore: delivery.settings.driftIgnore, ahead, now }, signal), operator };
}
