/**
 * Finds what the groups of a regular expression capture, as Go's regexp package does: the leftmost match, earlier
 * alternatives and greedy repetitions first. Every instruction is tried at most once at every place of the text, so the
 * time is bounded by pattern times text (Go's regexp/backtrack.go does the same).
 */
import type { CharClass } from './charClass.js';
import { holds } from './program.js';
import { parseExpression, type Assertion, type Expression, type SyntaxFailure } from './syntax.js';

/** What was captured: group 0 is the whole match; undefined for a group that took no part. */
export interface Captures {
  readonly groups: readonly (string | undefined)[];
  readonly named: ReadonlyMap<string, string | undefined>;
}

/** A match by its offsets in the text (UTF-16 units): two for each group, -1 for one that took no part. */
export interface FoundMatch {
  readonly offsets: readonly number[];
}

export interface CapturingPattern {
  /** Undefined where the pattern matches nowhere in the text; `too-large` where text and pattern are too large to try. */
  find(text: string): Captures | undefined | 'too-large';
  /**
   * All matches that do not overlap, from the left, as Go's FindAll tells them: an empty one right behind another one does
   * not count.
   * @param most how many at most; all where it is left out
   */
  findAll(text: string, most?: number): readonly FoundMatch[] | 'too-large';
  /** The numbers of the groups that have names. */
  readonly names: ReadonlyMap<string, number>;
}

type Instruction =
  | { readonly kind: 'char'; readonly matches: CharClass }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'split'; to: readonly number[] }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'match' };

const maxInstructions = 100_000;
const largestTable = 5_000_000;
const maxSparseWork = 4_000_000;
/** How many instructions are tried in one text; a table's size is that of many searches. */
const maxWork = 12_000_000;

/** Compiles a pattern in Go's syntax; a failure is a part of a sentence on the pattern. */
export function compileCapturing(text: string): CapturingPattern | SyntaxFailure {
  const expression = parseExpression(text);
  if ('failure' in expression) return expression;
  const program: Instruction[] = [];
  const names = new Map<number, string>([[0, '']]);
  if (!emit(program, { kind: 'group', part: expression, number: 0, name: '' }, names)) return { failure: 'is too large' };
  program.push({ kind: 'match' });
  const numbers = new Map<string, number>();
  for (const [number, name] of names) if (name !== '' && !numbers.has(name)) numbers.set(name, number);
  return { find: (subject) => find(program, names, subject), findAll: (subject, most = Infinity) => findAll(program, names.size, subject, most), names: numbers };
}

function emit(program: Instruction[], expression: Expression, names: Map<number, string>): boolean {
  if (program.length > maxInstructions) return false;
  switch (expression.kind) {
    case 'empty':
      return true;
    case 'char':
    case 'assert':
      program.push(expression);
      return true;
    case 'sequence':
      return expression.parts.every((part) => emit(program, part, names));
    case 'group': {
      names.set(expression.number, expression.name);
      program.push({ kind: 'save', slot: 2 * expression.number });
      if (!emit(program, expression.part, names)) return false;
      program.push({ kind: 'save', slot: 2 * expression.number + 1 });
      return true;
    }
    case 'choice':
      return emitChoice(program, expression.parts, names);
    case 'repeat':
      return emitRepeat(program, expression, names);
  }
}

function emitChoice(program: Instruction[], parts: readonly Expression[], names: Map<number, string>): boolean {
  const choice = { kind: 'split' as const, to: [] as readonly number[] };
  program.push(choice);
  const ends: { to: readonly number[] }[] = [];
  for (const part of parts) {
    choice.to = [...choice.to, program.length];
    if (!emit(program, part, names)) return false;
    const end = { kind: 'split' as const, to: [] as readonly number[] };
    ends.push(end);
    program.push(end);
  }
  for (const end of ends) end.to = [program.length];
  return true;
}

function emitRepeat(program: Instruction[], { part, min, max, isLazy }: Extract<Expression, { kind: 'repeat' }>, names: Map<number, string>): boolean {
  const ordered = (inside: number, behind: number): readonly number[] => (isLazy ? [behind, inside] : [inside, behind]);
  for (let count = 0; count < min; count++) if (!emit(program, part, names)) return false;
  if (max === Infinity) {
    const start = program.length;
    const split = { kind: 'split' as const, to: [] as readonly number[] };
    program.push(split);
    if (!emit(program, part, names)) return false;
    program.push({ kind: 'split', to: [start] });
    split.to = ordered(start + 1, program.length);
    return true;
  }
  const splits: { readonly split: { to: readonly number[] }; readonly inside: number }[] = [];
  for (let count = min; count < max; count++) {
    const split = { kind: 'split' as const, to: [] as readonly number[] };
    splits.push({ split, inside: program.length + 1 });
    program.push(split);
    if (!emit(program, part, names)) return false;
  }
  for (const { split, inside } of splits) split.to = ordered(inside, program.length);
  return true;
}

/** A place to go on from, or a slot to set back on the way back. */
type Job = { readonly state: number; readonly at: number } | { readonly slot: number; readonly before: number };

function find(program: readonly Instruction[], names: ReadonlyMap<number, string>, text: string): Captures | undefined | 'too-large' {
  const search = makeSearch(program, names.size, [...text]);
  const slots = findFrom(search, 0);
  if (search.visited.isUsedUp) return 'too-large';
  return slots && capturesOf(slots, names, search.chars);
}

/** Which instructions were tried at which places; in a text that is too large for a table of all of them, those alone that were. */
class Visits {
  readonly #table: Uint32Array | undefined;
  readonly #places = new Set<number>();
  #round = 0;
  #count = 0;

  /** @param size how many there can be */
  constructor(size: number) {
    this.#table = size > largestTable ? undefined : new Uint32Array(size);
  }

  /** Forgets all for a new search. */
  begin(): void {
    this.#round++;
    this.#places.clear();
  }

  /** True once more was tried than should be. */
  get isUsedUp(): boolean {
    return this.#count > (this.#table ? maxWork : maxSparseWork);
  }

  /** True where a place is visited for the first time. */
  add(place: number): boolean {
    this.#count++;
    if (this.#table) {
      if (this.#table[place] === this.#round) return false;
      this.#table[place] = this.#round;
      return true;
    }
    if (this.#places.has(place) || this.isUsedUp) return false;
    this.#places.add(place);
    return true;
  }
}

/** What successive searches in one text share. */
interface Search {
  readonly program: readonly Instruction[];
  readonly chars: readonly string[];
  /** For each instruction and place the last search that was there. */
  readonly visited: Visits;
  readonly slots: number[];
}

function makeSearch(program: readonly Instruction[], groups: number, chars: readonly string[]): Search {
  return { program, chars, visited: new Visits(program.length * (chars.length + 1)), slots: new Array<number>(2 * groups).fill(-1) };
}

/** The slots of the first match that begins at `from` or later. */
function findFrom(search: Search, from: number): readonly number[] | undefined {
  search.visited.begin();
  for (let start = from; start <= search.chars.length; start++) {
    search.slots.fill(-1);
    if (runFrom(search, start)) return search.slots;
    if (search.visited.isUsedUp) return undefined;
  }
  return undefined;
}

function findAll(program: readonly Instruction[], groups: number, text: string, most: number): readonly FoundMatch[] | 'too-large' {
  const chars = [...text];
  const search = makeSearch(program, groups, chars);
  // the offset in the text of each character
  const offsets = [0];
  for (const char of chars) offsets.push((offsets.at(-1) ?? 0) + char.length);
  const found: FoundMatch[] = [];
  let at = 0;
  let lastEnd = -1;
  while (found.length < most && at <= chars.length) {
    const slots = findFrom(search, at);
    if (search.visited.isUsedUp) return 'too-large';
    const [start = 0, end = 0] = slots ?? [];
    if (!slots) break;
    if (end > start || start !== lastEnd) found.push({ offsets: slots.map((slot) => (slot < 0 ? -1 : (offsets[slot] ?? -1))) });
    at = end > at ? end : at + 1;
    lastEnd = end;
  }
  return found;
}

function runFrom({ program, chars, visited, slots }: Search, start: number): boolean {
  const jobs: Job[] = [{ state: 0, at: start }];
  for (let job = jobs.pop(); job; job = jobs.pop()) {
    if ('slot' in job) {
      slots[job.slot] = job.before;
      continue;
    }
    const { state, at } = job;
    const seen = state * (chars.length + 1) + at;
    const instruction = program[state];
    if (!instruction || !visited.add(seen)) continue;
    switch (instruction.kind) {
      case 'match':
        return true;
      case 'char': {
        const char = chars[at];
        if (char !== undefined && instruction.matches(char)) jobs.push({ state: state + 1, at: at + 1 });
        break;
      }
      case 'assert':
        if (holds(instruction.what, chars, at)) jobs.push({ state: state + 1, at });
        break;
      case 'split':
        for (const to of instruction.to.toReversed()) jobs.push({ state: to, at });
        break;
      case 'save':
        jobs.push({ slot: instruction.slot, before: slots[instruction.slot] ?? -1 }, { state: state + 1, at });
        slots[instruction.slot] = at;
        break;
    }
  }
  return false;
}

function capturesOf(slots: readonly number[], names: ReadonlyMap<number, string>, chars: readonly string[]): Captures {
  const textOf = (number: number): string | undefined => {
    const [from = -1, to = -1] = [slots[2 * number], slots[2 * number + 1]];
    return from < 0 || to < 0 ? undefined : chars.slice(from, to).join('');
  };
  const groups = [...names.keys()].sort((a, b) => a - b).map(textOf);
  const named = new Map<string, string | undefined>();
  // Of groups with one name the first that took part counts.
  for (const [number, name] of names) if (name !== '') named.set(name, named.get(name) ?? textOf(number));
  return { groups, named };
}
