/**
 * Checks a rule on a small workspace: one string with `#- path` lines (fixture.ts) in which wanted findings are marked
 * (markedFixture.ts). Both ways: a finding without a mark fails, and so does a mark without a finding.
 */
import assert from 'node:assert/strict';
import type { FileTree } from '../../../src/core/base/fileTree.js';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import type { Fix, Problem } from '../../../src/core/base/problem.js';
import { baseName } from '../../../src/core/base/path.js';
import type { Rule, GivenContext } from '../../../src/core/rules/rule.js';
import { RuleRunner, type Finding } from '../../../src/core/rules/runRules.js';
import { defaultRuleSettings, type RuleSettings } from '../../../src/core/rules/settings.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { applyFixes } from '../../../src/services/applyFixes.js';
import { deliveryOfTree } from '../deliveryOf.js';
import { fixtureRoot } from '../fixture.js';
import { loadKubernetesTypes } from './kubernetesTypes.js';
import { readMarks, type Mark } from './markedFixture.js';

export interface CheckOptions {
  readonly settings?: Partial<RuleSettings>;
  /** A fixture with the files as they were last committed. */
  readonly committed?: string;
  readonly tagVerdict?: GivenContext['tagVerdict'];
}

/** What a rule (or several) finds in a tree; a rule that is off by default is switched on as a warning. */
export function findingsOf(rules: readonly Rule[], tree: FileTree, options: CheckOptions = {}): readonly Finding[] {
  const { renderings, delivery, kustomizations, yamlFiles } = deliveryOfTree(tree, fixtureRoot);
  const switchedOn = rules.flatMap((rule) => (rule.severity === 'off' ? [[rule.id, 'warning'] as const] : []));
  const written = delivery.settings;
  const settings: RuleSettings = {
    ...defaultRuleSettings,
    tagFormats: written.tagFormats,
    protectedBranches: written.protectedBranches,
    ...(written.kubernetesVersion !== undefined && { kubernetesVersion: written.kubernetesVersion }),
    ...options.settings,
    severities: new Map([...switchedOn, ...written.severities, ...(options.settings?.severities ?? [])]),
  };
  const committed = options.committed === undefined ? undefined : new MemoryTree(Object.fromEntries(readMarks(options.committed).files));
  const context: GivenContext = {
    tree,
    settings,
    parse: (path) => renderings.parse(path, tree),
    kubernetes: loadKubernetesTypes(),
    ...(committed && { committed: (path: string) => committed.read(path) }),
    ...(options.tagVerdict && { tagVerdict: options.tagVerdict }),
  };
  const runner = new RuleRunner(rules, (_, error) => {
    throw error;
  });
  const environments = delivery.model.environments.map((environment) => ({ environment, rendering: delivery.render(environment).rendering }));
  return runner.run({ model: delivery.model, environments, kustomizations, yamlFiles, usersOf: delivery.usersOf }, context);
}

/** Fails unless the rule finds exactly what is marked in the fixture. */
export function checkRule(rule: Rule, fixture: string, options: CheckOptions = {}): readonly Finding[] {
  const { files, marks } = readMarks(fixture);
  const findings = findingsOf([rule], new MemoryTree(Object.fromEntries(files)), options);
  const open = [...marks];
  const unmarked: string[] = [];
  for (const { problem } of findings) {
    assert.equal(problem.code, rule.id);
    const at = open.findIndex((mark) => isMarked(problem, mark, files));
    if (at >= 0) open.splice(at, 1);
    else unmarked.push(describeProblem(problem, files));
  }
  const missing = open.map((mark) => `${place(mark.path, mark.line, mark.start, mark.end)} ${mark.message}`);
  assert.deepEqual({ unmarked, missing }, { unmarked: [], missing: [] });
  return findings;
}

export interface FixOptions extends CheckOptions {
  /** The fix to take where a finding offers several: the first one whose title contains this. */
  readonly title?: string;
  /** True where the same finding stays after the fix (a fix that does the first half of the mend). */
  readonly staysFound?: boolean;
}

/** Fails unless the fixes of what the rule finds, applied together, turn the fixture into `after`, where the same findings are gone. */
export function checkFix(rule: Rule, fixture: string, after: string, options: FixOptions = {}): void {
  const before = readMarks(fixture).files;
  const tree = new MemoryTree(Object.fromEntries(before));
  const problems = findingsOf([rule], tree, options).map(({ problem }) => problem);
  const fixable = problems.flatMap((problem) => {
    const fix = chooseFix(problem, options.title);
    return fix ? [{ ...problem, fix }] : [];
  });
  assert.ok(fixable.length > 0, 'no finding has a fix');
  const { texts } = applyFixes(fixable, tree);
  const fixed = new Map([...before, ...texts]);
  assert.deepEqual(Object.fromEntries(fixed), Object.fromEntries(readMarks(after).files));
  if (options.staysFound) return;
  const fixedTree = new MemoryTree(Object.fromEntries(fixed));
  for (const path of texts.keys()) {
    const source = fixedTree.read(path);
    if (/\.ya?ml$/.test(path) && source) assert.deepEqual(parseYaml(source).problems, []);
  }
  const left = findingsOf([rule], fixedTree, options).filter(({ problem }) => chooseFix(problem, options.title));
  assert.deepEqual(
    left.map(({ problem }) => describeProblem(problem, fixed)),
    [],
  );
}

function chooseFix({ fix, otherFixes = [] }: Problem, title: string | undefined): Fix | undefined {
  return [...(fix ? [fix] : []), ...otherFixes].find((each) => title === undefined || each.title.includes(title));
}

function isMarked({ location, message }: Problem, mark: Mark, files: ReadonlyMap<string, string>): boolean {
  const { start } = location.range;
  return location.path === mark.path && start.line === mark.line && start.character === mark.start && endOnLine({ location }, files) === mark.end && message.includes(mark.message);
}

/** Where a range ends on its first line; an empty one is as wide as one character. */
function endOnLine({ location: { path, range } }: Pick<Problem, 'location'>, files: ReadonlyMap<string, string>): number {
  if (range.end.line > range.start.line) return (files.get(path)?.split('\n')[range.start.line] ?? '').length;
  return Math.max(range.end.character, range.start.character + 1);
}

function describeProblem(problem: Problem, files: ReadonlyMap<string, string>): string {
  const { path, range } = problem.location;
  return `${place(path, range.start.line, range.start.character, endOnLine(problem, files))} ${problem.message}`;
}

function place(path: string, line: number, start: number, end: number): string {
  return `${path.slice(fixtureRoot.length + 1) || baseName(path)}:${line + 1} columns ${start}-${end}:`;
}
