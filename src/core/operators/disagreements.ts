/**
 * Why an operator says something else of an environment than we do. Each reason is one sentence with its evidence; where
 * both differ and nothing explains it, that is said too.
 */
import type { Environment } from '../gitops/delivery.js';
import type { Health } from '../live/health.js';
import { compareHealth } from '../live/environmentHealth.js';
import type { LiveObject } from '../live/liveObject.js';
import { mapsAt } from '../live/readFields.js';
import { durationWords, parseTime } from '../live/time.js';
import { commitOfRevision } from './readFlux.js';
import type { ScalarNode } from '../yaml/nodes.js';
import type { OperatorStatus, OperatorUnknown } from './operatorStatus.js';
import { readOperatorStatus } from './readOperatorStatus.js';

/** What we say of an environment, and of what. */
export interface OurWord {
  /** The commit that is compared, a full hash; undefined where what is compared isn't a commit of a repository. */
  readonly commit: string | undefined;
  /** `main`; undefined for a detached head. */
  readonly branch: string | undefined;
  /** False where the upstream doesn't have the commit; undefined where that isn't known. */
  readonly isPushed: boolean | undefined;
  /** Files of the environment that differ from the commit: buffers and uncommitted files, relative paths. */
  readonly changedFiles: readonly string[];
  readonly sync: 'in-sync' | 'drifted' | 'unknown';
  /** How many objects differ. */
  readonly drifted: number;
  /** How many objects couldn't be compared. */
  readonly uncertain: number;
  readonly health: Health;
  /** What is left out of our comparison because of settings of the operator. */
  readonly ignoresLikeOperator: boolean;
}

/** What the operator's declaration sets that changes its word. */
export interface DeclaredDifferences {
  /** `ignoreDifferences` entries of an Application, Flux's `ignore` rules: how many. */
  readonly ignoreRules: number;
  /** `argocd.argoproj.io/compare-options`, as it is written; empty where there is none. */
  readonly compareOptions: string;
  /** Where the environment's declaration in git and the live object differ, one part of a sentence each: `targetRevision is main in git, v1 live`. */
  readonly changes: readonly string[];
}

/** What the live declaration of an environment sets, and where it isn't what git declares. */
export function declaredDifferences(object: LiveObject, environment: Environment | undefined): DeclaredDifferences {
  const status = readOperatorStatus(object);
  const [live] = status?.sources ?? [];
  const [declared] = environment?.sources ?? [];
  const isOnly = status?.sources.length === 1 && environment?.sources.length === 1;
  const changes: string[] = [];
  if (isOnly && live !== undefined && declared !== undefined && status.operator === 'argocd') {
    changes.push(...changeOf('repoURL', textOf(declared.repoURL), live.repoURL), ...changeOf('targetRevision', textOf(declared.revision), live.targetRevision));
    if (live.chart === undefined) changes.push(...changeOf('path', declared.path, live.path && cleanPath(live.path)));
  }
  return {
    ignoreRules: mapsAt(object, 'spec', 'ignoreDifferences').length + mapsAt(object, 'spec', 'ignore').length,
    compareOptions: object.metadata.annotations?.['argocd.argoproj.io/compare-options'] ?? '',
    changes,
  };
}

function changeOf(field: string, declared: string | undefined, live: string | undefined): readonly string[] {
  return (declared ?? '') === (live ?? '') ? [] : [`${field} is ${declared ?? 'not set'} in git and ${live ?? 'not set'} live`];
}

function textOf(node: ScalarNode | undefined): string | undefined {
  return node?.value;
}

function cleanPath(path: string): string {
  const clean = path.replace(/^\.\//, '').replace(/\/+$/, '');
  return clean === '' ? '.' : clean;
}

/**
 * @param source the live source object (GitRepository ...) of a Flux object, where it was read
 * @param now milliseconds since 1970
 */
export function disagreements(
  ours: OurWord,
  theirs: OperatorStatus,
  { declared, source, now }: { readonly declared: DeclaredDifferences; readonly source?: OperatorStatus | undefined; readonly now: number },
): readonly string[] {
  const found = [...declared.changes.map((change) => `${nameOf(theirs)} is not what git declares: ${change}.`), ...revisionReasons(ours, theirs, source)];
  // The health of a Flux object is that of its own work: that it differs from ours needs no further reason.
  const differs = differsInSync(ours, theirs) || (theirs.operator === 'argocd' && differsInHealth(ours, theirs));
  if (!differs && differsInHealth(ours, theirs)) found.push(...healthReasons(ours, theirs));
  if (differs) {
    found.push(...stopReasons(theirs, source), ...timeReasons(theirs, now), ...conditionReasons(theirs), ...(source === undefined ? [] : conditionReasons(source)));
    if (differsInSync(ours, theirs)) found.push(...comparisonReasons(ours, theirs, declared), ...unknownsOf(theirs, 'sync'));
    if (differsInHealth(ours, theirs)) found.push(...healthReasons(ours, theirs), ...unknownsOf(theirs, 'health'));
    found.push(...unknownsOf(theirs, 'everything'));
  }
  if (found.length > 0) found.push(...unknownsOf(theirs, 'revision'));
  if (differs && found.length === 0) {
    found.push(`${nameOf(theirs)} says ${theirs.sync} and ${theirs.health.status}, we say ${ours.sync} and ${ours.health.status}: its object does not tell why.`);
  }
  return found;
}

function unknownsOf({ unknowns }: OperatorStatus, topic: OperatorUnknown['about']): readonly string[] {
  return unknowns.filter(({ about }) => about === topic).map(({ message }) => message);
}

function differsInSync(ours: OurWord, { sync }: OperatorStatus): boolean {
  if (ours.sync === 'unknown' || sync === 'Unknown' || sync === 'Suspended' || sync === 'Reconciling') return false;
  return (ours.sync === 'in-sync') !== (sync === 'Synced' || sync === 'Applied');
}

function differsInHealth(ours: OurWord, { health }: OperatorStatus): boolean {
  return ours.health.status !== health.status;
}

/** What each looks at: commits, branches, what isn't committed or pushed. */
function* revisionReasons(ours: OurWord, theirs: OperatorStatus, source: OperatorStatus | undefined): Iterable<string> {
  const name = nameOf(theirs);
  const [revision] = theirs.revisions;
  const verb = theirs.operator === 'argocd' ? 'compares with' : 'applied';
  const commits = theirs.revisions.filter(isCommit).map(commitOfRevision);
  if (theirs.revisions.length > 1) {
    if (ours.commit !== undefined && commits.length > 0 && !commits.includes(ours.commit)) {
      yield `${name} ${verb} ${theirs.revisions.map(shortRevision).join(', ')}, one revision per source, you look at ${shortRevision(ours.commit)}${pushedWords(ours)}.`;
    }
  } else if (revision !== undefined && ours.commit !== undefined && isCommit(revision) && commitOfRevision(revision) !== ours.commit) {
    yield `${name} ${verb} ${shortRevision(revision)}, you look at ${shortRevision(ours.commit)}${pushedWords(ours)}.`;
  } else if (revision !== undefined && ours.isPushed === false && ours.commit !== undefined && commitOfRevision(revision) === ours.commit) {
    yield `${name} ${verb} ${shortRevision(revision)} as you do, though the upstream of ${ours.branch ?? 'your branch'} does not have it: it was pushed elsewhere.`;
  }
  if (ours.changedFiles.length > 0) yield `You look at ${changedWords(ours.changedFiles)}, which ${theirs.operator === 'argocd' ? 'Argo CD' : 'Flux'} does not see.`;
  const [tracked] = theirs.sources.length === 1 ? (source?.sources ?? theirs.sources) : [];
  const target = tracked?.targetRevision?.replace(/^refs\/heads\//, '');
  if (target !== undefined && ours.branch !== undefined && target !== ours.branch && target !== 'HEAD' && !isHash(target) && theirs.sources[0]?.chart === undefined) {
    yield `${name} tracks ${target}, you have ${ours.branch} checked out.`;
  }
  const [fetched] = source?.revisions ?? [];
  if (source !== undefined && fetched !== undefined && revision !== undefined && fetched !== revision) {
    yield `${nameOf(source)} has fetched ${shortRevision(fetched)}, ${name} applied ${shortRevision(revision)}.`;
  }
  if (theirs.attempted !== undefined) yield `${name} tried ${shortRevision(theirs.attempted)} and applied ${revision === undefined ? 'none yet' : shortRevision(revision)}.`;
}

/** What keeps it from acting. */
function* stopReasons(theirs: OperatorStatus, source: OperatorStatus | undefined): Iterable<string> {
  if (theirs.isSuspended) yield `${nameOf(theirs)} is suspended: what it says is from before.`;
  if (source?.isSuspended === true) yield `${nameOf(source)} is suspended: newer commits are not fetched.`;
  if (theirs.isBehindSpec) yield `${nameOf(theirs)} was changed, and its status is still on the older spec.`;
  if (theirs.pendingRequest !== undefined) yield `${nameOf(theirs)} was asked to look again, and has not yet.`;
  const { operation } = theirs;
  if (operation?.isRunning === true) yield `${nameOf(theirs)} is at work (${operation.phase}${operation.message === '' ? '' : `: ${operation.message}`}).`;
}

function* timeReasons(theirs: OperatorStatus, now: number): Iterable<string> {
  const looked = parseTime(theirs.lookedAt);
  if (looked === undefined || now - looked < 60_000) return;
  const every = theirs.interval === undefined ? '' : `, it looks every ${durationWords(theirs.interval * 1000).replace(/^1 /, '')}`;
  const hard = theirs.operator === 'argocd' ? ', and keeps rendered manifests by commit until a hard refresh' : '';
  yield `${nameOf(theirs)} looked ${durationWords(now - looked)} ago${every}${hard}.`;
}

function* conditionReasons(theirs: OperatorStatus): Generator<string> {
  for (const { type, reason, message, isBad } of theirs.conditions) {
    if (isBad) yield `${nameOf(theirs)} has ${reason === '' ? type : `${type} (${reason})`}: ${message}`;
  }
}

function* comparisonReasons(ours: OurWord, theirs: OperatorStatus, declared: DeclaredDifferences): Iterable<string> {
  const name = nameOf(theirs);
  if (ours.uncertain > 0) yield `${plural(ours.uncertain, 'object')} could not be compared here.`;
  if (theirs.operator === 'flux') {
    if (ours.sync === 'drifted' && theirs.healsItself) yield `${name} sets drift back at its next look.`;
    return;
  }
  if (ours.sync === 'drifted') {
    if (declared.ignoreRules > 0 && !ours.ignoresLikeOperator) yield `${name} leaves differences out (${plural(declared.ignoreRules, 'rule')} in ignoreDifferences).`;
    if (declared.compareOptions !== '') yield `${name} compares with the options ${declared.compareOptions}.`;
    else yield `${name} does not see fields that were added by hand to a custom resource, and of other kinds only those that git sets or once set.`;
    return;
  }
  const out = theirs.resources.filter(({ sync }) => sync === 'OutOfSync');
  if (out.length > 0)
    yield `${name} says OutOfSync of ${listed(out.map(({ id }) => `${id.kind} ${id.name}`))}${out.every(({ needsPruning }) => needsPruning) ? ', which git no longer has' : ''}.`;
}

function* healthReasons(ours: OurWord, theirs: OperatorStatus): Iterable<string> {
  const worst = theirs.resources
    .filter(({ health, isHook }) => health !== undefined && !isHook)
    .filter(({ health }) => health !== undefined && compareHealth(health.status, ours.health.status) > 0)
    .map(({ id, health }) => `${id.kind} ${id.name} is ${health?.status ?? ''}${health?.message === undefined || health.message === '' ? '' : ` (${health.message})`}`);
  if (worst.length > 0) yield `${nameOf(theirs)} says ${listed(worst)}.`;
  else if (theirs.operator === 'argocd' && ours.health.message !== '' && compareHealth(ours.health.status, theirs.health.status) > 0) {
    yield `We count ${ours.health.message}; an administrator's own health script, or none for that kind, can make Argo CD say ${theirs.health.status}.`;
  } else if (theirs.operator === 'flux' && theirs.health.status !== 'Unknown') {
    yield `The health of ${nameOf(theirs)} is that of its own reconciliation${theirs.health.message === '' ? '' : ` (${theirs.health.message})`}, not of what it delivers.`;
  }
}

function nameOf({ id }: OperatorStatus): string {
  return `${id.kind} ${id.name}`;
}

/** `1a2b3c4`: of a commit the first seven digits, with the branch where there is one. */
export function shortRevision(revision: string): string {
  const commit = commitOfRevision(revision);
  if (!isHash(commit)) return revision;
  const at = revision.lastIndexOf('@');
  return at > 0 ? `${commit.slice(0, 7)} of ${revision.slice(0, at)}` : commit.slice(0, 7);
}

function isCommit(revision: string): boolean {
  return isHash(commitOfRevision(revision));
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text);
}

function pushedWords({ isPushed, branch }: OurWord): string {
  if (isPushed === false) return ', which is not pushed';
  return branch === undefined ? '' : ` of ${branch}`;
}

function changedWords(files: readonly string[]): string {
  return files.length === 1 ? `an uncommitted change in ${files[0] ?? ''}` : `uncommitted changes in ${listed(files)}`;
}

/** The first three, and how many more. */
function listed(items: readonly string[]): string {
  const shown = items.slice(0, 3).join(', ');
  return items.length > 3 ? `${shown} and ${String(items.length - 3)} more` : shown;
}

function plural(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}
