/** The rungs of files and git: saved, committed, pushed, merged into what is tracked. Where an environment has several sources the worst of them counts. */
import type { ChangeCommit, Fact, LadderInput, LadderSource, Rung, RungName, RungState, TrackedRevision } from './ladder.js';
import { ago, count, list, shorten } from './words.js';

export function savedRung({ unsaved }: LadderInput): Rung {
  const names = unsaved.map(({ label }) => label);
  const facts = names.map((value) => ({ name: 'unsaved', value }));
  if (names.length > 0) {
    const evidence = `${list(names)} ${names.length === 1 ? 'has' : 'have'} changes that are not saved.`;
    return { rung: 'saved', title: 'Saved', state: 'pending', evidence, facts, place: unsaved[0]?.place };
  }
  return { rung: 'saved', title: 'Saved', state: 'done', evidence: 'The files on disk are what is rendered.', facts, place: undefined };
}

export function committedRung(input: LadderInput): Rung {
  return worstOf('committed', () => 'Committed', input, committed);
}

export function pushedRung(input: LadderInput): Rung {
  return worstOf('pushed', ({ remote }) => (remote === undefined ? 'Pushed' : `Pushed to ${remote}`), input, pushed);
}

export function trackedRung(input: LadderInput): Rung {
  if (input.operator === 'none') {
    const evidence = 'No operator follows a branch; it is synced from here.';
    return { rung: 'tracked', title: 'Tracked', state: 'done', evidence, facts: [], place: undefined };
  }
  return worstOf('tracked', ({ tracked }) => `Merged into ${tracked.name}`, input, merged);
}

type Step = Pick<Rung, 'state' | 'evidence'> & Partial<Pick<Rung, 'facts' | 'place'>>;

const order: readonly RungState[] = ['done', 'unknown', 'pending', 'failed'];

function worstOf(rung: RungName, title: (source: LadderSource) => string, input: LadderInput, look: (source: LadderSource, input: LadderInput) => Step): Rung {
  const { sources, elsewhere } = input;
  const steps = sources.map((source) => ({ source, step: look(source, input) }));
  const unseen: Step | undefined = elsewhere[0] === undefined ? undefined : { state: 'unknown', evidence: elsewhere[0] };
  const [worst] = steps.sort((a, b) => order.indexOf(b.step.state) - order.indexOf(a.step.state));
  const facts = [...steps.flatMap(({ step }) => step.facts ?? []), ...elsewhere.map((value) => ({ name: 'not here', value }))];
  if (!worst) return { rung, title: titles[rung], state: 'unknown', evidence: unseen?.evidence ?? 'Git knows nothing of these files.', facts, place: undefined };
  const { step } = unseen && worst.step.state === 'done' ? { step: unseen } : worst;
  const where = sources.length > 1 && step !== unseen ? `${worst.source.path}: ` : '';
  return { rung, title: title(worst.source), state: step.state, evidence: `${where}${step.evidence}`, facts, place: step.place };
}

const titles: Readonly<Record<RungName, string>> = {
  saved: 'Saved',
  committed: 'Committed',
  pushed: 'Pushed',
  tracked: 'Tracked',
  synced: 'Synced',
  'rolled-out': 'Rolled out',
  healthy: 'Healthy',
};

function committed({ uncommitted, commit, branch, change, changeNote, uncommittedAt, isOfLine }: LadderSource, { now }: LadderInput): Step {
  const facts = [...uncommitted.map((value) => ({ name: 'not committed', value })), ...factsOf(change, changeNote, now)];
  if (uncommitted.length > 0) {
    return { state: 'pending', evidence: `${list(uncommitted)} ${uncommitted.length === 1 ? 'is' : 'are'} not committed.`, facts, place: uncommittedAt };
  }
  if (commit === undefined) return { state: 'pending', evidence: 'Nothing was ever committed here.', facts };
  if (change) return { state: 'done', evidence: `${describeCommit(change, now)} last changed ${isOfLine === true ? 'this line' : 'what it renders to'}.`, facts };
  return { state: 'done', evidence: `Nothing is left to commit${branch === undefined ? '' : ` on ${branch}`} at ${commit.slice(0, 8)}.`, facts };
}

function factsOf(change: ChangeCommit | undefined, note: string, now: number): readonly Fact[] {
  return [
    ...(change ? [{ name: 'commit', value: `${change.hash} "${change.subject}" by ${change.author}${ago(change.date, now)}` }] : []),
    ...(note === '' ? [] : [{ name: 'note', value: note }]),
  ];
}

/** `1a2b3c4d "Raise replicas" (Ada, 12 minutes ago)`. */
export function describeCommit({ hash, subject, author, date }: ChangeCommit, now: number): string {
  return `${hash.slice(0, 8)} "${subject}" (${author}${ago(date, now)})`;
}

function pushed({ branch, ahead, behind, remote, onRemote, change }: LadderSource): Step {
  const local = branch ?? 'the detached HEAD';
  const facts: Fact[] = [
    ...onRemote.slice(0, 5).map((value) => ({ name: 'has it', value })),
    ...(ahead === undefined ? [] : [{ name: local, value: `${count(ahead, 'commit')} ahead of its upstream, ${behind ?? 0} behind` }]),
  ];
  if (change && onRemote.length > 0) return { state: 'done', evidence: `${list(onRemote)} ${onRemote.length === 1 ? 'has' : 'have'} ${change.hash.slice(0, 8)}.`, facts };
  if (change && remote !== undefined) {
    const how = !ahead ? '' : `: ${local} is ${count(ahead, 'commit')} ahead of its upstream`;
    return { state: 'pending', evidence: `No branch of ${remote} has ${change.hash.slice(0, 8)}, as fetched last${how}.`, facts };
  }
  if (branch === undefined) return { state: 'unknown', evidence: 'No branch is checked out.', facts };
  if (ahead === undefined) return { state: 'unknown', evidence: `${branch} has no upstream.`, facts };
  if (ahead > 0) return { state: 'pending', evidence: `${branch} is ${count(ahead, 'commit')} ahead of its upstream.`, facts };
  return { state: 'done', evidence: `The upstream has all of ${branch}.`, facts };
}

function merged({ tracked, branch, commit, change }: LadderSource): Step {
  const { name, kind, place } = tracked;
  const at = tracked.commit === undefined ? '' : ` at ${tracked.commit.slice(0, 8)}`;
  const facts: Fact[] = tracked.commit === undefined ? [] : [{ name, value: tracked.commit }];
  if (kind === 'unknown') return { state: 'unknown', evidence: `The operator follows ${name}, which git doesn't know here.`, facts, ...(place && { place }) };
  const wanted = change?.hash ?? commit;
  if (wanted === undefined) return { state: 'unknown', evidence: `The operator follows ${name}${at}; which commit is to get there is not known.`, facts };
  if (tracked.hasChange === true) return { state: 'done', evidence: `${name}${at} has ${wanted.slice(0, 8)}.`, facts };
  if (tracked.rendersSame) return { state: 'done', evidence: `${name}${at} renders to the same, without ${wanted.slice(0, 8)} itself.`, facts };
  if (tracked.hasChange === undefined) return { state: 'unknown', evidence: `Whether ${name}${at} has ${wanted.slice(0, 8)} can't be told from this clone.`, facts };
  return { state: 'pending', evidence: missing(tracked, branch, wanted, at), facts, ...(place && { place }) };
}

function missing({ name, kind }: TrackedRevision, branch: string | undefined, wanted: string, at: string): string {
  const short = wanted.slice(0, 8);
  if (kind === 'tag') return `The operator follows the tag ${name}${at}, which is without ${short}: tag a commit that has it, and follow that.`;
  if (kind === 'commit') return `The operator is pinned to ${shorten(name)}, which is without ${short}.`;
  if (name === branch) return `The operator follows ${name}, which is${at} on the remote: push ${short} first.`;
  return `The operator follows ${name}${at}, ${branch ?? 'another commit'} is checked out: merge ${short} there first.`;
}
