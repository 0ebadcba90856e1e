/** operator-disagrees: an operator that is out of sync with itself: its object isn't what git declares, its word is on an older spec, or nothing of ours explains it. */
import { declaredDifferences, disagreements, type OurWord } from '../operators/disagreements.js';
import { nameOf } from './evidence.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import type { DoctorFacts, LiveFacts } from './facts.js';

export const operatorDisagrees: Check = {
  code: 'operator-disagrees',
  title: 'Operator that is out of sync with itself',
  topics: [],
  *examine(facts) {
    const { live } = facts;
    if (!live?.status || !live.declaration) return;
    const causes = [...declaredCauses(live, facts), ...specCauses(live), ...wordCauses(live, facts)];
    if (causes.length === 0) return;
    yield {
      code: 'operator-disagrees',
      severity: 'warning',
      symptom: `What ${nameOf(live.status.id)} says doesn't go with what git declares or with what is there.`,
      object: live.status.id,
      causes,
    };
  },
};

function declaredCauses({ declaration, status }: LiveFacts, { environment }: DoctorFacts): readonly Cause[] {
  if (!declaration || !status) return [];
  const { declaredAt } = environment;
  return declaredDifferences(declaration, environment).changes.map((change) =>
    causeOf(
      `${nameOf(status.id)} in the cluster isn't what git declares: ${change}.`,
      [`Its live spec and its declaration differ: ${change}.`],
      'Deliver the declaration (sync what brings it, or apply it), or bring the change into git.',
      {
        place: declaredAt.source.locate(declaredAt.start, declaredAt.end),
      },
    ),
  );
}

function specCauses({ status, declaration }: LiveFacts): readonly Cause[] {
  if (!status?.isBehindSpec || status.operation?.isRunning === true || status.isSuspended) return [];
  const generation = declaration?.metadata.generation;
  const evidence =
    status.operator === 'argocd' ? 'status.sync.comparedTo has another source than spec.' : `metadata.generation is ${generation ?? 0}, status.observedGeneration is older.`;
  return [causeOf(`${nameOf(status.id)} speaks of an older spec than the one that it has.`, [evidence], 'See whether its controller runs.')];
}

/** Both mean the same commit, and say different things of it. */
function wordCauses({ status, drift, declaration, sourceStatus }: LiveFacts, facts: DoctorFacts): readonly Cause[] {
  const { sources, environment, now } = facts;
  const [source] = sources;
  const isClean = facts.rungs.every(({ rung, state }) => (rung !== 'saved' && rung !== 'committed') || state === 'done');
  const commit = source?.commit;
  if (
    !status ||
    !drift ||
    !declaration ||
    !isClean ||
    commit === undefined ||
    !status.revisions.some((revision) => revision.includes(commit)) ||
    status.operation?.isRunning === true
  )
    return [];
  const count = drift.objects.filter(({ state }) => state === 'changed' || state === 'missing' || state === 'extra').length;
  const uncertain = drift.objects.filter(({ state }) => state === 'unknown').length;
  const ours: OurWord = {
    commit,
    branch: source?.branch,
    isPushed: source?.ahead === undefined ? undefined : source.ahead === 0,
    changedFiles: [],
    sync: count > 0 ? 'drifted' : uncertain > 0 ? 'unknown' : 'in-sync',
    drifted: count,
    uncertain,
    health: drift.health,
    ignoresLikeOperator: true,
  };
  const isArgoOut = status.sync === 'OutOfSync' && ours.sync === 'in-sync';
  const isArgoIn = status.sync === 'Synced' && ours.sync === 'drifted';
  if (!isArgoOut && !isArgoIn) return [];
  const reasons = disagreements(ours, status, { declared: declaredDifferences(declaration, environment), source: sourceStatus, now });
  const out = status.resources.filter(({ sync }) => sync === 'OutOfSync').map(({ id }) => nameOf(id));
  const evidence = [
    isArgoOut
      ? `${nameOf(status.id)} is OutOfSync${out.length === 0 ? '' : ` for ${out.slice(0, 5).join(', ')}`}; compared here nothing differs.`
      : `${nameOf(status.id)} is Synced; compared here ${count} objects differ.`,
    ...reasons,
  ];
  const refresh = {
    title: 'Refresh',
    effect: `Asks Argo CD to compare ${nameOf(status.id)} again.`,
    action: { kind: 'operator', id: status.id, action: { kind: 'refresh', hard: false } } as const,
  };
  return [
    causeOf(
      isArgoOut ? 'Argo CD sees a difference that is none when the server compares.' : 'Something changed after Argo CD compared, or it leaves it out.',
      evidence,
      'Refresh it; if it stays so, compare its ignoreDifferences and compare options with the difference.',
      { runnable: refresh },
    ),
  ];
}
