/** The cluster that a command works with: the context that was named, or the one that an environment's destination fits. */
import path from 'node:path';
import { openKubeconfig } from '../adapters/kube/kubeconfig.js';
import type { Environment } from '../core/gitops/delivery.js';
import { suggestContext } from '../services/clusters.js';
import type { Cluster, KubeContext } from '../services/ports.js';
import { CommandError, type CommandLine } from './commandLine.js';

/** `--kubeconfig` and `--context`, as kubectl has them. */
export interface ClusterWords {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface ConnectedCluster {
  readonly cluster: Cluster;
  readonly context: KubeContext;
}

/**
 * Connects to the named context; without one to that which the destination fits, or else to the current one where the
 * destination names no other cluster. Rejects with a Failure where the kubeconfig can't be read.
 * @throws CommandError where there is none, or none that fits
 */
export async function connectCluster(environment: Environment, { kubeconfig, context: named }: ClusterWords, { currentFolder, variables }: CommandLine): Promise<ConnectedCluster> {
  const file = kubeconfig === undefined ? undefined : path.resolve(currentFolder, kubeconfig);
  const config = openKubeconfig({ file, variable: variables['KUBECONFIG'] });
  const contexts = await config.contexts();
  const name = named ?? suggestContext(environment, contexts) ?? (namesOther(environment) ? undefined : contexts.current);
  if (name === undefined) {
    const { server, cluster } = environment.destination;
    const where = server?.value ?? cluster?.value;
    throw new CommandError(
      where === undefined
        ? 'The kubeconfig has no current context; name one with --context.'
        : `${environment.label} is delivered to ${where}, and no context of the kubeconfig leads there; name one with --context.`,
    );
  }
  const context = contexts.contexts.find((each) => each.name === name);
  if (!context) throw new CommandError(`The kubeconfig has no context ${name}; it has ${contexts.contexts.map((each) => each.name).join(', ') || 'none'}.`);
  return { cluster: await config.connect(name, { mayRunPrograms: true }), context };
}

/** True where the destination is a cluster by its address or name, and not the operator's own. */
function namesOther({ destination }: Environment): boolean {
  const server = destination.server?.value;
  const cluster = destination.cluster?.value;
  const isOwn = (text: string | undefined): boolean =>
    text === undefined || text === 'in-cluster' || /^https:\/\/kubernetes\.default\.svc(\.cluster\.local)?(:443)?\/?$/.test(text);
  return !isOwn(server) || !isOwn(cluster);
}
