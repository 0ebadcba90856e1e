/** What an ApplicationSet generates, as the text of a read-only document. */
import type { DeliveryObject } from '../../core/gitops/delivery.js';
import { printDocument } from '../../core/yaml/print.js';
import type { GeneratedApplications } from '../deliveryProtocol.js';
import type { FileLabel } from '../fileLabels.js';
import type { Model } from '../model.js';
import { describeFinding } from './summaries.js';

/** The Applications of the set at or around a 0-based line of a file; the file's first set where none is there. */
export function describeGenerated(model: Model, path: string, line: number, label: FileLabel): GeneratedApplications | undefined {
  const { objects, problems } = model.delivery.model;
  const sets = objects.filter(({ id, root }) => id.group === 'argoproj.io' && id.kind === 'ApplicationSet' && root.source.path === path);
  const set = sets.find((candidate) => holdsLine(candidate, line)) ?? sets[0];
  if (!set) return undefined;
  const applications = objects.filter(({ foundIn }) => foundIn.kind === 'applicationSet' && foundIn.set.root === set.root);
  const texts = applications.flatMap(({ root }) => {
    const printed = printDocument(root);
    return 'message' in printed ? [] : [printed.text];
  });
  const { range } = set.root.source.locate(set.root.start, set.root.end);
  const own = problems.filter(({ location }) => location.path === path && location.range.start.line >= range.start.line && location.range.start.line <= range.end.line);
  return { text: texts.join('---\n'), count: texts.length, problems: own.map((problem) => describeFinding(problem, label)) };
}

function holdsLine({ root }: DeliveryObject, line: number): boolean {
  const { start, end } = root.source.locate(root.start, root.end).range;
  return line >= start.line && line <= end.line;
}
