/** All simulated controllers of the sandbox. It is an aid for trying and testing: nothing runs, statuses tell what would. */
import { autoscalers } from './autoscalers.js';
import { budgets } from './budgets.js';
import { claims, ensureStorageClass } from './claims.js';
import { runControllers, type Controller } from './controllers.js';
import { cronJobs } from './cronJobs.js';
import { daemonSets } from './daemonSets.js';
import { deployments } from './deployments.js';
import { ensureIngressClass, ingresses } from './ingresses.js';
import { jobs } from './jobs.js';
import { ensureNodes, nodes as nodeController } from './nodes.js';
import { pods } from './pods.js';
import { quotas } from './quotas.js';
import { replicaSets } from './replicaSets.js';
import { services } from './services.js';
import { attributesProtection, claimProtection, volumeProtection } from './storageProtection.js';
import { statefulSets } from './statefulSets.js';
import { World, type WorldOptions } from './world.js';

export interface WorkloadOptions extends WorldOptions {
  /** How many nodes there are; 1 where it isn't said. */
  readonly nodes?: number;
  /** Run besides those of workloads. */
  readonly more?: readonly Controller[];
  /** Is told of errors of our own. */
  readonly report: (error: unknown) => void;
}

export interface Workloads {
  readonly world: World;
  stop(): void;
}

/** Starts them on what the store holds. */
export function startWorkloads({ nodes = 1, more = [], report, ...options }: WorkloadOptions): Workloads {
  const world = new World(options);
  ensureNodes(world, nodes);
  ensureStorageClass(world);
  ensureIngressClass(world);
  const controllers = [
    deployments,
    replicaSets,
    statefulSets,
    daemonSets,
    cronJobs,
    jobs,
    claims,
    claimProtection,
    volumeProtection,
    attributesProtection,
    nodeController,
    pods,
    services,
    ingresses,
    autoscalers,
    budgets,
    quotas,
    ...more,
  ];
  return { world, stop: runControllers(controllers, world, report) };
}
