/** What is done about a difference: set back in the cluster, adopted into git, or left out for good. */
import type { Connection, WorkspaceEdit } from 'vscode-languageserver';
import { joinPath } from '../../core/base/path.js';
import type { FieldDrift, ObjectDrift } from '../../core/drift/drift.js';
import { deployerKindOf } from '../../core/drift/forecast.js';
import { planIgnore, type IgnoreEdit } from '../../core/drift/ignoreEdit.js';
import { planFieldRevert, planObjectRevert, type RevertRequest } from '../../core/drift/revert.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { settingsFileName } from '../../core/gitops/settings.js';
import { manifestOf, manifestText } from '../../core/live/manifestJson.js';
import { liveKey } from '../../core/live/liveObject.js';
import { formatFieldPath } from '../../core/objects/compare.js';
import { Failure } from '../../services/failure.js';
import type { Cluster } from '../../services/ports.js';
import type { ObjectName } from '../clusterProtocol.js';
import type { Place } from '../protocol.js';
import { toWorkspaceEdit } from '../promote/fieldEdit.js';
import type { Session } from '../session.js';
import { pathToUri } from '../uris.js';
import { findAdoption } from './adopt.js';
import type { LiveSession } from './liveSession.js';

export interface DriftTarget {
  readonly id: string;
  readonly object: ObjectName;
  readonly path?: string;
}

export class DriftActions {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #live: LiveSession;

  constructor(connection: Connection, session: Session, live: LiveSession) {
    this.#connection = connection;
    this.#session = session;
    this.#live = live;
  }

  /** Sets a field, or without one the whole object, back to what git says. Rejects with a {@link Failure}. */
  async revert(target: DriftTarget, signal: AbortSignal): Promise<null> {
    const { environment, drift } = this.#find(target);
    const cluster = this.#live.clusters.connectionOf(target.id)?.cluster;
    if (!cluster) throw new Failure('cluster/unreachable', `${environment.label} has no connection to a cluster.`, 'Choose and connect its cluster first.');
    const deployer = deployerKindOf({ operator: environment.operator, declaration: environment.declaration && manifestOf(environment.declaration) });
    const namespace = environment.destination.namespace?.value ?? this.#live.namespaceOf(cluster.context);
    const application = environment.operator === 'argocd' ? environment.declaration?.id.name : undefined;
    const plan = target.path === undefined ? planObjectRevert(drift, deployer, { namespace, application }) : planFieldRevert(drift, target.path, deployer);
    if (!plan.ok) throw new Failure('drift/not-revertible', plan.reason, 'Sync the environment instead.');
    await send(cluster, plan.request, signal);
    return null;
  }

  /** Edits the environment's sources so that they say what is live. */
  async adopt(target: DriftTarget): Promise<{ readonly place: Place }> {
    const { environment, drift } = this.#find(target);
    const field = this.#fieldOf(drift, target.path);
    const changes = findAdoption(this.#session, environment, drift, field);
    const [first] = changes;
    if (!first) throw gone();
    await this.#apply(`Adopt ${target.path ?? ''} of ${target.object.kind} ${target.object.name}`, toWorkspaceEdit(changes));
    return { place: { uri: pathToUri(first.location.path), range: first.location.range, label: this.#session.label(first.location.path) } };
  }

  /** Writes that a difference doesn't count: to the operator's declaration where it can say that, else to the workspace's settings. */
  async ignore(target: DriftTarget, reason: string): Promise<{ readonly place: Place }> {
    const { environment, drift } = this.#find(target);
    const field = this.#fieldOf(drift, target.path);
    const file = joinPath(this.#folderOf(environment), settingsFileName);
    const root = this.#session.model.parse(file)?.documents[0]?.root;
    const edit = planIgnore(environment, { id: drift.id, path: field.path, reason, object: drift.live ?? drift.predicted }, { file, root });
    if (edit.kind === 'refused') throw new Failure('drift/not-ignorable', edit.reason, `Write it to ${settingsFileName} by hand.`);
    await this.#apply(`Ignore ${target.path ?? ''} of ${target.object.kind} ${target.object.name}`, toIgnoreEdit(edit));
    const start = { line: 0, character: 0 };
    const range = edit.kind === 'edit' ? (edit.changes[0]?.location.range ?? { start, end: start }) : { start, end: start };
    return { place: { uri: pathToUri(edit.file), range, label: this.#session.label(edit.file) } };
  }

  #find({ id, object }: DriftTarget): { readonly environment: Environment; readonly drift: ObjectDrift } {
    const { live, drift } = this.#live.driftOf(id);
    const found = drift.objects.find((each) => liveKey(each.id) === liveKey(object));
    if (!found) throw gone();
    return { environment: live.environment, drift: found };
  }

  #fieldOf({ fields }: ObjectDrift, path: string | undefined): FieldDrift {
    const field = fields.find((each) => formatFieldPath(each.path) === path);
    if (!field) throw gone();
    return field;
  }

  /** The workspace folder that an environment is in. */
  #folderOf(environment: Environment): string {
    const { folders } = this.#session;
    const folder = environment.sources[0]?.folder ?? environment.declaredAt.source.path;
    return folders.find((each) => folder === each || folder.startsWith(`${each}/`)) ?? folders[0] ?? '/';
  }

  async #apply(label: string, edit: WorkspaceEdit): Promise<void> {
    const { applied, failureReason } = await this.#connection.workspace.applyEdit({ label, edit });
    if (!applied) throw new Failure('drift/not-adoptable', `The editor did not take the edit${failureReason === undefined ? '' : `: ${failureReason}`}.`, 'Try again.');
  }
}

function toIgnoreEdit(edit: Exclude<IgnoreEdit, { readonly kind: 'refused' }>): WorkspaceEdit {
  if (edit.kind === 'edit') return toWorkspaceEdit(edit.changes);
  const uri = pathToUri(edit.file);
  const start = { line: 0, character: 0 };
  return {
    documentChanges: [
      { kind: 'create', uri, options: { ignoreIfExists: true } },
      { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: edit.text }] },
    ],
  };
}

async function send(cluster: Cluster, request: RevertRequest, signal: AbortSignal): Promise<void> {
  switch (request.kind) {
    case 'apply':
      await cluster.apply(request.id, manifestText(request.manifest), { fieldManager: request.manager, force: true }, signal);
      return;
    case 'json-patch':
      await cluster.patch(request.id, 'json', request.patch, { fieldManager: request.manager }, signal);
      return;
    case 'delete': {
      const { uid, resourceVersion } = request;
      await cluster.delete(request.id, { propagation: 'Background', ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) }, signal);
    }
  }
}

function gone(): Failure {
  return new Failure('live/not-compared', 'This is not known any more.', 'Look at the tree again.');
}
