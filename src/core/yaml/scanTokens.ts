/**
 * Takes one document apart into tokens, with exactly go-yaml's rules for indentation, keys and tabs
 * (go.yaml.in/yaml/v3 v3.0.5 scannerc.go). What is a key is known only at its colon, so tokens wait in a queue while the
 * oldest of them may still turn out to be one. Used where the positional parser gives up; it also words the mistakes.
 */
import { breakLength, findLineEnd, isBlankAt, isDocumentMarker, isWordCode, isWordEnd, type Complain } from './characters.js';
import type { CommentSpan, ScalarStyle } from './nodes.js';
import { scanBlockScalar } from './scanBlockScalar.js';
import { scanPlain } from './scanPlain.js';
import { scanQuoted } from './scanQuoted.js';
import { scanDirective, scanTag } from './scanTag.js';

export type TokenType =
  | 'end'
  | 'failure'
  | 'documentStart'
  | 'documentEnd'
  | 'version'
  | 'tagDirective'
  | 'blockSequence'
  | 'blockMap'
  | 'blockEnd'
  | 'flowSequence'
  | 'flowSequenceEnd'
  | 'flowMap'
  | 'flowMapEnd'
  | 'dash'
  | 'comma'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
  /** The value of a scalar, the name of an anchor or alias, the handle of a tag, the version. */
  readonly value: string;
  /** The rest of a tag, the prefix of a tag directive. */
  readonly suffix: string;
  readonly style: ScalarStyle;
}

/** A place where a key may have begun, to be confirmed by a colon. */
interface KeyCandidate {
  readonly number: number;
  readonly at: number;
  readonly line: number;
  readonly column: number;
  /** True where a key must stand: at the indentation of the block map around it. */
  readonly required: boolean;
}

/** go-yaml's limit for a key on one line. */
const longestKey = 1024;

export class TokenScanner {
  readonly comments: CommentSpan[] = [];
  readonly #text: string;
  readonly #limit: number;
  readonly #complain: Complain;
  #at: number;
  #lineStart: number;
  #line = 0;
  #flow = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #keyAllowed = true;
  #queue: Token[] = [];
  #head = 0;
  #taken = 0;
  #isReady = false;
  #isEnded = false;
  #hasFailed = false;
  /** One candidate for each level of flow collections, and one for block context. */
  readonly #candidates: (KeyCandidate | undefined)[] = [undefined];
  readonly #candidateNumbers = new Map<number, KeyCandidate>();

  constructor(text: string, start: number, limit: number, complain: Complain) {
    this.#text = text;
    this.#limit = limit;
    this.#complain = (...problem) => {
      if (!this.#hasFailed) complain(...problem);
      this.#hasFailed = true;
      return undefined;
    };
    this.#at = text.charCodeAt(start) === 0xfeff && start < limit ? start + 1 : start;
    this.#lineStart = this.#at;
  }

  /** The next token, which stays; `failure` after a complaint. */
  peek(): Token {
    if (!this.#isReady) {
      while (!this.#hasFailed && !this.#isEnded && !this.#isHeadSettled()) this.#fetch();
      if (this.#hasFailed) return this.#token('failure', this.#at, this.#at);
      this.#isReady = true;
    }
    return this.#queue[this.#head] ?? this.#token('end', this.#limit, this.#limit);
  }

  /** Passes the token that {@link peek} gave. */
  skip(): void {
    this.#isReady = false;
    this.#taken++;
    this.#head++;
    if (this.#head > 64) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  /** True where the oldest token can be handed out: two more are known (go-yaml reads ahead that far), and it is no candidate. */
  #isHeadSettled(): boolean {
    if (this.#head >= this.#queue.length - 2) return false;
    const candidate = this.#candidateNumbers.get(this.#taken);
    return !candidate || !this.#isValid(candidate);
  }

  #token(type: TokenType, start: number, end: number, value = '', suffix = '', style: ScalarStyle = 'plain'): Token {
    return { type, start, end, value, suffix, style };
  }

  #push(token: Token): void {
    this.#queue.push(token);
  }

  get #column(): number {
    return this.#at - this.#lineStart;
  }

  #fetch(): void {
    this.#skipToToken();
    this.#unroll(this.#column);
    const text = this.#text;
    if (this.#at >= this.#limit) return this.#fetchEnd();
    const character = text.charAt(this.#at);
    if (this.#column === 0) {
      if (character === '%') return this.#fetchDirective();
      if (isDocumentMarker(text, this.#at, this.#limit)) return this.#fetchMarker(character === '-' ? 'documentStart' : 'documentEnd');
    }
    this.#fetchContent(character);
    if (!this.#hasFailed && this.#queue.at(-1)?.type !== 'dash') this.#skipLineComment();
  }

  #fetchContent(character: string): void {
    const wordEnds = isWordEnd(this.#text, this.#at + 1, this.#limit);
    const inFlow = this.#flow > 0;
    switch (character) {
      case '[':
        return this.#fetchFlowStart('flowSequence');
      case '{':
        return this.#fetchFlowStart('flowMap');
      case ']':
        return this.#fetchFlowEnd('flowSequenceEnd');
      case '}':
        return this.#fetchFlowEnd('flowMapEnd');
      case ',':
        return this.#fetchComma();
      case '*':
        return this.#fetchAnchor('alias');
      case '&':
        return this.#fetchAnchor('anchor');
      case '!':
        return this.#fetchTag();
      case "'":
      case '"':
        return this.#fetchQuoted();
      case '-':
        return wordEnds ? this.#fetchDash() : this.#fetchPlain();
      case '?':
        return inFlow || wordEnds ? this.#fetchKey() : this.#fetchPlain();
      case ':':
        return inFlow || wordEnds ? this.#fetchValue() : this.#fetchPlain();
      case '|':
      case '>':
        return inFlow ? this.#refuse(character) : this.#fetchBlockScalar();
      case '%':
      case '@':
      case '`':
      case '\t':
        return this.#refuse(character);
      default:
        return this.#fetchPlain();
    }
  }

  #refuse(character: string): void {
    const at = this.#at;
    if (character === '\t') this.#complain('yaml/tab-indentation', 'A tab cannot indent a line of YAML: use spaces.', at, at + 1);
    else this.#complain('yaml/reserved-character', `No value can begin with ${character} here: quote it.`, at, at + 1);
  }

  /** Goes over white space, line breaks and comments. */
  #skipToToken(): void {
    const text = this.#text;
    const limit = this.#limit;
    for (;;) {
      const tabs = this.#flow > 0 || !this.#keyAllowed;
      while (this.#at < limit && (text.charCodeAt(this.#at) === 0x20 || (tabs && text.charCodeAt(this.#at) === 0x09))) this.#at++;
      if (this.#at < limit && text.charCodeAt(this.#at) === 0x23) this.#skipComments();
      const length = breakLength(text, this.#at, limit);
      if (length === 0) return;
      this.#beginLine(this.#at + length);
      if (this.#flow === 0) this.#keyAllowed = true;
    }
  }

  #beginLine(at: number): void {
    this.#at = at;
    this.#lineStart = at;
    this.#line++;
  }

  /** Passes a comment and those on the lines right below, before which tabs may stand. */
  #skipComments(): void {
    for (;;) {
      this.#skipComment();
      let next = this.#at;
      while (next < this.#limit && (isBlankAt(this.#text, next, this.#limit) || breakLength(this.#text, next, this.#limit) > 0)) next++;
      if (next >= this.#limit || this.#text.charCodeAt(next) !== 0x23) return;
      this.#goTo(next);
    }
  }

  #skipComment(): void {
    const end = findLineEnd(this.#text, this.#at, this.#limit);
    this.comments.push({ start: this.#at, end });
    this.#at = end;
  }

  /** A comment right behind a token, with or without a space between. */
  #skipLineComment(): void {
    let back = this.#at;
    while (isBlankAt(this.#text, back - 1, this.#limit)) back--;
    if (breakLength(this.#text, back - 1, this.#limit) > 0) return;
    let at = this.#at;
    while (isBlankAt(this.#text, at, this.#limit)) at++;
    if (at >= this.#limit || this.#text.charCodeAt(at) !== 0x23) return;
    this.#at = at;
    this.#skipComment();
  }

  /** Goes on at a later offset, counting the lines between. */
  #goTo(target: number): void {
    while (this.#at < target) {
      const length = breakLength(this.#text, this.#at, this.#limit);
      if (length > 0) this.#beginLine(this.#at + length);
      else this.#at++;
    }
  }

  #unroll(column: number): void {
    if (this.#flow > 0) return;
    while (this.#indent > column) {
      this.#push(this.#token('blockEnd', this.#at, this.#at));
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  /** Opens a block collection at `column` if that is deeper; its token goes before the candidate `number`, or to the end. */
  #roll(column: number, type: 'blockSequence' | 'blockMap', at: number, number: number | undefined): void {
    if (this.#flow > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#insert(this.#token(type, at, at), number);
  }

  #insert(token: Token, number: number | undefined): void {
    if (number === undefined) this.#push(token);
    else this.#queue.splice(this.#head + number - this.#taken, 0, token);
  }

  /** A candidate is good for its line and 1024 characters; a required one that isn't is a key without its colon. */
  #isValid(candidate: KeyCandidate): boolean {
    if (candidate.line >= this.#line && candidate.at + longestKey >= this.#at) return true;
    if (candidate.required) this.#complainOfKey(candidate);
    this.#dropCandidate(candidate);
    return false;
  }

  #complainOfKey(candidate: KeyCandidate): void {
    const end = findLineEnd(this.#text, candidate.at, this.#limit);
    this.#complain('yaml/missing-colon', 'A key with a colon and a space is expected on this line.', candidate.at, end);
  }

  #dropCandidate(candidate: KeyCandidate): void {
    const at = this.#candidates.lastIndexOf(candidate);
    if (at >= 0) this.#candidates[at] = undefined;
    this.#candidateNumbers.delete(candidate.number);
  }

  #saveCandidate(): void {
    if (!this.#keyAllowed) return;
    this.#removeCandidate();
    const number = this.#taken + this.#queue.length - this.#head;
    const candidate = { number, at: this.#at, line: this.#line, column: this.#column, required: this.#flow === 0 && this.#indent === this.#column };
    this.#candidates[this.#candidates.length - 1] = candidate;
    this.#candidateNumbers.set(number, candidate);
  }

  #removeCandidate(): void {
    const candidate = this.#candidates.at(-1);
    if (!candidate) return;
    if (candidate.required) this.#complainOfKey(candidate);
    this.#dropCandidate(candidate);
  }

  #fetchEnd(): void {
    this.#unroll(-1);
    this.#removeCandidate();
    this.#keyAllowed = false;
    this.#push(this.#token('end', this.#limit, this.#limit));
    this.#isEnded = true;
  }

  #fetchDirective(): void {
    this.#unroll(-1);
    this.#removeCandidate();
    this.#keyAllowed = false;
    const start = this.#at;
    const directive = this.#hasFailed ? undefined : scanDirective(this.#text, start, this.#limit, this.#complain);
    if (!directive) return;
    this.#at = directive.end;
    if (directive.kind === 'version') this.#push(this.#token('version', start, directive.end, directive.version));
    else this.#push(this.#token('tagDirective', start, directive.end, directive.handle, directive.prefix));
    const length = breakLength(this.#text, this.#at, this.#limit);
    if (length > 0) this.#beginLine(this.#at + length);
  }

  #fetchMarker(type: 'documentStart' | 'documentEnd'): void {
    this.#unroll(-1);
    this.#removeCandidate();
    this.#keyAllowed = false;
    this.#push(this.#token(type, this.#at, this.#at + 3));
    this.#at += 3;
  }

  #fetchFlowStart(type: 'flowSequence' | 'flowMap'): void {
    this.#saveCandidate();
    this.#candidates.push(undefined);
    this.#flow++;
    this.#keyAllowed = true;
    this.#pushIndicator(type);
  }

  #fetchFlowEnd(type: 'flowSequenceEnd' | 'flowMapEnd'): void {
    this.#removeCandidate();
    if (this.#flow > 0) {
      this.#flow--;
      this.#candidates.pop();
    }
    this.#keyAllowed = false;
    this.#pushIndicator(type);
  }

  #pushIndicator(type: TokenType): void {
    this.#push(this.#token(type, this.#at, this.#at + 1));
    this.#at++;
  }

  #fetchComma(): void {
    this.#removeCandidate();
    this.#keyAllowed = true;
    this.#pushIndicator('comma');
  }

  #fetchDash(): void {
    if (this.#flow === 0) {
      if (!this.#keyAllowed) {
        this.#complain('yaml/unexpected-list', 'A list cannot begin here: put its first dash on a line of its own.', this.#at, this.#at + 1);
        return;
      }
      this.#roll(this.#column, 'blockSequence', this.#at, undefined);
    }
    this.#removeCandidate();
    this.#keyAllowed = true;
    this.#pushIndicator('dash');
  }

  #fetchKey(): void {
    if (this.#flow === 0) {
      if (!this.#keyAllowed) {
        this.#complain('yaml/unexpected-key', 'A key with ? cannot begin here: put it on a line of its own, or quote the question mark.', this.#at, this.#at + 1);
        return;
      }
      this.#roll(this.#column, 'blockMap', this.#at, undefined);
    }
    this.#removeCandidate();
    this.#keyAllowed = this.#flow === 0;
    this.#pushIndicator('key');
  }

  #fetchValue(): void {
    const candidate = this.#candidates.at(-1);
    if (candidate && this.#isValid(candidate)) {
      this.#insert(this.#token('key', candidate.at, candidate.at), candidate.number);
      this.#roll(candidate.column, 'blockMap', candidate.at, candidate.number);
      this.#dropCandidate(candidate);
      this.#keyAllowed = false;
    } else {
      if (this.#hasFailed) return;
      if (this.#flow === 0) {
        if (!this.#keyAllowed) {
          this.#complainOfColon();
          return;
        }
        this.#roll(this.#column, 'blockMap', this.#at, undefined);
      }
      this.#keyAllowed = this.#flow === 0;
    }
    this.#pushIndicator('value');
  }

  /** Tells a colon too many on one line from a text of several lines that was not meant as one. */
  #complainOfColon(): void {
    const text = this.#queue.at(-1);
    const firstEnd = text?.type === 'scalar' && text.style === 'plain' ? findLineEnd(this.#text, text.start, text.end) : undefined;
    if (!text || firstEnd === undefined || firstEnd === text.end) {
      this.#complain(
        'yaml/unexpected-colon',
        'A colon with a space makes a key, which cannot stand here: quote the text, or put the map on lines of its own.',
        this.#at,
        this.#at + 1,
      );
      return;
    }
    let lineStart = text.start;
    while (isBlankAt(this.#text, lineStart - 1, this.#limit)) lineStart--;
    if (lineStart === 0 || breakLength(this.#text, lineStart - 1, this.#limit) > 0) {
      this.#complain('yaml/missing-colon', 'A colon and a space are missing behind this key.', text.start, firstEnd);
      return;
    }
    let keyStart = this.#lineStart;
    while (isBlankAt(this.#text, keyStart, this.#limit)) keyStart++;
    this.#complain(
      'yaml/bad-indentation',
      'By its indentation this line goes on with the value above it, which has no keys: indent it like the key it belongs to.',
      keyStart,
      this.#at,
    );
  }

  #fetchAnchor(type: 'alias' | 'anchor'): void {
    this.#saveCandidate();
    this.#keyAllowed = false;
    const start = this.#at;
    let at = start + 1;
    while (at < this.#limit && isWordCode(this.#text.charCodeAt(at))) at++;
    const ends = isWordEnd(this.#text, at, this.#limit) || '?:,]}%@`'.includes(this.#text.charAt(at));
    if (at === start + 1 || !ends) {
      const sign = type === 'alias' ? '*' : '&';
      this.#complain('yaml/invalid-anchor', `Behind ${sign} stands a name of letters, digits, - and _; quote a text that begins with ${sign}.`, start, at + (ends ? 0 : 1));
      return;
    }
    this.#at = at;
    this.#push(this.#token(type, start, at, this.#text.slice(start + 1, at)));
  }

  #fetchTag(): void {
    this.#saveCandidate();
    this.#keyAllowed = false;
    const tag = this.#hasFailed ? undefined : scanTag(this.#text, this.#at, this.#limit, this.#complain);
    if (!tag) return;
    this.#push(this.#token('tag', this.#at, tag.end, tag.handle, tag.suffix));
    this.#at = tag.end;
  }

  #fetchBlockScalar(): void {
    this.#removeCandidate();
    this.#keyAllowed = true;
    const scanned = this.#hasFailed ? undefined : scanBlockScalar(this.#text, this.#at, this.#limit, this.#indent, this.#complain);
    if (!scanned) return;
    this.#push(this.#token('scalar', this.#at, scanned.end, scanned.value, '', scanned.style));
    this.#goTo(scanned.end);
  }

  #fetchQuoted(): void {
    this.#saveCandidate();
    this.#keyAllowed = false;
    const style = this.#text[this.#at] === '"' ? 'double' : 'single';
    const scanned = this.#hasFailed ? undefined : scanQuoted(this.#text, this.#at, this.#limit, this.#complain);
    if (!scanned) return;
    this.#push(this.#token('scalar', this.#at, scanned.end, scanned.value, '', style));
    this.#goTo(scanned.end);
  }

  #fetchPlain(): void {
    this.#saveCandidate();
    this.#keyAllowed = false;
    const context = { indent: this.#indent, flow: this.#flow > 0, lineStart: this.#lineStart };
    const scanned = this.#hasFailed ? undefined : scanPlain(this.#text, this.#at, this.#limit, context, this.#complain);
    if (!scanned) return;
    this.#push(this.#token('scalar', this.#at, scanned.end, scanned.value));
    this.#goTo(scanned.next);
    if (scanned.broken) this.#keyAllowed = true;
  }
}
