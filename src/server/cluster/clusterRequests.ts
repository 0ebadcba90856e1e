/** The requests about clusters: connections, what is live, drift, syncs, operators. */
import type { CancellationToken, Connection } from 'vscode-languageserver';
import { isLiveObject, liveKey, type LiveObject } from '../../core/live/liveObject.js';
import { liveText } from '../../core/live/liveText.js';
import type { RenderedObject } from '../../core/objects/rendering.js';
import { declarationIdOf } from '../../core/operators/declarationOf.js';
import { manifestOf } from '../../core/live/manifestJson.js';
import { suggestContext, type Connection as ClusterConnection } from '../../services/clusters.js';
import { Failure } from '../../services/failure.js';
import { actOnOperator } from '../../services/operators.js';
import type { ClusterRequests, ConnectionSummary, LiveHint, OperatorAction } from '../clusterProtocol.js';
import { signalOf } from '../requests.js';
import type { Session } from '../session.js';
import { uriToPath } from '../uris.js';

import { describeDrift, type DescribeContext } from './describeDrift.js';
import { describeLive, describeRecords, type LiveContext } from './describeLive.js';
import { describePlan, findPlanned } from './describePlan.js';
import { DriftActions } from './driftActions.js';
import { liveHintsOf } from './liveHints.js';
import { orFailureWords, type LiveSession } from './liveSession.js';
import { parseLiveUri, type LiveAddress } from './liveUris.js';
import type { Syncs } from './syncs.js';

type Handler<Method extends keyof ClusterRequests> = (
  parameters: ClusterRequests[Method]['params'],
  token: CancellationToken,
) => ClusterRequests[Method]['result'] | Promise<ClusterRequests[Method]['result']>;

export interface ClusterParts {
  readonly session: Session;
  readonly live: LiveSession;
  readonly syncs: Syncs;
  /** Who asks an operator for something. */
  readonly user: string;
  /** Further notes at the lines of a file. @param path absolute */
  readonly moreHints: (path: string) => readonly LiveHint[];
}

export function registerClusterRequests(connection: Connection, parts: ClusterParts): void {
  const { session, live, syncs } = parts;
  const onRequest = <Method extends keyof ClusterRequests>(method: Method, handler: Handler<Method>): unknown => connection.onRequest(method, handler);
  const describing = (): DescribeContext => ({ label: (path) => session.label(path), fingerprint: session.fingerprint, now: Date.now() });
  registerConnections(onRequest, parts);

  onRequest('gitops/live/environments', () => live.environments.all.map((each) => describeLive(each, liveContext(parts))));
  onRequest('gitops/live/refresh', ({ id }) =>
    orFailureWords(async () => {
      const found = await live.environments.refresh(id);
      if (!found) throw gone();
      return describeLive(found, liveContext(parts));
    }),
  );
  onRequest('gitops/live/drift', ({ id }) =>
    orFailureWords(() => {
      const { live: found, drift } = live.driftOf(id);
      return describeDrift(found, drift, describing());
    }),
  );
  onRequest('gitops/live/text', ({ uri }) => orFailureWords(() => ({ text: textAt(uri, parts) })));
  onRequest('gitops/live/hints', ({ uri }) => {
    const path = uriToPath(uri) ?? '';
    return [...liveHintsOf(path, live.environments.all, describing()), ...parts.moreHints(path)];
  });
  const actions = new DriftActions(connection, session, live);
  onRequest('gitops/drift/revert', (target, token) => orFailureWords(() => actions.revert(target, signalOf(token, session))));
  onRequest('gitops/drift/adopt', (target) => orFailureWords(() => actions.adopt(target)));
  onRequest('gitops/drift/ignore', ({ reason, ...target }) => orFailureWords(() => actions.ignore(target, reason)));
  onRequest('gitops/sync/plan', ({ id, options }, token) => orFailureWords(async () => describePlan(await syncs.plan(id, options, signalOf(token, session)), describing())));
  onRequest('gitops/sync/run', ({ planId, confirmed, takeOver }) => orFailureWords(() => ({ runId: syncs.run(planId, confirmed, takeOver) })));
  onRequest('gitops/sync/cancel', ({ runId }) => {
    syncs.cancel(runId);
    return null;
  });
  onRequest('gitops/sync/history', ({ id }, token) => orFailureWords(async () => describeRecords(await syncs.history(id, signalOf(token, session)))));
  onRequest('gitops/sync/reconcile', ({ id, on }) =>
    orFailureWords(() => {
      syncs.reconcile(id, on);
      return null;
    }),
  );
  onRequest('gitops/operator/act', ({ id, action }, token) => orFailureWords(() => act(id, action, parts, signalOf(token, session))));
}

type OnRequest = <Method extends keyof ClusterRequests>(method: Method, handler: Handler<Method>) => unknown;

function registerConnections(onRequest: OnRequest, { live }: ClusterParts): void {
  const { clusters } = live;
  onRequest('gitops/cluster/contexts', () => orFailureWords(() => live.readContexts()));
  onRequest('gitops/cluster/connections', () => clusters.connections.map(describeConnection));
  onRequest('gitops/cluster/connect', ({ context }) => orFailureWords(async () => describeConnection(await live.connect(context))));
  onRequest('gitops/cluster/disconnect', ({ context }) => {
    clusters.disconnect(context);
    return null;
  });
  onRequest('gitops/cluster/choose', ({ ids, context }) => {
    clusters.choose(ids, context);
    return null;
  });
}

function describeConnection({ context, server, state, message }: ClusterConnection): ConnectionSummary {
  return { context, server, state, message };
}

function liveContext({ session, live, syncs }: ClusterParts): LiveContext {
  return {
    isCompared: session.settings.drift,
    suggest: (environment) => live.knownContexts && suggestContext(environment, live.knownContexts),
    gitOf: (each) => live.comparedGitOf(each),
    aheadOf: (each) => live.aheadOf(each),
    declarationOf: (each) => live.declarationOf(each),
    sourceOf: (each) => live.sourceOf(each),
    runningSync: (id) => syncs.runningOf(id),
    isReconciled: (id) => syncs.isReconciled(id),
    lastSync: (id) => syncs.lastOf(id),
    now: Date.now(),
  };
}

/** The text of one side of a comparison. Throws a {@link Failure} where it isn't kept any more. */
function textAt(uri: string, { session, live, syncs }: ClusterParts): string {
  const address = parseLiveUri(uri);
  if (!address) throw gone();
  const planned = address.plan === '' ? undefined : plannedAt(address, syncs);
  const found = planned ?? (address.plan === '' ? live.driftOf(address.environment).drift.objects.find(({ id }) => liveKey(id) === address.key) : undefined);
  const made = planned?.manifest && isLiveObject(planned.manifest) ? planned.manifest : undefined;
  const object = found && (address.side === 'live' ? found.live : (found.predicted ?? (found.desired ? renderedAsLive(found.desired) : made)));
  if (!object) throw gone();
  const mask = session.settings.maskSecrets ? (value: string) => `••••••••${session.fingerprint(value)}` : undefined;
  return liveText(object, { mask, withStatus: false });
}

function plannedAt({ plan, key }: LiveAddress, syncs: Syncs): ReturnType<typeof findPlanned> {
  const kept = syncs.planOf(plan);
  if (!kept) throw gone();
  return findPlanned(kept, key);
}

/** What git says, where no server has said what comes of it. */
function renderedAsLive(object: RenderedObject): LiveObject | undefined {
  const manifest = manifestOf(object);
  return isLiveObject(manifest) ? manifest : undefined;
}

async function act(id: string, action: OperatorAction, { live, user }: ClusterParts, signal: AbortSignal): Promise<null> {
  const environment = live.environment(id);
  const own = environment && declarationIdOf(environment);
  const cluster = live.clusters.connectionOf(id)?.cluster;
  if (!own) throw gone();
  if (!cluster) throw new Failure('cluster/unreachable', `${environment.label} has no connection to a cluster.`, 'Choose and connect its cluster first.');
  const outcome = await actOnOperator(own, action, { cluster, user, onProgress: () => live.tell([id]) }, signal);
  switch (outcome.result) {
    case 'done':
      return null;
    case 'refused':
      throw new Failure('operator/refused', outcome.refusal.message, outcome.refusal.action);
    case 'failed':
      throw new Failure('operator/failed', outcome.message, 'Look at the conditions of its object.');
    case 'timed-out':
      throw new Failure('operator/timed-out', outcome.message, outcome.action);
  }
}

function gone(): Failure {
  return new Failure('live/not-compared', 'This is not known any more.', 'Look at the tree again.');
}
