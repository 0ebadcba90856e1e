/** The list to choose an environment from, with the last choice on top. */
import * as vscode from 'vscode';
import type { EnvironmentInfo } from '../../server/protocol.js';

export interface PickOptions {
  readonly title: string;
  /** For what the choice is remembered. */
  readonly remember: string;
  /** What is offered below the environments. */
  readonly more?: { readonly label: string; readonly description: string; readonly choose: () => Promise<EnvironmentInfo | undefined> };
}

type EnvironmentItem = vscode.QuickPickItem & { readonly environment?: EnvironmentInfo; readonly isMore?: true };

/** The chosen environment; undefined where the user chose none. */
export async function pickEnvironment(context: vscode.ExtensionContext, environments: readonly EnvironmentInfo[], options: PickOptions): Promise<EnvironmentInfo | undefined> {
  const last = context.workspaceState.get<unknown>(memoryKey(options.remember));
  const sorted = [...environments].sort((a, b) => Number(b.previewUri === last) - Number(a.previewUri === last));
  const { more } = options;
  const others: EnvironmentItem[] = more ? [{ label: more.label, description: more.description, isMore: true }] : [];
  const chosen = await vscode.window.showQuickPick([...listItems(sorted), ...others], { title: options.title, placeHolder: 'Environment', matchOnDescription: true });
  return chosen?.isMore ? more?.choose() : chosen?.environment;
}

/** Puts `environment` on top the next time that `options.remember` is the same. */
export async function rememberChoice(context: vscode.ExtensionContext, remember: string, environment: EnvironmentInfo): Promise<void> {
  await context.workspaceState.update(memoryKey(remember), environment.previewUri);
}

function memoryKey(remember: string): string {
  return `gitops.lastEnvironment ${remember}`;
}

/** Environments first; bases and components below a line of their own. */
function listItems(environments: readonly EnvironmentInfo[]): EnvironmentItem[] {
  const toItem = (environment: EnvironmentInfo): EnvironmentItem => ({ label: environment.label, description: environment.description, environment });
  const parts = environments.filter(({ isEnvironment }) => !isEnvironment).map(toItem);
  const wholes = environments.filter(({ isEnvironment }) => isEnvironment).map(toItem);
  if (parts.length === 0 || wholes.length === 0) return [...wholes, ...parts];
  return [...wholes, { label: 'Bases', kind: vscode.QuickPickItemKind.Separator }, ...parts];
}
