/** Words for what is live: drift, health, connections, operators, the same in the tree, the status bar and for a screen reader. Data in, text out. */
import { countOf } from '../delivery/words.js';
import type {
  ConnectionSummary,
  DeliveryRecordSummary,
  DriftCounts,
  DriftField,
  DriftRow,
  EnvironmentLive,
  HealthName,
  ObjectName,
  OperatorSummary,
} from '../../server/clusterProtocol.js';

/** `Deployment orders`; what an object is called in a sentence. */
export function nameOf({ kind, name }: ObjectName): string {
  return `${kind} ${name}`;
}

/** An identity that no other object of an environment has. */
export function keyOf({ group, kind, namespace, name }: ObjectName): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** How many objects are not as declared. What someone else added to an object leaves it as declared. */
export function driftOf({ missing, changed, extra }: DriftCounts): number {
  return missing + changed + extra;
}

/** `2 changed, 1 missing`; empty where all is as declared. */
export function wordsOfCounts({ changed, missing, extra, foreign, unknown }: DriftCounts): string {
  const parts = [
    [changed, 'changed'],
    [missing, 'missing'],
    [extra, 'extra'],
    [foreign, 'with foreign fields'],
    [unknown, 'unknown'],
  ] as const;
  return parts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`])).join(', ');
}

/** True where the cluster is not as its files say, and that isn't because the files are ahead of what is delivered. */
export function isDrifted(live: EnvironmentLive | undefined): boolean {
  return live !== undefined && isCompared(live) && live.ahead === undefined && driftOf(live.counts) > 0;
}

/** True where drift, or its absence, is known at least in part. */
export function isCompared({ state }: EnvironmentLive): boolean {
  return state.kind === 'compared' || state.kind === 'partly';
}

/** True where its objects were looked at, compared with git or not. */
export function isSeen(live: EnvironmentLive): boolean {
  return live.state.kind === 'seen' || isCompared(live);
}

/** What an environment's row says of the cluster, the most urgent first: `2 drifted`, `2 ahead`, `Degraded`, `in sync`. Empty where nothing is known. */
export function liveWords(live: EnvironmentLive | undefined, hasProgress: boolean): readonly string[] {
  if (!live) return [];
  const syncing = live.runningSync !== undefined || hasProgress ? ['syncing'] : [];
  if (live.state.kind === 'failed') return [...syncing, 'cluster unknown'];
  const health = live.health === 'Unknown' ? [] : [live.health];
  if (live.state.kind === 'seen') return [...syncing, ...health];
  if (!isCompared(live)) return syncing;
  const drifted = driftOf(live.counts);
  const differences = live.ahead === undefined ? `${drifted} drifted` : `${drifted} ahead`;
  const sync = drifted > 0 ? differences : live.counts.unknown > 0 || live.state.kind === 'partly' ? 'partly unknown' : 'in sync';
  return [...syncing, sync, ...health];
}

/** `1a2b3c4`: a commit shortened, after Flux's `main@sha1:`; other revisions as they are. */
export function shortRevision(revision: string): string {
  const [, commit, edited] = /^(?:.*@)?(?:sha1:)?([0-9a-f]{40})( with changes that are not committed)?$/.exec(revision) ?? [];
  if (commit === undefined) return revision;
  return edited === undefined ? commit.slice(0, 7) : `${commit.slice(0, 7)} with uncommitted changes`;
}

/** Of a past sync: its revision, how it ended, how many objects, by whom, when. */
export function wordsOfRecord({
  revision,
  result,
  objects,
  user,
  at,
}: DeliveryRecordSummary): readonly [revision: string, result: string, objects: string, user: string, at: string] {
  return [shortRevision(revision), result, countOf(objects, 'object'), user, timeOf(at)];
}

/** The revision that is live as far as anyone noted: the operator's, else that of the last sync from here. Empty where neither is known. */
export function liveRevision({ operator, lastSync }: EnvironmentLive): string {
  return shortRevision(operator?.revision ?? lastSync?.revision ?? '');
}

/** How a comparison was made, for people; empty where none was. */
export function wordsOfMethod(method: EnvironmentLive['method']): string {
  if (method === 'server-side-dry-run') return 'compared by server-side dry run';
  return method === undefined ? '' : 'compared here, three-way: you may not patch these objects';
}

const healthSentences: Readonly<Record<HealthName, string>> = {
  Healthy: 'Healthy',
  Suspended: 'Suspended',
  Progressing: 'Progressing',
  Missing: 'Missing',
  Degraded: 'Degraded',
  Unknown: 'Health unknown',
};

export function wordsOfHealth(health: HealthName): string {
  return healthSentences[health];
}

const objectStates: Readonly<Record<DriftRow['state'], string>> = {
  missing: 'missing in the cluster',
  changed: 'differs',
  extra: 'not in git any more',
  foreign: 'has fields of others',
  unknown: 'unknown',
};

/** One word for a row that is short of space. */
export function shortObjectState(state: DriftRow['state']): string {
  return { missing: 'missing', changed: 'changed', extra: 'extra', foreign: 'foreign fields', unknown: 'unknown' }[state];
}

export function wordsOfObjectState(state: DriftRow['state']): string {
  return objectStates[state];
}

/** `git 3 → live 5`; a side that says nothing is left out. */
export function wordsOfValues({ state, desired, live }: Pick<DriftField, 'state' | 'desired' | 'live'>): string {
  if (state === 'missing') return `git ${desired ?? ''} → not live`;
  if (state === 'removed') return `live ${live ?? ''} → not in git any more`;
  if (state === 'foreign') return `live ${live ?? ''}`;
  return `git ${desired ?? 'nothing'} → live ${live ?? 'nothing'}`;
}

/** A path that is longer than this loses its beginning. */
const longestPath = 32;

/** The last parts of a field's path, which say most: `containers[name=web].image`. */
export function shortPath(path: string): string {
  // A dot within brackets or quotes belongs to a name.
  const parts = path.match(/(?:\[[^\]]*\]|"[^"]*"|[^.[\]"])+/g) ?? [path];
  if (parts.length <= 2 && path.length > longestPath) return `…${parts.at(-1) ?? ''}`;
  return parts.length <= 3 ? path : `…${parts.slice(-2).join('.')}`;
}

/** `kind-dev: connected, v1.34.2`. */
export function wordsOfConnection({ context, state, message }: ConnectionSummary): string {
  const words = { connecting: 'connecting …', connected: 'connected', unreachable: 'unreachable', unauthorized: 'not signed in', failed: 'failed' };
  return `${context}: ${words[state]}${message === '' ? '' : `, ${message}`}`;
}

/** True while an operator carries something out; an operation that failed stays in its status, but is over. */
export function isAtWork({ operation }: Pick<OperatorSummary, 'operation'>): boolean {
  return operation !== undefined && !/^(Succeeded|Failed|Error)$/i.test(operation.phase);
}

/** `Argo CD: OutOfSync, Degraded, at 1a2b3c4`. */
export function wordsOfOperator({ operator, sync, health, revision, isSuspended, operation }: OperatorSummary): string {
  const parts = [
    sync,
    health === 'Unknown' ? '' : health,
    revision === '' ? '' : `at ${shortRevision(revision)}`,
    isSuspended ? 'suspended' : '',
    operation ? (isAtWork({ operation }) ? operation.phase.toLowerCase() : `last operation ${operation.phase.toLowerCase()}`) : '',
  ];
  return `${operator === 'argocd' ? 'Argo CD' : 'Flux'}: ${parts.filter((part) => part !== '').join(', ')}`;
}

/** `2026-11-21 11:30`, in the time of this place; the text itself where it is no time. */
export function timeOf(at: string): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
