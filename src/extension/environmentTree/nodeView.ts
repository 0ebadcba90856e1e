/** A view of the sidebar that shows rows which somebody else made: all of them are replaced at once, what is open stays so by their identities. */
import * as vscode from 'vscode';
import { asTreeItem } from './asTreeItem.js';
import type { TreeNode } from './treeNode.js';

/** What a view shows: its rows, its title and what stands beside it, and the sentence above the rows. */
export interface ViewContent {
  readonly nodes: readonly TreeNode[];
  readonly title: string;
  readonly description: string;
  readonly message: string;
}

export class NodeView implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #viewId: string;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #parents = new Map<string, TreeNode>();
  #nodes: readonly TreeNode[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(viewId: string) {
    this.#viewId = viewId;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
  }

  show({ nodes, title, description, message }: ViewContent): void {
    this.#nodes = nodes;
    this.#parents.clear();
    this.#view.title = title;
    this.#view.description = description;
    this.#view.message = message;
    this.#changed.fire(undefined);
  }

  /** Brings the view to the front. */
  async focus(): Promise<void> {
    await vscode.commands.executeCommand(`${this.#viewId}.focus`);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const children = node ? node.children : this.#nodes;
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
