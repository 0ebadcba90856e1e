/** "Change Image Registry…": from which registry or image name to which other, and the plan that edits all who say it. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { ask, askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { countOf } from '../delivery/words.js';
import type { EditPlans } from '../plans/editPlans.js';

export function registerRegistryMove(app: App, plans: EditPlans): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.registries.move': async () => {
      if (plans.isFree()) await moveRegistry(app, plans);
    },
  });
}

async function moveRegistry(app: App, plans: EditPlans): Promise<void> {
  const choices = await ask(app, 'gitops/registry/options', {});
  if (!choices) return;
  if (choices.length === 0) return void vscode.window.showInformationMessage('No environment of this workspace names an image.');
  const items = choices.map(({ name, images, environments }) => ({
    label: name,
    description: `${countOf(images, 'image')} in ${countOf(environments, 'environment')}`,
    iconPath: new vscode.ThemeIcon('package'),
    name,
  }));
  const from = await vscode.window.showQuickPick(items, { title: 'Change Image Registry (1/2): which registry or image', matchOnDescription: true });
  if (!from) return;
  const to = await vscode.window.showInputBox({
    title: `Change Image Registry (2/2): what stands in the place of ${from.name}`,
    prompt: 'Tags and digests stay. Nothing is written before you have seen the plan.',
    value: from.name,
    ignoreFocusOut: true,
    validateInput: (text) => complaintOf(text.trim(), from.name),
  });
  if (to === undefined || to.trim() === from.name) return;
  const plan = await askWithProgress(app, `Planning ${from.name} → ${to.trim()}…`, 'gitops/registry/plan', { from: from.name, to: to.trim() });
  if (plan) await plans.show(plan);
}

/** What is wrong with a name of a registry or image; undefined where nothing is. */
function complaintOf(text: string, from: string): string | undefined {
  if (text === '' || text === from) return undefined;
  if (/[A-Z]/.test(text.replace(/^[^/]*/, ''))) return 'Names of images are in lower case.';
  return /^[\w.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/i.test(text) ? undefined : 'A registry with a path, such as ghcr.io/acme, without tag and digest.';
}
