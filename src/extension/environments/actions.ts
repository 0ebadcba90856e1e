/** What can be done with one environment, from the tree, the board, an editor or the palette. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { Place } from '../../server/protocol.js';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { stateSentence } from '../delivery/words.js';
import { showPreview } from '../preview/show.js';
import { offerStandIns, setStandIns } from './standIns.js';
import { findTarget, pickSummary } from './target.js';

export function registerActions(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.environments.preview': async (target) => {
      const environment = await findTarget(app, target, 'Preview as deployed');
      if (!environment || !isPreviewable(environment)) return;
      await showPreview(vscode.Uri.parse(environment.previewUri));
      // Not awaited: the preview is there, and the question can wait for an answer.
      void app.guard('stand-ins', () => offerStandIns(app, environment));
    },
    'gitops.environments.setStandIns': async (target) => {
      const environment = await findTarget(app, target, 'Set stand-ins for');
      if (environment) await setStandIns(app, environment);
    },
    'gitops.environments.compareWith': async (target, other) => compareWith(app, await findTarget(app, target, 'Compare'), other?.environmentId),
    'gitops.environments.openSource': async (target) => {
      const source = isWithSource(target) ? target.source : (await findTarget(app, target, 'Open the source of'))?.sourceAt;
      if (source) await showPlace(source);
    },
    'gitops.environments.openDeclaration': async (target) => {
      const environment = await findTarget(app, target, 'Open the declaration of');
      if (environment) await showPlace(environment.declaredAt);
    },
    'gitops.environments.copyName': async (target) => {
      const text = isWithName(target) ? target.copies : (await findTarget(app, target, 'Copy the name of'))?.label;
      if (text !== undefined) await vscode.env.clipboard.writeText(text);
    },
  });
}

/** A node of the tree that has a source of its own: an object's is not its environment's. */
function isWithSource(target: unknown): target is { readonly source: Place } {
  return typeof target === 'object' && target !== null && 'source' in target && typeof target.source === 'object';
}

function isWithName(target: unknown): target is { readonly copies: string } {
  return typeof target === 'object' && target !== null && 'copies' in target && typeof target.copies === 'string';
}

/** True where there is a preview; says why there is none. */
function isPreviewable(environment: EnvironmentSummary): environment is EnvironmentSummary & { readonly previewUri: string } {
  if (environment.previewUri !== undefined) return true;
  const why = environment.state.kind === 'rendered' ? 'it has no preview' : stateSentence(environment.state);
  void vscode.window.showInformationMessage(`${environment.label} can't be previewed here: ${why}`);
  return false;
}

async function compareWith(app: App, left: EnvironmentSummary | undefined, otherId: string | undefined): Promise<void> {
  if (!left || !isPreviewable(left)) return;
  const others = nearestFirst(
    left,
    (await app.delivery.load()).filter(({ id, previewUri }) => id !== left.id && previewUri !== undefined),
  );
  if (others.length === 0) return void vscode.window.showInformationMessage('It takes two environments to compare; this workspace has one that can be rendered.');
  const right = others.find(({ id }) => id === otherId) ?? (await pickSummary(app, others, { title: `Compare ${left.label} with`, remember: `compare ${left.id}` }));
  if (!right?.previewUri) return;
  // The earlier environment stands on the left: its changes are what the later one gets or keeps apart.
  const [before, after] = right.app === left.app && right.order <= left.order ? [right, left] : [left, right];
  await vscode.commands.executeCommand('vscode.diff', vscode.Uri.parse(before.previewUri ?? ''), vscode.Uri.parse(after.previewUri ?? ''), `${before.label} ↔ ${after.label}`, {
    preview: false,
  });
}

/** Environments of the same app first, in the order of promotion, those next to it before the rest. */
function nearestFirst(left: EnvironmentSummary, others: readonly EnvironmentSummary[]): readonly EnvironmentSummary[] {
  const distance = ({ app, order }: EnvironmentSummary): number => (app === left.app ? Math.abs(order - left.order) : Number.MAX_SAFE_INTEGER);
  return [...others].sort((a, b) => distance(a) - distance(b));
}

async function showPlace({ uri, range }: Place): Promise<void> {
  await vscode.commands.executeCommand('_gitops.place.show', uri, range);
}
