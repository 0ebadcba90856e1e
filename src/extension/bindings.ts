/**
 * Where the tables of commands, settings and context keys meet the editor: the only place that registers and runs
 * commands of ours, reads and writes settings and sets context keys.
 */
import * as vscode from 'vscode';
import type { CommandArguments, CommandId } from './commands.js';
import type { ContextKeyId, ContextKeyValues } from './contextKeys.js';
import { settings, type SettingId, type SettingInfo, type SettingValue } from './settings.js';

export type CommandHandlers = { readonly [Id in CommandId]?: (...parameters: CommandArguments[Id]) => Promise<void> | void };

/** Runs a handler; a bug in it is logged and said once. */
export type Guard = (name: string, work: () => Promise<void> | void) => Promise<void>;

/** Registers the handlers of one feature. */
export function registerCommands(guard: Guard, handlers: CommandHandlers): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([id, handler]: [string, (...given: never[]) => Promise<void> | void]) =>
      // What a command is called with comes from menus and keybindings: each handler checks what it is given.
      vscode.commands.registerCommand(id, (...parameters: never[]) => guard(id, () => handler(...parameters))),
    ),
  );
}

/** The present value; the default where the user wrote something of the wrong type. */
export function readSetting<Id extends SettingId>(id: Id): SettingValue<Id> {
  const info: SettingInfo = settings[id];
  const value: unknown = vscode.workspace.getConfiguration().get(id);
  const isOfType = info.type === 'array' ? Array.isArray(value) : typeof value === info.type;
  const isValid = isOfType && (!info.enum || info.enum.some((word) => word === value));
  return (isValid ? value : info.default) as SettingValue<Id>;
}

/** Writes the user's own setting, for all workspaces. */
export async function writeSetting<Id extends SettingId>(id: Id, value: SettingValue<Id>): Promise<void> {
  await vscode.workspace.getConfiguration().update(id, value, vscode.ConfigurationTarget.Global);
}

/** Calls `listener` whenever a setting of ours changes. */
export function onSettingsChange(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('gitops') || change.affectsConfiguration('yaml.validate')) listener();
  });
}

/** Sets a context key. */
export function setContextKey<Id extends ContextKeyId>(id: Id, value: ContextKeyValues[Id]): void {
  void vscode.commands.executeCommand('setContext', id, value);
}
