/**
 * Values for variables that only a cluster knows: asked for when a preview first needs them, and remembered for the
 * workspace on this machine (never in a file: they may be secrets). What should be shared stands in `.gitops-workbench.yaml`.
 */
import * as vscode from 'vscode';
import type { EnvironmentSummary, StandIns } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { readStandIns, standInsKey } from '../server/serverSettings.js';

/** Asks for the values that an environment's preview lacks, once; later only when the command is called. */
export async function offerStandIns(app: App, environment: EnvironmentSummary): Promise<void> {
  if (environment.operator !== 'flux') return;
  const needed = await app.server.request('gitops/delivery/standIns', { id: environment.id });
  const known = needed && readStandIns(app.context.workspaceState)[needed.kustomization];
  if (!needed || needed.variables.length === 0 || known) return;
  const names = needed.variables.map(({ name }) => name).join(', ');
  const give = 'Give Values…';
  const answer = await vscode.window.showInformationMessage(
    `Only the cluster knows ${names}. The preview shows the expressions as they stand until you give values.`,
    give,
    'Not Now',
  );
  if (answer === give) await askForStandIns(app, needed);
  else if (answer !== undefined) await remember(app, needed.kustomization, {});
}

/** Asks for each value; an empty answer leaves the variable open. */
export async function setStandIns(app: App, environment: EnvironmentSummary): Promise<void> {
  const needed = await app.server.request('gitops/delivery/standIns', { id: environment.id });
  const known = needed ? Object.keys(readStandIns(app.context.workspaceState)[needed.kustomization] ?? {}) : [];
  if (!needed || (needed.variables.length === 0 && known.length === 0)) {
    return void vscode.window.showInformationMessage(`${environment.label} needs no values from its cluster.`);
  }
  const variables = [...new Set([...needed.variables.map(({ name }) => name), ...known])].map(
    (name) => needed.variables.find((variable) => variable.name === name) ?? { name, from: [] },
  );
  await askForStandIns(app, { ...needed, variables });
}

async function askForStandIns(app: App, { kustomization, variables }: StandIns): Promise<void> {
  const values: Record<string, string> = { ...readStandIns(app.context.workspaceState)[kustomization] };
  for (const [index, { name, from }] of variables.entries()) {
    const value = await vscode.window.showInputBox({
      title: `Stand-ins for ${kustomization} (${index + 1}/${variables.length})`,
      prompt: `The value of ${name}${from.length === 0 ? '' : `, which the cluster has in ${from.join(' or ')}`}; empty leaves it open`,
      value: values[name] ?? '',
      ignoreFocusOut: true,
    });
    if (value === undefined) return;
    if (value === '') delete values[name];
    else values[name] = value;
  }
  await remember(app, kustomization, values);
}

async function remember(app: App, kustomization: string, values: Readonly<Record<string, string>>): Promise<void> {
  await app.context.workspaceState.update(standInsKey, { ...readStandIns(app.context.workspaceState), [kustomization]: values });
  await app.server.sendSettings();
}
