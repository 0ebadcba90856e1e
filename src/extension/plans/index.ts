/** Edits that are delivered through git: promotions, rollbacks, another image registry. Each makes a plan; here plans are shown and carried out. */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { registerPromotion } from '../promote/promotion.js';
import { registerRegistryMove } from '../registries/move.js';
import { registerRollback } from '../rollback/rollback.js';
import { registerPlanDocuments, showPlannedChange } from './documents.js';
import { EditPlans } from './editPlans.js';

export function register(app: App): vscode.Disposable {
  const plans = new EditPlans(app);
  return vscode.Disposable.from(
    plans,
    registerPlanDocuments(app),
    registerPromotion(app, plans),
    registerRollback(app, plans),
    registerRegistryMove(app, plans),
    registerCommands(app.guard, {
      'gitops.plans.run': () => plans.run(),
      'gitops.plans.compareAll': () => plans.compareAll(),
      'gitops.plans.compare': async (node) => {
        if (node?.opens?.kind === 'planned') await showPlannedChange(node.opens.document);
      },
      'gitops.plans.discard': () => plans.discard(),
      'gitops.plans.cancel': () => plans.cancel(),
      'gitops.plans.show': () => plans.focus(),
      'gitops.plans.openPullRequest': () => plans.openPullRequests(),
    }),
  );
}
