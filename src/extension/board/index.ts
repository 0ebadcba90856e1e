/** The delivery board: apps by environments, in a page of its own. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { Page } from '../pages/page.js';
import { readBoardRequest, type BoardPage, type BoardRequest } from './messages.js';

export function register(app: App): vscode.Disposable {
  const page = new Page<BoardPage>(app.context, {
    viewType: 'gitops.board',
    title: 'Delivery Board',
    name: 'board',
    load: async () => ({ kind: 'board', board: await app.server.request('gitops/delivery/board', {}) }),
    failed: (message) => ({ kind: 'failed', message }),
    onMessage: (message) => void app.guard('board', () => answer(readBoardRequest(message))),
  });
  return vscode.Disposable.from(
    page,
    app.delivery.onDidAnswer(() => void page.refresh()),
    registerCommands(app.guard, { 'gitops.board.open': () => page.open() }),
  );
}

async function answer(request: BoardRequest | undefined): Promise<void> {
  if (request?.kind === 'openTopology') await vscode.commands.executeCommand('gitops.topology.open');
  if (request?.kind !== 'act') return;
  const { environmentId, otherId } = request;
  const target = { environmentId };
  switch (request.action) {
    case 'preview':
      return vscode.commands.executeCommand('gitops.environments.preview', target);
    case 'compare':
      return vscode.commands.executeCommand('gitops.environments.compareWith', target, otherId === undefined ? undefined : { environmentId: otherId });
    case 'openSource':
      return vscode.commands.executeCommand('gitops.environments.openSource', target);
    case 'promote':
      return vscode.commands.executeCommand('gitops.promote.start', target, otherId === undefined ? undefined : { environmentId: otherId });
    case 'where':
      return vscode.commands.executeCommand('gitops.ladder.find', target);
    case 'findings':
      return vscode.commands.executeCommand('_gitops.environments.reveal', target, 'findings');
  }
}
