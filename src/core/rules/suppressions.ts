/**
 * Comments that take findings away, each with its reason:
 *
 *     image: web # gitops-ignore images/latest-tag: the registry has no other one
 *     # gitops-ignore workload, images/latest-tag: a debugging pod
 *     # gitops-ignore-file security/plain-secret: values for a test cluster
 *
 * The first form holds for its line, a comment alone on its line for the next line that is none, the last for the file.
 * A name is a code or a group, also of problems that no rule reports. Comments that have no reason or take nothing away
 * are reported; errors of a render can't be taken away, since they are why there is no output.
 */
import { Problems, type Problem } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { Rule } from './rule.js';
import { groupOfRule, severityOf, type RuleSettings } from './settings.js';

/** A comment that takes findings away. */
interface Suppression {
  readonly source: SourceText;
  readonly names: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  readonly hasReason: boolean;
  readonly start: number;
  readonly end: number;
  /** 0-based; undefined for the whole file. */
  readonly line: number | undefined;
  /** True for a line of a text within the file: it may be a comment there, or only look like one. */
  readonly isInText: boolean;
}

export interface SuppressionInput {
  readonly read: (path: string) => SourceText | undefined;
  readonly parse: (path: string) => ParsedYaml | undefined;
  /** Every file whose suppressions are looked at, even where nothing was found in it. */
  readonly files: Iterable<string>;
  /** True where a code is not looked for in a file at present (its rule is off, what uses it doesn't render): there nothing is called unused. */
  readonly isUnchecked?: (name: string, path: string) => boolean;
}

export interface Suppressed<Item> {
  readonly kept: readonly Item[];
  readonly suppressed: readonly Item[];
  /** What is wrong with the comments themselves. */
  readonly problems: readonly Problem[];
}

/** Takes suppressed findings out of lists. Keeps what it read of a file as long as that stays the same. */
export class Suppressor {
  readonly #known = new WeakMap<SourceText, readonly Suppression[]>();

  /** @param problemOf the problem of an item, where the items are more than that */
  apply<Item>(items: readonly Item[], problemOf: (item: Item) => Problem, input: SuppressionInput): Suppressed<Item> {
    const used = new Set<unknown>();
    const [kept, suppressed]: [Item[], Item[]] = [[], []];
    for (const item of items) {
      const { code, location } = problemOf(item);
      const found = this.#isSuppressible(problemOf(item))
        ? this.#of(location.path, input).flatMap(({ line, names }) => {
            if (line !== undefined && line !== location.range.start.line) return [];
            return names.filter(({ name }) => isNamed(code, name));
          })
        : [];
      for (const name of found) used.add(name);
      (found.length > 0 ? suppressed : kept).push(item);
    }
    const problems = new Problems();
    for (const path of input.files) for (const each of this.#of(path, input)) reportOn(each, used, problems, input);
    return { kept, suppressed, problems: problems.list };
  }

  #isSuppressible({ code, severity }: Problem): boolean {
    return severity !== 'error' || !/^(kustomize|yaml|helm)\//.test(code) || code === 'kustomize/reprinted-scalar';
  }

  #of(path: string, { read, parse }: SuppressionInput): readonly Suppression[] {
    const source = read(path);
    if (!source) return [];
    let known = this.#known.get(source);
    if (!known) this.#known.set(source, (known = source.text.includes('gitops-ignore') ? findSuppressions(source, parse(path)) : []));
    return known;
  }
}

/** True for a name of which all rules are switched off: then nothing is looked for. False for codes that no rule reports. */
export function isSwitchedOff(name: string, rules: readonly Rule[], settings: RuleSettings): boolean {
  const named = rules.filter(({ id }) => isNamed(id, name));
  return named.length > 0 && named.every((rule) => severityOf(rule, settings) === 'off');
}

/** True for the code itself and for its group. */
function isNamed(code: string, name: string): boolean {
  return code === name || groupOfRule(code) === name;
}

function reportOn(each: Suppression, used: ReadonlySet<unknown>, problems: Problems, { isUnchecked }: SuppressionInput): void {
  const { source, names, hasReason, start, end, isInText } = each;
  if (!hasReason) problems.info('rules/suppression-without-reason', 'Say why: `# gitops-ignore <rule>: <reason>`. Whoever reads this next will ask.', { source, start, end });
  for (const name of names) {
    if (used.has(name) || isInText || isUnchecked?.(name.name, source.path) === true) continue;
    problems.info('rules/unused-suppression', `There is nothing here that \`${name.name}\` would find: the comment can go.`, { source, start: name.start, end: name.end });
  }
}

const pattern = /#[ \t]*gitops-ignore(-file)?[ \t]+([a-z][\w/-]*(?:[ \t]*,[ \t]*[a-z][\w/-]*)*)[ \t]*(?::[ \t]*(.*?))?[ \t]*\r?$/gm;

function findSuppressions(source: SourceText, parsed: ParsedYaml | undefined): readonly Suppression[] {
  const { text } = source;
  const comments = parsed && new Set(parsed.comments.map(({ start }) => start));
  return [...text.matchAll(pattern)].map((match) => {
    const [whole, forFile, list = '', reason = ''] = match;
    const start = match.index;
    const listStart = start + whole.indexOf(list, whole.indexOf('gitops-ignore') + 13);
    const names = [...list.matchAll(/[^\s,]+/g)].map((name) => ({ name: name[0], start: listStart + name.index, end: listStart + name.index + name[0].length }));
    return {
      source,
      names,
      hasReason: reason !== '',
      start,
      end: start + whole.trimEnd().length,
      line: forFile === undefined ? lineMeant(source, start) : undefined,
      isInText: comments?.has(start) === false,
    };
  });
}

/** The line that a comment is about: its own, or for one that stands alone the next that is no comment. */
function lineMeant(source: SourceText, start: number): number {
  const lines = source.lineStarts;
  const lineOf = (line: number): string => source.text.slice(lines[line] ?? 0, lines[line + 1] ?? source.text.length).trim();
  let line = source.lineAt(start);
  while (line < lines.length - 1 && lineOf(line).startsWith('#')) line++;
  return line;
}
