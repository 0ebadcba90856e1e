/** The item of the status bar that tells the connected clusters and the drift of what the active file takes part in; a click offers what can be done. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { App } from '../app.js';
import { registerCommands } from '../bindings.js';
import { isCompared, wordsOfConnection, wordsOfCounts } from '../live/words.js';
import { clusterStatus } from './statusText.js';

export function registerClusterStatus(app: App): vscode.Disposable {
  const status = new ClusterStatusItem(app);
  return vscode.Disposable.from(status, registerCommands(app.guard, { '_gitops.clusters.showMenu': () => status.showMenu() }));
}

interface MenuItem extends vscode.QuickPickItem {
  readonly run?: () => Thenable<unknown>;
}

class ClusterStatusItem implements vscode.Disposable {
  readonly #app: App;
  readonly #item = vscode.window.createStatusBarItem('gitops.clusters', vscode.StatusBarAlignment.Left, -10);
  readonly #subscriptions: vscode.Disposable;
  /** The environments that the active file takes part in, and for which file that was asked. */
  #active: readonly EnvironmentSummary[] = [];
  #asked = '';

  constructor(app: App) {
    this.#app = app;
    this.#item.name = 'GitOps clusters';
    this.#item.command = '_gitops.clusters.showMenu';
    const show = (): void => this.#show();
    const [lived, connected, delivered] = [app.live.onDidChange(show), app.live.onDidChangeConnections(() => this.#follow()), app.delivery.onDidChange(() => this.#follow())];
    this.#subscriptions = vscode.Disposable.from(
      lived,
      connected,
      delivered,
      vscode.window.onDidChangeActiveTextEditor(() => this.#follow()),
    );
  }

  async showMenu(): Promise<void> {
    const chosen = await vscode.window.showQuickPick(this.#menu(), { title: 'GitOps Clusters' });
    await chosen?.run?.();
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, this.#item).dispose();
  }

  #menu(): readonly MenuItem[] {
    const run =
      (command: string, ...parameters: readonly unknown[]) =>
      (): Thenable<unknown> =>
        vscode.commands.executeCommand(command, ...parameters);
    const icon = (name: string): vscode.ThemeIcon => new vscode.ThemeIcon(name);
    const separator = (label: string): MenuItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
    const environments = this.#active.flatMap(({ id, label }): readonly MenuItem[] => {
      const live = this.#app.live.environment(id);
      if (!live || !isCompared(live)) return [];
      const words = wordsOfCounts(live.counts);
      const target = { environmentId: id };
      return [
        { label: `Show Drift of ${label}`, description: words === '' ? 'in sync' : words, iconPath: icon('diff'), run: run('_gitops.drift.show', target) },
        ...(live.operator ? [] : [{ label: `Sync ${label}…`, iconPath: icon('rocket'), run: run('gitops.sync.start', target) }]),
      ];
    });
    const clusters = this.#app.live.connections.map((connection): MenuItem => ({
      label: `Disconnect from ${connection.context}`,
      description: wordsOfConnection(connection),
      iconPath: icon('debug-disconnect'),
      run: run('gitops.clusters.disconnect', { context: connection.context }),
    }));
    return [
      ...(environments.length > 0 ? [separator('Environments of the active file'), ...environments] : []),
      separator('Clusters'),
      { label: 'Connect to Cluster…', iconPath: icon('plug'), run: run('gitops.clusters.connect') },
      ...clusters,
    ];
  }

  /** Asks for the environments of the active file, where there is a cluster to tell of. */
  #follow(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const key = uri?.scheme === 'file' && this.#app.live.connections.length > 0 ? uri.toString() : '';
    const isOther = key !== this.#asked;
    this.#asked = key;
    if (key === '') this.#active = [];
    if (isOther && key !== '') void this.#app.guard('cluster status', () => this.#askFor(key));
    else this.#show();
  }

  async #askFor(uri: string): Promise<void> {
    const folders = new Set((await this.#app.server.request('gitops/environments/of', { uri })).map(({ folderUri }) => folderUri));
    if (uri !== this.#asked) return;
    this.#active = this.#app.delivery.environments.filter(({ folderUri, declaredAt }) => (folderUri !== undefined && folders.has(folderUri)) || declaredAt.uri === uri);
    this.#show();
  }

  #show(): void {
    const active = this.#active.map(({ id, label }) => ({ label, live: this.#app.live.environment(id) }));
    const { text, tooltip, spoken, severity } = clusterStatus(this.#app.live.connections, active);
    if (text === '') return this.#item.hide();
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.accessibilityInformation = { label: spoken, role: 'button' };
    this.#item.backgroundColor = severity === 'none' ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
    this.#item.show();
  }
}
