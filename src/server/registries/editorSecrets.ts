/** Credentials that the user stored in the editor, asked for when a registry wants some; an editor that keeps none is not asked twice. */
import { ErrorCodes, ResponseError, type Connection } from 'vscode-languageserver';
import type { RegistryCredential } from '../../core/registry/credentials.js';
import type { RegistriesQuestions } from '../registriesProtocol.js';

/** What asks the editor behind a connection. */
export function editorSecrets(connection: Connection): (host: string) => Promise<RegistryCredential | undefined> {
  const method: keyof RegistriesQuestions = 'gitops/registries/secret';
  let keepsSecrets = true;
  return async (host) => {
    if (!keepsSecrets) return undefined;
    try {
      const answer = await connection.sendRequest<RegistriesQuestions[typeof method]['result'] | undefined>(method, { host });
      return answer ? { kind: 'password', username: answer.username, password: answer.password } : undefined;
    } catch (error) {
      if (!(error instanceof ResponseError) || error.code !== ErrorCodes.MethodNotFound) throw error;
      keepsSecrets = false;
      return undefined;
    }
  };
}
