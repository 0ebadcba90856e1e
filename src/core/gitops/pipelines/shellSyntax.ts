/**
 * Reads shell scripts of pipelines into commands, as far as telling what they build and write needs it: quoting,
 * variables, substitutions, lists, `if`, `case`, loops, groups, functions and here-documents of the POSIX shell and bash.
 * Expressions of the pipeline's own language (`${{ }}`, `{{ }}`), which are put in before the shell sees the script, are
 * parts of words. What isn't understood is passed over; nothing is an error.
 */

/** Which expressions a script holds before the shell sees it. */
export type ScriptLanguage = 'github' | 'argo' | 'plain';

export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  /** `rest` is what stands behind the name in braces: `:0:7`, `:-main`, `#refs/heads/`. */
  | { readonly kind: 'variable'; readonly name: string; readonly rest: string; readonly written: string; readonly quoted: boolean }
  | { readonly kind: 'command'; readonly script: ShellNode; readonly written: string; readonly quoted: boolean }
  | { readonly kind: 'expression'; readonly text: string; readonly written: string; readonly quoted: boolean };

/** A word with its offsets in the script. */
export interface Word {
  readonly parts: readonly WordPart[];
  readonly start: number;
  readonly end: number;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
  readonly isAppended: boolean;
}

export interface Redirect {
  readonly operator: string;
  readonly target: Word;
}

export interface SimpleCommand {
  readonly kind: 'simple';
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
  /** The texts of its here-documents. */
  readonly inputs: readonly Word[];
  readonly start: number;
  readonly end: number;
}

export type Joint = ';' | '&&' | '||' | '|';

export type ShellNode =
  | SimpleCommand
  /** `joint` stands before the item; of the first it is `;`. */
  | { readonly kind: 'list'; readonly items: readonly { readonly joint: Joint; readonly isNegated: boolean; readonly node: ShellNode }[] }
  | { readonly kind: 'if'; readonly branches: readonly { readonly condition: ShellNode; readonly body: ShellNode }[]; readonly otherwise: ShellNode | undefined }
  | { readonly kind: 'case'; readonly subject: Word; readonly branches: readonly { readonly patterns: readonly Word[]; readonly body: ShellNode }[] }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: ShellNode }
  | { readonly kind: 'loop'; readonly condition: ShellNode; readonly body: ShellNode }
  | { readonly kind: 'group'; readonly body: ShellNode; readonly isSubshell: boolean; readonly redirects: readonly Redirect[] }
  | { readonly kind: 'function'; readonly name: string; readonly body: ShellNode };

const emptyList: ShellNode = { kind: 'list', items: [] };
const mostLevels = 40;
const endsOfBlocks: ReadonlySet<string> = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}', ';;']);

/** Reads a script. */
export function parseShell(script: string, language: ScriptLanguage): ShellNode {
  return new ShellParser(script, language, 0, script.length, 0).list(() => false);
}

class ShellParser {
  #at: number;
  readonly #text: string;
  readonly #language: ScriptLanguage;
  readonly #end: number;
  #level: number;
  /** Here-documents whose text begins behind the next line break. */
  #waiting: { readonly mark: string; readonly isRaw: boolean; readonly cutsTabs: boolean; readonly take: (input: Word) => unknown }[] = [];

  constructor(text: string, language: ScriptLanguage, from: number, end: number, level: number) {
    this.#text = text;
    this.#language = language;
    this.#at = from;
    this.#end = end;
    this.#level = level;
  }

  /** Commands up to a word that ends the block, a closing parenthesis, or the end. */
  list(isEnd: (word: string) => boolean): ShellNode {
    if (this.#level >= mostLevels) {
      this.#at = this.#end;
      return emptyList;
    }
    this.#level++;
    const items: { joint: Joint; isNegated: boolean; node: ShellNode }[] = [];
    let joint: Joint = ';';
    for (;;) {
      this.#skipBlanks(true);
      if (this.#at >= this.#end || this.#peek(')') || this.#peek(';;')) break;
      const word = this.#bareWordAhead();
      if (isEnd(word) || (endsOfBlocks.has(word) && word !== ';;')) break;
      const before = this.#at;
      const isNegated = word === '!';
      if (isNegated) this.#at++;
      const node = this.#command();
      if (node) items.push({ joint, isNegated, node });
      joint = this.#joint();
      if (this.#at === before) this.#at++;
    }
    this.#level--;
    return { kind: 'list', items };
  }

  #joint(): Joint {
    this.#skipBlanks(false);
    for (const joint of ['&&', '||'] as const) if (this.#take(joint)) return joint;
    if (this.#take('|&') || this.#take('|')) return '|';
    if (!this.#peek(';;')) this.#take(';');
    if (this.#peek('&') && !this.#peek('&>')) this.#at++;
    return ';';
  }

  #command(): ShellNode | undefined {
    this.#skipBlanks(false);
    if (this.#take('((')) {
      this.#skipPast('))');
      return undefined;
    }
    if (this.#take('(')) {
      const body = this.list(() => false);
      this.#take(')');
      return { kind: 'group', body, isSubshell: true, redirects: this.#redirects() };
    }
    switch (this.#bareWordAhead()) {
      case 'if':
        return this.#if();
      case 'case':
        return this.#case();
      case 'for':
      case 'select':
        return this.#for();
      case 'while':
      case 'until': {
        this.#at += 5;
        const condition = this.list((word) => word === 'do');
        return { kind: 'loop', condition, body: this.#block('do', 'done') };
      }
      case '{': {
        this.#takeWord('{');
        const body = this.list((word) => word === '}');
        this.#takeWord('}');
        return { kind: 'group', body, isSubshell: false, redirects: this.#redirects() };
      }
      case 'function':
        this.#at += 'function'.length;
        this.#skipBlanks(false);
        break;
    }
    return this.#function() ?? this.#simple();
  }

  #function(): ShellNode | undefined {
    const header = /^([\w.-]+)[ \t]*\([ \t]*\)[ \t\r\n]*(?=[{(])/.exec(this.#text.slice(this.#at, Math.min(this.#end, this.#at + 200)));
    if (!header) return undefined;
    this.#at += header[0].length;
    const body = this.#command();
    return { kind: 'function', name: header[1] ?? '', body: body ?? emptyList };
  }

  #if(): ShellNode {
    this.#at += 2;
    const branches: { condition: ShellNode; body: ShellNode }[] = [];
    let otherwise: ShellNode | undefined;
    do {
      const condition = this.list((word) => word === 'then');
      this.#takeWord('then');
      branches.push({ condition, body: this.list((word) => word === 'elif' || word === 'else' || word === 'fi') });
    } while (this.#takeWord('elif'));
    if (this.#takeWord('else')) otherwise = this.list((word) => word === 'fi');
    this.#takeWord('fi');
    this.#redirects();
    return { kind: 'if', branches, otherwise };
  }

  #case(): ShellNode {
    this.#at += 4;
    this.#skipBlanks(false);
    const subject = this.#word() ?? { parts: [], start: this.#at, end: this.#at };
    this.#skipBlanks(true);
    this.#takeWord('in');
    const branches: { patterns: Word[]; body: ShellNode }[] = [];
    for (;;) {
      this.#skipBlanks(true);
      if (this.#at >= this.#end || this.#takeWord('esac')) break;
      const before = this.#at;
      this.#take('(');
      const patterns: Word[] = [];
      do {
        this.#skipBlanks(false);
        const pattern = this.#word();
        if (pattern) patterns.push(pattern);
        this.#skipBlanks(false);
      } while (this.#take('|'));
      this.#take(')');
      const body = this.list((word) => word === 'esac');
      if (this.#take(';;')) this.#take('&');
      branches.push({ patterns, body });
      if (this.#at === before) break;
    }
    return { kind: 'case', subject, branches };
  }

  #for(): ShellNode {
    this.#at += this.#bareWordAhead().length;
    this.#skipBlanks(false);
    const name = /^\w*/.exec(this.#text.slice(this.#at, this.#end))?.[0] ?? '';
    this.#at += name.length;
    this.#skipBlanks(true);
    const words: Word[] = [];
    if (this.#takeWord('in')) {
      for (;;) {
        this.#skipBlanks(false);
        const word = this.#word();
        if (!word) break;
        words.push(word);
      }
    } else if (this.#take('((')) this.#skipPast('))');
    this.#skipBlanks(false);
    this.#take(';');
    return { kind: 'for', name, words, body: this.#block('do', 'done') };
  }

  #block(open: string, close: string): ShellNode {
    this.#skipBlanks(true);
    this.#takeWord(open);
    const body = this.list((word) => word === close);
    this.#takeWord(close);
    this.#redirects();
    return body;
  }

  #simple(): ShellNode | undefined {
    const start = this.#at;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    const inputs: Word[] = [];
    let end = start;
    for (;;) {
      this.#skipBlanks(false);
      const isTest = words.length > 0 && isWord(words[0], '[[') && !isWord(words.at(-1), ']]');
      const redirect = isTest ? undefined : /^(?:\d?|&)(<<-?(?!<)|<<<|>>|>&|<&|>\||[<>])/.exec(this.#text.slice(this.#at, Math.min(this.#end, this.#at + 5)));
      if (redirect && !this.#isExpressionAhead()) {
        this.#at += redirect[0].length;
        this.#skipBlanks(false);
        const target = this.#word() ?? { parts: [], start: this.#at, end: this.#at };
        const operator = redirect[1] ?? '';
        if (operator.startsWith('<<') && operator !== '<<<') this.#awaitInput(operator, target, (text) => inputs.push(text));
        else if (operator === '<<<') inputs.push(target);
        else redirects.push({ operator, target });
        end = this.#at;
        continue;
      }
      const assignment = words.length === 0 ? this.#assignment() : undefined;
      if (assignment) {
        assignments.push(assignment);
        end = this.#at;
        continue;
      }
      const word = isTest ? (this.#word() ?? this.#operatorWord()) : this.#word();
      if (!word) break;
      words.push(word);
      end = this.#at;
    }
    if (words.length === 0 && assignments.length === 0 && redirects.length === 0) return undefined;
    // The text of a here-document comes when the line has ended, which is after this.
    return { kind: 'simple', assignments, words, redirects, inputs, start, end };
  }

  /** Within `[[ ]]`, operators are words. */
  #operatorWord(): Word | undefined {
    const operator = /^(?:&&|\|\||[<>()|&])/.exec(this.#text.slice(this.#at, Math.min(this.#end, this.#at + 2)))?.[0];
    if (operator === undefined) return undefined;
    const start = this.#at;
    this.#at += operator.length;
    return { parts: [{ kind: 'text', text: operator, quoted: false }], start, end: this.#at };
  }

  #assignment(): Assignment | undefined {
    const head = /^([A-Za-z_]\w*)(?:\[\w*\])?(\+?)=/.exec(this.#text.slice(this.#at, Math.min(this.#end, this.#at + 200)));
    if (!head) return undefined;
    this.#at += head[0].length;
    const start = this.#at;
    if (this.#take('(')) {
      this.#skipPast(')');
      return { name: head[1] ?? '', value: unknownWord(this.#text, start, this.#at), isAppended: false };
    }
    return { name: head[1] ?? '', value: this.#word() ?? { parts: [], start, end: start }, isAppended: head[2] === '+' };
  }

  #awaitInput(operator: string, target: Word, take: (input: Word) => unknown): void {
    const mark = target.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    const isRaw = target.parts.some((part) => part.kind === 'text' && part.quoted);
    if (mark !== '') this.#waiting.push({ mark, isRaw, cutsTabs: operator === '<<-', take });
  }

  #readInputs(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { mark, isRaw, cutsTabs, take } of waiting) {
      const start = this.#at;
      let end = start;
      while (this.#at < this.#end) {
        const lineEnd = this.#lineEnd();
        const line = this.#text.slice(this.#at, lineEnd).replace(/\r$/, '');
        end = this.#at;
        this.#at = Math.min(lineEnd + 1, this.#end);
        if ((cutsTabs ? line.replace(/^\t+/, '') : line) === mark) break;
        end = this.#at;
      }
      if (isRaw) take({ parts: [{ kind: 'text', text: this.#text.slice(start, end), quoted: true }], start, end });
      else take(new ShellParser(this.#text, this.#language, start, end, this.#level).quotedText(start));
    }
  }

  #lineEnd(): number {
    const at = this.#text.indexOf('\n', this.#at);
    return at < 0 || at > this.#end ? this.#end : at;
  }

  /** A text in which substitutions hold but quotes do not count, up to the end. */
  quotedText(start: number): Word {
    const parts: WordPart[] = [];
    this.#readQuoted(parts, undefined);
    return { parts, start, end: this.#at };
  }

  /** The next word; undefined where an operator, a line break or the end comes first. */
  #word(): Word | undefined {
    const start = this.#at;
    const parts: WordPart[] = [];
    while (this.#at < this.#end) {
      const char = this.#text.charAt(this.#at);
      if (this.#substitution(parts, false)) continue;
      if (/[\s;&|<>()]/.test(char)) break;
      if (char === '\\') {
        const next = this.#text.slice(this.#at + 1, Math.min(this.#at + 2, this.#end));
        this.#at = Math.min(this.#at + 2, this.#end);
        if (next !== '\n') pushText(parts, next, true);
      } else if (char === "'") {
        const close = this.#text.indexOf("'", this.#at + 1);
        const end = close < 0 || close > this.#end ? this.#end : close;
        this.#readRaw(parts, this.#at + 1, end);
        this.#at = Math.min(end + 1, this.#end);
      } else if (char === '"') {
        this.#at++;
        pushText(parts, '', true);
        this.#readQuoted(parts, '"');
      } else {
        pushText(parts, char, false);
        this.#at++;
      }
    }
    return this.#at === start ? undefined : { parts, start, end: this.#at };
  }

  /** Between single quotes nothing holds but the expressions of the pipeline, which are put in before. */
  #readRaw(parts: WordPart[], start: number, end: number): void {
    pushText(parts, '', true);
    this.#at = start;
    while (this.#at < end) {
      if (this.#isExpressionAhead() && this.#expression(parts, true)) continue;
      pushText(parts, this.#text.charAt(this.#at), true);
      this.#at++;
    }
  }

  #readQuoted(parts: WordPart[], close: string | undefined): void {
    while (this.#at < this.#end) {
      const char = this.#text.charAt(this.#at);
      if (char === close) {
        this.#at++;
        return;
      }
      if (this.#substitution(parts, true)) continue;
      if (char === '\\' && /["\\$`\n]/.test(this.#text.charAt(this.#at + 1))) {
        const next = this.#text.charAt(this.#at + 1);
        this.#at += 2;
        if (next !== '\n') pushText(parts, next, true);
        continue;
      }
      pushText(parts, char, true);
      this.#at++;
    }
  }

  /** Takes a substitution or an expression, if one begins here. */
  #substitution(parts: WordPart[], quoted: boolean): boolean {
    if (this.#isExpressionAhead()) return this.#expression(parts, quoted);
    const start = this.#at;
    if (this.#peek('`')) {
      const close = this.#text.indexOf('`', start + 1);
      const end = close < 0 || close > this.#end ? this.#end : close;
      const script = new ShellParser(this.#text, this.#language, start + 1, end, this.#level).list(() => false);
      this.#at = Math.min(end + 1, this.#end);
      parts.push({ kind: 'command', script, written: this.#text.slice(start, this.#at), quoted });
      return true;
    }
    if (!this.#peek('$')) return false;
    if (this.#take('$((')) {
      this.#skipPast('))');
      parts.push({ kind: 'variable', name: '', rest: '', written: this.#text.slice(start, this.#at), quoted });
      return true;
    }
    if (this.#take('$(')) {
      const script = this.list(() => false);
      this.#take(')');
      parts.push({ kind: 'command', script, written: this.#text.slice(start, this.#at), quoted });
      return true;
    }
    if (this.#take('${')) return this.#braced(parts, start, quoted);
    const name = /^(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(this.#text.slice(start + 1, Math.min(start + 200, this.#end)))?.[0];
    if (name === undefined) return false;
    this.#at = start + 1 + name.length;
    parts.push({ kind: 'variable', name, rest: '', written: `$${name}`, quoted });
    return true;
  }

  #braced(parts: WordPart[], start: number, quoted: boolean): true {
    let depth = 1;
    while (this.#at < this.#end && depth > 0) {
      const char = this.#text.charAt(this.#at++);
      if (char === '{') depth++;
      else if (char === '}') depth--;
      else if (char === '\\') this.#at++;
    }
    const written = this.#text.slice(start, this.#at);
    const inner = written.slice(2, -1);
    const name = /^!?(?:[A-Za-z_]\w*|[0-9@*#?])/.exec(inner)?.[0] ?? '';
    parts.push({ kind: 'variable', name, rest: inner.slice(name.length), written, quoted });
    return true;
  }

  #isExpressionAhead(): boolean {
    if (this.#language === 'github') return this.#peek('${{');
    return this.#language === 'argo' && this.#peek('{{');
  }

  #expression(parts: WordPart[], quoted: boolean): boolean {
    const open = this.#language === 'github' ? 3 : 2;
    const close = this.#text.indexOf('}}', this.#at + open);
    if (close < 0 || close + 2 > this.#end) return false;
    const written = this.#text.slice(this.#at, close + 2);
    parts.push({ kind: 'expression', text: written.slice(open, -2).trim(), written, quoted });
    this.#at = close + 2;
    return true;
  }

  #skipBlanks(withBreaks: boolean): void {
    while (this.#at < this.#end) {
      const char = this.#text.charAt(this.#at);
      if (char === ' ' || char === '\t' || char === '\r') this.#at++;
      else if (char === '\\' && /^\r?\n/.test(this.#text.slice(this.#at + 1, this.#at + 3))) this.#at = this.#text.indexOf('\n', this.#at) + 1;
      else if (char === '#') this.#at = this.#lineEnd();
      else if (char === '\n' && (withBreaks || this.#waiting.length > 0)) {
        if (!withBreaks) return;
        this.#at++;
        this.#readInputs();
      } else if (withBreaks && (char === ';' || char === '&') && !this.#peek(';;')) this.#at++;
      else return;
    }
  }

  /** Redirections behind a group or block. */
  #redirects(): readonly Redirect[] {
    const redirects: Redirect[] = [];
    for (;;) {
      this.#skipBlanks(false);
      const operator = /^\d?(>>|[<>])&?/.exec(this.#text.slice(this.#at, Math.min(this.#end, this.#at + 4)));
      if (!operator) return redirects;
      this.#at += operator[0].length;
      this.#skipBlanks(false);
      const target = this.#word();
      if (!target) return redirects;
      redirects.push({ operator: operator[1] ?? '', target });
    }
  }

  #skipPast(text: string): void {
    const at = this.#text.indexOf(text, this.#at);
    this.#at = at < 0 || at + text.length > this.#end ? this.#end : at + text.length;
  }

  /** The reserved or plain word that comes next, without taking it. */
  #bareWordAhead(): string {
    const ahead = this.#text.slice(this.#at, Math.min(this.#end, this.#at + 12));
    return /^(?:[{}!](?=\s|;|$)|[a-z]+(?![\w.=/$"'{-]))/.exec(ahead)?.[0] ?? '';
  }

  #takeWord(word: string): boolean {
    this.#skipBlanks(true);
    if (this.#bareWordAhead() !== word) return false;
    this.#at += word.length;
    return true;
  }

  #peek(text: string): boolean {
    return this.#at + text.length <= this.#end && this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }
}

function pushText(parts: WordPart[], text: string, quoted: boolean): void {
  const last = parts.at(-1);
  if (last?.kind === 'text' && last.quoted === quoted) parts[parts.length - 1] = { kind: 'text', text: last.text + text, quoted };
  else parts.push({ kind: 'text', text, quoted });
}

function unknownWord(text: string, start: number, end: number): Word {
  return { parts: [{ kind: 'variable', name: '', rest: '', written: text.slice(start, end), quoted: true }], start, end };
}

function isWord(word: Word | undefined, text: string): boolean {
  const part = word?.parts[0];
  return word?.parts.length === 1 && part?.kind === 'text' && part.text === text && !part.quoted;
}
