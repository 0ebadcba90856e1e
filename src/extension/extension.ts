/** The entry: builds the services, registers the features, and starts the server where there is something to render. */
import * as vscode from 'vscode';
import { makeGuard, type App } from './app.js';
import { register as registerApplications } from './applications/index.js';
import { register as registerBoard } from './board/index.js';
import { register as registerCharts } from './charts/index.js';
import { register as registerClusters } from './clusters/index.js';
import { Delivery } from './delivery/delivery.js';
import { register as registerDoctor } from './doctor/index.js';
import { register as registerDrift } from './drift/index.js';
import { register as registerEnvironments } from './environments/index.js';
import { register as registerEnvironmentTree } from './environmentTree/index.js';
import { register as registerLadder } from './ladder/index.js';
import { Ladders } from './ladder/ladders.js';
import { Live } from './live/live.js';
import { register as registerOperators } from './operators/index.js';
import { register as registerPlans } from './plans/index.js';
import { register as registerPreview } from './preview/index.js';
import { register as registerProtectedFiles } from './protectedFiles/index.js';
import { register as registerPullRequests } from './pullRequests/index.js';
import { PullRequests } from './pullRequests/pullRequests.js';
import { register as registerRegistries } from './registries/index.js';
import { register as registerRemote } from './remote/index.js';
import { register as registerRulePages } from './rulePages/index.js';
import { register as registerSample } from './sample/index.js';
import { register as registerSandbox } from './sandbox/index.js';
import { register as registerServerCommands } from './server/index.js';
import { Server } from './server/server.js';
import { register as registerSetHere } from './setHere/index.js';
import { register as registerSync } from './sync/index.js';
import { register as registerTopology } from './topology/index.js';
import { register as registerWorkspace } from './workspace/index.js';
import { register as registerYamlExtension } from './yamlExtension/index.js';

const features = [
  registerPreview,
  registerCharts,
  registerEnvironments,
  registerEnvironmentTree,
  registerClusters,
  registerDrift,
  registerSync,
  registerOperators,
  registerPlans,
  registerSetHere,
  registerRegistries,
  registerPullRequests,
  registerLadder,
  registerDoctor,
  registerSandbox,
  registerBoard,
  registerTopology,
  registerApplications,
  registerProtectedFiles,
  registerRulePages,
  registerSample,
  registerRemote,
  registerServerCommands,
  registerWorkspace,
  registerYamlExtension,
];

/** Returns at once: nothing is read and no process is started before a later turn. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('GitOps', { log: true });
  const server = new Server(context, log);
  const delivery = new Delivery(server);
  const live = new Live(server);
  const ladders = new Ladders(server);
  const pullRequests = new PullRequests(server);
  const app: App = { context, log, server, delivery, live, ladders, pullRequests, guard: makeGuard(log) };
  context.subscriptions.push(log, server, delivery, live, ladders, { dispose: () => void server.stop() }, ...features.map((register) => register(app)));
}
