/**
 * The rung between git and the cluster: picked up and applied, by the operator's own word (which revision it compared,
 * applied, tried last), by our record of deliveries where there is no operator, and by the comparison of what is live.
 */
import type { OperatorStatus } from '../operators/operatorStatus.js';
import type { CommitRelation, Fact, LadderInput, LadderLive, LadderSource, Rung, RungState } from './ladder.js';
import { ago, hashIn, list, sentence, shorten } from './words.js';

interface Step {
  readonly state: RungState;
  readonly evidence: string;
}

export function syncedRung(input: LadderInput): Rung {
  const { live, notAsked, operator } = input;
  const title = operator === 'none' ? 'Synced' : `Applied by ${operator === 'argocd' ? 'Argo CD' : 'Flux'}`;
  const head = { rung: 'synced', title, place: undefined } as const;
  if (!live) return { ...head, state: 'unknown', evidence: notAsked, facts: [] };
  const facts = factsOf(live, input.now);
  const step = live.status ? operatorStep(live.status, live, input) : ownStep(live, input);
  return { ...head, ...step, facts };
}

function factsOf({ status, source, deliveries }: LadderLive, now: number): readonly Fact[] {
  const facts: Fact[] = [];
  if (source?.revisions[0] !== undefined) facts.push({ name: nameOf(source), value: `artifact ${source.revisions[0]}` });
  if (status) {
    const [latest] = status.history;
    facts.push({ name: nameOf(status), value: `${status.sync} at ${status.revisions.join(', ') || 'no revision'}${ago(status.lookedAt, now)}` });
    if (status.attempted !== undefined) facts.push({ name: 'tried last', value: status.attempted });
    if (status.operation) facts.push({ name: 'operation', value: `${status.operation.phase}${status.operation.message === '' ? '' : `: ${status.operation.message}`}` });
    if (latest) facts.push({ name: 'deployed last', value: `${latest.revisions.join(', ')}${ago(latest.at, now)}` });
  }
  const [delivery] = deliveries;
  if (delivery)
    facts.push({ name: 'synced from here', value: `${delivery.revision}, ${delivery.result}, by ${delivery.user}${ago(delivery.finishedAt ?? delivery.startedAt, now)}` });
  return facts;
}

/** Without an operator in this cluster: what is live is the word. */
function ownStep(live: LadderLive, input: LadderInput): Step {
  const step = comparedStep(live);
  const [delivery] = live.deliveries;
  if (input.operator !== 'none' || !delivery) return step;
  if (step.state !== 'done' && (delivery.result === 'failed' || delivery.result === 'interrupted')) {
    return {
      state: 'failed',
      evidence: sentence(`The last sync from here ${delivery.result === 'failed' ? 'failed' : 'was interrupted'}${ago(delivery.startedAt, input.now)}: ${delivery.message}`),
    };
  }
  if (step.state !== 'done' && delivery.result === 'running') return { state: 'pending', evidence: `A sync by ${delivery.user} is running.` };
  return step;
}

function operatorStep(status: OperatorStatus, live: LadderLive, input: LadderInput): Step {
  const name = nameOf(status);
  const held = heldBy(status.revisions, input.sources);
  if (held.hasChange === true && isApplied(status)) return appliedStep(status, held, live, input);
  const failure = failureOf(status, live.source, input.sources);
  if (failure !== undefined) return { state: 'failed', evidence: sentence(failure) };
  const at = status.revisions.map(shorten).join(', ') || 'no revision yet';
  if (status.isSuspended && held.hasChange !== true) return { state: 'failed', evidence: `${name} is suspended at ${at}.` };
  if (held.hasChange === false) return { state: 'pending', evidence: behindWords(status, at, live, input) };
  if (held.hasChange === undefined) return unknownStep(status, at, live, input);
  if (status.operation?.isRunning === true) return { state: 'pending', evidence: sentence(`${name} is syncing ${at}: ${status.operation.message}`) };
  if (status.sync === 'OutOfSync') {
    const why = status.isAutomated ? 'and will sync by itself' : 'and waits for somebody to sync it: automated sync is off';
    return { state: 'pending', evidence: `${name} is OutOfSync at ${at}, ${why}.` };
  }
  return { state: 'pending', evidence: `${name} is ${status.sync} at ${at}.` };
}

function isApplied({ sync, isSuspended }: OperatorStatus): boolean {
  return sync === 'Synced' || sync === 'Applied' || (isSuspended && sync === 'Suspended');
}

/** The operator says that it is done; what is live may still differ from what is rendered here, where both mean the same files. */
function appliedStep(status: OperatorStatus, held: CommitRelation, live: LadderLive, { sources, unsaved }: LadderInput): Step {
  const at = status.revisions.map(shorten).join(', ');
  const isDirty = unsaved.length > 0 || sources.some(({ uncommitted }) => uncommitted.length > 0);
  const compared = comparedStep(live);
  if (compared.state !== 'pending' || isDirty || held.isInHead === false) {
    return {
      state: 'done',
      evidence: sentence(`${nameOf(status)} is ${status.sync} at ${at}${compared.state === 'done' && !isDirty ? `; ${lowerFirst(compared.evidence)}` : ''}`),
    };
  }
  return compared;
}

/** What the operator names isn't known here: what is live decides, where it can. */
function unknownStep(status: OperatorStatus, at: string, live: LadderLive, { sources }: LadderInput): Step {
  const compared = comparedStep(live);
  if (compared.state !== 'unknown' && (isApplied(status) || compared.state === 'pending')) return compared;
  const why = sources.length === 0 ? 'which git is not asked about here' : "which isn't in this clone";
  return { state: 'unknown', evidence: `${nameOf(status)} is ${status.sync} at ${at}, ${why}.` };
}

function behindWords(status: OperatorStatus, at: string, { source }: LadderLive, { sources, now }: LadderInput): string {
  const [wanted] = sources.flatMap(({ change, commit }) => change?.hash ?? commit ?? []);
  const fetched = source && heldBy(source.revisions, sources).hasChange;
  const short = wanted?.slice(0, 8) ?? 'the change';
  if (source && fetched === false) {
    return `${nameOf(source)} has fetched ${source.revisions.map(shorten).join(', ')}${ago(source.lookedAt, now)}, not yet ${short}.`;
  }
  if (source && fetched === true) return `${nameOf(source)} has fetched ${short}, ${nameOf(status)} is still at ${at}.`;
  return `${nameOf(status)} is at ${at}, not yet at ${short}.`;
}

/** What keeps the change from being applied. A try of an older revision says nothing of it. */
function failureOf(status: OperatorStatus, source: OperatorStatus | undefined, sources: readonly LadderSource[]): string | undefined {
  const name = nameOf(status);
  const isOfOlder = (revisions: readonly string[]): boolean => heldBy(revisions, sources).hasChange === false;
  if (source?.sync === 'Failed') return `${nameOf(source)}: ${badWords(source)}`;
  if (status.sync === 'Failed' && !isOfOlder(status.attempted === undefined ? status.revisions : [status.attempted])) return `${name}: ${badWords(status)}`;
  const { operation } = status;
  const isOver = operation !== undefined && !operation.isRunning && (operation.phase === 'Failed' || operation.phase === 'Error');
  if (isOver && !isOfOlder(operation.revisions)) return `${name}: ${operation.message === '' ? operation.phase : operation.message}`;
  const bad = status.operator === 'argocd' ? status.conditions.find(({ isBad, type }) => isBad && type !== 'SyncError') : undefined;
  return bad && `${name}: ${bad.type}: ${bad.message}`;
}

function badWords({ conditions, operation, sync }: OperatorStatus): string {
  const bad = conditions.find(({ type, isBad }) => isBad && type === 'Ready') ?? conditions.find(({ isBad }) => isBad);
  return bad?.message ?? operation?.message ?? sync;
}

/** How the revisions that an operator names lie to the change, for all sources together. */
function heldBy(revisions: readonly string[], sources: readonly LadderSource[]): CommitRelation {
  const relations = sources.map(({ relations: known, change, commit }, index) => {
    // One revision per source; a single one is that of the only source that has a repository here.
    const hash = hashIn(revisions[index] ?? revisions[0] ?? '');
    if (hash === undefined) return undefined;
    if (hash === (change?.hash ?? commit)) return { hasChange: true, isInHead: true };
    return known.get(hash);
  });
  const all = (pick: (relation: CommitRelation) => boolean | undefined): boolean | undefined => {
    const values = relations.map((relation) => relation && pick(relation));
    return values.length === 0 || values.includes(undefined) ? (values.includes(false) ? false : undefined) : !values.includes(false);
  };
  return { hasChange: all(({ hasChange }) => hasChange), isInHead: all(({ isInHead }) => isInHead) };
}

/** What the comparison of the render with the cluster says. */
function comparedStep({ drift }: LadderLive): Step {
  const names = (objects: typeof drift.objects): string => list(objects.map(({ id }) => `${id.kind} ${id.name}`));
  const differing = drift.objects.filter(({ state }) => state === 'missing' || state === 'changed' || state === 'extra');
  if (differing.length > 0) return { state: 'pending', evidence: `${names(differing)} ${differing.length === 1 ? 'differs' : 'differ'} from the render.` };
  const unknown = drift.objects.filter(({ state }) => state === 'unknown');
  if (unknown.length > 0) return { state: 'unknown', evidence: sentence(`${names(unknown)} can't be compared: ${unknown[0]?.reason ?? ''}`) };
  const count = drift.objects.length;
  return { state: 'done', evidence: count === 1 ? 'The object is as it is rendered.' : `All ${count} objects are as they are rendered.` };
}

function nameOf({ id }: OperatorStatus): string {
  return `${id.kind} ${id.name}`;
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
