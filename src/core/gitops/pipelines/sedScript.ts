/**
 * Reads the substitutions of a `sed` script (and of `perl -pe`) that replace a tag in YAML: which lines they are for, and
 * what comes to stand there. Only what is certain is read: patterns of constant text up to the tag, replacements that
 * write the same key or image again.
 */
import type { MapNode, Pair, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import { isImageKey, isTagKey } from './fieldPath.js';
import type { TagQuoting } from './pipeline.js';
import { constantText, cutText, describeText, joinTexts, splitImage, trimText, type Hole, type SymbolicText } from './symbolicText.js';

/** One `s/pattern/replacement/`. */
export interface Substitution {
  /** Constant text of the line that must hold first, and what of the lines behind it is meant. */
  readonly address: { readonly text: string; readonly reach: 'line' | 'next' | 'range' } | undefined;
  /** The constant text that the pattern begins with, or is. */
  readonly head: string;
  /** True when the pattern is that text and nothing else. */
  readonly isWhole: boolean;
  readonly replacement: SymbolicText;
}

/** What a substitution writes. */
export interface SedWrite {
  readonly tag: SymbolicText;
  readonly image: SymbolicText | undefined;
  readonly quoting: TagQuoting;
  /** The scalars that it changes, in a file of these documents. */
  readonly find: (roots: readonly YamlNode[]) => readonly YamlNode[];
}

type Token = string | Hole;

/** The substitutions of a script; undefined where it holds something else that can't be passed over. */
export function parseSedScript(script: SymbolicText): readonly Substitution[] | undefined {
  const tokens = script.flatMap((part): readonly Token[] => (typeof part === 'string' ? [...part] : [part]));
  if (tokens.length > 5000) return undefined;
  const found: Substitution[] = [];
  let at = 0;
  const skip = (what: RegExp): void => {
    for (let token = tokens[at]; typeof token === 'string' && what.test(token); token = tokens[at]) at++;
  };
  const until = (delimiter: Token | undefined): Token[] | undefined => {
    const taken: Token[] = [];
    for (; at < tokens.length && tokens[at] !== delimiter; at++) {
      const token = tokens[at];
      const next = tokens[at + 1];
      if (token === '\\' && next !== undefined) {
        if (next !== delimiter) taken.push(token);
        taken.push(next);
        at++;
      } else if (token !== undefined) taken.push(token);
    }
    return tokens[at++] === delimiter ? taken : undefined;
  };
  while (at < tokens.length) {
    skip(/[\s;}]/);
    if (at >= tokens.length) break;
    let address: Substitution['address'];
    if (tokens[at] === '/') {
      at++;
      const pattern = until('/');
      if (!pattern) return undefined;
      const { head } = readPattern(pattern);
      address = { text: head, reach: 'line' };
      skip(/ /);
      if (tokens[at] === ',') {
        at++;
        skip(/[ +0-9$]/);
        if (tokens[at] === '/') {
          at++;
          until('/');
        }
        address = { text: head, reach: 'range' };
      }
    }
    skip(/[\s{]/);
    while (tokens[at] === 'n' && (tokens[at + 1] === ';' || tokens[at + 1] === '\n' || tokens[at + 1] === ' ')) {
      at += 2;
      if (address) address = { text: address.text, reach: 'next' };
      skip(/[\s;]/);
    }
    if (tokens[at] !== 's') return undefined;
    const delimiter = tokens[at + 1];
    at += 2;
    const pattern = typeof delimiter === 'string' ? until(delimiter) : undefined;
    const replacement = pattern && until(delimiter);
    if (!pattern || !replacement) return undefined;
    skip(/[a-zA-Z0-9]/);
    found.push({ address, ...readPattern(pattern), replacement: joinTexts(...replacement.map((token) => (typeof token === 'string' ? constantText(token) : [token]))) });
  }
  return found;
}

/** The constant text that a regular expression begins with; a dot is taken as itself unless it repeats. */
function readPattern(pattern: readonly Token[]): { readonly head: string; readonly isWhole: boolean } {
  let text = '';
  for (const token of pattern) {
    if (typeof token !== 'string') return { head: text.replace(anchors, ''), isWhole: false };
    text += token;
  }
  const plain = text.replace(anchors, '');
  let head = '';
  for (let at = 0; at < plain.length; at++) {
    const char = plain.charAt(at);
    const next = plain.charAt(at + 1);
    if (char === '\\') {
      if (/[()]/.test(next)) at++;
      else if (/[./"'\-:@|#{}[\]]/.test(next)) head += plain.charAt(++at);
      else return { head, isWhole: false };
    } else if (/[*+?]/.test(next) || /[[*+?$^|]/.test(char)) return { head, isWhole: false };
    else if (char !== '(' && char !== ')') head += char;
  }
  return { head, isWhole: true };
}

/** What may stand before the text of a line: anchors, white space, list dashes, groups around them. */
const anchors = /^(?:\\?\(|\^|\\s[*+]?|\[\[:space:\]\][*+]?|\[ \\?t?\][*+]?| [*+]| )+(?:\\?\))?/;

/** What a substitution writes into YAML; undefined where it is no tag. */
export function readSubstitution({ address, head, isWhole, replacement }: Substitution): SedWrite | undefined {
  const keyed = /(?:^|[\s"'{,-])([A-Za-z][\w.-]*)["']?:\s*(["']?)([^"']*)$/.exec(head);
  const key = keyed?.[1];
  if (key !== undefined && isTagKey(key)) {
    const value = valueOf(replacement, key);
    if (!value) return undefined;
    const isQuoted = value.isQuoted || keyed?.[2] !== '';
    const prefix = keyed?.[3] ?? '';
    const full = value.isBehindGroup ? joinTexts(constantText(prefix), value.text) : value.text;
    const { tag, image } = isImageKey(key) ? imageAndTag(full) : { tag: full, image: undefined };
    if (!tag) return undefined;
    return {
      tag,
      image,
      quoting: isQuoted || isImageKey(key) ? 'text' : 'bare',
      find: (roots) => scalarsOnLines(roots, address, (pair) => pair.key.value === key && lineOf(pair).includes(head)),
    };
  }
  // `s|registry/name:.*|registry/name:$TAG|`
  if (key === undefined && /^[\w.-]+(?:[./][\w.-]+)*(?::\d+)?[\w./-]*:$/.test(head) && !isWhole) {
    const { tag, image } = imageAndTag(trimText(replacement));
    if (!tag || !image || describeText(image) !== head.slice(0, -1)) return undefined;
    return { tag, image, quoting: 'text', find: (roots) => scalarsOnLines(roots, address, ({ value }) => value.kind === 'scalar' && value.value.startsWith(head)) };
  }
  return undefined;
}

function imageAndTag(text: SymbolicText): { readonly tag: SymbolicText | undefined; readonly image: SymbolicText | undefined } {
  const { name, tag, digest } = splitImage(text);
  return { tag: tag ?? digest, image: tag || digest ? name : undefined };
}

/** What the replacement puts behind the key: without quotes and comment. */
function valueOf(replacement: SymbolicText, key: string): { readonly text: SymbolicText; readonly isQuoted: boolean; readonly isBehindGroup: boolean } | undefined {
  const group = /^\s*(?:\\1|\\g<1>|\$1|\$\{1\})/;
  const [first, ...rest] = replacement;
  const isBehindGroup = typeof first === 'string' && group.test(first);
  const behind = isBehindGroup ? joinTexts(constantText(first.replace(group, '')), rest) : cutText(replacement, `${key}:`)?.[1];
  if (!behind) return undefined;
  const trimmed = trimText(behind);
  const [begin = '', ...more] = trimmed;
  const quote = typeof begin === 'string' ? begin.charAt(0) : '';
  if (typeof begin === 'string' && (quote === '"' || quote === "'")) {
    const inner = joinTexts(constantText(begin.slice(1)), more);
    return { text: cutText(inner, quote)?.[0] ?? inner, isQuoted: true, isBehindGroup };
  }
  const plain = trimText(cutText(trimmed, ' #')?.[0] ?? trimmed);
  const last = plain.at(-1);
  const isClosed = typeof last === 'string' && /["']$/.test(last);
  const text = isClosed ? joinTexts(plain.slice(0, -1), constantText(last.slice(0, -1))) : plain;
  return text.length === 0 ? undefined : { text, isQuoted: isClosed, isBehindGroup };
}

/** The values of pairs that `isMeant` and that stand on lines of the address. */
function scalarsOnLines(roots: readonly YamlNode[], address: Substitution['address'], isMeant: (pair: Pair) => boolean): readonly ScalarNode[] {
  const pairs = roots.flatMap((root) => pairsOf(root)).filter((pair): pair is Pair & { readonly value: ScalarNode } => pair.value.kind === 'scalar' && isMeant(pair));
  if (!address) return pairs.map(({ value }) => value);
  const [root] = roots;
  const lines = root ? root.source.text.split('\n') : [];
  const anchored = address.text === '' ? [] : lines.flatMap((line, index) => (line.includes(address.text) ? [index] : []));
  const lineNumber = ({ key }: Pair): number => key.source.lineAt(key.start);
  const meant = anchored.flatMap((line) => {
    if (address.reach === 'line') return pairs.filter((pair) => lineNumber(pair) === line);
    if (address.reach === 'next') return pairs.filter((pair) => lineNumber(pair) === line + 1);
    return pairs.filter((pair) => lineNumber(pair) >= line).slice(0, 1);
  });
  return [...new Set(meant.map(({ value }) => value))];
}

function pairsOf(root: YamlNode): readonly Pair[] {
  const found: Pair[] = [];
  const seen = new Set<MapNode>();
  const visit = (node: YamlNode): void => {
    if (node.kind === 'sequence') node.items.forEach(visit);
    if (node.kind !== 'map' || seen.has(node)) return;
    seen.add(node);
    for (const pair of node.pairs) {
      found.push(pair);
      visit(pair.value);
    }
  };
  visit(root);
  return found;
}

function lineOf({ key }: Pair): string {
  const { text, lineStarts } = key.source;
  const line = key.source.lineAt(key.start);
  return text.slice(lineStarts[line] ?? 0, lineStarts[line + 1] ?? text.length);
}
