/** wrong-path: a source whose folder isn't in its repository. */
import type { Problem } from '../base/problem.js';
import type { Check } from './check.js';
import { causeOf } from './diagnosis.js';
import { oneLine, placeWords } from './evidence.js';
import { troublesOf } from './operatorTrouble.js';

const codes = new Set(['argocd/missing-source-path', 'flux/missing-source-path', 'argocd/missing-folder', 'flux/missing-folder', 'settings/missing-folder']);

/** True for what rendering and rules say of a folder that isn't there. */
export function isPathProblem({ code }: Problem): boolean {
  return codes.has(code);
}

export const wrongPath: Check = {
  code: 'wrong-path',
  title: 'Path that leads to no folder',
  topics: [],
  *examine(facts) {
    const { environment, rendering, findings, live, rungs } = facts;
    const found = [...findings, ...rendering.problems].filter(isPathProblem);
    const theirs = live ? troublesOf(live).filter(({ kind }) => kind === 'path') : [];
    const words = theirs.map(({ evidence }) => evidence);
    const symptom = `${environment.label} comes from a folder that isn't there.`;
    // What a rule says beside the render knows the nearest folder.
    const [best] = found.toSorted((a, b) => Number(b.fix !== undefined) - Number(a.fix !== undefined));
    if (best) {
      const { location, message, fix } = best;
      const runnable = fix && {
        title: fix.title,
        effect: `Edits ${facts.label(location.path)}; nothing is saved or committed.`,
        action: { kind: 'edit', changes: fix.changes } as const,
      };
      const cause = causeOf(oneLine(message), [`${best.code} stands at the path${placeWords(location, facts)}.`, ...words], 'Mend the path, or bring the folder back.', {
        place: location,
        ...(runnable && { runnable }),
      });
      yield { code: 'wrong-path', severity: 'error', symptom, object: live?.status?.id, causes: [cause] };
      return;
    }
    const [first] = theirs;
    if (!first) return;
    const open = rungs.find(({ rung, state }) => (rung === 'pushed' || rung === 'tracked') && state === 'pending');
    const place = environment.sources[0]?.pathNode;
    const cause = open
      ? causeOf(`The folder is here, and not at the revision that ${first.who} reads.`, [...words, open.evidence], 'Bring it to the tracked revision.')
      : causeOf(
          `${first.who} has another path, or reads another revision, than what stands here.`,
          [...words, 'The folder that is declared here is there.'],
          'Compare spec of the live object with its declaration, and deliver the declaration.',
          {
            place: place?.source.locate(place.start, place.end),
          },
        );
    yield { code: 'wrong-path', severity: 'error', symptom, object: first.status.id, causes: [cause] };
  },
};
