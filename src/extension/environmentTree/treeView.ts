/**
 * The sidebar's tree of environments: it shows the nodes of what is known and filtered now. What is open and selected
 * survives a refresh by the nodes' identities; parts that need details ask for them when they are opened. What changes in
 * a cluster redraws the environments that it concerns, and no others.
 */
import * as vscode from 'vscode';
import { onSettingsChange, readSetting, setContextKey } from '../bindings.js';
import type { App } from '../app.js';
import { countOf } from '../delivery/words.js';
import { isDrifted } from '../live/words.js';
import { asTreeItem } from './asTreeItem.js';
import { isFailureWords } from '../failures.js';
import { rungNodes } from '../ladder/ladderNodes.js';
import { pullRequestNodes } from '../pullRequests/pullRequestNodes.js';
import { EnvironmentDrag } from './drag.js';
import { filterEnvironments } from './filter.js';
import { driftNodes, healthNodes, historyNodes, type LiveView } from './liveNodes.js';
import { appNodes, environmentNode, findingNodes, resourceNodes } from './nodes.js';
import { part, type TreeNode } from './treeNode.js';

const viewId = 'gitops.environments';
/** How often a row is looked for that is drawn anew each time. */
const mostReveals = 4;
const filterMemory = 'gitops.environments.filter';

export class EnvironmentTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #app: App;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly #parents = new Map<string, TreeNode>();
  /** The nodes of environments as the editor has them: it knows them again by these very objects. */
  readonly #given = new Map<string, TreeNode>();
  /** What such a node is by now. */
  readonly #latest = new Map<string, TreeNode>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(app: App) {
    this.#app = app;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true, dragAndDropController: new EnvironmentDrag(app.guard) });
    const show = (): void => this.#show();
    const showSome = (ids: readonly string[]): void => this.#showLive(ids);
    const [delivered, lived, climbed] = [app.delivery.onDidChange(show), app.live.onDidChange(showSome), app.ladders.onDidChange(showSome)];
    const [connected, proposed] = [app.live.onDidChangeConnections(show), app.pullRequests.onDidChange(show)];
    this.#subscriptions = vscode.Disposable.from(delivered, lived, climbed, connected, proposed, onSettingsChange(show), vscode.workspace.onDidGrantWorkspaceTrust(show));
    this.#showHead();
  }

  /** The text that environments are filtered by; empty for all. */
  get filter(): string {
    return this.#app.context.workspaceState.get(filterMemory, '');
  }

  /** Filters from now on, also after the window was closed. */
  async setFilter(text: string): Promise<void> {
    await this.#app.context.workspaceState.update(filterMemory, text.trim() === '' ? undefined : text.trim());
    this.#show();
  }

  /** Opens and selects an environment, or one of its parts. */
  async reveal(environmentId: string, part: string | undefined): Promise<void> {
    if (this.filter !== '') await this.setFilter('');
    const wanted = `environment:${environmentId}${part === undefined ? '' : `/${part}`}`;
    for (let tries = 1; tries <= mostReveals; tries++) {
      const found = await this.#find(wanted);
      if (!found) return;
      const isShown = await this.#view.reveal(found, { select: true, focus: true, expand: true }).then(
        () => true,
        // The editor doesn't know a row any more that was drawn anew meanwhile.
        (error: unknown) => {
          this.#app.log.debug(`revealing ${wanted}: ${String(error)}`);
          return false;
        },
      );
      if (isShown) return;
    }
  }

  /** The node with an identity, of environments and their parts. */
  async #find(wanted: string): Promise<TreeNode | undefined> {
    for (const app of await this.#look(undefined)) {
      for (const environment of await this.#look(app)) {
        if (!wanted.startsWith(environment.id)) continue;
        const known = this.#given.get(environment.id) ?? environment;
        const below = environment.id === wanted ? [known] : await this.#look(known);
        const found = below.find(({ id }) => id === wanted);
        if (found) return found;
      }
    }
    return undefined;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const children = await this.#look(node);
    for (const child of children) if (isEnvironment(child)) this.#give(child);
    return children;
  }

  /** Those below a node, which the editor doesn't get to know by that. */
  async #look(node: TreeNode | undefined): Promise<TreeNode[]> {
    if (node && isEnvironment(node) && node.environmentId !== undefined) this.#app.ladders.want(node.environmentId);
    const found = node ? await this.#childrenOf(this.#latest.get(node.id) ?? node) : await this.#top();
    const children = found.map((child) => (isEnvironment(child) ? this.#renew(child) : child));
    if (node) for (const child of children) this.#parents.set(child.id, node);
    return children;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#parents.get(node.id);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return asTreeItem(this.#latest.get(node.id) ?? node);
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, this.#view, this.#changed).dispose();
  }

  async #top(): Promise<readonly TreeNode[]> {
    // A failure stands above the tree; *Refresh* asks again.
    if (this.#app.delivery.knowledge.kind === 'failed') return [];
    const environments = await this.#app.delivery.load();
    const apps = appNodes(filterEnvironments(environments, this.filter, this.#live.live), this.#live);
    return this.filter === '' ? [...apps, ...pullRequestNodes(this.#app.pullRequests.environments, this.#app.pullRequests.forges)] : apps;
  }

  async #childrenOf(node: TreeNode): Promise<readonly TreeNode[]> {
    const { children, environmentId } = node;
    if (typeof children !== 'string') return children ?? [];
    const environment = this.#app.delivery.environments.find(({ id }) => id === environmentId);
    if (!environment) return [];
    const { delivery, live, ladders } = this.#app;
    switch (children) {
      case 'ladder': {
        const ladder = await ladders.read(environment.id);
        return isFailureWords(ladder) ? [part(environment.id, 'delivery/failed', ladder.message, '', 'warning', undefined)] : rungNodes(ladder, environment);
      }
      case 'drift':
        return driftNodes(environment.id, await live.drift(environment.id));
      case 'health':
        return healthNodes(environment.id, await live.drift(environment.id));
      case 'history':
        return historyNodes(environment.id, await live.history(environment.id));
      case 'resources':
      case 'findings': {
        const details = await delivery.details(environment.id);
        if (!details) return [];
        return children === 'resources' ? resourceNodes(environment, details) : findingNodes(environment, details);
      }
    }
  }

  get #live(): LiveView {
    const { live } = this.#app;
    return {
      isTrusted: vscode.workspace.isTrusted,
      isAble: live.isAble,
      isDriftEnabled: readSetting('gitops.drift.enabled'),
      connections: live.connections,
      live: (id) => live.environment(id),
      progress: (id) => live.progress(id),
      ladder: (id) => this.#app.ladders.known(id),
    };
  }

  /** An app's environments were made when the app was: in the meantime something may have changed in a cluster. */
  #renew(node: TreeNode): TreeNode {
    const environment = this.#app.delivery.environments.find(({ id }) => id === node.environmentId);
    return environment ? environmentNode(environment, this.#live) : node;
  }

  #give(node: TreeNode): void {
    this.#given.set(node.id, node);
    this.#latest.delete(node.id);
  }

  #show(): void {
    this.#parents.clear();
    this.#given.clear();
    this.#latest.clear();
    this.#showHead();
    this.#changed.fire(undefined);
  }

  /** Redraws the environments that are other than before in their cluster, and the apps that count them. */
  #showLive(ids: readonly string[]): void {
    // A filter may ask for what is live: then others may come and go.
    if (this.filter !== '') return this.#show();
    this.#showHead();
    const apps = appNodes(this.#app.delivery.environments, this.#live);
    const nodes = ids.flatMap((environmentId): readonly TreeNode[] => {
      const environment = this.#app.delivery.environments.find(({ id }) => id === environmentId);
      const given = this.#given.get(`environment:${environmentId}`);
      if (!environment || !given) return [];
      this.#latest.set(given.id, environmentNode(environment, this.#live));
      const app = this.#parents.get(given.id);
      const now = app && apps.find(({ id }) => id === app.id);
      const before = app && (this.#latest.get(app.id) ?? app);
      if (!app || !now || now.description === before?.description) return [given];
      this.#latest.set(app.id, now);
      return [app];
    });
    if (nodes.length > 0) this.#changed.fire([...new Set(nodes)]);
  }

  /** What stands around the tree: the number of errors at its icon, the filter above it, the welcome in its place. */
  #showHead(): void {
    const { knowledge, environments } = this.#app.delivery;
    const shown = filterEnvironments(environments, this.filter, this.#live.live);
    const errors = environments.reduce((sum, { findings }) => sum + findings.errors, 0);
    const broken = environments.filter(({ state }) => state.kind === 'broken').length;
    const drifted = this.#app.live.environments.filter(isDrifted).length;
    const wrong = Math.max(errors, broken);
    const words = [...(wrong > 0 ? [`${countOf(wrong, 'error')} in environments`] : []), ...(drifted > 0 ? [`${countOf(drifted, 'environment')} drifted`] : [])];
    this.#view.badge = words.length === 0 ? undefined : { value: wrong + drifted, tooltip: `GitOps: ${words.join(', ')}` };
    this.#view.message = this.#message(shown.length);
    setContextKey('gitops.environmentsFiltered', this.filter !== '');
    if (knowledge.kind === 'known') setContextKey('gitops.environmentsFound', environments.length > 0 ? 'some' : 'none');
  }

  #message(shown: number): string {
    const { knowledge, environments } = this.#app.delivery;
    if (knowledge.kind === 'failed') return `The environments could not be read: ${knowledge.message}`;
    if (this.filter === '' || environments.length === 0) return '';
    if (shown === 0) return `No environment matches “${this.filter}”.`;
    return `“${this.filter}”: ${shown} of ${countOf(environments.length, 'environment')}`;
  }
}

function isEnvironment({ contexts }: TreeNode): boolean {
  return contexts[0] === 'environment';
}
