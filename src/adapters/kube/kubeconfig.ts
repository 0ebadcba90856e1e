/** The user's kubeconfig: which files it is made of, and connections to the clusters that it names. */
import os from 'node:os';
import path from 'node:path';
import type { Cluster, Kubeconfig, KubeContexts } from '../../services/ports.js';
import type { KubeconfigFiles } from './credentials.js';
import { KubeCluster } from './kubeCluster.js';
import { defaultPatience, KubeHttp, type KubePatience } from './kubeHttp.js';

export interface KubeconfigOptions {
  /** A file to read instead of all others, as `kubectl --kubeconfig` means it. */
  readonly file?: string | undefined;
  /** Files to read besides, last. */
  readonly besides?: readonly string[];
  /** `KUBECONFIG` of the environment: a list of files. */
  readonly variable?: string | undefined;
  readonly patience?: KubePatience;
}

/** The files are read anew with each call, so that a change shows at the next connection. */
export function openKubeconfig(options: KubeconfigOptions): Kubeconfig {
  const files = kubeconfigFiles(options);
  return {
    contexts: async (): Promise<KubeContexts> => (await readFiles(files)).contexts,
    connect: async (context, { mayRunPrograms }): Promise<Cluster> => {
      const config = await readFiles(files);
      const obtain = config.credentialsOf(context, mayRunPrograms);
      const server = config.contexts.contexts.find(({ name }) => name === context)?.server ?? '';
      return new KubeCluster(context, new KubeHttp(server.replace(/\/+$/, ''), obtain, options.patience ?? defaultPatience));
    },
  };
}

/** kubectl's order (client-go tools/clientcmd/loader.go v0.34): the file that is asked for, else the list, else `~/.kube/config`. */
export function kubeconfigFiles({ file, variable, besides = [] }: KubeconfigOptions): readonly string[] {
  return [...new Set([...mainFiles(file, variable), ...besides])];
}

function mainFiles(file: string | undefined, variable: string | undefined): readonly string[] {
  if (file !== undefined && file !== '') return [path.resolve(file)];
  const listed = (variable ?? '').split(path.delimiter).filter((each) => each !== '');
  return listed.length > 0 ? listed.map((each) => path.resolve(each)) : [path.join(os.homedir(), '.kube', 'config')];
}

/** The library behind it is large: it is loaded when the first kubeconfig is read. */
async function readFiles(files: readonly string[]): Promise<KubeconfigFiles> {
  const { KubeconfigFiles } = await import('./credentials.js');
  return new KubeconfigFiles(files);
}
