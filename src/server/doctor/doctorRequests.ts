/** The requests about ladders and the doctor. */
import type { CancellationToken } from 'vscode-languageserver';
import { orFailureWords } from '../cluster/liveSession.js';
import type { DoctorRequests } from '../doctorProtocol.js';
import { signalOf } from '../requests.js';
import type { Ladders } from './ladders.js';
import { runFix, type FixParts } from './runFix.js';

type Handler<Method extends keyof DoctorRequests> = (
  parameters: DoctorRequests[Method]['params'],
  token: CancellationToken,
) => DoctorRequests[Method]['result'] | Promise<DoctorRequests[Method]['result']>;

export interface DoctorParts extends FixParts {
  readonly ladders: Ladders;
}

export function registerDoctorRequests(parts: DoctorParts): void {
  const { connection, session, ladders, visits } = parts;
  const onRequest = <Method extends keyof DoctorRequests>(method: Method, handler: Handler<Method>): unknown => connection.onRequest(method, handler);
  onRequest('gitops/ladder/read', ({ id, line }, token) => orFailureWords(() => ladders.read(id, line, signalOf(token, session))));
  onRequest('gitops/ladder/follow', ({ id, commit }, token) => orFailureWords(() => ladders.follow(id, commit, signalOf(token, session))));
  onRequest('gitops/ladder/stop', ({ followId }) => {
    ladders.stop(followId);
    return null;
  });
  onRequest('gitops/doctor/visit', ({ id }, token) => orFailureWords(() => visits.visit(id, signalOf(token, session))));
  onRequest('gitops/doctor/fix', ({ visitId, fixId }, token) =>
    orFailureWords(() => {
      const { kept, fix } = visits.find(visitId, fixId);
      return runFix(kept, fix, parts, signalOf(token, session));
    }),
  );
  onRequest('gitops/doctor/report', ({ ids }) => orFailureWords(() => ({ markdown: visits.report(ids) })));
}
