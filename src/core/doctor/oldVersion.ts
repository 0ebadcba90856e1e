/**
 * old-version: healthy, and not what one sees in the files: not committed, not pushed, not in the branch that is followed,
 * or not yet at the operator. Why an operator doesn't come is for another check.
 */
import type { Check } from './check.js';
import { formatFieldPath } from '../objects/compare.js';
import type { Rung, RungName } from '../sync/ladder.js';
import { count, shorten } from '../sync/words.js';
import { causeOf, type Cause, type RunnableFix } from './diagnosis.js';
import { nameOf } from './evidence.js';
import type { DoctorFacts } from './facts.js';
import { isBehindGit, lastLook, noSyncCauses } from './noSync.js';

export const oldVersion: Check = {
  code: 'old-version',
  title: 'Healthy, and an older version',
  topics: ['pods', 'replicaSets'],
  *examine(facts) {
    const { environment, live } = facts;
    if (environment.operator === 'none') return;
    const causes = [...uncommitted(facts), ...unpushed(facts), ...unmerged(facts), ...stale(facts)];
    if (causes.length === 0) return;
    const health = live?.drift?.health.status;
    const runs =
      health === undefined ? `${environment.label} doesn't get what stands in the files here` : `${environment.label} is ${health}, with an older version than the files here`;
    yield {
      code: 'old-version',
      severity: 'warning',
      symptom: `${runs}.`,
      object: live?.status?.id,
      causes: causes.map((cause) => ({ ...cause, evidence: [...cause.evidence, ...runningWords(facts)] })),
    };
  },
};

function rungOf({ rungs }: DoctorFacts, name: RungName): Rung | undefined {
  return rungs.find(({ rung, state }) => rung === name && state === 'pending');
}

function uncommitted(facts: DoctorFacts): readonly Cause[] {
  return (['saved', 'committed'] as const).flatMap((name) => {
    const rung = rungOf(facts, name);
    if (!rung) return [];
    const place = rung.place?.source.locate(rung.place.start, rung.place.end);
    return [
      causeOf(
        rung.evidence,
        rung.facts.map((fact) => `${fact.name}: ${fact.value}.`),
        name === 'saved' ? 'Save and commit the files.' : 'Commit the files.',
        { place },
      ),
    ];
  });
}

function unpushed(facts: DoctorFacts): readonly Cause[] {
  const rung = rungOf(facts, 'pushed');
  const source = facts.sources.find(({ onRemote, change }) => change && onRemote.length === 0) ?? facts.sources[0];
  if (!rung || !source) return [];
  const { branch, ahead, change, remote } = source;
  const folder = facts.environment.sources.find(({ path }) => path === source.path)?.folder;
  const runnable: RunnableFix | undefined =
    branch !== undefined && folder !== undefined && ahead
      ? {
          title: `Push ${branch}`,
          effect: `Pushes ${count(ahead, 'commit')} of ${branch} to ${remote ?? 'its upstream'}, never by force.`,
          action: { kind: 'push', folder, branch },
        }
      : undefined;
  const evidence = [rung.evidence, ...(change ? [`The commit is ${change.hash} "${change.subject}".`] : [])];
  return [causeOf('The commit is not pushed.', evidence, branch === undefined ? 'Push the commit.' : `Push ${branch}.`, { ...(runnable && { runnable }) })];
}

/** Only of commits that are pushed: others have to get there first. */
function unmerged(facts: DoctorFacts): readonly Cause[] {
  const rung = rungOf(facts, 'tracked');
  if (!rung || rungOf(facts, 'pushed')) return [];
  const source = facts.sources.find(({ tracked }) => tracked.hasChange === false && !tracked.rendersSame);
  if (!source) return [];
  const { tracked, branch, onRemote } = source;
  const where = onRemote.length === 0 ? (branch ?? 'another branch') : onRemote.join(', ');
  const place = rung.place?.source.locate(rung.place.start, rung.place.end);
  return [
    causeOf(
      `The change is in ${where}, and ${facts.environment.label} follows ${tracked.name}.`,
      [rung.evidence],
      `Merge it into ${tracked.name}, or let the environment follow another revision.`,
      { place },
    ),
  ];
}

function stale(facts: DoctorFacts): readonly Cause[] {
  const { live, sources, now } = facts;
  const { status } = live ?? {};
  if (!status || !isBehindGit(facts) || noSyncCauses(facts).length > 0 || isOnItsWay(facts)) return [];
  const [source] = sources.filter(({ tracked }) => tracked.hasChange === true);
  const evidence = [
    `${nameOf(status.id)} is at ${status.revisions.map(shorten).join(', ')}; ${source?.tracked.name ?? 'git'} is at ${source?.tracked.commit?.slice(0, 8) ?? 'another commit'}.`,
  ];
  const look = lastLook(status, now);
  const isArgo = status.operator === 'argocd';
  return [
    causeOf(`${isArgo ? 'Argo CD' : 'Flux'} is still at an older revision.`, [...evidence, ...(look === '' ? [] : [look])], 'Let it look at git now.', {
      runnable: {
        title: isArgo ? 'Refresh' : 'Reconcile',
        effect: isArgo ? `Asks Argo CD to look at git for ${nameOf(status.id)} again.` : `Asks Flux to fetch the source of ${nameOf(status.id)} and to apply it.`,
        action: { kind: 'operator', id: status.id, action: isArgo ? { kind: 'refresh', hard: false } : { kind: 'reconcile', withSource: true } },
      },
    }),
  ];
}

/** It works on something now: that is no illness. */
function isOnItsWay({ live }: DoctorFacts): boolean {
  return live?.status?.operation?.isRunning === true || live?.sourceStatus?.operation?.isRunning === true;
}

/** What runs in the place of what is rendered, by image. */
function runningWords({ live }: DoctorFacts): readonly string[] {
  return (live?.drift?.objects ?? []).flatMap(({ id, fields }) =>
    fields.flatMap(({ path, live: runs, desired }) =>
      path.at(-1) === 'image' && typeof runs === 'string' && typeof desired === 'string'
        ? [`${nameOf(id)} has ${runs} at ${formatFieldPath(path)}, the files here say ${desired}.`]
        : [],
    ),
  );
}
