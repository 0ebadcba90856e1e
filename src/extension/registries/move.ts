/** "Change Image Registry…": from which registry or image name to which other, and the plan that edits all who say it. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { ask, askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import type { EditPlanView } from '../../server/promoteProtocol.js';
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
  const request = { from: from.name, to: to.trim() };
  const progress = `Planning ${request.from} → ${request.to}…`;
  const plan = await askWithProgress(app, progress, 'gitops/registry/plan', request);
  if (!plan) return;
  const includesTexts = plan.mentions ? await chooseTexts(plan.mentions) : false;
  if (includesTexts === undefined) return;
  const shown = includesTexts ? await askWithProgress(app, progress, 'gitops/registry/plan', { ...request, includesTexts }) : plan;
  if (shown) await plans.show(shown);
}

/** Whether arguments, commands and variables are edited too; undefined for who goes no further. */
async function chooseTexts(mentions: NonNullable<EditPlanView['mentions']>): Promise<boolean | undefined> {
  const detail = mentions.map(({ place, references }) => `${place.label}: ${references.join(', ')}`).join(' · ');
  const choices = [
    { label: 'Change names of images only', description: 'the texts of containers stay', includesTexts: false },
    { label: `Change ${countOf(mentions.length, 'text')} of containers too`, description: 'arguments, commands and variables', detail, includesTexts: true },
  ];
  return (await vscode.window.showQuickPick(choices, { title: 'Change Image Registry: images that arguments, commands and variables name', ignoreFocusOut: true }))?.includesTexts;
}

/** What is wrong with a name of a registry or image; undefined where nothing is. */
function complaintOf(text: string, from: string): string | undefined {
  if (text === '' || text === from) return undefined;
  if (/[A-Z]/.test(text.replace(/^[^/]*/, ''))) return 'Names of images are in lower case.';
  return /^[\w.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/i.test(text) ? undefined : 'A registry with a path, such as ghcr.io/acme, without tag and digest.';
}
