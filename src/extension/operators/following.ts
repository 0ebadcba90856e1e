/** A notification with what an operator does after it was asked, by its own status, until it is through or the user looks away. */
import * as vscode from 'vscode';
import type { OperatorSummary } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { wordsOfOperator } from '../live/words.js';

/** An operator that did nothing for this long, in milliseconds, isn't waited for: it may have been through before anyone looked. */
const patience = 15_000;

/** @param before the status from before it was asked */
export async function followOperation(app: App, { id, label }: EnvironmentSummary, before: OperatorSummary): Promise<void> {
  const name = before.operator === 'argocd' ? 'Argo CD' : 'Flux';
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `${name}: ${label}`, cancellable: true }, (report, token) => {
    return new Promise<void>((done) => {
      let wasAtWork = false;
      const end = (): void => {
        clearTimeout(timer);
        follow.dispose();
        done();
      };
      const timer = setTimeout(() => {
        if (!wasAtWork) end();
      }, patience);
      const look = (): void => {
        const operator = app.live.environment(id)?.operator;
        if (!operator) return end();
        const { operation } = operator;
        wasAtWork ||= operation !== undefined;
        report.report({ message: operation ? [operation.phase, operation.message].filter((word) => word !== '').join(': ') : wordsOfOperator(operator) });
        const isOther = JSON.stringify(operator) !== JSON.stringify(before);
        if (operation || !(wasAtWork || isOther)) return;
        end();
        tell(label, operator);
      };
      const follow = app.live.onDidChange((ids) => {
        if (ids.includes(id)) look();
      });
      token.onCancellationRequested(end);
      look();
    });
  });
}

function tell(label: string, operator: OperatorSummary): void {
  const bad = operator.conditions.find(({ isBad }) => isBad);
  if (bad) void vscode.window.showErrorMessage(`${label}: ${bad.message}`);
  else void vscode.window.setStatusBarMessage(`$(check) ${label}: ${wordsOfOperator(operator)}`, 8000);
}
