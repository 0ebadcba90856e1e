/**
 * Questions before something is written to a cluster, answered at the keyboard where the list of commands is. A protected
 * environment takes its name, typed: a click can be a slip.
 */
import * as vscode from 'vscode';

export interface Confirmation {
  /** `orders prod`; what is typed where it is protected. */
  readonly label: string;
  readonly isProtected: boolean;
  /** `Set spec.replicas of Deployment orders back to 3?` */
  readonly question: string;
  readonly detail: string;
  /** What yes is called: `Revert`. */
  readonly action: string;
}

/** True where the user said yes. */
export async function confirm({ label, isProtected, question, detail, action }: Confirmation): Promise<boolean> {
  if (!isProtected) {
    return (
      (await choose(question, [
        { label: action, detail, icon: 'check', value: true },
        { label: 'Cancel', detail: 'Nothing is written', icon: 'close', value: false },
      ])) === true
    );
  }
  const typed = await vscode.window.showInputBox({
    title: `${label} is protected`,
    prompt: `${question} ${detail} Type ${label} to ${action.toLowerCase()}.`,
    placeHolder: label,
    ignoreFocusOut: true,
    validateInput: (text) => (label.startsWith(text) ? undefined : `That is not its name. Type ${label}, or press Escape to leave it as it is.`),
  });
  // Half of the name is no name: whoever pressed Enter is told that nothing came of it.
  if (typed !== undefined && typed !== label) void vscode.window.showInformationMessage(`${label} was left as it is: its name was not typed.`);
  return typed === label;
}

export interface Choice<Value> {
  readonly label: string;
  /** What comes of it. */
  readonly detail: string;
  /** A product icon's id. */
  readonly icon: string;
  readonly value: Value;
}

/** The chosen value; undefined after Escape. What is first is chosen by Enter: put what does no harm there where another choice does. */
export async function choose<Value>(question: string, choices: readonly Choice<Value>[]): Promise<Value | undefined> {
  const items = choices.map((choice) => ({ ...choice, iconPath: new vscode.ThemeIcon(choice.icon) }));
  return (await vscode.window.showQuickPick(items, { title: question, placeHolder: 'Escape leaves everything as it is', ignoreFocusOut: true }))?.value;
}
