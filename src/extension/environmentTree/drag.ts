/** Dragging in the tree: an environment that is dropped on another one is promoted to it. Nothing is written by a drop: a plan comes first. */
import * as vscode from 'vscode';
import type { Guard } from '../bindings.js';
import type { TreeNode } from './treeNode.js';

/** The editor names a tree's own drags by its id, in lower case. */
const type = 'application/vnd.code.tree.gitops.environments';

export class EnvironmentDrag implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = [type];
  readonly dropMimeTypes = [type];
  readonly #guard: Guard;

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  handleDrag(nodes: readonly TreeNode[], data: vscode.DataTransfer): void {
    const [node] = nodes;
    if (node?.environmentId !== undefined && node.contexts.includes('promotable')) data.set(type, new vscode.DataTransferItem(node.environmentId));
  }

  async handleDrop(target: TreeNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const from: unknown = data.get(type)?.value;
    const to = target?.environmentId;
    if (typeof from !== 'string' || to === undefined || from === to) return;
    await this.#guard('drop', async () => void (await vscode.commands.executeCommand('gitops.promote.start', { environmentId: from }, { environmentId: to })));
  }
}
