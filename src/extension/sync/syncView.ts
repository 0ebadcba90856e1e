/** The sidebar's view of a sync: its plan, its progress, its result. It is there while there is one. */
import * as vscode from 'vscode';
import { asTreeItem } from '../environmentTree/asTreeItem.js';
import type { TreeNode } from '../environmentTree/treeNode.js';
import { setContextKey } from '../bindings.js';
import { syncNodes, syncSentence } from './planNodes.js';
import type { SyncState } from './syncState.js';

const viewId = 'gitops.sync';

export class SyncView implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #parents = new Map<string, TreeNode>();
  #state: SyncState = { kind: 'none' };

  readonly onDidChangeTreeData = this.#changed.event;

  constructor() {
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.show(this.#state);
  }

  get state(): SyncState {
    return this.#state;
  }

  show(state: SyncState): void {
    this.#state = state;
    this.#parents.clear();
    setContextKey('gitops.syncPlan', state.kind);
    this.#view.description = state.kind === 'none' ? '' : state.plan.label;
    this.#view.message = syncSentence(state);
    this.#changed.fire(undefined);
  }

  /** Brings the view to the front. */
  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${viewId}.focus`);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const children = node ? node.children : syncNodes(this.#state);
    if (typeof children !== 'object') return [];
    if (node) for (const child of children) this.#parents.set(child.id, node);
    return [...children];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#parents.get(node.id);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return asTreeItem(node);
  }

  dispose(): void {
    vscode.Disposable.from(this.#view, this.#changed).dispose();
  }
}
