/** The picture of how commits reach environments, in a page of its own; each node opens the file that it stands in. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { Page } from '../pages/page.js';
import { readTopologyRequest, type TopologyPage, type TopologyRequest } from './messages.js';

export function register(app: App): vscode.Disposable {
  const page = new Page<TopologyPage>(app.context, {
    viewType: 'gitops.topology',
    title: 'Topology',
    name: 'topology',
    load: async () => ({ kind: 'topology', topology: await app.server.request('gitops/delivery/topology', {}) }),
    failed: (message) => ({ kind: 'failed', message }),
    onMessage: (message) => void app.guard('topology', () => answer(app, readTopologyRequest(message))),
  });
  return vscode.Disposable.from(
    page,
    app.delivery.onDidAnswer(() => void page.refresh()),
    registerCommands(app.guard, { 'gitops.topology.open': () => page.open() }),
  );
}

async function answer(app: App, request: TopologyRequest | undefined): Promise<void> {
  if (request?.kind === 'openBoard') await vscode.commands.executeCommand('gitops.board.open');
  if (request?.kind !== 'open') return;
  // The place is asked for anew: what the page shows may be older than the files.
  const { nodes } = await app.server.request('gitops/delivery/topology', {});
  const place = nodes.find(({ id }) => id === request.nodeId)?.place;
  if (place) await vscode.commands.executeCommand('_gitops.place.show', place.uri, place.range);
}
