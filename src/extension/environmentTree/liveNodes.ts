/**
 * What stands below an environment of its cluster, as plain data: the connection, drift by object and field, health,
 * the operator's own words, and the syncs that were made from here.
 */
import type { ConnectionSummary, DeliveryRecordSummary, DriftDetails, DriftField, DriftRow, EnvironmentLive, OperatorSummary, SyncProgress } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { LadderView } from '../../server/doctorProtocol.js';
import type { FailureWords } from '../../server/protocol.js';
import { countOf } from '../delivery/words.js';
import {
  driftOf,
  isAtWork,
  isSeen,
  keyOf,
  nameOf,
  shortObjectState,
  shortPath,
  shortRevision,
  timeOf,
  wordsOfConnection,
  wordsOfCounts,
  wordsOfHealth,
  wordsOfMethod,
  wordsOfObjectState,
  wordsOfOperator,
  wordsOfRecord,
  wordsOfValues,
} from '../live/words.js';
import { iconOfDrift, iconOfHealth, iconOfRecord, type NodeIcon } from './icons.js';
import { driftFieldTooltip, driftRowTooltip, escapeMarkdown } from './tooltips.js';
import { part, withOwnIds, type TreeNode } from './treeNode.js';

/** What is known of clusters when the tree is drawn. */
export interface LiveView {
  /** False in Restricted Mode. */
  readonly isTrusted: boolean;
  /** False where the server knows nothing of clusters. */
  readonly isAble: boolean;
  /** False where the user switched comparing off. */
  readonly isDriftEnabled: boolean;
  readonly connections: readonly ConnectionSummary[];
  readonly live: (id: string) => EnvironmentLive | undefined;
  readonly progress: (id: string) => SyncProgress | undefined;
  readonly ladder: (id: string) => LadderView | undefined;
}

/** Of clusters nothing is known. */
export const noClusters: LiveView = {
  isTrusted: true,
  isAble: false,
  isDriftEnabled: true,
  connections: [],
  live: () => undefined,
  progress: () => undefined,
  ladder: () => undefined,
};

const spinning: NodeIcon = { name: 'loading~spin' };

/** The rows of an environment that tell of its cluster: first what matters most, the history last. */
export function liveParts(environment: EnvironmentSummary, view: LiveView): { readonly top: readonly TreeNode[]; readonly bottom: readonly TreeNode[] } {
  const { id } = environment;
  if (!view.isTrusted) return { top: [restrictedNode(id)], bottom: [] };
  const live = view.live(id);
  if (!live) return { top: view.isAble ? [unaskedNode(id)] : [], bottom: [] };
  const progress = view.progress(id);
  const rows = [
    clusterNode(live, view.connections),
    progress && progressNode(id, progress),
    view.isDriftEnabled ? driftPart(live) : undefined,
    healthPart(live),
    live.operator && operatorPart(id, live.operator),
  ];
  return { top: rows.filter((row) => row !== undefined), bottom: live.lastSync ? [historyPart(id, live.lastSync)] : [] };
}

function restrictedNode(id: string): TreeNode {
  return {
    ...part(id, 'cluster', 'Cluster', 'none in Restricted Mode', 'shield', undefined),
    tooltip: 'No cluster is contacted before you trust this workspace.',
    opens: { kind: 'command', command: 'workbench.trust.manage' },
  };
}

/** Nobody has connected anything yet. */
function unaskedNode(id: string): TreeNode {
  return clusterNode({ id, context: undefined, suggestedContext: undefined, state: { kind: 'not-connected' } }, []);
}

function clusterNode(
  { id, context, suggestedContext, state }: Pick<EnvironmentLive, 'id' | 'context' | 'suggestedContext' | 'state'>,
  connections: readonly ConnectionSummary[],
): TreeNode {
  const connection = connections.find((each) => each.context === context);
  const node = (description: string, icon: NodeIcon, words: string, contexts: readonly string[], isOpener: boolean, server = ''): TreeNode => ({
    ...part(id, 'cluster', 'Cluster', description, icon.name, undefined),
    icon,
    tooltip: `${escapeMarkdown(words)}${server === '' ? '' : `\n\n\`${server}\``}`,
    spoken: `Cluster, ${description}. ${words}`,
    contexts: ['cluster', ...contexts],
    opens: isOpener ? { kind: 'command', command: 'gitops.clusters.connect' } : undefined,
    copies: context ?? '',
  });
  const unasked = 'Nothing is contacted before you connect.';
  if (context === undefined) {
    const fits = suggestedContext === undefined ? '' : ` · ${suggestedContext} fits`;
    return node(`not connected${fits}`, { name: 'debug-disconnect' }, `No cluster was chosen for this environment. ${unasked}`, ['disconnected'], true);
  }
  if (!connection) return node(`${context} · not connected`, { name: 'debug-disconnect' }, unasked, ['disconnected'], true);
  const { server } = connection;
  const words = wordsOfConnection(connection);
  switch (connection.state) {
    case 'connecting':
      return node(`${context} · connecting …`, spinning, words, ['connected'], false, server);
    case 'connected': {
      const isForbidden = state.kind === 'failed' && state.failure.code === 'cluster/forbidden';
      return isForbidden
        ? node(`${context} · forbidden`, { name: 'lock', color: 'list.warningForeground' }, state.failure.message, ['connected'], false, server)
        : node(context, { name: 'plug' }, words, ['connected'], false, server);
    }
    case 'unreachable':
      return node(`${context} · unreachable`, { name: 'warning', color: 'list.warningForeground' }, words, ['connected', 'disconnected'], true, server);
    case 'unauthorized':
      return node(`${context} · not signed in`, { name: 'lock', color: 'list.errorForeground' }, words, ['connected', 'disconnected'], true, server);
    case 'failed':
      return node(`${context} · failed`, { name: 'error', color: 'list.errorForeground' }, words, ['connected', 'disconnected'], true, server);
  }
}

function progressNode(id: string, { message, part: done, phase }: SyncProgress): TreeNode {
  const percent = `${Math.round(done * 100)} %`;
  return {
    ...part(id, 'syncing', 'Syncing', `${percent} · ${message}`, 'sync~spin', undefined),
    icon: phase === 'waiting' ? { name: 'watch' } : { name: 'sync~spin' },
    contexts: ['running'],
    opens: { kind: 'command', command: 'gitops.sync.show' },
  };
}

function driftPart(live: EnvironmentLive): TreeNode | undefined {
  const { id, state, counts } = live;
  if (state.kind === 'not-connected' || state.kind === 'seen') return undefined;
  if (state.kind === 'loading') return { ...part(id, 'drift', 'Drift', 'comparing …', spinning.name, undefined), contexts: ['drift'] };
  if (state.kind === 'failed') {
    const { message } = state.failure;
    return {
      ...part(id, 'drift', 'Drift', `can't be told: ${message}`, 'question', undefined),
      icon: { name: 'question', color: 'list.warningForeground' },
      tooltip: escapeMarkdown(message),
      contexts: ['drift'],
    };
  }
  const drifted = driftOf(counts);
  const words = wordsOfCounts(counts);
  const inSync = `${countOf(counts.objects, 'object')} in sync`;
  const ahead = live.ahead === undefined ? '' : ` · ahead: ${live.ahead}`;
  const description = drifted > 0 ? `${words}${ahead}` : `none · ${words === '' ? inSync : words}`;
  const isPartly = state.kind === 'partly';
  const icon: NodeIcon = drifted > 0 ? iconOfDrift('changed') : isPartly || counts.unknown > 0 ? { name: 'question' } : { name: 'pass', color: 'testing.iconPassed' };
  return {
    ...part(id, 'drift', 'Drift', isPartly ? `${description} · not all could be seen` : description, icon.name, words === '' ? undefined : 'drift'),
    icon,
    tooltip: [`**${escapeMarkdown(description)}**`, escapeMarkdown(wordsOfMethod(live.method)), isPartly ? escapeMarkdown(state.message) : '', `Compared ${timeOf(state.at)}.`]
      .filter((line) => line !== '')
      .join('\n\n'),
    contexts: ['drift', ...(words === '' ? [] : ['comparable'])],
  };
}

function healthPart(live: EnvironmentLive): TreeNode | undefined {
  if (!isSeen(live)) return undefined;
  const isWell = live.health === 'Healthy';
  return { ...part(live.id, 'health', 'Health', wordsOfHealth(live.health), '', isWell ? undefined : 'health'), icon: iconOfHealth(live.health), contexts: ['health'] };
}

/** What the menus ask for: which operator it is, whether it acts by itself, whether it is at work. */
export function operatorContexts(operator: OperatorSummary): readonly string[] {
  const { isAutomated, isSuspended } = operator;
  const isPaused = operator.operator === 'argocd' ? !isAutomated : isSuspended;
  return [operator.operator, isPaused ? 'paused' : 'pausable', ...(isAtWork(operator) ? ['operating'] : [])];
}

function operatorPart(id: string, operator: OperatorSummary): TreeNode {
  const { object, conditions, disagreements, history, operation, isSuspended, isAutomated } = operator;
  const words = wordsOfOperator(operator);
  const [label = '', description = ''] = words.split(/: (.*)/);
  const line = (key: string, text: string, icon: NodeIcon, detail = ''): TreeNode => ({ ...part(id, `operator/${key}`, text, detail, icon.name, undefined), icon, copies: text });
  const automation = isSuspended ? 'suspended' : isAutomated ? 'delivers by itself' : 'delivers when asked: auto-sync is off';
  const rows = [
    ...(operation
      ? [
          line(
            'operation',
            operation.message === '' ? operation.phase : `${operation.phase}: ${operation.message}`,
            isAtWork(operator) ? { name: 'sync~spin' } : { name: 'error', color: 'list.errorForeground' },
            `since ${timeOf(operation.startedAt)}`,
          ),
        ]
      : []),
    ...disagreements.map((sentence, index) => line(`disagreement/${index}`, sentence, { name: 'info' })),
    ...conditions.map(({ type, message, isBad }, index) =>
      line(`condition/${index}`, `${type}: ${message}`, isBad ? { name: 'error', color: 'list.errorForeground' } : { name: 'pass', color: 'testing.iconPassed' }),
    ),
    line('automation', automation, { name: isSuspended ? 'debug-pause' : isAutomated ? 'sync' : 'person' }),
    ...(history.length === 0
      ? []
      : [
          part(
            id,
            'operator/history',
            'History',
            countOf(history.length, 'delivery', 'deliveries'),
            'history',
            history.map((each) => pastNode(id, each)),
          ),
        ]),
  ];
  const isBad = conditions.some((condition) => condition.isBad);
  return {
    ...part(id, 'operator', label, description, 'git-merge', rows),
    icon: isBad ? { name: 'git-merge', color: 'list.errorForeground' } : { name: 'git-merge' },
    tooltip: [`**${escapeMarkdown(words)}**`, `${escapeMarkdown(nameOf(object))} in ${escapeMarkdown(object.namespace)}`, ...disagreements.map(escapeMarkdown)].join('\n\n'),
    spoken: [words, ...disagreements].map((sentence) => sentence.replace(/\.$/, '')).join('. '),
    contexts: ['operator', ...operatorContexts(operator)],
  };
}

function pastNode(id: string, { id: historyId, revision, at }: OperatorSummary['history'][number]): TreeNode {
  return {
    ...part(id, `operator/history/${historyId}`, shortRevision(revision), `${historyId} · ${timeOf(at)}`, 'git-commit', undefined),
    copies: revision,
    contexts: ['past'],
  };
}

function historyPart(id: string, last: DeliveryRecordSummary): TreeNode {
  const [revision, result, , user, at] = wordsOfRecord(last);
  const words = [result, revision, user, at].filter((word) => word !== '').join(' · ');
  return { ...part(id, 'history', 'Sync History', words, 'history', 'history'), contexts: ['history'] };
}

/** The syncs from here, the last one first. */
export function historyNodes(id: string, answer: readonly DeliveryRecordSummary[] | FailureWords): readonly TreeNode[] {
  if (isFailure(answer)) return [failureNode(id, 'history', answer)];
  return withOwnIds(
    answer.map((record) => {
      const [revision, ...words] = wordsOfRecord(record);
      const description = words.filter((word) => word !== '').join(' · ');
      return {
        ...part(id, `history/${record.run}`, revision, description, '', undefined),
        icon: iconOfRecord(record.result),
        tooltip: [`**${escapeMarkdown(record.revision)}**`, escapeMarkdown(description), escapeMarkdown(record.message)].filter((line) => line !== '').join('\n\n'),
        spoken: `Sync of ${revision}, ${description}${record.message === '' ? '' : `, ${record.message}`}`,
        contexts: ['record', ...(record.commit === undefined ? [] : ['repeatable'])],
        copies: record.commit ?? record.revision,
        run: record.run,
      };
    }),
  );
}

/** The objects of an environment that are not as declared, each with its fields. */
export function driftNodes(id: string, answer: DriftDetails | FailureWords): readonly TreeNode[] {
  if (isFailure(answer)) return [failureNode(id, 'drift', answer)];
  const rows = [...answer.rows].sort((a, b) => ranks[a.state] - ranks[b.state]).map((row) => rowNode(id, row));
  const rest =
    answer.inSync === 0
      ? []
      : [{ ...part(id, 'drift/rest', `${countOf(answer.inSync, 'object')} in sync`, '', 'pass', undefined), icon: { name: 'pass', color: 'testing.iconPassed' } }];
  return withOwnIds([...rows, ...rest]);
}

/** Objects with more differing fields than these begin closed. */
const maximumOpenFields = 6;

const ranks: Readonly<Record<DriftRow['state'], number>> = { changed: 0, missing: 1, extra: 2, unknown: 3, foreign: 4 };

function rowNode(id: string, row: DriftRow): TreeNode {
  const { object, state, reason, forecast, fields, ignored, place, change } = row;
  const key = `drift/${keyOf(object)}`;
  const what = state === 'changed' ? countOf(fields.length, 'field') : shortObjectState(state);
  const children = withOwnIds([
    ...fields.map((field) => fieldNode(id, key, row, field)),
    ...(state === 'unknown' && reason !== '' ? [part(id, `${key}/reason`, reason, '', 'question', undefined)] : []),
    ...ignored.map((sentence, index) => part(id, `${key}/ignored/${index}`, sentence, 'ignored', 'eye-closed', undefined)),
  ]);
  const hasSides = change.liveUri !== undefined || change.desiredUri !== undefined;
  return {
    ...part(id, key, object.name, [object.kind, what, forecast].filter((word) => word !== '').join(' · '), '', children.length > 0 ? children : undefined),
    icon: iconOfDrift(state),
    tooltip: driftRowTooltip(row),
    spoken: [
      `${nameOf(object)} ${state === 'changed' ? `differs in ${what}` : wordsOfObjectState(state)}`,
      object.namespace === '' ? '' : `namespace ${object.namespace}`,
      reason,
      forecast,
    ]
      .filter((word) => word !== '')
      .join(', '),
    contexts: [
      'driftObject',
      state,
      ...(place ? ['source', 'declared'] : []),
      ...(state === 'changed' || state === 'missing' ? ['revertable'] : []),
      ...(hasSides ? ['comparable'] : []),
    ],
    opens: hasSides ? { kind: 'difference', change } : place && { kind: 'place', place },
    source: place,
    copies: object.name,
    drift: { object, path: undefined, change: hasSides ? change : undefined, place, live: undefined, desired: undefined },
    startsOpen: fields.length <= maximumOpenFields,
  };
}

function fieldNode(id: string, key: string, { object, change }: DriftRow, field: DriftField): TreeNode {
  const { path, by, forecast, place, canRevert, canAdopt, canIgnore, live, desired } = field;
  const values = wordsOfValues(field);
  return {
    ...part(id, `${key}/${path}`, shortPath(path), [values, by].filter((word) => word !== '').join(' · '), '', undefined),
    icon: iconOfDrift(field.state),
    tooltip: driftFieldTooltip(field),
    spoken: [path, values, by === '' ? '' : `by ${by}`, forecast].filter((word) => word !== '').join(', '),
    contexts: [
      'driftField',
      ...(canRevert ? ['revertable'] : []),
      ...(canAdopt ? ['adoptable'] : []),
      ...(canIgnore ? ['ignorable'] : []),
      ...(place ? ['declared', 'source'] : []),
      ...(live === undefined ? [] : ['valued']),
    ],
    opens: place ? { kind: 'place', place } : { kind: 'difference', change },
    source: place,
    copies: live ?? desired ?? path,
    drift: { object, path, change, place, live, desired },
  };
}

/** The objects of an environment that are not well, the worst first. */
export function healthNodes(id: string, answer: DriftDetails | FailureWords): readonly TreeNode[] {
  if (isFailure(answer)) return [failureNode(id, 'health', answer)];
  return withOwnIds(
    answer.unhealthy.map(({ object, health, message, place }) => ({
      ...part(id, `health/${keyOf(object)}`, object.name, [object.kind, health, message].filter((word) => word !== '').join(' · '), '', undefined),
      icon: iconOfHealth(health),
      tooltip: [`**${escapeMarkdown(nameOf(object))}**: ${health}`, escapeMarkdown(message)].filter((line) => line !== '').join('\n\n'),
      spoken: [`${nameOf(object)} is ${health}`, message].filter((word) => word !== '').join(': '),
      contexts: ['object', ...(place ? ['source'] : [])],
      opens: place && { kind: 'place', place },
      source: place,
      copies: object.name,
    })),
  );
}

function failureNode(id: string, key: string, { message }: FailureWords): TreeNode {
  return { ...part(id, `${key}/failed`, message, '', 'warning', undefined), icon: { name: 'warning', color: 'list.warningForeground' } };
}

function isFailure(answer: unknown): answer is FailureWords {
  return typeof answer === 'object' && answer !== null && 'code' in answer;
}
