/** Symbolic values of the shell's expansions (`${SHA::8}`, `${REF#refs/heads/}`) and of common commands in `$( )`. */
import { workspaceFolder } from './workingDirectory.js';
import type { ShellNode, SimpleCommand, Word } from './shellSyntax.js';
import { constantOf, constantText, holeText, joinTexts, onlyHole, type SymbolicText } from './symbolicText.js';

/**
 * The value of `${name<rest>}`.
 * @param value of the variable; undefined where it was never set
 * @param written what the hole is called where the value can't be told
 */
export function applyExpansion(value: SymbolicText | undefined, rest: string, written: string, variable: (name: string) => SymbolicText | undefined): SymbolicText {
  const unknown = holeText('unknown', written);
  if (rest === '') return value ?? unknown;
  const substring = /^:\s*(\d*)\s*(?::\s*(\d+)\s*)?$/.exec(rest);
  if (substring) return value ? sliceText(value, Number(substring[1] === '' ? 0 : substring[1]), substring[2] === undefined ? undefined : Number(substring[2]), written) : unknown;
  const fallback = /^:?-(.*)$/s.exec(rest);
  if (fallback) {
    if (value === undefined) return unknown;
    return constantOf(value) === '' && rest.startsWith(':') ? plainOrUnknown(fallback[1] ?? '', written, variable) : value;
  }
  if (value === undefined) return unknown;
  const trim = /^(##?|%%?)(.*)$/s.exec(rest);
  if (trim) return trimValue(value, trim[1] ?? '', trim[2] ?? '', written);
  if (rest === ',,' || rest === ',') return lowerText(value);
  return unknown;
}

function plainOrUnknown(text: string, written: string, variable: (name: string) => SymbolicText | undefined): SymbolicText {
  const name = /^\$\{?(\w+)\}?$/.exec(text)?.[1];
  if (name !== undefined) return variable(name) ?? holeText('unknown', written);
  return /[$`\\"']/.test(text) ? holeText('unknown', written) : constantText(text);
}

/** The characters of a value from `from`, `length` of them. */
export function sliceText(value: SymbolicText, from: number, length: number | undefined, written: string): SymbolicText {
  const constant = constantOf(value);
  if (constant !== undefined) return constantText(constant.slice(from, length === undefined ? undefined : from + length));
  const hole = onlyHole(value);
  if (from === 0 && length !== undefined && hole && (hole.meaning === 'commit' || (hole.meaning === 'shortCommit' && (hole.length ?? 0) >= length))) {
    return holeText('shortCommit', written, length);
  }
  return holeText('unknown', written);
}

function trimValue(value: SymbolicText, operator: string, pattern: string, written: string): SymbolicText {
  const meaning = onlyHole(value)?.meaning;
  if (meaning === 'ref' && operator.startsWith('#')) {
    if (pattern === 'refs/heads/' || pattern === '*/' || pattern === 'refs/*/') return holeText('branch', written);
    if (pattern === 'refs/tags/') return holeText('gitTag', written);
  }
  const constant = constantOf(value);
  if (constant === undefined) return holeText('unknown', written);
  if (pattern === '*/' && operator === '##') return constantText(constant.slice(constant.lastIndexOf('/') + 1));
  if (pattern === '/*' && operator === '%') return constantText(constant.replace(/\/[^/]*$/, ''));
  if (/[*?[$\\]/.test(pattern)) return holeText('unknown', written);
  if (operator.startsWith('#')) return constantText(constant.startsWith(pattern) ? constant.slice(pattern.length) : constant);
  return constantText(constant.endsWith(pattern) ? constant.slice(0, constant.length - pattern.length) : constant);
}

/** In lower case; a repository's or owner's hole stays what it is, since images are written so. */
export function lowerText(value: SymbolicText): SymbolicText {
  return value.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
}

/** What `$(script)` gives: of one command, or of one whose output is piped through filters that are known. */
export function outputOfCommand(script: ShellNode, written: string, fields: (word: Word) => readonly SymbolicText[], cwd: string | undefined): SymbolicText {
  const unknown = holeText('unknown', written);
  const commands = pipelineOf(script);
  const [first, ...filters] = commands ?? [];
  if (!first) return unknown;
  let value =
    producedBy(first.words.flatMap(fields), written, cwd) ??
    (first.inputs[0] === undefined ? undefined : filtered(joinTexts(...fields(first.inputs[0])), first.words.flatMap(fields), written));
  for (const filter of filters) value = value && filtered(value, filter.words.flatMap(fields), written);
  return value ?? unknown;
}

function pipelineOf(script: ShellNode): readonly SimpleCommand[] | undefined {
  if (script.kind !== 'list') return undefined;
  const commands = script.items.flatMap(({ node, joint }, index) => (node.kind === 'simple' && (index === 0 || joint === '|') ? [node] : []));
  return commands.length === script.items.length ? commands : undefined;
}

function producedBy(words: readonly SymbolicText[], written: string, cwd: string | undefined): SymbolicText | undefined {
  const [name, ...given] = words;
  const plain = given.map((word) => constantOf(word) ?? '');
  switch (name && constantOf(name)) {
    case 'git':
      return producedByGit(plain, written);
    case 'echo':
      return joinTexts(...given.filter((word) => !/^-[neE]+$/.test(constantOf(word) ?? '')).flatMap((word, index) => (index > 0 ? [constantText(' '), word] : [word])));
    case 'printf':
      if (given.length === 1) return given[0];
      return given.length === 2 && /^%s(?:\\n)?$/.test(plain[0] ?? '') ? given[1] : undefined;
    case 'date':
      return holeText('date', written);
    case 'pwd':
      return cwd === undefined ? undefined : constantText(cwd === '.' ? workspaceFolder : `${workspaceFolder}/${cwd}`);
    case 'basename': {
      const path = given[0] && constantOf(given[0]);
      return path === undefined ? undefined : constantText(path.replace(/\/+$/, '').replace(/^.*\//, ''));
    }
    case 'dirname': {
      const path = given[0] && constantOf(given[0]);
      return path === undefined ? undefined : constantText(path.includes('/') ? path.replace(/\/[^/]*$/, '') : '.');
    }
    default:
      return undefined;
  }
}

function producedByGit(given: readonly string[], written: string): SymbolicText | undefined {
  const words = given[0] === '-C' ? given.slice(2) : given;
  const [verb, ...options] = words;
  const short = options.find((option) => option.startsWith('--short'));
  if (verb === 'rev-parse') {
    if (options.includes('--show-toplevel')) return constantText(workspaceFolder);
    if (options.includes('--abbrev-ref')) return holeText('branch', written);
    if (short !== undefined) return holeText('shortCommit', written, Number(/=(\d+)$/.exec(short)?.[1] ?? 7));
    return holeText('commit', written);
  }
  if (verb === 'describe') return options.some((option) => option.startsWith('--tags')) ? holeText('gitTag', written) : undefined;
  if (verb === 'branch' && options.includes('--show-current')) return holeText('branch', written);
  if (verb === 'log' || verb === 'show') {
    const format = options.map((option) => /^--(?:pretty|format)=(?:t?format:)?(.*)$/.exec(option)?.[1]).find((text) => text !== undefined);
    if (format === '%H') return holeText('commit', written);
    if (format === '%h') return holeText('shortCommit', written, 7);
  }
  return undefined;
}

function filtered(value: SymbolicText, words: readonly SymbolicText[], written: string): SymbolicText | undefined {
  const [name, ...given] = words.map((word) => constantOf(word) ?? '\u0000');
  const options = given.join(' ');
  switch (name) {
    case 'cut': {
      const length = /^-(?:c|b)\s*(?:1?-)(\d+)$/.exec(options)?.[1];
      return length === undefined ? undefined : sliceText(value, 0, Number(length), written);
    }
    case 'head': {
      const length = /^-c\s*(\d+)$/.exec(options)?.[1];
      return length === undefined ? undefined : sliceText(value, 0, Number(length), written);
    }
    case 'tr':
      if (/^(?:\[:upper:\]|A-Z|\[A-Z\]) (?:\[:lower:\]|a-z|\[a-z\])$/.test(options)) return lowerText(value);
      return given[0] === '-d' && ['\\n', '\n', '\\r\\n'].includes(given[1] ?? '') ? value : undefined;
    case 'sed': {
      const prefix = /^(?:-e )?s(.)\^?refs\/(heads|tags)\/\1\1g?$/.exec(options.replaceAll('\\/', '/'));
      if (prefix && onlyHole(value)?.meaning === 'ref') return holeText(prefix[2] === 'tags' ? 'gitTag' : 'branch', written);
      return undefined;
    }
    case 'xargs':
      return given.length === 0 ? value : undefined;
    case 'cat':
      return given.length === 0 ? value : undefined;
    default:
      return undefined;
  }
}
