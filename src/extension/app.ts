/** What every feature of the extension is given. */
import * as vscode from 'vscode';
import type { Guard } from './bindings.js';
import type { Delivery } from './delivery/delivery.js';
import type { Ladders } from './ladder/ladders.js';
import type { Live } from './live/live.js';
import type { PullRequests } from './pullRequests/pullRequests.js';
import type { Server } from './server/server.js';

export interface App {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: Server;
  readonly delivery: Delivery;
  readonly live: Live;
  readonly ladders: Ladders;
  readonly pullRequests: PullRequests;
  readonly guard: Guard;
}

/** Runs work for a command or an event: a failure is put into words, a bug is logged with its stack and said once. */
export function makeGuard(log: vscode.LogOutputChannel): Guard {
  const said = new Set<string>();
  return async (name, work) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof vscode.CancellationError) return;
      const message = error instanceof Error ? error.message : String(error);
      log.error(`${name}: ${error instanceof Error ? (error.stack ?? message) : message}`);
      if (said.has(`${name} ${message}`)) return;
      said.add(`${name} ${message}`);
      const show = 'Show Log';
      const answer = await vscode.window.showErrorMessage(`GitOps: ${message}`, show);
      if (answer === show) log.show();
    }
  };
}
