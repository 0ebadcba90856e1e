/** The requests about environments: the tree, the board, the topology, generated Applications. */
import type { CancellationToken, Connection } from 'vscode-languageserver';
import type { DeliveryRequests } from '../deliveryProtocol.js';
import type { Session } from '../session.js';
import { uriToPath } from '../uris.js';
import { Differences, makeBoard } from './board.js';
import { signalOf } from '../requests.js';
import { compareBranch } from './compareBranch.js';
import { describeGenerated } from './generated.js';
import { describeStandIns } from './standIns.js';
import { drawTopology } from './topology.js';
import { describeEnvironment, summarizeEnvironments, type SummarySource } from './summaries.js';

type Handler<Method extends keyof DeliveryRequests> = (
  parameters: DeliveryRequests[Method]['params'],
  token: CancellationToken,
) => DeliveryRequests[Method]['result'] | Promise<DeliveryRequests[Method]['result']>;

export function registerDeliveryRequests(connection: Connection, session: Session): void {
  const onRequest = <Method extends keyof DeliveryRequests>(method: Method, handler: Handler<Method>): unknown => connection.onRequest(method, handler);
  const differences = new Differences();
  const source = (): SummarySource => session.summarySource();

  onRequest('gitops/delivery/environments', () => summarizeEnvironments(source()));
  onRequest('gitops/delivery/details', ({ id }) => {
    const environment = session.model.delivery.model.environments.find((candidate) => candidate.id === id);
    return environment ? describeEnvironment(environment, source()) : null;
  });
  onRequest('gitops/delivery/standIns', ({ id }) => describeStandIns(session.model, id) ?? null);
  onRequest('gitops/delivery/board', () => makeBoard(source(), differences));
  onRequest('gitops/delivery/topology', () => drawTopology(session.model, (path) => session.label(path)));
  onRequest('gitops/delivery/compare', ({ base, head }, token) => compareBranch(session, base, head, signalOf(token, session)));
  onRequest('gitops/delivery/generated', ({ uri, line }) => describeGenerated(session.model, uriToPath(uri) ?? '', line, (path) => session.label(path)) ?? null);
}
