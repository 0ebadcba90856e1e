/** A visit as Markdown, to be copied into an issue or a chat. Texts of others can't become markup. */
import type { Rung } from '../sync/ladder.js';
import type { Diagnosis } from './diagnosis.js';
import type { MaskText } from './mask.js';

export interface ReportedVisit {
  readonly label: string;
  /** Undefined where no cluster was asked. */
  readonly context: string | undefined;
  /** RFC 3339. */
  readonly at: string;
  readonly diagnoses: readonly Diagnosis[];
  readonly rungs: readonly Rung[];
  readonly notSeen: readonly string[];
  readonly maskText: MaskText;
  readonly labelFile: (path: string) => string;
}

const marks: Readonly<Record<Rung['state'], string>> = { done: '✓', pending: '…', failed: '✗', unknown: '?' };

/** All visits, each with its ladder, its diagnoses and what wasn't seen. */
export function formatReport(visits: readonly ReportedVisit[]): string {
  return `${visits.map(formatVisit).join('\n')}`;
}

function formatVisit(visit: ReportedVisit): string {
  const { label, context, at, diagnoses, rungs, notSeen } = visit;
  const write = (text: string): string => escape(visit.maskText(text));
  const lines = [`## ${write(label)}`, '', `${context === undefined ? 'No cluster was asked' : `Context ${code(context)}`}, ${at}.`, ''];
  for (const { rung, title, state, evidence } of rungs) lines.push(`- ${marks[state]} **${write(title)}** (${rung}): ${write(evidence)}`);
  lines.push('');
  if (diagnoses.length === 0) lines.push(notSeen.length === 0 ? 'Nothing was found.' : 'Nothing was found in what could be seen.', '');
  for (const diagnosis of diagnoses) lines.push(...formatDiagnosis(diagnosis, visit, write));
  if (notSeen.length > 0) lines.push('### Not seen', '', ...notSeen.map((text) => `- ${write(text)}`), '');
  return lines.join('\n');
}

function formatDiagnosis({ symptom, severity, code: name, causes }: Diagnosis, { labelFile }: ReportedVisit, write: (text: string) => string): readonly string[] {
  const lines = [`### ${severity === 'error' ? 'Error' : 'Warning'}: ${write(symptom)}`, '', `Symptom ${code(name)}.`, ''];
  causes.forEach(({ cause, evidence, fix, place, runnable }, index) => {
    lines.push(`${index + 1}. **${write(cause)}**`);
    for (const text of evidence) lines.push(`   - ${write(text)}`);
    if (place) lines.push(`   - At ${code(`${labelFile(place.path)}:${place.range.start.line + 1}`)}.`);
    lines.push(`   - Fix: ${write(fix)}${runnable ? ` (${write(runnable.title)}: ${write(runnable.effect)})` : ''}`);
  });
  return [...lines, ''];
}

function code(text: string): string {
  const plain = text.replaceAll('`', "'").replaceAll(/\s+/g, ' ');
  return `\`${plain}\``;
}

function escape(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#~]/g, (character) => `\\${character}`);
}
