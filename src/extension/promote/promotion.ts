/** "Promote…": which environment's images go where, asked for or given by a drag, and the plan that comes of it. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { EnvironmentChoice, PromotableImage, PromotionOptions } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import type { EnvironmentTarget } from '../commands.js';
import { findTarget, pickSummary } from '../environments/target.js';
import { offerRegistries } from '../registries/offer.js';
import type { EditPlans } from '../plans/editPlans.js';
import { imageWords, laterFirst, movingImages, startsOf } from './choices.js';

export function registerPromotion(app: App, plans: EditPlans): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.promote.start': async (target, to) => {
      if (!plans.isFree()) return;
      const from = await findStart(app, target);
      if (from) await promote(app, plans, from, to?.environmentId);
    },
  });
}

/** The environment that is promoted from; from the palette, one that something can be promoted from. */
async function findStart(app: App, target: EnvironmentTarget | undefined): Promise<EnvironmentSummary | undefined> {
  if (target && !(target instanceof vscode.Uri)) return findTarget(app, target, 'Promote from');
  const starts = startsOf(await app.delivery.load());
  if (starts.length === 0) {
    void vscode.window.showInformationMessage('It takes two environments of an app to promote from one to the other; this workspace has none.');
    return undefined;
  }
  return pickSummary(app, starts, { title: 'Promote (1/3): from which environment?', remember: 'promote' });
}

async function promote(app: App, plans: EditPlans, from: EnvironmentSummary, toId: string | undefined): Promise<void> {
  const options = await askWithProgress(app, `Looking at the images of ${from.label}…`, 'gitops/promote/options', { from: from.id });
  if (!options) return;
  const targets = await chooseTargets(options, toId);
  if (!targets) return;
  const images = await chooseImages(options, targets);
  if (!images || !(await offerRegistries(app, images === 'all' ? options.images.map(({ name }) => name) : images))) return;
  const to = targets.map(({ id }) => id);
  const title = `Planning ${options.from.label} → ${targets.map(({ name }) => name).join(', ')}…`;
  const plan = await askWithProgress(app, title, 'gitops/promote/plan', { from: from.id, to, ...(images !== 'all' && { images }) });
  if (plan) await plans.show(plan);
}

async function chooseTargets({ from, targets }: PromotionOptions, toId: string | undefined): Promise<readonly EnvironmentChoice[] | undefined> {
  if (toId !== undefined) {
    const given = targets.find(({ id }) => id === toId);
    if (!given) void vscode.window.showInformationMessage(`Nothing of ${from.label} can be promoted there: it is no other environment of ${from.app}.`);
    return given && [given];
  }
  if (targets.length === 0) {
    void vscode.window.showInformationMessage(`${from.app} has no other environment than ${from.name}.`);
    return undefined;
  }
  const items = targets.map((target, index) => ({
    label: target.label,
    description: `${target.isProtected ? '$(shield) protected · ' : ''}${target.description}`,
    picked: index === 0,
    target,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Promote ${from.label} (2/3): to`,
    canPickMany: true,
    placeHolder: 'One or several environments',
    matchOnDescription: true,
  });
  return chosen && chosen.length > 0 ? chosen.map(({ target }) => target) : undefined;
}

/** The names of the chosen images; `all` where there is nothing to choose; undefined where the user chose none. */
async function chooseImages({ from, images }: PromotionOptions, targets: readonly EnvironmentChoice[]): Promise<readonly string[] | 'all' | undefined> {
  if (images.length === 0) {
    void vscode.window.showInformationMessage(`${from.label} has no image to promote.`);
    return undefined;
  }
  const moving = movingImages(images, targets);
  if (images.length === 1 || moving.length === 0) return 'all';
  const items = laterFirst(images, moving).map((image: PromotableImage) => ({
    label: image.name.split('/').at(-1) ?? image.name,
    description: imageWords(image, targets),
    detail: image.name,
    picked: moving.includes(image),
    image,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: `Promote ${from.label} (3/3): which images`, canPickMany: true, matchOnDescription: true, matchOnDetail: true });
  return chosen && chosen.length > 0 ? chosen.map(({ image }) => image.name) : undefined;
}
