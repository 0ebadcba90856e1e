/** Whether an environment's cluster is connected; offers to connect it where it is not. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { tellFailure } from '../ask.js';

/** True where it is connected, or was just connected. */
export async function ensureConnected(app: App, { id, label }: EnvironmentSummary): Promise<boolean> {
  if (!vscode.workspace.isTrusted) {
    tellFailure(app, { code: 'workspace/untrusted', message: '' });
    return false;
  }
  if (isConnected(app, id)) return true;
  const context = app.live.environment(id)?.context;
  const connect = 'Connect…';
  const answer = await vscode.window.showInformationMessage(
    context === undefined ? `No cluster was chosen for ${label} yet.` : `${label} is in ${context}, which is not connected.`,
    connect,
  );
  if (answer !== connect) return false;
  await vscode.commands.executeCommand('gitops.clusters.connect', { environmentId: id });
  return isConnected(app, id);
}

function isConnected(app: App, id: string): boolean {
  const context = app.live.environment(id)?.context;
  return app.live.connections.some((connection) => connection.context === context && connection.state === 'connected');
}
