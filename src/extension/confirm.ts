/** Questions before something is written to a cluster. A protected environment takes its name, typed: a click can be a slip. */
import * as vscode from 'vscode';

export interface Confirmation {
  /** `orders prod`; what is typed where it is protected. */
  readonly label: string;
  readonly isProtected: boolean;
  /** `Set spec.replicas of Deployment orders back to 3?` */
  readonly question: string;
  readonly detail: string;
  /** The button: `Revert`. */
  readonly action: string;
}

/** True where the user said yes. */
export async function confirm({ label, isProtected, question, detail, action }: Confirmation): Promise<boolean> {
  if (!isProtected) return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
  const typed = await vscode.window.showInputBox({
    title: `${label} is protected`,
    prompt: `${question} ${detail} Type ${label} to ${action.toLowerCase()}.`,
    placeHolder: label,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === label || text === '' ? undefined : { message: `Type ${label}, or press Escape to leave it as it is.`, severity: vscode.InputBoxValidationSeverity.Info },
  });
  return typed === label;
}
