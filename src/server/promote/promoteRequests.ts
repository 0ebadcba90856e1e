/** The requests about edits that are delivered through git: promotions, plans and their runs, "Set this here", registries. */
import type { CancellationToken, Connection, WorkspaceEdit } from 'vscode-languageserver';
import { Failure } from '../../services/failure.js';
import { orFailureWords } from '../cluster/liveSession.js';
import type { PromoteRequests } from '../promoteProtocol.js';
import { signalOf } from '../requests.js';
import type { Session } from '../session.js';
import type { KeptPlans } from './keptPlans.js';
import type { PlanRuns, PlanRunsOptions } from './planRuns.js';
import { parsePlanUri } from './planUris.js';
import type { PreviewEnvironments } from './previewEnvironments.js';
import type { PullRequestWatch } from './pullRequestWatch.js';
import type { Promotions } from './promotions.js';
import type { RegistryMoves } from './registryMoves.js';
import type { Rollbacks } from './rollbacks.js';
import { describeField, setHere } from './setHere.js';

type Handler<Method extends keyof PromoteRequests> = (
  parameters: PromoteRequests[Method]['params'],
  token: CancellationToken,
) => PromoteRequests[Method]['result'] | Promise<PromoteRequests[Method]['result']>;

export interface PromoteParts {
  readonly session: Session;
  readonly plans: KeptPlans;
  readonly promotions: Promotions;
  readonly registryMoves: RegistryMoves;
  readonly rollbacks: Rollbacks;
  readonly previews: PreviewEnvironments;
  readonly pullRequests: PullRequestWatch;
  readonly runs: PlanRuns;
}

export function registerPromoteRequests(connection: Connection, { session, plans, promotions, registryMoves, rollbacks, previews, pullRequests, runs }: PromoteParts): void {
  const onRequest = <Method extends keyof PromoteRequests>(method: Method, handler: Handler<Method>): unknown => connection.onRequest(method, handler);
  const applyEdit = editThrough(connection);
  onRequest('gitops/promote/options', ({ from }) => orFailureWords(() => promotions.choices(from)));
  onRequest('gitops/promote/plan', (request, token) => orFailureWords(() => promotions.plan(request, signalOf(token, session))));
  onRequest('gitops/promote/run', (request) => orFailureWords(() => ({ runId: runs.start(request) })));
  onRequest('gitops/promote/cancel', ({ runId }) => {
    runs.cancel(runId);
    return null;
  });
  onRequest('gitops/promote/text', ({ uri }) =>
    orFailureWords(() => {
      const address = parsePlanUri(uri);
      if (!address) throw new Failure('promotion/changed', `${uri} is no text of a plan.`, 'Plan it again.');
      return { text: plans.textAt(address) };
    }),
  );
  onRequest('gitops/rollback/history', ({ id, most }, token) => orFailureWords(() => rollbacks.history(id, most, signalOf(token, session))));
  onRequest('gitops/rollback/compare', ({ id, commit }, token) => orFailureWords(() => rollbacks.compare(id, commit, signalOf(token, session))));
  onRequest('gitops/rollback/plan', ({ id, to }, token) => orFailureWords(() => rollbacks.plan(id, to, signalOf(token, session))));
  onRequest('gitops/previewEnvironments/list', (_, token) => orFailureWords(() => previews.list(signalOf(token, session))));
  onRequest('gitops/previewEnvironments/render', ({ id }) => orFailureWords(() => previews.render(id)));
  onRequest('gitops/previewEnvironments/create', ({ id }, token) => orFailureWords(() => previews.create(id, signalOf(token, session))));
  onRequest('gitops/previewEnvironments/delete', ({ id }, token) => orFailureWords(() => previews.delete(id, signalOf(token, session))));
  onRequest('gitops/pullRequests/forges', () => pullRequests.describe());
  onRequest('gitops/pullRequests/refresh', async ({ isForced }) => {
    await pullRequests.refresh(isForced);
    return pullRequests.describe();
  });
  onRequest('gitops/setHere/field', ({ uri, position }) => describeField(session, uri, position) ?? null);
  onRequest('gitops/setHere/set', (request) => orFailureWords(() => setHere(session, request, applyEdit)));
  onRequest('gitops/registry/options', () => registryMoves.choices());
  onRequest('gitops/registry/plan', (request, token) => orFailureWords(() => registryMoves.plan(request, signalOf(token, session))));
}

/** Edits go through the editor, so that they can be undone. */
export function editThrough(connection: Connection): PlanRunsOptions['applyEdit'] {
  return async (label: string, edit: WorkspaceEdit) => (await connection.workspace.applyEdit({ label, edit })).applied;
}
