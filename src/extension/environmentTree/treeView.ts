/**
 * The sidebar's tree of environments: it shows the nodes of what is known and filtered now. What is open and selected
 * survives a refresh by the nodes' identities; parts that need details ask for them when they are opened.
 */
import * as vscode from 'vscode';
import { setContextKey } from '../bindings.js';
import type { App } from '../app.js';
import { countOf } from '../delivery/words.js';
import { filterEnvironments } from './filter.js';
import { appNodes, findingNodes, resourceNodes, type NodeTarget, type TreeNode } from './nodes.js';
import type { NodeIcon } from './icons.js';

const viewId = 'gitops.environments';
const filterMemory = 'gitops.environments.filter';

export class EnvironmentTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #app: App;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscription: { dispose(): void };
  readonly #parents = new Map<string, TreeNode>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(app: App) {
    this.#app = app;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.#subscription = app.delivery.onDidChange(() => this.#show());
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
    for (const app of await this.getChildren()) {
      for (const environment of await this.getChildren(app)) {
        const below = environment.id === wanted ? [environment] : await this.getChildren(environment);
        const found = below.find(({ id }) => id === wanted);
        if (found) return this.#view.reveal(found, { select: true, focus: true, expand: true });
      }
    }
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const children = node ? await this.#childrenOf(node) : await this.#top();
    if (node) for (const child of children) this.#parents.set(child.id, node);
    return [...children];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#parents.get(node.id);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children === undefined ? None : node.startsOpen ? Expanded : Collapsed);
    item.id = node.id;
    item.description = node.description;
    item.iconPath = asThemeIcon(node.icon);
    item.tooltip = node.tooltip === '' ? plainTooltip(node) : new vscode.MarkdownString(node.tooltip, true);
    item.accessibilityInformation = { label: node.spoken };
    item.contextValue = node.contexts.join(' ');
    if (node.opens) item.command = commandFor(node.opens);
    return item;
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscription, this.#view, this.#changed).dispose();
  }

  async #top(): Promise<readonly TreeNode[]> {
    // A failure stands above the tree; *Refresh* asks again.
    if (this.#app.delivery.knowledge.kind === 'failed') return [];
    const environments = await this.#app.delivery.load();
    return appNodes(filterEnvironments(environments, this.filter));
  }

  async #childrenOf(node: TreeNode): Promise<readonly TreeNode[]> {
    if (typeof node.children !== 'string') return node.children ?? [];
    const environment = this.#app.delivery.environments.find(({ id }) => id === node.environmentId);
    const details = environment && (await this.#app.delivery.details(environment.id));
    if (!details) return [];
    return node.children === 'resources' ? resourceNodes(environment, details) : findingNodes(environment, details);
  }

  #show(): void {
    this.#parents.clear();
    this.#showHead();
    this.#changed.fire(undefined);
  }

  /** What stands around the tree: the number of errors at its icon, the filter above it, the welcome in its place. */
  #showHead(): void {
    const { knowledge, environments } = this.#app.delivery;
    const shown = filterEnvironments(environments, this.filter);
    const errors = environments.reduce((sum, { findings }) => sum + findings.errors, 0);
    const broken = environments.filter(({ state }) => state.kind === 'broken').length;
    this.#view.badge = errors + broken === 0 ? undefined : { value: Math.max(errors, broken), tooltip: `GitOps: ${countOf(Math.max(errors, broken), 'error')} in environments` };
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

function asThemeIcon({ name, color }: NodeIcon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Labels are cut in a narrow sidebar: the whole stands in the tooltip. */
function plainTooltip({ label, description }: TreeNode): string {
  return description === '' ? label : `${label}\n${description}`;
}

function commandFor(target: NodeTarget): vscode.Command {
  if (target.kind === 'place') return { title: 'Open', command: '_gitops.place.show', arguments: [target.place.uri, target.place.range] };
  return { title: 'Preview', command: '_gitops.preview.showLine', arguments: [target.previewUri, target.line] };
}
