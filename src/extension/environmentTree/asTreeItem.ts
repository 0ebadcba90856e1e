/** A node as the editor's trees show it. */
import * as vscode from 'vscode';
import type { NodeIcon } from './icons.js';
import type { NodeTarget, TreeNode } from './treeNode.js';

export function asTreeItem(node: TreeNode): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(node.label, node.children === undefined ? None : node.startsOpen ? Expanded : Collapsed);
  item.id = node.id;
  item.description = node.description;
  item.iconPath = asThemeIcon(node.icon);
  item.tooltip = node.tooltip === '' ? plainTooltip(node) : new vscode.MarkdownString(node.tooltip, true);
  item.accessibilityInformation = { label: node.spoken };
  item.contextValue = node.contexts.join(' ');
  if (node.opens) item.command = commandFor(node, node.opens);
  return item;
}

function asThemeIcon({ name, color }: NodeIcon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Labels are cut in a narrow sidebar: the whole stands in the tooltip. */
function plainTooltip({ label, description }: TreeNode): string {
  return description === '' ? label : `${label}\n${description}`;
}

function commandFor(node: TreeNode, target: NodeTarget): vscode.Command {
  switch (target.kind) {
    case 'place':
      return { title: 'Open', command: '_gitops.place.show', arguments: [target.place.uri, target.place.range] };
    case 'preview':
      return { title: 'Preview', command: '_gitops.preview.showLine', arguments: [target.previewUri, target.line] };
    case 'difference':
      return { title: 'Compare', command: 'gitops.drift.compare', arguments: [node] };
    case 'planned':
      return { title: 'Open Change', command: 'gitops.plans.compare', arguments: [node] };
    case 'fix':
      return { title: target.fix.title, command: 'gitops.doctor.fix', arguments: [node] };
    case 'command':
      return { title: node.label, command: target.command, arguments: [node] };
  }
}
