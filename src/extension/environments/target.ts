/** Which environment a command was called for: a node of the tree, a cell of the board, a file, or the user's choice. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { applicationSetLines } from '../applications/applicationSets.js';
import type { EnvironmentTarget } from '../commands.js';
import { mainVersion, nameOfOperator } from '../delivery/words.js';

/** The environment that `target` stands for; asks where that is none or several. Undefined where the user chose none. */
export async function findTarget(app: App, target: EnvironmentTarget | undefined, title: string): Promise<EnvironmentSummary | undefined> {
  const environments = await app.delivery.load();
  if (environments.length === 0) {
    void vscode.window.showInformationMessage('No environments were found in this workspace.');
    return undefined;
  }
  if (target && !(target instanceof vscode.Uri)) return environments.find(({ id }) => id === target.environmentId);
  const editor = vscode.window.activeTextEditor;
  const uri = target ?? editor?.document.uri;
  const isOpen = uri !== undefined && editor?.document.uri.toString() === uri.toString();
  const here = uri ? environmentsAt(environments, uri, isOpen ? { line: editor.selection.active.line, text: editor.document.getText() } : undefined) : [];
  const [only, second] = here;
  if (only && !second) return only;
  return pickSummary(app, here.length > 0 ? here : environments, { title, remember: `environment ${uri?.toString() ?? ''}` });
}

/** A line (0-based) of a text. */
interface Cursor {
  readonly line: number;
  readonly text: string;
}

/** The environments that a file declares, at the cursor if there are such; else those that are rendered from it or its folder. */
export function environmentsAt(environments: readonly EnvironmentSummary[], uri: vscode.Uri, cursor: Cursor | undefined): readonly EnvironmentSummary[] {
  const text = uri.toString();
  const isSame = (other: string | undefined): boolean => other !== undefined && vscode.Uri.parse(other).toString() === text;
  const declared = environments.filter(({ declaredAt }) => isSame(declaredAt.uri));
  if (declared.length === 0) return environments.filter(({ sourceAt, folderUri }) => isSame(sourceAt?.uri) || isSame(folderUri));
  if (!cursor) return declared;
  const startsAt = (line: number): readonly EnvironmentSummary[] => declared.filter(({ declaredAt }) => declaredAt.range.start.line === line);
  const exact = startsAt(cursor.line);
  // A set declares its environments in its parameters: elsewhere in it, all are meant.
  if (exact.length > 0 || applicationSetLines(cursor.text).length > 0) return exact.length > 0 ? exact : declared;
  // Of several documents in a file, the cursor is in the one that began last before it.
  const starts = declared.map(({ declaredAt }) => declaredAt.range.start.line).filter((start) => start <= cursor.line);
  return starts.length === 0 ? declared : startsAt(Math.max(...starts));
}

interface SummaryItem extends vscode.QuickPickItem {
  readonly environment: EnvironmentSummary;
}

/** The chosen environment, the last choice on top. */
export async function pickSummary(
  app: App,
  environments: readonly EnvironmentSummary[],
  { title, remember }: { readonly title: string; readonly remember: string },
): Promise<EnvironmentSummary | undefined> {
  const memory = `gitops.lastEnvironment ${remember}`;
  const last = app.context.workspaceState.get<unknown>(memory);
  const items = [...environments]
    .sort((a, b) => Number(b.id === last) - Number(a.id === last))
    .map((environment): SummaryItem => {
      const facts = [mainVersion(environment), environment.namespace, nameOfOperator(environment.operator)].filter((fact) => fact !== undefined && fact !== '');
      return {
        label: environment.label,
        description: facts.join(' · '),
        detail: environment.path,
        environment,
        iconPath: new vscode.ThemeIcon(environment.isProtected ? 'shield' : 'server-environment'),
      };
    });
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: 'Environment', matchOnDescription: true, matchOnDetail: true });
  if (chosen) await app.context.workspaceState.update(memory, chosen.environment.id);
  return chosen?.environment;
}
