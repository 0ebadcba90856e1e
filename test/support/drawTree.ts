/** A tree as lines, for tests of what it shows. */
import type { TreeNode } from '../../src/extension/environmentTree/treeNode.js';

/** Indented lines: icon, label, description. */
export function drawTree(nodes: readonly TreeNode[], indent = ''): string {
  return nodes
    .map(({ icon, label, description, children }) => {
      const line = `${indent}(${icon.name}) ${label}${description === '' ? '' : ` | ${description}`}\n`;
      return line + (typeof children === 'string' ? `${indent}  ...${children}\n` : drawTree(children ?? [], `${indent}  `));
    })
    .join('');
}

/** The first node that `fits`, from the top down. */
export function findNode(nodes: readonly TreeNode[], fits: (node: TreeNode) => boolean): TreeNode | undefined {
  for (const node of nodes) {
    const found = fits(node) ? node : typeof node.children === 'object' ? findNode(node.children, fits) : undefined;
    if (found) return found;
  }
  return undefined;
}
