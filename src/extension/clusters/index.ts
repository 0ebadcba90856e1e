/**
 * Connections to clusters: only to what the user connects. What was connected is remembered for the workspace, and after
 * the server was restarted it is connected again; when a window is opened, only where a setting asks for it.
 */
import * as vscode from 'vscode';
import type { ConnectionSummary, ContextList } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { ask, askWithProgress, tellFailure } from '../ask.js';
import { readSetting, registerCommands, setContextKey } from '../bindings.js';
import type { ContextTarget, EnvironmentTarget } from '../commands.js';
import { countOf } from '../delivery/words.js';
import { findTarget } from '../environments/target.js';
import { wordsOfConnection } from '../live/words.js';
import { contextItems, fittingEnvironments, type ContextItem } from './contextItems.js';
import { registerClusterStatus } from './status.js';

/** What was connected when the workspace was last open. */
const memory = 'gitops.connectedContexts';

export function register(app: App): vscode.Disposable {
  const connections = new Connections(app);
  return vscode.Disposable.from(
    connections,
    registerClusterStatus(app),
    registerCommands(app.guard, {
      'gitops.clusters.connect': (target) => connections.connectTo(target),
      'gitops.clusters.choose': (target) => connections.chooseFor(target),
      'gitops.clusters.disconnect': (target) => connections.disconnect(target),
    }),
  );
}

class Connections implements vscode.Disposable {
  readonly #app: App;
  readonly #subscriptions: vscode.Disposable;
  /** What the user connected since this window was opened. */
  readonly #asked = new Set<string>();
  #known = '';
  #isRestored = false;

  constructor(app: App) {
    this.#app = app;
    const [answered, connected, restarted] = [
      app.delivery.onDidAnswer(() => this.#follow()),
      app.live.onDidChangeConnections(() => setContextKey('gitops.clusterConnected', app.live.connections.length > 0)),
      app.server.onDidRestart(() => void app.guard('reconnect', () => this.#reconnect([...this.#asked]))),
    ];
    this.#subscriptions = vscode.Disposable.from(answered, connected, restarted);
  }

  /** Connects what is meant, or what the user chooses from the kubeconfig. */
  async connectTo(target: EnvironmentTarget | ContextTarget | undefined): Promise<void> {
    if (!this.#isAllowed()) return;
    if (target && 'context' in target) return void (await this.#connect(target.context));
    const environment = await this.#environmentOf(target);
    const known = environment && this.#app.live.environment(environment.id)?.context;
    if (known !== undefined) return void (await this.#connect(known));
    if (environment) return this.#choose(environment);
    const context = await this.#pick('Connect to Cluster', undefined);
    if (context !== undefined && (await this.#connect(context.context))) await this.#offer(context.context);
  }

  /** Asks which cluster an environment is looked at through, and connects it. */
  async chooseFor(target: EnvironmentTarget | undefined): Promise<void> {
    if (!this.#isAllowed()) return;
    const environment = await findTarget(this.#app, target, 'Choose the cluster of');
    if (environment) await this.#choose(environment);
  }

  async disconnect(target: EnvironmentTarget | ContextTarget | undefined): Promise<void> {
    const context = await this.#connected(target);
    if (context === undefined) return;
    this.#asked.delete(context);
    await this.#remember();
    await ask(this.#app, 'gitops/cluster/disconnect', { context });
    await this.#app.live.refresh();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #choose(environment: EnvironmentSummary): Promise<void> {
    const suggested = this.#app.live.environment(environment.id)?.suggestedContext;
    const item = await this.#pick(`Cluster of ${environment.label} (it is connected)`, suggested);
    if (!item) return;
    const { context } = item;
    if ((await ask(this.#app, 'gitops/cluster/choose', { ids: [environment.id], context })) === undefined) return;
    if (await this.#connect(context)) await this.#offer(context);
  }

  async #pick(title: string, suggested: string | undefined): Promise<ContextItem | undefined> {
    const list: ContextList | undefined = await ask(this.#app, 'gitops/cluster/contexts', {});
    if (!list) return undefined;
    if (list.contexts.length === 0) {
      tellFailure(this.#app, { code: 'kubeconfig/none', message: `There is no context in ${list.files.length === 0 ? 'any kubeconfig' : list.files.join(', ')}.` });
      return undefined;
    }
    const items = contextItems(list, { suggested, connections: this.#app.live.connections }).map((item) => ({ ...item, iconPath: new vscode.ThemeIcon(item.icon) }));
    return vscode.window.showQuickPick(items, { title, placeHolder: `Context of ${list.files.join(', ')}`, matchOnDescription: true, matchOnDetail: true });
  }

  /** True once it is connected. */
  async #connect(context: string): Promise<boolean> {
    const connection: ConnectionSummary | undefined = await askWithProgress(this.#app, `Connecting to ${context}…`, 'gitops/cluster/connect', { context });
    await this.#app.live.refresh();
    if (!connection) return false;
    this.#asked.add(context);
    await this.#remember();
    if (connection.state === 'connected' || connection.state === 'connecting') return true;
    void vscode.window.showWarningMessage(`GitOps: ${wordsOfConnection(connection)}`, 'Try Again', 'Disconnect').then((answer) => {
      if (answer === 'Try Again') return this.connectTo({ context });
      return answer === 'Disconnect' ? this.disconnect({ context }) : undefined;
    });
    return false;
  }

  /** Offers a cluster to the environments whose destination it fits; where it fits none, to all that have no cluster. */
  async #offer(context: string): Promise<void> {
    const environments = await this.#app.delivery.load();
    const fitting = fittingEnvironments(environments, context, (id) => this.#app.live.environment(id));
    if (fitting.length === 0) return this.#offerAll(context, environments);
    const labels = fitting.map(({ label }) => label);
    const [use, choose] = ['Use It', 'Choose…'];
    const names = labels.length > 4 ? `${labels.slice(0, 3).join(', ')} and ${labels.length - 3} more` : labels.join(', ');
    const answer = await vscode.window.showInformationMessage(`${context} fits ${countOf(fitting.length, 'environment')}: ${names}.`, use, choose);
    if (answer === undefined) return;
    const chosen = answer === use ? fitting : await pickEnvironments(fitting, context, true);
    if (chosen.length > 0) await ask(this.#app, 'gitops/cluster/choose', { ids: chosen.map(({ id }) => id), context });
    await this.#app.live.refresh();
  }

  async #offerAll(context: string, environments: readonly EnvironmentSummary[]): Promise<void> {
    const lives = environments.map((environment) => ({ environment, live: this.#app.live.environment(environment.id) }));
    if (lives.some(({ live }) => live?.context === context)) return;
    const open = lives.flatMap(({ environment, live }) => (live?.context === undefined ? [environment] : []));
    const choose = 'Choose Environments…';
    if (
      open.length === 0 ||
      (await vscode.window.showInformationMessage(`${context} is connected. Which environments are in it? None names it as its destination.`, choose)) !== choose
    )
      return;
    const chosen = await pickEnvironments(open, context, false);
    if (chosen.length > 0) await ask(this.#app, 'gitops/cluster/choose', { ids: chosen.map(({ id }) => id), context });
    await this.#app.live.refresh();
  }

  async #connected(target: EnvironmentTarget | ContextTarget | undefined): Promise<string | undefined> {
    if (target && 'context' in target) return target.context;
    const { connections } = this.#app.live;
    const environment = await this.#environmentOf(target);
    const own = environment && this.#app.live.environment(environment.id)?.context;
    if (own !== undefined) return own;
    const [only, second] = connections;
    if (!second) return only?.context;
    const items = connections.map((connection) => ({ label: connection.context, description: wordsOfConnection(connection), context: connection.context }));
    return (await vscode.window.showQuickPick(items, { title: 'Disconnect from Cluster' }))?.context;
  }

  /** The environment of a node; other targets mean no one in particular. */
  async #environmentOf(target: EnvironmentTarget | ContextTarget | undefined): Promise<EnvironmentSummary | undefined> {
    if (!target || target instanceof vscode.Uri || !('environmentId' in target)) return undefined;
    return (await this.#app.delivery.load()).find(({ id }) => id === target.environmentId);
  }

  #isAllowed(): boolean {
    if (vscode.workspace.isTrusted) return true;
    tellFailure(this.#app, { code: 'workspace/untrusted', message: '' });
    return false;
  }

  /** What is live is asked for when the environments are others than before. */
  #follow(): void {
    const known = this.#app.delivery.environments.map(({ id }) => id).join('\n');
    if (known === this.#known) return;
    this.#known = known;
    void this.#app.guard('clusters', async () => {
      await this.#app.live.refresh();
      if (this.#isRestored || this.#app.delivery.environments.length === 0) return;
      this.#isRestored = true;
      if (readSetting('gitops.cluster.reconnect')) await this.#reconnect(this.#app.context.workspaceState.get<readonly string[]>(memory, []));
    });
  }

  async #reconnect(contexts: readonly string[]): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    await Promise.all(
      contexts.map(async (context) => {
        const connection = await ask(this.#app, 'gitops/cluster/connect', { context });
        if (connection) this.#asked.add(context);
      }),
    );
    await this.#app.live.refresh();
  }

  async #remember(): Promise<void> {
    await this.#app.context.workspaceState.update(memory, [...this.#asked]);
  }
}

async function pickEnvironments(environments: readonly EnvironmentSummary[], context: string, picked: boolean): Promise<readonly EnvironmentSummary[]> {
  const items = environments.map((environment) => ({ label: environment.label, description: environment.namespace ?? '', picked, environment }));
  const chosen = await vscode.window.showQuickPick(items, { title: `Environments to look at through ${context}`, canPickMany: true });
  return chosen?.map(({ environment }) => environment) ?? [];
}
