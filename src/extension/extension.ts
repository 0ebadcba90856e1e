/** The entry: builds the services, registers the features, and starts the server where there is something to render. */
import * as vscode from 'vscode';
import { makeGuard, type App } from './app.js';
import { register as registerEnvironments } from './environments/index.js';
import { register as registerPreview } from './preview/index.js';
import { register as registerRemote } from './remote/index.js';
import { register as registerServerCommands } from './server/index.js';
import { Server } from './server/server.js';
import { register as registerWorkspace } from './workspace/index.js';
import { register as registerYamlExtension } from './yamlExtension/index.js';

const features = [registerPreview, registerEnvironments, registerRemote, registerServerCommands, registerWorkspace, registerYamlExtension];

/** Returns at once: nothing is read and no process is started before a later turn. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('GitOps', { log: true });
  const server = new Server(context, log);
  const app: App = { context, log, server, guard: makeGuard(log) };
  context.subscriptions.push(log, server, { dispose: () => void server.stop() }, ...features.map((register) => register(app)));
}
