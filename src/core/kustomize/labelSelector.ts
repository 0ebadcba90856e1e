/**
 * Label selectors as text (`app=web,tier in (a, b),!legacy`): kyaml's copy of k8s.io/apimachinery's labels.Parse
 * (kyaml/yaml/internal/k8sgen/pkg/labels v0.21.2), with its rules for keys and values.
 */

type Operator = 'in' | 'notin' | 'exists' | 'absent' | 'greater' | 'less';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** A selector that was read; all its requirements have to hold. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
}

/** Why a text is no label selector: a part of a sentence. */
export interface SelectorFailure {
  readonly failure: string;
}

/** Reads a selector; the empty text selects everything. */
export function parseLabelSelector(text: string): LabelSelector | SelectorFailure {
  return new SelectorParser(tokenize(text)).parse();
}

/** True when labels (or annotations) fulfil every requirement. */
export function matchesLabels(selector: LabelSelector, labels: ReadonlyMap<string, string>): boolean {
  return selector.requirements.every(({ key, operator, values }) => {
    const value = labels.get(key);
    switch (operator) {
      case 'in':
        return value !== undefined && values.includes(value);
      case 'notin':
        return value === undefined || !values.includes(value);
      case 'exists':
        return value !== undefined;
      case 'absent':
        return value === undefined;
      case 'greater':
      case 'less': {
        const actual = value === undefined ? undefined : parseInteger(value);
        const limit = parseInteger(values[0] ?? '');
        if (actual === undefined || limit === undefined) return false;
        return operator === 'greater' ? actual > limit : actual < limit;
      }
    }
  });
}

interface Token {
  readonly kind: 'word' | 'in' | 'notin' | 'symbol' | 'end' | 'error';
  readonly text: string;
}

const symbols = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);

/** Splits a text into words and symbols; of adjacent symbols the longest that means something is taken. */
function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /[ \t\r\n]*(?:([=!(),><]+)|([^=!(),>< \t\r\n]+))/gy;
  const end = text.indexOf('\0');
  const whole = end < 0 ? text : text.slice(0, end);
  for (let match = pattern.exec(whole); match; match = pattern.exec(whole)) {
    const [, run, word] = match;
    if (word !== undefined) tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'word', text: word });
    else if (run !== undefined) {
      const symbol = symbols.has(run.slice(0, 2)) ? run.slice(0, 2) : run.slice(0, 1);
      tokens.push({ kind: 'symbol', text: symbol });
      pattern.lastIndex -= run.length - symbol.length;
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

class SelectorParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): LabelSelector | SelectorFailure {
    const requirements: Requirement[] = [];
    if (this.#peek().kind === 'end') return { requirements };
    for (;;) {
      const requirement = this.#requirement();
      if ('failure' in requirement) return requirement;
      requirements.push(requirement);
      const next = this.#take();
      if (next.kind === 'end') return { requirements };
      if (next.text !== ',') return { failure: `has '${next.text}' where a comma or the end is expected` };
      const { kind, text } = this.#peek();
      if (!isWord(kind) && text !== '!') return { failure: `has '${text}' after a comma, where a label is expected` };
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #take(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #requirement(): Requirement | SelectorFailure {
    let token = this.#take();
    const isNegated = token.text === '!';
    if (isNegated) token = this.#take();
    if (!isWord(token.kind)) return { failure: `has '${token.text}' where a label is expected` };
    const key = token.text;
    const wrong = keyFault(key);
    if (wrong) return { failure: wrong };
    const next = this.#peek();
    if (isNegated) return { key, operator: 'absent', values: [] };
    if (next.kind === 'end' || next.text === ',') return { key, operator: 'exists', values: [] };
    this.#at++;
    switch (next.text) {
      case 'in':
      case 'notin':
        return this.#checked(key, next.text, this.#valueSet());
      case '=':
      case '==':
        return this.#checked(key, 'in', this.#value());
      case '!=':
        return this.#checked(key, 'notin', this.#value());
      case '>':
        return this.#checked(key, 'greater', this.#value());
      case '<':
        return this.#checked(key, 'less', this.#value());
      default:
        return { failure: `has '${next.text}' after ${key}, where one of = == != in notin < > is expected` };
    }
  }

  #checked(key: string, operator: Operator, values: readonly string[] | SelectorFailure): Requirement | SelectorFailure {
    if ('failure' in values) return values;
    if ((operator === 'greater' || operator === 'less') && parseInteger(values[0] ?? '') === undefined)
      return { failure: `compares ${key} with '${values[0] ?? ''}', which is no integer` };
    const wrong = values.find((value) => !isLabelValue(value));
    return wrong === undefined ? { key, operator, values } : { failure: `has the value '${wrong}', which no label can have` };
  }

  #value(): readonly string[] | SelectorFailure {
    const { kind, text } = this.#peek();
    if (kind === 'end' || text === ',') return [''];
    this.#at++;
    return isWord(kind) ? [text] : { failure: `has '${text}' where a value is expected` };
  }

  /** `(a, b)`: an empty place between commas is the empty value. */
  #valueSet(): readonly string[] | SelectorFailure {
    const open = this.#take();
    if (open.text !== '(') return { failure: `has '${open.text}' where ( is expected` };
    const values = new Set<string>();
    if (this.#peek().text === ')') {
      this.#at++;
      return [''];
    }
    for (;;) {
      const token = this.#take();
      if (isWord(token.kind)) {
        values.add(token.text);
        const next = this.#peek().text;
        if (next === ',') continue;
        if (next !== ')') return { failure: `has '${next}' in a set of values, where a comma or ) is expected` };
      } else if (token.text === ',') {
        if (values.size === 0) values.add('');
        const next = this.#peek().text;
        if (next === ',') {
          this.#at++;
          values.add('');
        }
        if (next !== ')') continue;
        values.add('');
      } else return { failure: `has '${token.text}' in a set of values` };
      this.#at++;
      return [...values];
    }
  }
}

function isWord(kind: Token['kind']): boolean {
  return kind === 'word' || kind === 'in' || kind === 'notin';
}

/** What is wrong with a label's name (apimachinery's IsQualifiedName), or undefined. */
function keyFault(key: string): string | undefined {
  const parts = key.split('/');
  const [first = '', second] = parts;
  const name = second ?? first;
  const isPrefixed = second !== undefined;
  const isDomain = first.length > 0 && first.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(first);
  const isName = name.length > 0 && name.length <= 63 && /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name);
  return parts.length > 2 || !isName || (isPrefixed && !isDomain) ? `has '${key}', which no label can be named` : undefined;
}

function isLabelValue(value: string): boolean {
  return value.length <= 63 && /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value);
}

function parseInteger(text: string): bigint | undefined {
  if (!/^[-+]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value < -(2n ** 63n) || value >= 2n ** 63n ? undefined : value;
}
