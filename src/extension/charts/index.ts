/** Charts in the editor: what their previews are rendered with, and the language of their templates. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { watchTemplates } from './languages.js';
import { previewChartWith } from './open.js';

export function register(app: App): vscode.Disposable {
  return vscode.Disposable.from(
    watchTemplates(app),
    registerCommands(app.guard, {
      'gitops.charts.chooseValues': (target) => previewChartWith(app, typeof target === 'string' ? vscode.Uri.parse(target) : target),
    }),
  );
}
