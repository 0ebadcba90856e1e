/** Read-only documents of a plan of edits, which the server makes, and the editor's diffs of them. A plan stays what it was when it was shown. */
import * as vscode from 'vscode';
import type { PlanDocument, PlanScheme } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { request } from '../ask.js';
import { describeFailure, isFailureWords } from '../failures.js';

const planScheme: PlanScheme = 'gitops-plan';

/** The query of a document that stands for a file that isn't there. */
const emptyQuery = 'nothing';

export function registerPlanDocuments(app: App): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(planScheme, {
    async provideTextDocumentContent(uri) {
      if (uri.query === emptyQuery) return '';
      const answer = await request(app, 'gitops/promote/text', { uri: uri.toString() });
      return isFailureWords(answer) ? `# ${describeFailure(answer).replaceAll('\n', '\n# ')}\n` : answer.text;
    },
  });
}

/** One document, as it is and as it is to be. */
export async function showPlannedChange({ label, beforeUri, afterUri }: PlanDocument): Promise<void> {
  const [before, after] = [beforeUri, afterUri].map((uri) => (uri === undefined ? emptySide(label) : vscode.Uri.parse(uri)));
  await vscode.commands.executeCommand('vscode.diff', before, after, `${label}: now ↔ planned`, { preview: true });
}

/** All of a plan in the multi-file diff; nothing where there is nothing to show. */
export async function showPlannedChanges(title: string, documents: readonly PlanDocument[]): Promise<void> {
  const resources = documents.flatMap(({ label, beforeUri, afterUri }): [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined][] => {
    const [before, after] = [beforeUri, afterUri].map((uri) => (uri === undefined ? undefined : vscode.Uri.parse(uri)));
    return before || after ? [[after ?? before ?? emptySide(label), before, after]] : [];
  });
  if (resources.length > 0) await vscode.commands.executeCommand('vscode.changes', title, resources);
}

function emptySide(label: string): vscode.Uri {
  return vscode.Uri.from({ scheme: planScheme, path: `/${label}`, query: emptyQuery });
}
