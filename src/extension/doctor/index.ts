/** The doctor: what is wrong with an environment, why, and what mends it, in a view of its own and as a report to be passed on. */
import * as vscode from 'vscode';
import type { SyncPlanView } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { DoctorFix, DoctorVisit } from '../../server/doctorProtocol.js';
import type { App } from '../app.js';
import { askWithProgress } from '../ask.js';
import { registerCommands, setContextKey } from '../bindings.js';
import { choose, confirm } from '../confirm.js';
import { NodeView } from '../environmentTree/nodeView.js';
import type { TreeNode } from '../environmentTree/treeNode.js';
import { findTarget } from '../environments/target.js';
import { visitNodes, visitSentence } from './doctorNodes.js';
import { DoctorReports } from './report.js';

export function register(app: App): vscode.Disposable {
  const doctor = new Doctor(app);
  const reports = new DoctorReports(app);
  return vscode.Disposable.from(
    doctor,
    reports,
    registerCommands(app.guard, {
      'gitops.doctor.diagnose': async (target) => {
        const environment = await findTarget(app, target, 'Diagnose');
        if (environment) await doctor.diagnose(environment);
      },
      'gitops.doctor.fix': (node) => doctor.fix(node),
      'gitops.doctor.openReport': (node) => reports.open(node?.environmentId ?? doctor.onlyVisited),
      'gitops.doctor.copyReport': (node) => reports.copy(node instanceof vscode.Uri ? undefined : node?.environmentId),
      'gitops.doctor.close': () => doctor.close(),
    }),
  );
}

interface ChosenFix {
  readonly visitId: string;
  readonly fix: DoctorFix;
}

class Doctor implements vscode.Disposable {
  readonly #app: App;
  readonly #view = new NodeView('gitops.doctor');
  #visits: readonly DoctorVisit[] = [];

  constructor(app: App) {
    this.#app = app;
    this.#show();
  }

  /** The environment that was visited, where it is the only one. */
  get onlyVisited(): string | undefined {
    return this.#visits.length === 1 ? this.#visits[0]?.id : undefined;
  }

  /** Visits an environment, and says the worst of it with what can be done at once. */
  async diagnose(environment: EnvironmentSummary): Promise<void> {
    const visit = await this.visit(environment);
    if (!visit) return;
    const { id: environmentId, label, visitId, diagnoses } = visit;
    // The worst that can be mended from here, for its most likely cause.
    const fix = diagnoses.map(({ causes }) => causes[0]?.action).find((action) => action !== undefined);
    const report = 'Open Report';
    const say = diagnoses.length === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    const sentence = visitSentence(visit);
    // Most symptoms name the environment that they are found in.
    void say(sentence.startsWith(label) ? sentence : `${label}: ${sentence}`, ...(fix ? [fix.title] : []), report).then((answer) => {
      if (answer === report) return vscode.commands.executeCommand('gitops.doctor.openReport', { environmentId });
      return fix && answer === fix.title ? this.#app.guard('fix', () => this.#run(visit, { visitId, fix })) : undefined;
    });
  }

  /** Looks at an environment, and shows what was found; the visit before is replaced. */
  async visit({ id, label }: Pick<EnvironmentSummary, 'id' | 'label'>): Promise<DoctorVisit | undefined> {
    const visit = await askWithProgress(this.#app, `Looking what is wrong with ${label}…`, 'gitops/doctor/visit', { id });
    if (!visit) return undefined;
    this.#visits = [visit, ...this.#visits.filter((each) => each.id !== id)];
    this.#show();
    await this.#view.focus();
    return visit;
  }

  /** Runs the fix of a node, or one that the user chooses, after what it does was said and confirmed. */
  async fix(node: TreeNode | undefined): Promise<void> {
    const chosen = node?.opens?.kind === 'fix' ? { visitId: node.opens.visitId, fix: node.opens.fix } : await this.#chooseFix();
    const visit = this.#visits.find(({ visitId }) => visitId === chosen?.visitId);
    if (!chosen) return;
    if (visit) await this.#run(visit, chosen);
    else void vscode.window.showInformationMessage('This was found at an earlier visit: diagnose the environment again.');
  }

  async #run(visit: DoctorVisit, { visitId, fix }: ChosenFix): Promise<void> {
    if (!(await confirmFix(visit, fix))) return;
    const outcome = await askWithProgress(this.#app, `${fix.title}…`, 'gitops/doctor/fix', { visitId, fixId: fix.fixId });
    if (!outcome) return;
    switch (outcome.kind) {
      case 'plan':
        return this.#handOver(outcome.plan);
      case 'edited':
        await vscode.commands.executeCommand('_gitops.place.show', outcome.place.uri, outcome.place.range);
        return void vscode.window.showInformationMessage(`${outcome.message} Look at the edit, then save and commit it.`);
      case 'done':
        return this.#lookAgain(visit, outcome.message);
    }
  }

  /** Forgets all visits; the view goes. */
  close(): void {
    this.#visits = [];
    this.#show();
  }

  dispose(): void {
    this.#view.dispose();
  }

  async #lookAgain(visit: DoctorVisit, message: string): Promise<void> {
    const now = await this.visit(visit);
    void vscode.window.showInformationMessage(`${visit.label}: ${message}${now ? ` ${visitSentence(now)}` : ''}`);
  }

  async #handOver(plan: SyncPlanView): Promise<void> {
    await vscode.commands.executeCommand('_gitops.sync.take', plan);
  }

  async #chooseFix(): Promise<ChosenFix | undefined> {
    const choices = this.#visits.flatMap(({ visitId, label, diagnoses }) =>
      diagnoses.flatMap(({ symptom, causes }) =>
        causes.flatMap(({ action }) => (action ? [{ label: action.title, detail: `${label}: ${symptom} ${action.effect}`, icon: 'wrench', value: { visitId, fix: action } }] : [])),
      ),
    );
    if (choices.length === 0) {
      void vscode.window.showInformationMessage(this.#visits.length === 0 ? 'Diagnose an environment first.' : 'Nothing of what was found can be mended from here.');
      return undefined;
    }
    return choose('Which fix?', choices);
  }

  #show(): void {
    setContextKey('gitops.doctorVisited', this.#visits.length > 0);
    const [last] = this.#visits;
    this.#view.show({ nodes: visitNodes(this.#visits), title: 'Diagnosis', description: last?.label ?? '', message: last ? visitSentence(last) : '' });
  }
}

/** True where what it does needs no yes, or got one. */
async function confirmFix({ label }: DoctorVisit, { title, effect, needsConfirmation, isGuarded }: DoctorFix): Promise<boolean> {
  if (!needsConfirmation && !isGuarded) return true;
  return confirm({ label, isProtected: isGuarded, question: `${title}?`, detail: effect, action: title });
}
