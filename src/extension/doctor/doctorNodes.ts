/** The doctor's visits as a tree: each symptom with its causes, what shows them, what mends them, and what couldn't be looked at. Data in, data out. */
import type { Diagnosis, DiagnosisCause, DoctorVisit } from '../../server/doctorProtocol.js';
import { countOf } from '../delivery/words.js';
import { iconOfSeverity, type NodeIcon } from '../environmentTree/icons.js';
import { escapeMarkdown } from '../environmentTree/tooltips.js';
import { part, withOwnIds, type TreeNode } from '../environmentTree/treeNode.js';
import { nameOf, timeOf } from '../live/words.js';

/** One row per environment that was visited, the last one first. */
export function visitNodes(visits: readonly DoctorVisit[]): readonly TreeNode[] {
  return withOwnIds(visits.map((visit) => visitNode(visit)));
}

/** `2 symptoms`, `nothing found`: a visit in the room that a row has. */
export function visitWords({ diagnoses, notSeen }: DoctorVisit): string {
  if (diagnoses.length > 0) return countOf(diagnoses.length, 'symptom');
  return notSeen.length > 0 ? 'nothing found in what could be seen' : 'nothing found';
}

/** The same as a sentence, with the worst symptom. */
export function visitSentence(visit: DoctorVisit): string {
  const [worst, ...others] = visit.diagnoses;
  if (!worst) return visit.notSeen.length > 0 ? `Nothing was found, but not everything could be looked at: ${visit.notSeen[0] ?? ''}` : 'Nothing is wrong with it.';
  return `${worst.symptom}${others.length > 0 ? ` And ${countOf(others.length, 'more symptom')}.` : ''}`;
}

function visitNode(visit: DoctorVisit): TreeNode {
  const { id, label, diagnoses, notSeen, context, at } = visit;
  const worst = diagnoses.some(({ severity }) => severity === 'error') ? 'error' : diagnoses.length > 0 ? 'warning' : undefined;
  const icon: NodeIcon = worst ? iconOfSeverity(worst) : notSeen.length > 0 ? { name: 'question' } : { name: 'pass', color: 'testing.iconPassed' };
  const unseen = notSeen.map((sentence, index): TreeNode => ({
    ...part(id, `doctor/unseen/${index}`, sentence, 'not looked at', 'eye-closed', undefined),
    spoken: `Not looked at: ${sentence}`,
  }));
  const nothing = diagnoses.length > 0 ? [] : [{ ...part(id, 'doctor/nothing', visitSentence(visit), '', icon.name, undefined), icon }];
  return {
    ...part(
      id,
      'doctor',
      label,
      [visitWords(visit), timeOf(at)].join(' · '),
      icon.name,
      withOwnIds([...diagnoses.map((diagnosis, index) => diagnosisNode(visit, diagnosis, index)), ...nothing, ...unseen]),
    ),
    icon,
    tooltip: [`**${escapeMarkdown(label)}**${context === undefined ? '' : ` in ${escapeMarkdown(context)}`}`, escapeMarkdown(visitSentence(visit)), `Visited ${timeOf(at)}.`].join(
      '\n\n',
    ),
    spoken: `${label}: ${visitWords(visit)}. ${visitSentence(visit)}`,
    contexts: ['visit'],
    startsOpen: true,
  };
}

function diagnosisNode(visit: DoctorVisit, { code, severity, symptom, object, causes }: Diagnosis, index: number): TreeNode {
  const key = `doctor/${code}/${index}`;
  const name = object === undefined ? '' : nameOf(object);
  return {
    ...part(
      visit.id,
      key,
      symptom,
      '',
      '',
      withOwnIds(causes.map((cause, place) => causeNode(visit, `${key}/cause/${place}`, cause, { isFirst: place === 0, isOnly: causes.length === 1 }))),
    ),
    icon: iconOfSeverity(severity),
    tooltip: [`**${escapeMarkdown(symptom)}**`, escapeMarkdown(name), `\`${code}\``].filter((line) => line !== '').join('\n\n'),
    spoken: `${severity}: ${symptom}${name === '' ? '' : ` ${name}`}`,
    contexts: ['diagnosis'],
    copies: symptom,
    startsOpen: index === 0,
  };
}

interface CauseRank {
  readonly isFirst: boolean;
  readonly isOnly: boolean;
}

function causeNode(visit: DoctorVisit, key: string, { cause, evidence, fix, action, place }: DiagnosisCause, { isFirst, isOnly }: CauseRank): TreeNode {
  const { id, visitId } = visit;
  const shown = evidence.map((sentence, index): TreeNode => ({
    ...part(id, `${key}/evidence/${index}`, sentence, '', 'search', undefined),
    spoken: `Evidence: ${sentence}`,
    copies: sentence,
  }));
  // `Push main.` and `Push main` say the same.
  const more = action && `${action.title}.` !== fix ? action.title : '';
  const mended: TreeNode = {
    ...part(id, `${key}/fix`, fix, more, 'lightbulb', undefined),
    tooltip: [escapeMarkdown(fix), action ? `$(wrench) ${escapeMarkdown(action.effect)}` : ''].filter((line) => line !== '').join('\n\n'),
    spoken: `Fix: ${fix}${action ? ` ${action.title}: ${action.effect}` : ''}`,
    contexts: ['fix', ...(action ? ['runnable'] : [])],
    opens: action && { kind: 'fix', visitId, fix: action },
    copies: fix,
  };
  const goes = place && {
    ...part(id, `${key}/place`, place.label, 'go to the line', 'go-to-file', undefined),
    opens: { kind: 'place', place } as const,
    source: place,
    contexts: ['place', 'source'],
  };
  return {
    ...part(id, key, cause, '', '', withOwnIds([...shown, mended, ...(goes ? [goes] : [])])),
    icon: { name: isFirst ? 'arrow-right' : 'circle-small' },
    tooltip: [`**${isOnly ? 'Cause' : isFirst ? 'Most likely' : 'Or'}:** ${escapeMarkdown(cause)}`, ...evidence.map((sentence) => `- ${escapeMarkdown(sentence)}`)].join('\n'),
    spoken: `${isOnly ? 'Cause' : isFirst ? 'Most likely cause' : 'Another cause'}: ${cause}`,
    contexts: ['cause'],
    opens: place && { kind: 'place', place },
    copies: cause,
    startsOpen: isFirst,
  };
}
