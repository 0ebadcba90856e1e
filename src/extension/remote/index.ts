/** Fetching what a kustomization takes from elsewhere, on request only. */
import * as vscode from 'vscode';
import type { FetchAnswer } from '../../server/protocol.js';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { describeFailure } from '../failures.js';

export function register(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.remote.fetch': async (spec) => {
      if (!vscode.workspace.isTrusted) return void vscode.window.showInformationMessage(describeFailure({ code: 'workspace/untrusted', message: '' }));
      const title = spec === undefined ? 'GitOps: fetching remote bases' : `GitOps: fetching ${spec}`;
      const answer = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (_progress, token) =>
        app.server.request('gitops/remote/fetch', spec === undefined ? {} : { spec }, token),
      );
      await tell(app, answer);
    },
  });
}

async function tell(app: App, { fetched, failures }: FetchAnswer): Promise<void> {
  for (const { spec, commit } of fetched) app.log.info(`Fetched ${spec}${commit === undefined ? '' : ` at ${commit}`}`);
  const [first] = failures;
  if (first) {
    for (const failure of failures) app.log.error(`Could not fetch ${failure.spec}: ${failure.message}`);
    const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
    const answer = await vscode.window.showErrorMessage(`GitOps: could not fetch ${first.spec}: ${first.message}${more}`, 'Show Log');
    if (answer === 'Show Log') app.log.show();
  } else if (fetched.length === 0) {
    void vscode.window.showInformationMessage('GitOps: nothing is missing; everything remote was fetched already.');
  }
}
