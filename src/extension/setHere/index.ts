/** "Set This Here…": another value for the field at a line of a preview, written by the smallest edit of that environment's own files. */
import * as vscode from 'vscode';
import type { SetHereRequest, SettableField } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { ask } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { choose } from '../confirm.js';
import { previewScheme } from '../preview/previews.js';
import { complaintOf, editableText } from './values.js';

export function register(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.setHere.start': async () => {
      const editor = vscode.window.activeTextEditor;
      if (editor?.document.uri.scheme !== previewScheme)
        return void vscode.window.showInformationMessage('Open a preview, and put the cursor on the line that is to say something else.');
      await setHere(app, editor.document.uri.toString(), editor.selection.active);
    },
    '_gitops.setHere.ask': (uri, { line, character }) => setHere(app, uri, new vscode.Position(line, character)),
  });
}

async function setHere(app: App, uri: string, { line, character }: vscode.Position): Promise<void> {
  const position = { line, character };
  const field = await app.server.request('gitops/setHere/field', { uri, position });
  if (!field) return void vscode.window.showInformationMessage('There is no field at this line: put the cursor on one with a value.');
  if (field.refusal !== undefined) return void vscode.window.showInformationMessage(`${field.path} of ${field.object} can't be set here: ${field.refusal}`);
  const wish = await askForValue(field);
  if (!wish) return;
  await set(app, field, { uri, position, value: wish.value });
}

/** What is to stand there; a value of undefined takes the field away. Undefined where the user wants neither. */
async function askForValue(field: SettableField): Promise<{ readonly value: string | undefined } | undefined> {
  const remove: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: `Take ${field.path} away` };
  const input = vscode.window.createInputBox();
  input.title = `Set ${field.path} of ${field.object} for ${field.environmentLabel}`;
  input.prompt = field.place
    ? `It comes from ${field.place.label}. Only files of ${field.environmentLabel} are edited, unsaved.`
    : `Only files of ${field.environmentLabel} are edited, unsaved.`;
  input.value = editableText(field);
  input.buttons = [remove];
  input.ignoreFocusOut = true;
  const check = (): boolean => {
    const complaint = complaintOf(field, input.value);
    input.validationMessage = complaint;
    return complaint === undefined;
  };
  input.onDidChangeValue(check);
  try {
    return await new Promise((done) => {
      input.onDidTriggerButton(() => done({ value: undefined }));
      input.onDidAccept(() => {
        if (input.value === editableText(field)) done(undefined);
        else if (check()) done({ value: input.value });
      });
      input.onDidHide(() => done(undefined));
      input.show();
    });
  } finally {
    input.dispose();
  }
}

/** Sets it, after every question was answered with yes. */
async function set(app: App, field: SettableField, wish: SetHereRequest): Promise<void> {
  const answer = await ask(app, 'gitops/setHere/set', wish);
  if (!answer) return;
  if (answer.kind === 'asks') {
    const { key, question, isDangerous } = answer.question;
    const isSure = await choose(question, [
      { label: 'No, Leave It', detail: 'Nothing is edited', icon: 'close', value: false },
      { label: 'Yes, Edit It', detail: 'The files are edited, not saved', icon: isDangerous ? 'warning' : 'check', value: true },
    ]);
    if (isSure === true) await set(app, field, { ...wish, confirmed: [...(wish.confirmed ?? []), key] });
    return;
  }
  await vscode.commands.executeCommand('_gitops.place.show', answer.place.uri, answer.place.range);
  const also = answer.alsoChanged.length === 0 ? '' : ` It also changes ${answer.alsoChanged.join(', ')}.`;
  void vscode.window.setStatusBarMessage(`$(check) ${field.path} is set by ${answer.way}: look at the edit, then save and commit it.${also}`, 8000);
  if (also !== '') void vscode.window.showInformationMessage(`${field.path} is set for ${field.environmentLabel}.${also}`);
}
