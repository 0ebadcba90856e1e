/**
 * The tree of a template. Every node knows where it stands (offsets in the text, UTF-16 units), so that a hover or a rename
 * can be answered from it; `describe` writes a node back as Go does in its messages (parse/node.go, Go 1.26).
 */
import type { SourceText } from '../../base/source.js';
import { quoteText } from '../goText.js';

interface Spanned {
  /** Where Go says that the node is: what positions in messages stand on. */
  readonly start: number;
  readonly end: number;
}

export interface ListNode extends Spanned {
  readonly kind: 'list';
  readonly nodes: readonly TemplateNode[];
}
export interface TextNode extends Spanned {
  readonly kind: 'text';
  readonly text: string;
}
export interface CommentNode extends Spanned {
  readonly kind: 'comment';
  readonly text: string;
}
export interface ActionNode extends Spanned {
  readonly kind: 'action';
  readonly pipe: PipeNode;
}
export interface BranchNode extends Spanned {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}
export interface InvokeNode extends Spanned {
  readonly kind: 'template';
  readonly name: string;
  /** Where the name stands, with its quotes. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly pipe: PipeNode | undefined;
}
export interface JumpNode extends Spanned {
  readonly kind: 'break' | 'continue';
}
export interface PipeNode extends Spanned {
  readonly kind: 'pipe';
  readonly isAssign: boolean;
  readonly variables: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}
export interface CommandNode extends Spanned {
  readonly kind: 'command';
  readonly args: readonly ArgumentNode[];
}
export interface IdentifierNode extends Spanned {
  readonly kind: 'identifier';
  readonly name: string;
}
export interface VariableNode extends Spanned {
  readonly kind: 'variable';
  /** The variable with its `$`, then the fields. */
  readonly names: readonly string[];
}
export interface DotNode extends Spanned {
  readonly kind: 'dot';
}
export interface NilNode extends Spanned {
  readonly kind: 'nil';
}
export interface FieldNode extends Spanned {
  readonly kind: 'field';
  readonly names: readonly string[];
}
export interface ChainNode extends Spanned {
  readonly kind: 'chain';
  readonly base: ArgumentNode;
  readonly names: readonly string[];
}
export interface BoolNode extends Spanned {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface NumberNode extends Spanned {
  readonly kind: 'number';
  readonly text: string;
  /** What the number can be taken for; undefined where it cannot. */
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: readonly [real: number, imaginary: number] | undefined;
}
export interface StringNode extends Spanned {
  readonly kind: 'string';
  readonly quoted: string;
  readonly text: string;
}

export type TemplateNode = TextNode | CommentNode | ActionNode | BranchNode | InvokeNode | JumpNode;
export type ArgumentNode = PipeNode | IdentifierNode | VariableNode | DotNode | NilNode | FieldNode | ChainNode | BoolNode | NumberNode | StringNode;
export type AnyNode = ListNode | TemplateNode | CommandNode | ArgumentNode;

/** One template: a file's own text, or a `define` or `block` in it. */
export interface Tree {
  readonly name: string;
  /** The name of the file that it was read with, which messages begin with. */
  readonly fileName: string;
  readonly source: SourceText;
  readonly root: ListNode;
  /** Of a `define` or `block`: where its name stands, with its quotes. */
  readonly nameRange: { readonly start: number; readonly end: number } | undefined;
}

/** True for a list of nothing but blanks and comments: such a definition does not replace another one. */
export function isEmptyTree(list: ListNode): boolean {
  return list.nodes.every(
    (node) => node.kind === 'comment' || (node.kind === 'text' && /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(node.text)),
  );
}

/** The node as Go writes it back in its messages. */
export function describe(node: AnyNode): string {
  switch (node.kind) {
    case 'list':
      return node.nodes.map(describe).join('');
    case 'text':
      return node.text;
    case 'comment':
      return `{{${node.text}}}`;
    case 'action':
      return `{{${describe(node.pipe)}}}`;
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.elseList ? `{{else}}${describe(node.elseList)}` : '';
      return `{{${node.kind} ${describe(node.pipe)}}}${describe(node.list)}${otherwise}{{end}}`;
    }
    case 'template':
      return `{{template ${quoteText(node.name)}${node.pipe ? ` ${describe(node.pipe)}` : ''}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'pipe': {
      const variables = node.variables.length > 0 ? `${node.variables.map(describe).join(', ')} ${node.isAssign ? '=' : ':='} ` : '';
      return variables + node.commands.map(describe).join(' | ');
    }
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${describe(arg)})` : describe(arg))).join(' ');
    case 'identifier':
      return node.name;
    case 'variable':
      return node.names.join('.');
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'field':
      return `.${node.names.join('.')}`;
    case 'chain':
      return `${node.base.kind === 'pipe' ? `(${describe(node.base)})` : describe(node.base)}.${node.names.join('.')}`;
    case 'bool':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return node.quoted;
  }
}
