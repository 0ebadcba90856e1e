/** The view of all environments in the sidebar, with its filter. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { EnvironmentTree } from './treeView.js';

export function register(app: App): vscode.Disposable {
  const tree = new EnvironmentTree(app);
  return vscode.Disposable.from(
    tree,
    registerCommands(app.guard, {
      'gitops.environments.refresh': () => app.delivery.refresh(),
      'gitops.environments.filter': (text) => (text === undefined ? askForFilter(tree) : tree.setFilter(text)),
      'gitops.environments.clearFilter': () => tree.setFilter(''),
      '_gitops.environments.reveal': ({ environmentId }, part) => tree.reveal(environmentId, part),
    }),
  );
}

/** Filters while the user types; Escape brings the filter back that there was. */
async function askForFilter(tree: EnvironmentTree): Promise<void> {
  const before = tree.filter;
  const input = vscode.window.createInputBox();
  input.title = 'Filter Environments';
  input.placeholder = 'Words of an app, environment, image, tag, namespace, operator; or error, protected, broken';
  input.value = before;
  const accepted = await new Promise<boolean>((done) => {
    input.onDidChangeValue((text) => void tree.setFilter(text));
    input.onDidAccept(() => done(true));
    input.onDidHide(() => done(false));
    input.show();
  });
  input.dispose();
  if (!accepted) await tree.setFilter(before);
}
