/**
 * comparison-error: what can't be rendered, which Argo CD shows as ComparisonError and Flux as BuildFailed. Rendering it
 * here says the line; where it renders here, the operator is at other files.
 */
import type { Problem } from '../base/problem.js';
import type { Check } from './check.js';
import { causeOf, type Cause } from './diagnosis.js';
import { oneLine, placeWords } from './evidence.js';
import type { DoctorFacts } from './facts.js';
import { troublesOf, type Trouble } from './operatorTrouble.js';
import { isPathProblem } from './wrongPath.js';

export const comparisonError: Check = {
  code: 'comparison-error',
  title: 'Environment that can not be rendered',
  topics: [],
  *examine(facts) {
    const { environment, rendering, live } = facts;
    const theirs = live ? troublesOf(live).filter(({ kind }) => kind === 'render') : [];
    const ours = rendering.ok ? [] : rendering.problems.filter((problem) => problem.severity === 'error' && !isPathProblem(problem));
    if (theirs.length === 0 && ours.length === 0) return;
    const causes = ours.length > 0 ? ours.slice(0, 5).map((problem) => ourCause(problem, theirs, facts)) : theirs.map((trouble) => theirCause(trouble, facts));
    const word = environment.operator === 'flux' ? 'BuildFailed' : environment.operator === 'argocd' ? 'ComparisonError' : 'nothing to apply';
    yield {
      code: 'comparison-error',
      severity: 'error',
      symptom: `${environment.label} can't be rendered${theirs.length > 0 ? ` (${word})` : `: it will be ${word}`}.`,
      object: live?.status?.id,
      causes,
    };
  },
};

function ourCause({ message, location, fix, code }: Problem, theirs: readonly Trouble[], facts: DoctorFacts): Cause {
  const evidence = [`Rendering it here fails with ${code}${placeWords(location, facts)}.`, ...theirs.map(({ evidence: words }) => words)];
  const runnable = fix && {
    title: fix.title,
    effect: `Edits ${facts.label(location.path)}; nothing is saved or committed.`,
    action: { kind: 'edit', changes: fix.changes } as const,
  };
  return causeOf(oneLine(message), evidence, fix ? `${fix.title}.` : 'Mend the file at that line.', { place: location, ...(runnable && { runnable }) });
}

/** What renders here and not there: another commit, or something that is only there. */
function theirCause({ status, evidence, who }: Trouble, { rungs, sources }: DoctorFacts): Cause {
  const open = rungs.find(({ rung, state }) => (rung === 'committed' || rung === 'pushed' || rung === 'tracked') && state === 'pending');
  const at = status.revisions[0] === undefined ? '' : ` at ${status.revisions[0].replaceAll(/[0-9a-f]{40}/g, (hash) => hash.slice(0, 8))}`;
  if (open)
    return causeOf(
      `The files that ${who} reads${at} can't be rendered; those here can, and haven't got there.`,
      [evidence, open.evidence],
      'Bring what is mended here to the tracked revision.',
    );
  const path = sources[0]?.path;
  return causeOf(
    `${who} can't render what renders here.`,
    [evidence, `The files here${path === undefined ? '' : ` (${path})`} render without an error.`],
    "See its words: a remote base or chart that it can't fetch, a plugin or an option that differs from here.",
  );
}
