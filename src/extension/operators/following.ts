/** A notification with what an operator does while it is asked for something, by its own status. Looking away doesn't stop the operator. */
import * as vscode from 'vscode';
import type { OperatorAction } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { ask } from '../ask.js';
import { isAtWork, wordsOfOperator } from '../live/words.js';

/** Asks an operator, and tells what it does until it is through; true where it did what it was asked for. */
export async function askOperator(app: App, { id, label }: EnvironmentSummary, name: string, action: OperatorAction): Promise<boolean> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `${name}: ${label}`, cancellable: true }, async (report, token) => {
    const look = (): void => {
      const operator = app.live.environment(id)?.operator;
      if (!operator) return;
      const { operation } = operator;
      const words = operation && isAtWork(operator) ? [operation.phase, operation.message].filter((word) => word !== '').join(': ') : wordsOfOperator(operator);
      report.report({ message: words });
    };
    const follow = app.live.onDidChange((ids) => {
      if (ids.includes(id)) look();
    });
    try {
      return (await ask(app, 'gitops/operator/act', { id, action }, token)) !== undefined;
    } finally {
      follow.dispose();
      await app.live.refresh([id]);
    }
  });
}
