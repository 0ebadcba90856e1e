/**
 * Syncs by the built-in reconciler. Nothing is written before its plan was seen: the plan is a tree of its own and the
 * editor's multi-file diff; what is dangerous in it is asked for one by one, and a protected environment takes its name.
 */
import * as vscode from 'vscode';
import type { ObjectName, SyncPlanView, SyncProgress } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { ask, askWithProgress } from '../ask.js';
import { registerCommands } from '../bindings.js';
import { ensureConnected } from '../clusters/ensureConnected.js';
import { showDifference, showDifferences } from '../drift/differences.js';
import type { DriftNode } from '../drift/target.js';
import { findTarget } from '../environments/target.js';
import { nameOf, shortRevision } from '../live/words.js';
import { registerHistory } from './history.js';
import { askForPruning, confirmPlan } from './questions.js';
import { registerReconciling } from './reconciling.js';
import { advance, firstFailure, isChange, objectsOf, wordsOfPlan, wordsOfResult } from './syncState.js';
import { SyncView } from './syncView.js';

export function register(app: App): vscode.Disposable {
  const syncs = new Syncs(app);
  return vscode.Disposable.from(
    syncs,
    registerHistory(app, async (environment, commit) => {
      if (await syncs.plan(environment, { commit })) await syncs.offer();
    }),
    registerReconciling(app),
    registerCommands(app.guard, {
      'gitops.sync.start': async (target) => {
        const environment = await findTarget(app, target, 'Sync');
        if (environment && (await syncs.plan(environment))) await syncs.offer();
      },
      'gitops.sync.plan': async (target) => {
        const environment = await findTarget(app, target, 'Preview the sync of');
        if (environment) await syncs.plan(environment);
      },
      'gitops.sync.selected': (node) => syncs.startSelected(node),
      'gitops.sync.run': () => syncs.run(),
      'gitops.sync.compare': async (node) => {
        if (node?.drift?.change) await showDifference(node.drift.change);
      },
      'gitops.sync.compareAll': () => syncs.compareAll(),
      'gitops.sync.discard': () => syncs.discard(),
      'gitops.sync.cancel': (target) => syncs.cancel(target),
      'gitops.sync.show': () => syncs.focus(),
      '_gitops.sync.take': (plan) => syncs.take(plan),
    }),
  );
}

/** What of an environment is planned; all of it as the files are, where nothing is said. */
interface PlanOptions {
  readonly objects?: readonly ObjectName[];
  /** A past commit. */
  readonly commit?: string;
}

class Syncs implements vscode.Disposable {
  readonly #app: App;
  readonly #view = new SyncView();
  readonly #subscriptions: readonly { dispose(): void }[];
  readonly #enders = new Set<(progress: SyncProgress | undefined) => void>();
  /** What runs told while none was followed. */
  readonly #early = new Map<string, SyncProgress>();
  #runId: string | undefined;
  #options: PlanOptions = {};

  constructor(app: App) {
    this.#app = app;
    this.#subscriptions = [app.server.on('gitops/sync/progress', (progress) => this.#take(progress)), app.server.onDidRestart(() => this.#lose())];
  }

  /** Asks for a plan and shows it; false where there is none, which was said. */
  async plan(environment: EnvironmentSummary, options: PlanOptions = {}): Promise<boolean> {
    if (!this.#isFree()) return false;
    if (!(await ensureConnected(this.#app, environment))) return false;
    this.#options = options;
    const plan = await this.#ask(environment, true);
    if (!plan) return false;
    await this.#present(plan);
    return true;
  }

  /** Shows a plan that somebody else made, and asks whether it is to be applied. */
  async take(plan: SyncPlanView): Promise<void> {
    if (!this.#isFree()) return;
    this.#options = {};
    await this.#present(plan);
    await this.offer();
  }

  /** Asks whether the plan that is shown is to be applied. */
  async offer(): Promise<void> {
    const { state } = this.#view;
    if (state.kind !== 'plan') return;
    const { plan } = state;
    if (plan.refusal !== undefined) return this.#tellRefusal(plan);
    if (!objectsOf(plan).some(({ action }) => isChange(action))) {
      return void vscode.window.showInformationMessage(
        `${plan.label} is in ${plan.context} as ${plan.isPast ? `at ${shortRevision(plan.revision)}` : 'git says'}: ${wordsOfPlan(plan)}.`,
      );
    }
    const apply = 'Apply…';
    const past = plan.isPast ? ` back at ${shortRevision(plan.revision)}` : '';
    const words = `Plan for ${plan.label}${past} in ${plan.context}: ${wordsOfPlan(plan)}. Nothing was written yet.`;
    const answer = await vscode.window.showInformationMessage(words, apply, 'Close Plan');
    if (answer === apply) await this.run();
    else if (answer !== undefined) this.discard();
  }

  async startSelected(node: DriftNode | undefined): Promise<void> {
    const environment =
      node?.environmentId === undefined ? await findTarget(this.#app, undefined, 'Sync resources of') : this.#app.delivery.environments.find(({ id }) => id === node.environmentId);
    if (!environment || !(await ensureConnected(this.#app, environment))) return;
    const objects = node?.drift ? [node.drift.object] : await pickObjects(this.#app, environment);
    if (objects && objects.length > 0 && (await this.plan(environment, { objects }))) await this.offer();
  }

  /** Applies the plan that is shown, after all that is to be asked was answered. */
  async run(): Promise<void> {
    const { state } = this.#view;
    if (state.kind !== 'plan') return void vscode.window.showInformationMessage('There is no plan to apply: preview a sync first.');
    if (state.plan.refusal !== undefined) return this.#tellRefusal(state.plan);
    const isPruning = await askForPruning(state.plan);
    if (isPruning === undefined) return;
    const plan = isPruning === false ? await this.#withoutPruning(state.plan) : state.plan;
    const answers = plan && (await confirmPlan(plan, isPruning !== 'unasked'));
    if (!answers) return;
    const started = await ask(this.#app, 'gitops/sync/run', { planId: plan.planId, confirmed: answers.confirmed, takeOver: answers.takeOver });
    if (!started) return;
    this.#runId = started.runId;
    this.#view.show({ kind: 'running', plan, progress: undefined });
    // The first words of a run may come before the answer that names it.
    const early = this.#early.get(started.runId);
    this.#early.clear();
    if (early) this.#take(early);
    const progress = await this.#follow(plan, started.runId);
    await this.#app.live.refresh([plan.id]);
    if (progress) this.#tellResult(plan, progress);
  }

  async compareAll(): Promise<void> {
    const { state } = this.#view;
    if (state.kind === 'none') return;
    const { plan } = state;
    if (plan.changes.length === 0) return void vscode.window.showInformationMessage(`The plan for ${plan.label} changes nothing.`);
    await showDifferences(`Plan for ${plan.label}: live ↔ after the sync`, plan.changes);
  }

  discard(): void {
    if (this.#view.state.kind !== 'running') this.#view.show({ kind: 'none' });
  }

  async cancel(target: unknown): Promise<void> {
    const id = typeof target === 'object' && target !== null && 'environmentId' in target && typeof target.environmentId === 'string' ? target.environmentId : undefined;
    const runId = (id === undefined ? undefined : this.#app.live.environment(id)?.runningSync) ?? this.#runId;
    if (runId === undefined) return void vscode.window.showInformationMessage('No sync runs from here.');
    await ask(this.#app, 'gitops/sync/cancel', { runId });
  }

  async focus(): Promise<void> {
    if (this.#view.state.kind !== 'none') await this.#view.focus();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#view.dispose();
  }

  /** False while a sync runs, which is said. */
  #isFree(): boolean {
    if (this.#view.state.kind !== 'running') return true;
    void vscode.window.showInformationMessage(`${this.#view.state.plan.label} is being synced: wait for it, or cancel it.`, 'Show Sync').then((answer) => answer && this.focus());
    return false;
  }

  async #present(plan: SyncPlanView): Promise<void> {
    this.#view.show({ kind: 'plan', plan });
    await this.focus();
    if (plan.changes.length > 0) await this.compareAll();
  }

  #ask({ id, label }: { readonly id: string; readonly label: string }, prune: boolean): Promise<SyncPlanView | undefined> {
    return askWithProgress(this.#app, `Planning the sync of ${label}…`, 'gitops/sync/plan', { id, options: { prune, ...this.#options } });
  }

  async #withoutPruning(plan: SyncPlanView): Promise<SyncPlanView | undefined> {
    const kept = await this.#ask(plan, false);
    if (kept) this.#view.show({ kind: 'plan', plan: kept });
    return kept;
  }

  /** Shows how far the run is until it ended; undefined where that isn't known, since the server ended. */
  #follow({ label }: SyncPlanView, runId: string): Promise<SyncProgress | undefined> {
    return Promise.resolve(
      vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Syncing ${label}`, cancellable: true }, (report, token) => {
        token.onCancellationRequested(() => void this.#app.guard('cancel', () => this.cancel(undefined)));
        return new Promise<SyncProgress | undefined>((done) => {
          let before = 0;
          const follow = this.#app.server.on('gitops/sync/progress', (progress) => {
            if (progress.runId !== runId) return;
            report.report({ message: progress.message, increment: Math.max(0, (progress.part - before) * 100) });
            before = Math.max(before, progress.part);
          });
          const end = (progress: SyncProgress | undefined): void => {
            follow.dispose();
            this.#enders.delete(end);
            done(progress);
          };
          this.#enders.add(end);
          // It may have ended before anyone followed.
          if (this.#view.state.kind === 'over') end(this.#view.state.progress);
        });
      }),
    );
  }

  #take(progress: SyncProgress): void {
    const next = advance(this.#view.state, this.#runId, progress);
    if (next === this.#view.state) return void this.#early.set(progress.runId, progress);
    this.#view.show(next);
    if (next.kind !== 'over') return;
    this.#runId = undefined;
    for (const end of [...this.#enders]) end(next.progress);
  }

  /** The server ended, and the run with it; the next sync completes it. */
  #lose(): void {
    if (this.#view.state.kind !== 'running') return;
    const { plan, progress } = this.#view.state;
    const message = 'The server ended before the sync did. Sync again: it completes what was begun.';
    this.#view.show({ kind: 'over', plan, progress: { runId: '', id: plan.id, phase: 'cancelled', message, part: 0, objects: progress?.objects ?? [] } });
    this.#runId = undefined;
    void vscode.window.showWarningMessage(`GitOps: ${message}`);
    for (const end of [...this.#enders]) end(undefined);
  }

  #tellResult(plan: SyncPlanView, progress: SyncProgress): void {
    const { label } = plan;
    const words = wordsOfResult(progress);
    if (progress.phase === 'done') return void vscode.window.showInformationMessage(`${label} is synced: ${words}.`);
    if (progress.phase === 'cancelled') {
      return void vscode.window.showWarningMessage(`The sync of ${label} was cancelled: ${words}. Sync again to complete it.`);
    }
    const failure = firstFailure(progress);
    const place = failure && objectsOf(plan).find(({ object }) => nameOf(object) === nameOf(failure.object.object))?.place;
    const [show, diagnose] = [place ? 'Go to Source' : 'Show Sync', 'Diagnose…'];
    void vscode.window.showErrorMessage(`The sync of ${label} failed: ${failure?.words ?? progress.message}`, show, diagnose).then((answer) => {
      if (answer === diagnose) return vscode.commands.executeCommand('gitops.doctor.diagnose', { environmentId: plan.id });
      if (answer === undefined) return;
      return place ? vscode.commands.executeCommand('_gitops.place.show', place.uri, place.range) : this.focus();
    });
  }

  #tellRefusal({ id, refusal }: SyncPlanView): void {
    const operator = this.#app.live.environment(id)?.operator?.operator;
    const [title, command] = operator === 'flux' ? ['Reconcile with Flux', 'gitops.flux.reconcile'] : ['Sync with Argo CD…', 'gitops.argocd.sync'];
    void vscode.window.showWarningMessage(refusal ?? '', ...(operator ? [title] : [])).then((answer) => answer && vscode.commands.executeCommand(command, { environmentId: id }));
  }
}

/** Objects that are not as git says; undefined where the user chose none. */
async function pickObjects(app: App, { id, label }: EnvironmentSummary): Promise<readonly ObjectName[] | undefined> {
  const details = await ask(app, 'gitops/live/drift', { id });
  const rows = (details?.rows ?? []).filter(({ state }) => state !== 'foreign');
  if (details && rows.length === 0) void vscode.window.showInformationMessage(`${label} is in sync: there is nothing to choose.`);
  if (rows.length === 0) return undefined;
  const items = rows.map(({ object, state, reason }) => ({ label: nameOf(object), description: state, detail: reason, picked: false, object }));
  return (await vscode.window.showQuickPick(items, { title: `Sync resources of ${label}`, canPickMany: true, matchOnDescription: true }))?.map(({ object }) => object);
}
