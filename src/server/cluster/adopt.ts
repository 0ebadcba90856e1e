/** Brings what is live into git, by the edit of "Set this here": the smallest after which the render says what the cluster has, and nothing else. */
import type { TextChange } from '../../core/base/problem.js';
import type { FieldDrift, ObjectDrift } from '../../core/drift/drift.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { Failure } from '../../services/failure.js';
import { findFieldEdit } from '../promote/fieldEdit.js';
import type { Session } from '../session.js';

/** The changes of the edit. Throws a {@link Failure} where none does just what is asked. */
export function findAdoption(session: Session, environment: Environment, { desired, id }: ObjectDrift, { path, live, isSecret }: FieldDrift): readonly TextChange[] {
  if (!desired || environment.sources[0]?.folder === undefined) throw notAdoptable(`${id.kind} ${id.name} is not declared in this workspace.`);
  if (isSecret) throw notAdoptable('The values of Secrets are not written into git.');
  // The namespace may have come from the destination: the render's own object is what is edited for.
  return findFieldEdit(session.source.edited(), environment, id, { path, value: live });
}

function notAdoptable(reason: string): Failure {
  return new Failure('drift/not-adoptable', reason, 'Edit the sources by hand.');
}
