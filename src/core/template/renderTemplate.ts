/**
 * Renders Go templates: the door to this room. Pure: time and randomness come from the caller, mistakes are data, and limits
 * of work are kept (docs/adr/0011-templates-carry-origins.md tells how origins get through).
 */
import { SourceText } from '../base/source.js';
import type { TemplateCryptography } from './cryptography.js';
import { addTrees, defaultBudget, execute, type Budget, type EvaluationInputs, type MissingKey } from './evaluate.js';
import { builtinFunctions } from './functions/builtins.js';
import { parseTemplate, type ParsedTemplate } from './parse/parser.js';
import type { Tree } from './parse/nodes.js';
import { embeddedSource } from '../yaml/embed.js';
import type { ScalarNode } from '../yaml/nodes.js';
import { wholeNode } from './spans.js';
import { Text, type FunctionTable, type Maybe, type Span, type TemplateError } from './values.js';

export interface RenderOptions {
  /** What a missing key of a map gives: `default` is `<no value>`. */
  readonly missingKey?: MissingKey;
  readonly budget?: Budget;
  /** Nanoseconds since 1970, for `now` and the like; 0 where it is left out. */
  readonly now?: bigint;
  /** The seed of random functions: the same seed gives the same text. */
  readonly seed?: number;
  /** Keys, certificates and ciphers; functions that need them are refused where it is left out. */
  readonly cryptography?: TemplateCryptography;
}

export interface RenderRequest {
  /** Parsed texts in the order in which Go would read them. */
  readonly templates: readonly ParsedTemplate[];
  /** The template to execute. */
  readonly name: string;
  readonly data: Maybe;
  /** Functions besides Go's own. */
  readonly functions: FunctionTable;
  readonly options?: RenderOptions;
}

export interface RenderedTemplate {
  readonly text: string;
  /** For every part of the text what wrote it and, where it is a value, the node it came from; without gaps. */
  readonly spans: readonly Span[];
}

export interface RefusedTemplate {
  readonly error: TemplateError;
}

/** Executes one of a set of templates. */
export function renderTemplate({ templates, name, data, functions, options = {} }: RenderRequest): RenderedTemplate | RefusedTemplate {
  const set = joinTemplates(templates);
  return set instanceof TemplateSet ? set.render(name, data, functions, options) : set;
}

/** Templates that can name one another; or the first mistake in one of them. */
export function joinTemplates(templates: readonly ParsedTemplate[]): TemplateSet | RefusedTemplate {
  const trees = new Map<string, Tree>();
  for (const template of templates) {
    const [error] = template.errors;
    if (error) return { error: { ...error, source: template.source, caller: undefined, kind: 'parse' } };
    addTrees(trees, template.trees);
  }
  return new TemplateSet(trees);
}

/** Templates of which one after the other is executed. */
export class TemplateSet {
  /** Texts that templates read as templates, by the value that they are or by the text, and by the name that they are read under. */
  readonly #texts = new Map<ScalarNode | string, Map<string, ParsedTemplate>>();

  /** @param trees the templates by their names */
  constructor(readonly trees: ReadonlyMap<string, Tree>) {}

  /** Executes the template called `name`. */
  render(name: string, data: Maybe, functions: FunctionTable, options: RenderOptions = {}): RenderedTemplate | RefusedTemplate {
    const inputs: EvaluationInputs = {
      templates: this.trees,
      functions,
      builtins: builtinFunctions,
      missingKey: options.missingKey ?? 'default',
      budget: options.budget ?? defaultBudget,
      now: options.now ?? 0n,
      random: makeRandom(options.seed ?? 1),
      cryptography: options.cryptography,
      parseText: (template, fileName) => this.#parseText(template, fileName, functions),
    };
    const result = runSafely(inputs, name, data);
    return result instanceof Text ? { text: result.text, spans: result.spans } : { error: result };
  }

  #parseText(template: Text, name: string, functions: FunctionTable): ParsedTemplate {
    const node = wholeNode(template);
    const key = node ?? template.text;
    let byName = this.#texts.get(key);
    if (!byName) this.#texts.set(key, (byName = new Map<string, ParsedTemplate>()));
    let parsed = byName.get(name);
    if (!parsed) byName.set(name, (parsed = parseTemplate(node ? embeddedSource(node) : new SourceText('', template.text), name, { functions: new Set(functions.keys()) })));
    return parsed;
  }
}

/** A template that calls itself through many layers can use up the stack before the depth of the budget. */
function runSafely(inputs: EvaluationInputs, name: string, data: Maybe): Text | TemplateError {
  try {
    return execute(inputs, name, data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `template: ${name}: exceeded the depth that can be executed`;
    return { message, reason: message, source: undefined, start: 0, end: 0, caller: undefined, kind: 'budget' };
  }
}

/**
 * Renders one text, for what has templates in single fields.
 * @param source the text, or a source text of it where positions in a file are wanted
 */
export function renderText(
  source: string | SourceText,
  data: Maybe,
  functions: FunctionTable,
  options: RenderOptions & { readonly name?: string } = {},
): RenderedTemplate | RefusedTemplate {
  const text = typeof source === 'string' ? new SourceText('', source) : source;
  const name = options.name ?? '';
  const parsed = parseTemplate(text, name, { functions: new Set(functions.keys()) });
  return renderTemplate({ templates: [parsed], name, data, functions, options });
}

/** Numbers from 0 up to 1 in an order that the seed decides (mulberry32). */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
