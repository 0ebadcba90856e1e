/** The edit of sources that makes one field of one environment say something else, for all who write fields: adopting drift, fixes of the doctor. */
import type { WorkspaceEdit } from 'vscode-languageserver';
import type { TextChange } from '../../core/base/problem.js';
import { renderedOf } from '../../core/doctor/evidence.js';
import type { Environment } from '../../core/gitops/delivery.js';
import type { JsonValue } from '../../core/live/json.js';
import type { FieldStep } from '../../core/objects/compare.js';
import type { ResId } from '../../core/objects/resId.js';
import { setFieldOf } from '../../core/promote/setField.js';
import type { EditedDelivery } from '../../services/editedDelivery.js';
import { Failure } from '../../services/failure.js';
import { pathToUri } from '../uris.js';

/** Throws a {@link Failure} where no edit does just what is asked, or where it would change other environments too. */
export function findFieldEdit(
  edited: EditedDelivery,
  { id, label }: Environment,
  object: ResId,
  { path, value }: { readonly path: readonly FieldStep[]; readonly value: JsonValue | undefined },
): readonly TextChange[] {
  const rendering = edited.render(id)?.rendering;
  const rendered = rendering && renderedOf(object, { rendering });
  if (!rendered) throw refused(`${object.kind} ${object.name} is not rendered by ${label} any more.`);
  const outcome = setFieldOf(id, { object: rendered, path, value }, edited.sources);
  if (outcome.kind === 'refused') throw refused(outcome.reason);
  if (outcome.kind === 'same') throw refused('It says so already.');
  const { alsoChanged, proposal } = outcome;
  if (alsoChanged.length > 0) throw refused(`It is set in a file of others: ${alsoChanged.map((each) => each.label).join(', ')} would change too.`);
  return proposal.changes;
}

/** The same for the editor. */
export function toWorkspaceEdit(changes: readonly TextChange[]): WorkspaceEdit {
  const edits: NonNullable<WorkspaceEdit['changes']> = {};
  for (const { location, newText } of changes) (edits[pathToUri(location.path)] ??= []).push({ range: location.range, newText });
  return { changes: edits };
}

function refused(reason: string): Failure {
  return new Failure('drift/not-adoptable', reason, 'Edit the sources by hand.');
}
