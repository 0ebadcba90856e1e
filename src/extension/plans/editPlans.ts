/**
 * Plans of edits that are delivered through git, whoever made them: shown as a tree and in the multi-file diff, carried
 * out after a yes, and followed until the change is healthy or has failed. One at a time. Nothing is written before.
 */
import * as vscode from 'vscode';
import type { EditPlanView, EditProgress } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { ask } from '../ask.js';
import { setContextKey } from '../bindings.js';
import { NodeView } from '../environmentTree/nodeView.js';
import { showPlannedChanges } from './documents.js';
import { offerHandOff } from './offerHandOff.js';
import { planNodes, planSentence, titleOf } from './planNodes.js';
import { advance, isDeliverable, isEnd, pullRequestsOf, wordsOfPlan, type EditState } from './planState.js';
import { askForRun } from './questions.js';

export class EditPlans implements vscode.Disposable {
  readonly #app: App;
  readonly #view = new NodeView('gitops.plan');
  readonly #subscriptions: vscode.Disposable;
  readonly #enders = new Set<() => void>();
  /** What runs told while none was followed. */
  readonly #early = new Map<string, EditProgress>();
  #state: EditState = { kind: 'none' };
  #runId: string | undefined;

  constructor(app: App) {
    this.#app = app;
    this.#subscriptions = vscode.Disposable.from(
      app.server.on('gitops/promote/progress', (progress) => this.#take(progress)),
      app.server.onDidRestart(() => this.#lose()),
    );
    this.#show({ kind: 'none' });
  }

  /** False while a plan is being carried out, which is said. */
  isFree(): boolean {
    if (this.#state.kind !== 'running') return true;
    const show = 'Show Delivery';
    void vscode.window
      .showInformationMessage(`${this.#state.plan.title} is being delivered: wait for it, or cancel it.`, show)
      .then((answer) => (answer === show ? this.focus() : undefined));
    return false;
  }

  /** Shows a plan with its changes, and asks what is to become of it. */
  async show(plan: EditPlanView): Promise<void> {
    this.#show({ kind: 'plan', plan });
    await this.focus();
    await this.compareAll();
    if (isDeliverable(plan)) return this.#offer(plan);
    const why = plan.refusal ?? plan.targets.find(({ refusal }) => refusal !== undefined)?.refusal ?? 'all is as it would be afterwards.';
    void vscode.window.showInformationMessage(`${plan.title}: ${why}`);
  }

  /** Carries out the plan that is shown, after all that is to be asked was answered. */
  async run(): Promise<void> {
    const state = this.#state;
    if (state.kind !== 'plan') return void vscode.window.showInformationMessage('There is no plan to deliver: promote or roll back first.');
    const { plan } = state;
    if (!isDeliverable(plan)) return void vscode.window.showInformationMessage(`${plan.title}: ${plan.refusal ?? wordsOfPlan(plan)}`);
    const asked = await askForRun(plan, this.#repositoriesOf(plan));
    if (!asked) return;
    const started = await ask(this.#app, 'gitops/promote/run', asked);
    if (!started) return;
    this.#runId = started.runId;
    this.#show({ kind: 'running', plan, progress: undefined });
    // The first words of a run may come before the answer that names it.
    const early = this.#early.get(started.runId);
    this.#early.clear();
    if (early) this.#take(early);
    await this.#follow(plan, started.runId);
    const ended: EditState = this.#state;
    if (ended.kind === 'over') this.#tellResult(ended.plan, ended.progress);
  }

  async compareAll(): Promise<void> {
    if (this.#state.kind === 'none') return;
    const { title, documents } = this.#state.plan;
    await showPlannedChanges(`${title}: now ↔ planned`, documents);
  }

  async cancel(): Promise<void> {
    if (this.#runId === undefined) return void vscode.window.showInformationMessage('Nothing is being delivered from here.');
    await ask(this.#app, 'gitops/promote/cancel', { runId: this.#runId });
  }

  /** Takes a plan or a result away; what runs stays. */
  discard(): void {
    if (this.#state.kind !== 'running') this.#show({ kind: 'none' });
  }

  async focus(): Promise<void> {
    if (this.#state.kind !== 'none') await this.#view.focus();
  }

  /** Opens the pull requests of the last run. */
  async openPullRequests(): Promise<void> {
    const progress = this.#state.kind === 'running' || this.#state.kind === 'over' ? this.#state.progress : undefined;
    for (const url of pullRequestsOf(progress)) await vscode.env.openExternal(vscode.Uri.parse(url));
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, this.#view).dispose();
  }

  #show(state: EditState): void {
    this.#state = state;
    setContextKey('gitops.editPlan', state.kind);
    this.#view.show({ nodes: planNodes(state), title: titleOf(state), description: state.kind === 'none' ? '' : state.plan.title, message: planSentence(state) });
  }

  async #offer(plan: EditPlanView): Promise<void> {
    const [deliver, close] = ['Deliver…', 'Close Plan'];
    const answer = await vscode.window.showInformationMessage(`${plan.title}: ${wordsOfPlan(plan)}. Nothing was written yet.`, deliver, close);
    // Another plan may be shown by now.
    if (this.#state.kind !== 'plan' || this.#state.plan !== plan) return;
    if (answer === deliver) await this.run();
    else if (answer === close) this.discard();
  }

  /** Where the environments of a plan are delivered from, those on protected branches first. */
  #repositoriesOf(plan: EditPlanView): readonly string[] {
    return plan.targets.flatMap(({ id }) => this.#app.delivery.environments.find((environment) => environment.id === id)?.repoURL ?? []);
  }

  /** Shows how far the run is until it ended, or its server did. */
  async #follow({ title }: EditPlanView, runId: string): Promise<void> {
    const handed = new Set<string>();
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (report, token) => {
      token.onCancellationRequested(() => void this.#app.guard('cancel', () => this.cancel()));
      return new Promise<void>((done) => {
        let before = 0;
        const look = (progress: EditProgress): void => {
          if (progress.runId !== runId) return;
          report.report({ message: progress.message, increment: Math.max(0, (progress.part - before) * 100) });
          before = Math.max(before, progress.part);
          if (progress.phase === 'following') offerHandOff(this.#app, progress, handed);
        };
        const follow = this.#app.server.on('gitops/promote/progress', look);
        const end = (): void => {
          follow.dispose();
          this.#enders.delete(end);
          done();
        };
        this.#enders.add(end);
        // It may have gone on, or ended, before anyone followed.
        if (this.#state.kind === 'running' && this.#state.progress) look(this.#state.progress);
        if (this.#state.kind !== 'running') end();
      });
    });
  }

  #take(progress: EditProgress): void {
    const next = advance(this.#state, this.#runId, progress);
    if (next === this.#state) return void this.#early.set(progress.runId, progress);
    this.#show(next);
    if (!isEnd(progress.phase)) return;
    this.#runId = undefined;
    for (const end of [...this.#enders]) end();
  }

  /** The server ended, and the run with it. What was pushed is pushed. */
  #lose(): void {
    if (this.#state.kind !== 'running') return;
    const { plan, progress } = this.#state;
    const message = 'The server ended before the delivery did. Look at git for what was written; what was pushed goes on by itself.';
    const empty = { runId: '', kind: plan.kind, part: 0, branches: [], ladders: [], rollbackOf: [] };
    this.#show({ kind: 'over', plan, progress: { ...(progress ?? empty), phase: 'cancelled', message } });
    this.#runId = undefined;
    void vscode.window.showWarningMessage(`GitOps: ${message}`);
    for (const end of [...this.#enders]) end();
  }

  #tellResult({ title }: EditPlanView, progress: EditProgress): void {
    const { phase, message, rollbackOf } = progress;
    const urls = pullRequestsOf(progress);
    const [open, back, diagnose, show] = [urls.length > 1 ? 'Open Pull Requests' : 'Open Pull Request', 'Roll Back…', 'Diagnose…', 'Show Delivery'];
    if (phase !== 'failed') {
      const say = phase === 'done' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
      return void say(`${title}: ${message}`, ...(urls.length > 0 ? [open] : [])).then((answer) => (answer === open ? this.openPullRequests() : undefined));
    }
    const [environmentId] = rollbackOf;
    const failed = progress.ladders.find(({ state }) => state === 'failed')?.id ?? environmentId;
    const offered = [...(environmentId === undefined ? [] : [back]), ...(failed === undefined ? [] : [diagnose]), show];
    void vscode.window.showErrorMessage(`${title}: ${message}`, ...offered).then((answer) => {
      if (answer === back) return vscode.commands.executeCommand('gitops.rollback.start', { environmentId });
      if (answer === diagnose) return vscode.commands.executeCommand('gitops.doctor.diagnose', { environmentId: failed });
      return answer === show ? this.focus() : undefined;
    });
  }
}
