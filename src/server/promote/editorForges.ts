/** The editor's sessions with forges, asked for without a question to the user; an editor that has none to give is not asked twice. */
import { ErrorCodes, ResponseError, type Connection } from 'vscode-languageserver';
import type { PullRequestSource } from '../../core/gitops/argocd/applicationSet/pullRequestSource.js';
import type { ForgeSession } from '../../services/ports.js';
import type { PromoteQuestions } from '../promoteProtocol.js';

/** What asks the editor behind a connection. */
export function editorForges(connection: Connection): (source: PullRequestSource) => Promise<ForgeSession | undefined> {
  const method: keyof PromoteQuestions = 'gitops/forges/session';
  let hasSessions = true;
  return async ({ kind, host }) => {
    if (!hasSessions) return undefined;
    try {
      const answer = await connection.sendRequest<PromoteQuestions[typeof method]['result'] | undefined>(method, { kind, host });
      return answer ? { host, kind, token: answer.token } : undefined;
    } catch (error) {
      if (!(error instanceof ResponseError) || error.code !== ErrorCodes.MethodNotFound) throw error;
      hasSessions = false;
      return undefined;
    }
  };
}
