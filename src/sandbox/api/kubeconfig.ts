/** The kubeconfig of a sandbox: one context per user, named as the user is. */
import type { JsonObject } from '../../core/live/json.js';
import type { KnownUser } from './access.js';

export interface KubeconfigFacts {
  /** Of the cluster; contexts are `NAME` for the first user and `NAME-USER` for others. */
  readonly name: string;
  readonly address: string;
  /** In PEM. */
  readonly certificate: string;
  readonly users: readonly KnownUser[];
}

/** In JSON, which is YAML too. */
export function formatKubeconfig({ name, address, certificate, users }: KubeconfigFacts): string {
  const nameOf = ({ name: user }: KnownUser, index: number): string => (index === 0 ? name : `${name}-${user}`);
  const config: JsonObject = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: address, 'certificate-authority-data': Buffer.from(certificate).toString('base64') } }],
    users: users.map((user, index) => ({ name: nameOf(user, index), user: { token: user.token } })),
    contexts: users.map((user, index) => ({
      name: nameOf(user, index),
      context: { cluster: name, user: nameOf(user, index), namespace: user.namespaces?.[0] ?? 'default' },
    })),
    'current-context': users.length > 0 ? name : '',
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
