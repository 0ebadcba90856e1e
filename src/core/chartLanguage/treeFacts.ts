/** What one template says about the values when it is run with a given dot: which keys it names, how it uses them, what it calls. */
import type { Tree } from '../template/parse/nodes.js';
import type { KeyPath, Ref } from './refs.js';

/** A name in a template that stands for a key of the values, or for a member of a built-in object. */
export interface Occurrence {
  readonly kind: 'value' | 'member';
  /** Down to and with the named key; for a member with the object first. */
  readonly path: KeyPath;
  /** Offsets of the name alone, without dots and quotes. */
  readonly start: number;
  readonly end: number;
  /** True for a name that stands in quotes: any text can stand there. */
  readonly isQuoted: boolean;
  /** True where the name is that of an entry which a template gave the value in a map of its own: `dict "port" .Values.http.port`. */
  readonly isEntry: boolean;
}

/**
 * - `whole`: with all that is in it: printed, handed to a function, compared
 * - `keys`: the names of its keys, or how many there are
 * - `test`: whether it is there or true
 * - `computed`: a key of it that only a rendering knows
 * - `written`: the template sets something in it
 */
export type UseMode = 'whole' | 'keys' | 'test' | 'computed' | 'written';

/** A use of a value. */
export interface Use {
  readonly path: KeyPath;
  readonly mode: UseMode;
  /** Offsets of the expression. */
  readonly start: number;
  readonly end: number;
  /** True where the template is ready for a value that is missing. */
  readonly isGuarded: boolean;
  /** The function or keyword that uses it: `toYaml`, `range`; empty for a value that is printed. */
  readonly by: string;
}

/** A call of a named template, by `include` or `template`. */
export interface TemplateCall {
  /** Undefined where the name is computed. */
  readonly name: string | undefined;
  /** Offsets of the name with its quotes, or of what computes it. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** What the called template gets for its dot. */
  readonly dot: Ref;
  /** The dot's key; undefined for one that is too large to follow. */
  readonly dotKey: string | undefined;
}

export interface TreeFacts {
  readonly tree: Tree;
  readonly occurrences: readonly Occurrence[];
  readonly uses: readonly Use[];
  readonly calls: readonly TemplateCall[];
}

/** What is in scope at a place of a template. */
export interface ScopeAt {
  readonly dot: Ref;
  /** The dot that the template was run with: `$`. */
  readonly root: Ref;
  readonly variables: ReadonlyMap<string, Ref>;
}
