/** Brings what is live into git: the smallest edit of the environment's own files after which the render says what the cluster has, and nothing else. */
import type { WorkspaceEdit } from 'vscode-languageserver';
import type { TextChange } from '../../core/base/problem.js';
import type { FieldDrift, ObjectDrift } from '../../core/drift/drift.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { isJustThis, proposeEdits, type Proposal, type Wish } from '../../core/promote/setHere.js';
import { applyChanges } from '../../core/yaml/edit.js';
import { Failure } from '../../services/failure.js';
import { kustomizationFileOf } from '../kustomizationFile.js';
import type { Session } from '../session.js';
import { pathToUri } from '../uris.js';

/** The edit and where it begins. Throws a {@link Failure} where none does just what is asked. */
export function findAdoption(session: Session, environment: Environment, { desired, id }: ObjectDrift, { path, live, isSecret }: FieldDrift): Proposal {
  const folder = environment.sources[0]?.folder;
  if (!desired || folder === undefined) throw cannot(`${id.kind} ${id.name} is not declared in this workspace.`);
  if (isSecret) throw cannot('The values of Secrets are not written into git.');
  const { model } = session;
  const file = kustomizationFileOf(model.tree, folder);
  const before = model.delivery.render(environment).rendering;
  // The namespace may have come from the destination: the render's own object is what is edited for.
  const object =
    before.objects.find((each) => each === desired) ?? before.objects.find((each) => each.id.kind === id.kind && each.id.group === id.group && each.id.name === id.name);
  if (!object) throw cannot(`${id.kind} ${id.name} is not rendered any more.`);
  const wish: Wish = { object, path, value: live };
  const proposals = proposeEdits({ ...wish, folder, kustomization: file === undefined ? undefined : model.parse(file), parse: (each) => model.parse(each) });
  const found = proposals.find(({ changes }) => {
    const source = model.tree.read(changes[0]?.location.path ?? '');
    if (!source || changes.some(({ location }) => location.path !== source.path)) return false;
    const after = session.tryText(source.path, applyChanges(source, changes), () => {
      const now = session.model.delivery.model.environments.find((each) => each.id === environment.id);
      return now && session.model.delivery.render(now).rendering;
    });
    return after !== undefined && isJustThis(before, after, wish);
  });
  if (!found) throw cannot('No single edit of its own files makes the render say just this.');
  return found;
}

/** The same for the editor. */
export function toWorkspaceEdit(changes: readonly TextChange[]): WorkspaceEdit {
  const edits: NonNullable<WorkspaceEdit['changes']> = {};
  for (const { location, newText } of changes) (edits[pathToUri(location.path)] ??= []).push({ range: location.range, newText });
  return { changes: edits };
}

function cannot(reason: string): Failure {
  return new Failure('drift/not-adoptable', reason, 'Edit the sources by hand.');
}
