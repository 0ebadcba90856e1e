/** Live and desired side by side: one object in the editor's diff, many in its multi-file diff. Live stands on the left: the right is what a sync makes of it. */
import * as vscode from 'vscode';
import type { DriftChange } from '../../server/clusterProtocol.js';
import { emptyQuery, liveScheme } from './documents.js';

/** The side of an object that isn't there: an empty document. */
function emptySide(label: string): vscode.Uri {
  return vscode.Uri.from({ scheme: liveScheme, path: `/${label.replaceAll('/', '.')}.yaml`, query: emptyQuery });
}

export async function showDifference({ label, liveUri, desiredUri }: DriftChange): Promise<void> {
  const [live, desired] = [liveUri, desiredUri].map((uri) => (uri === undefined ? emptySide(label) : vscode.Uri.parse(uri)));
  await vscode.commands.executeCommand('vscode.diff', live, desired, `${label}: live ↔ desired`, { preview: true });
}

/** Changes with at least one side to show: what a sync makes by itself, such as a namespace, stands in no file. */
function visibleChanges(changes: readonly DriftChange[]): readonly DriftChange[] {
  return changes.filter(({ liveUri, desiredUri }) => liveUri !== undefined || desiredUri !== undefined);
}

/** Shows nothing where there is nothing to show. */
export async function showDifferences(title: string, changes: readonly DriftChange[]): Promise<void> {
  const resources = visibleChanges(changes).map(({ label, liveUri, desiredUri }): [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined] => {
    const [live, desired] = [liveUri, desiredUri].map((uri) => (uri === undefined ? undefined : vscode.Uri.parse(uri)));
    return [desired ?? live ?? emptySide(label), live, desired];
  });
  if (resources.length > 0) await vscode.commands.executeCommand('vscode.changes', title, resources);
}
