/** Carries out a fix that the user chose, by the ways that there are: edits of the editor, requests to operators, plans of syncs, pushes. */
import type { Connection } from 'vscode-languageserver';
import type { TextChange } from '../../core/base/problem.js';
import type { FixAction, RunnableFix } from '../../core/doctor/diagnosis.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { Failure } from '../../services/failure.js';
import { repositoryOf } from '../../services/ladder.js';
import { actOnOperator } from '../../services/operators.js';
import type { GitWriter } from '../../services/ports.js';
import { describePlan } from '../cluster/describePlan.js';
import type { DescribeContext } from '../cluster/describeDrift.js';
import type { LiveSession } from '../cluster/liveSession.js';
import type { Syncs } from '../cluster/syncs.js';
import type { FixOutcome } from '../doctorProtocol.js';
import { findFieldEdit, toWorkspaceEdit } from '../promote/fieldEdit.js';
import type { Session } from '../session.js';
import type { KeptVisit, Visits } from './visits.js';

export interface FixParts {
  readonly connection: Connection;
  readonly session: Session;
  readonly live: LiveSession;
  readonly syncs: Syncs;
  readonly visits: Visits;
  /** Undefined where nothing can be pushed. */
  readonly writer: GitWriter | undefined;
  /** Who asks an operator for something. */
  readonly user: string;
}

/** Rejects with a {@link Failure} where it can't be done. */
export async function runFix({ environment }: KeptVisit, { action, title }: RunnableFix, parts: FixParts, signal: AbortSignal): Promise<FixOutcome> {
  switch (action.kind) {
    case 'edit':
      return applyEdit(title, action.changes, parts);
    case 'set':
      return applyEdit(title, findFieldEdit(parts.session.source.edited(), environment, action.object, action), parts);
    case 'operator':
      return { kind: 'done', message: await ask(environment, action, parts, signal) };
    case 'sync': {
      const describing: DescribeContext = { label: (path) => parts.session.label(path), fingerprint: parts.session.fingerprint, now: Date.now() };
      return { kind: 'plan', plan: describePlan(await parts.syncs.plan(environment.id, { prune: false }, signal), describing) };
    }
    case 'push':
      return { kind: 'done', message: await push(action, parts, signal) };
  }
}

async function applyEdit(title: string, changes: readonly TextChange[], { connection, visits }: FixParts): Promise<FixOutcome> {
  const [first] = changes;
  if (!first) throw refused('There is nothing to change any more.');
  const { applied, failureReason } = await connection.workspace.applyEdit({ label: title, edit: toWorkspaceEdit(changes) });
  if (!applied) throw refused(`The editor did not take the edit${failureReason === undefined ? '' : `: ${failureReason}`}.`);
  const place = visits.placeOf(first.location);
  return { kind: 'edited', place, message: `${title}: ${place.label} was edited and is not saved.` };
}

async function ask(environment: Environment, { id, action }: Extract<FixAction, { kind: 'operator' }>, { live, user }: FixParts, signal: AbortSignal): Promise<string> {
  const cluster = live.clusters.connectionOf(environment.id)?.cluster;
  if (!cluster) throw new Failure('cluster/unreachable', `${environment.label} has no connection to a cluster.`, 'Choose and connect its cluster first.');
  const outcome = await actOnOperator(id, action, { cluster, user, onProgress: () => live.tell([environment.id]) }, signal);
  switch (outcome.result) {
    case 'done':
      return outcome.message === '' ? `${id.kind} ${id.name} has done it.` : outcome.message;
    case 'refused':
      throw new Failure('operator/refused', outcome.refusal.message, outcome.refusal.action);
    case 'failed':
      throw new Failure('operator/failed', outcome.message, 'Look at the conditions of its object.');
    case 'timed-out':
      throw new Failure('operator/timed-out', outcome.message, outcome.action);
  }
}

async function push({ folder, branch }: Extract<FixAction, { kind: 'push' }>, { session, writer }: FixParts, signal: AbortSignal): Promise<string> {
  const repository = repositoryOf(folder, session.model.delivery.model.repositories);
  if (!writer || !repository || !session.isTrusted) throw new Failure('git/failed', 'Nothing is pushed from here.', 'Push it in a terminal.');
  const { local, upstream, behind, ahead } = await writer.branch(repository.top, branch, signal);
  if (local === undefined || !upstream) throw new Failure('git/no-upstream', `${branch} has no upstream.`, 'Push it once with an upstream.');
  const answer = behind > 0 ? { kind: 'not-fast-forward' } : await writer.push(repository.top, { remote: upstream.remote, branch: upstream.branch, commit: local }, signal);
  if (answer.kind === 'not-fast-forward') throw new Failure('git/diverged', `${upstream.remote}/${upstream.branch} has commits that ${branch} lacks.`, 'Pull first, then push.');
  return `${ahead} ${ahead === 1 ? 'commit' : 'commits'} of ${branch} ${ahead === 1 ? 'is' : 'are'} at ${upstream.remote}/${upstream.branch} now.`;
}

function refused(reason: string): Failure {
  return new Failure('drift/not-adoptable', reason, 'Edit the sources by hand.');
}
