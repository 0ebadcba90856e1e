/** Asks the server for something that may fail outside, and tells the user with an action where it did. */
import * as vscode from 'vscode';
import type { FailureWords } from '../server/protocol.js';
import type { App } from './app.js';
import { actionsFor, describeFailure, isFailureWords } from './failures.js';
import type { Requests } from './server/connection.js';

/** The code by which JSON-RPC says that a method isn't known. */
const methodNotFound = -32601;

/** The answer; a failure in words too where the server doesn't know the request. */
export async function request<Method extends keyof Requests>(
  app: App,
  method: Method,
  parameters: Requests[Method]['params'],
  token?: vscode.CancellationToken,
): Promise<Requests[Method]['result'] | FailureWords> {
  try {
    return await app.server.request(method, parameters, token);
  } catch (error) {
    if (token?.isCancellationRequested) throw new vscode.CancellationError();
    if (error instanceof Error && 'code' in error && error.code === methodNotFound) return { code: 'server/unknown-request', message: error.message };
    throw error;
  }
}

/** The answer; undefined where there is none, which was said. */
export async function ask<Method extends keyof Requests>(
  app: App,
  method: Method,
  parameters: Requests[Method]['params'],
  token?: vscode.CancellationToken,
): Promise<Exclude<Requests[Method]['result'], FailureWords> | undefined> {
  const answer = await request(app, method, parameters, token);
  if (!isFailureWords(answer)) return answer as Exclude<Requests[Method]['result'], FailureWords>;
  tellFailure(app, answer);
  return undefined;
}

/** The same with a notification that says what is being done, and can be cancelled. */
export async function askWithProgress<Method extends keyof Requests>(
  app: App,
  title: string,
  method: Method,
  parameters: Requests[Method]['params'],
): Promise<Exclude<Requests[Method]['result'], FailureWords> | undefined> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (_progress, token) => ask(app, method, parameters, token));
}

/** Says what failed, with buttons for what helps. Doesn't wait for them. */
export function tellFailure(app: App, failure: FailureWords): void {
  app.log.error(`${failure.code}: ${failure.message}`);
  const offered = actionsFor(failure);
  void vscode.window.showErrorMessage(describeFailure(failure), ...offered.map(({ title }) => title)).then((answer) => {
    const action = offered.find(({ title }) => title === answer);
    return action && vscode.commands.executeCommand(action.command, ...action.arguments);
  });
}
