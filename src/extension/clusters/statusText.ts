/** What the status bar says of clusters: which are connected, and how far the environments of the active file drifted. Data in, text out. */
import type { ConnectionSummary, EnvironmentLive } from '../../server/clusterProtocol.js';
import { driftOf, isCompared, isDrifted, wordsOfConnection, wordsOfCounts, wordsOfHealth } from '../live/words.js';

export interface ClusterStatus {
  /** With product icons; empty where there is nothing to say. */
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly spoken: string;
  readonly severity: 'none' | 'warning';
}

/** An environment that the active file takes part in. */
export interface ActiveEnvironment {
  readonly label: string;
  readonly live: EnvironmentLive | undefined;
}

const nothing: ClusterStatus = { text: '', tooltip: '', spoken: '', severity: 'none' };

export function clusterStatus(connections: readonly ConnectionSummary[], active: readonly ActiveEnvironment[]): ClusterStatus {
  const [first, ...others] = connections;
  if (!first) return nothing;
  const names = others.length === 0 ? first.context : `${connections.length} clusters`;
  const bad = connections.filter(({ state }) => state !== 'connected' && state !== 'connecting');
  const seen = active.flatMap(({ label, live }) => (live && isCompared(live) ? [{ label, live }] : []));
  const count = (of: typeof seen): number => of.reduce((sum, { live }) => sum + driftOf(live.counts), 0);
  const [drifted, ahead] = [count(seen.filter(({ live }) => isDrifted(live))), count(seen.filter(({ live }) => !isDrifted(live)))];
  const icon = bad.length > 0 ? 'debug-disconnect' : connections.some(({ state }) => state === 'connecting') ? 'loading~spin' : 'plug';
  const drift = seen.length === 0 ? '' : drifted > 0 ? ` $(diff) ${drifted}` : ahead > 0 ? ` $(arrow-up) ${ahead}` : ' $(check)';
  const lines = [
    ...connections.map(wordsOfConnection),
    ...seen.map(({ label, live }) => {
      const words = wordsOfCounts(live.counts);
      const reason = words !== '' && live.ahead !== undefined ? ` (ahead: ${live.ahead})` : '';
      return `${label}: ${words === '' ? 'in sync' : words}${reason}, ${wordsOfHealth(live.health)}`;
    }),
  ];
  return {
    text: `$(${icon}) ${names}${drift}`,
    tooltip: lines.join('\n'),
    spoken: `GitOps clusters. ${lines.join('. ')}`,
    severity: bad.length > 0 ? 'warning' : 'none',
  };
}
