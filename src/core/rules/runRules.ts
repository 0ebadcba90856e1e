/**
 * Runs rules over a workspace, again and again: what did not change is not looked at again. Environment rules and what
 * workspace rules gather are kept by environment, what they report by rule, file rules by file; each for as long as the
 * rendering, the settings and everything that was read on the way stay the same. Suppressing findings is suppressions.ts's.
 */
import type { FileTree } from '../base/fileTree.js';
import { NotedTree } from '../base/notedTree.js';
import type { Place, Problem, ProblemExtras, Severity } from '../base/problem.js';
import { SourceText } from '../base/source.js';
import type { Environment } from '../gitops/delivery.js';
import type { Rendering } from '../objects/rendering.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { CheckedEnvironment, CheckedFile, CheckedWorkspace, EnvironmentRule, FileRule, GivenContext, Report, Rule, RuleContext, WorkspaceRule } from './rule.js';
import { keepSame } from './keepSame.js';
import { severityOf, type RuleSettings } from './settings.js';
import { Sightings, type Sighting } from './sightings.js';

/** A problem that a rule found, with the environments that have it. */
export interface Finding {
  readonly problem: Problem;
  /** In the order of the workspace; empty for a file that no environment uses. */
  readonly environments: readonly Environment[];
}

/** Called the first time that a rule throws: a bug of ours. */
export type OnRuleFailure = (rule: Rule, error: unknown) => void;

/** A finding with what makes it the same as another one. */
interface Found {
  readonly key: string;
  readonly problem: Problem;
  /** Undefined where the rule left it open. */
  readonly environments: readonly Environment[] | undefined;
}

/** What results stand on, besides what they are about. */
interface Stamp {
  readonly settings: RuleSettings;
  readonly committed: RuleContext['committed'];
  readonly kubernetes: RuleContext['kubernetes'];
}

interface KeptEnvironment extends Stamp {
  readonly environment: Environment;
  readonly rendering: Rendering;
  readonly sighting: Sighting;
  readonly found: readonly Found[];
  /** By workspace rule; missing for one that failed. */
  readonly gathered: ReadonlyMap<WorkspaceRule, unknown>;
}

/** What a workspace rule reported. */
interface KeptRule extends Stamp {
  readonly tagVerdict: RuleContext['tagVerdict'];
  readonly gathered: readonly unknown[];
  readonly asked: AskedWorkspace;
  readonly lists: readonly AskedList[];
  readonly sighting: Sighting;
  readonly found: readonly Found[];
}

type Derive<Value> = (source: SourceText, parse: () => ParsedYaml | undefined) => Value;

/** What was made of many files. */
interface AskedList {
  readonly paths: readonly string[];
  readonly derive: Derive<unknown>;
  readonly values: readonly unknown[];
}

/** The latest of what was made of many files by one function. */
interface KeptList {
  readonly tree: FileTree;
  readonly paths: readonly string[];
  readonly indexes: ReadonlyMap<string, number>;
  readonly values: readonly unknown[];
}

interface KeptFile extends Stamp {
  readonly source: SourceText;
  readonly sighting: Sighting;
  /** Undefined where no rule asked who uses the file. */
  readonly users: readonly Environment[] | undefined;
  readonly usersStamp: object | undefined;
  readonly found: readonly Found[];
}

/** Runs a list of rules and keeps what it found for the next time. One for as long as a workspace is open. */
export class RuleRunner {
  readonly #environmentRules: readonly EnvironmentRule[];
  readonly #workspaceRules: readonly WorkspaceRule[];
  readonly #fileRules: readonly FileRule[];
  readonly #onFailure: OnRuleFailure;
  readonly #failed = new Set<Rule>();
  readonly #environments = new Map<string, KeptEnvironment>();
  readonly #rules = new Map<WorkspaceRule, KeptRule>();
  readonly #files = new Map<string, KeptFile>();
  readonly #sightings = new Sightings();
  /** By the function that made them. */
  readonly #lists = new Map<unknown, KeptList>();
  /** Which file rules look at a path. */
  readonly #lookers = new Map<string, readonly FileRule[]>();
  /** What was derived from files and other values, under the function that made it. */
  readonly #derived = new WeakMap<object, Map<unknown, unknown>>();

  constructor(rules: readonly Rule[], onFailure: OnRuleFailure) {
    this.#environmentRules = rules.filter((rule) => rule.scope === 'environment');
    this.#workspaceRules = rules.filter((rule) => rule.scope === 'workspace');
    this.#fileRules = rules.filter((rule) => rule.scope === 'file');
    this.#onFailure = onFailure;
  }

  /** All findings of a workspace, those of environments first, then those of the whole and of files. */
  run(workspace: CheckedWorkspace, given: GivenContext): readonly Finding[] {
    const context: RuleContext = {
      ...given,
      ofFile: (path, derive) => {
        const source = given.tree.read(path);
        return source && this.#derive(source, derive, () => derive(source, () => given.parse(path)));
      },
      ofFiles: (paths, derive) => this.#ofFiles(paths, derive, context),
      ofValue: (key, derive) => this.#derive(key, derive, () => derive(key)),
    };
    this.#sightings.follow(given.tree);
    const groups = new FoundGroups();
    const kept = workspace.environments.map((checked) => this.#keepEnvironment(checked, context));
    for (const { found, environment } of kept) for (const each of found) groups.add(each, [environment]);
    for (const rule of this.#workspaceRules) {
      if (severityOf(rule, context.settings) === 'off') continue;
      for (const each of this.#checkWorkspace(rule, kept, workspace, context)) groups.add(each, each.environments ?? workspace.usersOf(each.problem.location.path));
    }
    for (const path of workspace.yamlFiles) {
      const file = this.#keepFile(path, workspace, context);
      for (const each of file?.found ?? []) groups.add(each, each.environments ?? workspace.usersOf(path));
    }
    this.#forget(workspace);
    return groups.findings;
  }

  #keepEnvironment(checked: CheckedEnvironment, context: RuleContext): KeptEnvironment {
    const { environment, rendering } = checked;
    const { settings, committed, kubernetes, tree } = context;
    const before = this.#environments.get(environment.id);
    if (before?.environment === environment && before.rendering === rendering && isStamped(before, context) && this.#sightings.isGood(before.sighting)) return before;
    const noted = new NotedTree(tree);
    const given = contextOn(noted, context);
    const found: Found[] = [];
    for (const rule of this.#environmentRules) {
      const severity = severityOf(rule, settings);
      if (severity !== 'off') found.push(...this.#attempt(rule, severity, environment.declaredAt, (report) => rule.check(checked, report, given)));
    }
    const gathered = new Map<WorkspaceRule, unknown>();
    for (const rule of this.#workspaceRules) {
      if (severityOf(rule, settings) === 'off') continue;
      found.push(...this.#attempt(rule, 'error', environment.declaredAt, () => gathered.set(rule, keepSame(rule.gather(checked, given), before?.gathered.get(rule)))));
    }
    const sighting = this.#sightings.keep(noted, before?.sighting);
    const kept = { environment, rendering, settings, committed, kubernetes, sighting, found, gathered };
    this.#environments.set(environment.id, kept);
    return kept;
  }

  #checkWorkspace(rule: WorkspaceRule, kept: readonly KeptEnvironment[], workspace: CheckedWorkspace, context: RuleContext): readonly Found[] {
    const severity = severityOf(rule, context.settings);
    // What failed to be gathered was reported there.
    if (severity === 'off' || !kept.every(({ gathered }) => gathered.has(rule))) return [];
    const gathered = kept.map((each) => each.gathered.get(rule));
    const before = this.#rules.get(rule);
    if (before && this.#isGoodRule(before, gathered, workspace, context)) return before.found;
    const { settings, committed, kubernetes, tagVerdict, tree } = context;
    const noted = new NotedTree(tree);
    const asked = new AskedWorkspace(workspace);
    const lists: AskedList[] = [];
    const ofFiles: RuleContext['ofFiles'] = (paths, derive) => {
      const values = context.ofFiles(paths, derive);
      lists.push({ paths, derive, values });
      return values;
    };
    const place = workspace.environments[0]?.environment.declaredAt;
    const found = this.#attempt(rule, severity, place, (report) => rule.check(gathered, asked, report, { ...contextOn(noted, context), ofFiles }));
    const sighting = this.#sightings.keep(noted, before?.sighting);
    this.#rules.set(rule, { settings, committed, kubernetes, tagVerdict, gathered, asked, lists, sighting, found });
    return found;
  }

  #isGoodRule(before: KeptRule, gathered: readonly unknown[], workspace: CheckedWorkspace, context: RuleContext): boolean {
    return (
      areSame(before.gathered, gathered) &&
      isStamped(before, context) &&
      before.tagVerdict === context.tagVerdict &&
      before.asked.isStill(workspace) &&
      this.#sightings.isGood(before.sighting) &&
      before.lists.every(({ paths, derive, values }) => context.ofFiles(paths, derive) === values)
    );
  }

  #keepFile(path: string, workspace: CheckedWorkspace, context: RuleContext): KeptFile | undefined {
    const before = this.#files.get(path);
    if (before && isStamped(before, context) && this.#sightings.isGood(before.sighting) && hasSameUsers(before, workspace)) return before;
    const rules = this.#lookersOf(path);
    if (rules.length === 0) return undefined;
    const { settings, committed, kubernetes, tree } = context;
    const noted = new NotedTree(tree);
    const given = contextOn(noted, context);
    const source = noted.read(path);
    if (!source) return undefined;
    const parsed = isChartTemplate(path, noted) ? undefined : given.parse(path);
    const found: Found[] = [];
    const file = parsed && new UsedFile(source, parsed, workspace);
    for (const rule of file ? rules : []) {
      const severity = severityOf(rule, settings);
      if (file && severity !== 'off') found.push(...this.#attempt(rule, severity, { source, start: 0, end: 0 }, (report) => rule.check(file, report, given)));
    }
    const sighting = this.#sightings.keep(noted, before?.sighting);
    const kept = { source, settings, committed, kubernetes, sighting, users: file?.usersAsked, usersStamp: workspace.usersStamp, found };
    this.#files.set(path, kept);
    return kept;
  }

  #ofFiles<Value>(paths: readonly string[], derive: Derive<Value>, { tree, ofFile }: RuleContext): readonly (Value | undefined)[] {
    const known = this.#lists.get(derive);
    const changed = known?.paths === paths ? tree.changesSince?.(known.tree) : undefined;
    // Kept under the function that made them, which says their type.
    const before = known?.paths === paths ? (known.values as readonly (Value | undefined)[]) : undefined;
    const indexes = known?.paths === paths ? known.indexes : new Map(paths.map((path, index) => [path, index]));
    const read = (path: string, index: number): Value | undefined => keepSame(ofFile(path, derive), before?.[index]);
    const updates = new Map<number, Value | undefined>();
    for (const path of (before && changed) ?? []) {
      const index = indexes.get(path);
      if (index !== undefined) updates.set(index, read(path, index));
    }
    const values = before && changed ? before.map((value, index) => (updates.has(index) ? updates.get(index) : value)) : paths.map(read);
    const kept = before && areSame(before, values) ? before : values;
    this.#lists.set(derive, { tree, paths, indexes, values: kept });
    return kept;
  }

  #derive<Value>(key: object, by: unknown, make: () => Value): Value {
    let known = this.#derived.get(key);
    if (!known) this.#derived.set(key, (known = new Map()));
    // Kept under the function that made it, which says its type.
    if (known.has(by)) return known.get(by) as Value;
    const value = make();
    known.set(by, value);
    return value;
  }

  #lookersOf(path: string): readonly FileRule[] {
    let rules = this.#lookers.get(path);
    if (!rules) this.#lookers.set(path, (rules = this.#fileRules.filter((rule) => rule.looksAt(path))));
    return rules;
  }

  /** What a rule reports; a rule that throws leaves its failure as the only finding. */
  #attempt(rule: Rule, severity: Severity, place: Place | undefined, check: (report: Report) => void): readonly Found[] {
    const found: Found[] = [];
    try {
      check((at, message, { environments, ...extras } = {}) => found.push(makeFound(rule.id, severity, message, at, extras, environments)));
      return found;
    } catch (error) {
      if (!this.#failed.has(rule)) {
        this.#failed.add(rule);
        this.#onFailure(rule, error);
      }
      const message = `A bug of GitOps Workbench kept the rule ${rule.id} from being checked; the log says more.`;
      const failure = makeFound('rules/internal-error', 'error', message, place ?? { source: new SourceText('/', ''), start: 0, end: 0 }, {}, undefined);
      return [{ ...failure, key: `rules/internal-error ${rule.id}` }];
    }
  }

  /** Drops what was kept of environments and files that are gone. */
  #forget(workspace: CheckedWorkspace): void {
    if (this.#environments.size > workspace.environments.length) {
      const present = new Set(workspace.environments.map(({ environment }) => environment.id));
      for (const [id, { sighting }] of this.#environments) {
        if (present.has(id)) continue;
        this.#sightings.drop(sighting);
        this.#environments.delete(id);
      }
    }
    if (this.#lookers.size > workspace.yamlFiles.length) {
      const present = new Set(workspace.yamlFiles);
      for (const path of this.#lookers.keys()) {
        if (present.has(path)) continue;
        this.#lookers.delete(path);
        const kept = this.#files.get(path);
        if (kept) this.#sightings.drop(kept.sighting);
        this.#files.delete(path);
      }
    }
  }
}

/** True for a file of a chart that becomes YAML only once it is rendered. */
export function isChartTemplate(path: string, tree: FileTree): boolean {
  for (let at = path.lastIndexOf('/templates/'); at > 0; at = path.lastIndexOf('/templates/', at - 1)) {
    if (tree.kind(`${path.slice(0, at)}/Chart.yaml`) === 'file') return true;
  }
  return false;
}

function makeFound(code: string, severity: Severity, message: string, place: Place, extras: ProblemExtras, environments: readonly Environment[] | undefined): Found {
  const location = place.source.locate(place.start, place.end);
  const { start, end } = location.range;
  const key = `${code} ${location.path} ${start.line}:${start.character}-${end.line}:${end.character} ${message}`;
  return { key, problem: { code, severity, message, location, ...extras }, environments };
}

/** Findings by what makes them the same, in the order in which they were met first. */
class FoundGroups {
  readonly #groups = new Map<string, { readonly problem: Problem; readonly environments: Set<Environment> }>();

  add({ key, problem }: Found, environments: readonly Environment[]): void {
    const known = this.#groups.get(key);
    if (!known) this.#groups.set(key, { problem, environments: new Set(environments) });
    else for (const environment of environments) known.environments.add(environment);
  }

  get findings(): readonly Finding[] {
    return [...this.#groups.values()].map(({ problem, environments }) => ({ problem, environments: [...environments] }));
  }
}

/** A file whose users are looked up when a rule asks. */
class UsedFile implements CheckedFile {
  usersAsked: readonly Environment[] | undefined;

  constructor(
    readonly source: SourceText,
    readonly parsed: ParsedYaml,
    private readonly workspace: CheckedWorkspace,
  ) {}

  get users(): readonly Environment[] {
    return (this.usersAsked ??= this.workspace.usersOf(this.source.path));
  }
}

/** A workspace that notes which of its answers were asked for. */
class AskedWorkspace implements CheckedWorkspace {
  readonly #workspace: CheckedWorkspace;
  readonly #asked = new Set<'model' | 'environments' | 'kustomizations' | 'yamlFiles' | 'usersStamp'>();

  constructor(workspace: CheckedWorkspace) {
    this.#workspace = workspace;
  }

  get model(): CheckedWorkspace['model'] {
    this.#asked.add('model');
    return this.#workspace.model;
  }

  get environments(): CheckedWorkspace['environments'] {
    this.#asked.add('environments');
    return this.#workspace.environments;
  }

  get kustomizations(): readonly string[] {
    this.#asked.add('kustomizations');
    return this.#workspace.kustomizations;
  }

  get yamlFiles(): readonly string[] {
    this.#asked.add('yamlFiles');
    return this.#workspace.yamlFiles;
  }

  get usersOf(): CheckedWorkspace['usersOf'] {
    this.#asked.add('usersStamp');
    return this.#workspace.usersOf;
  }

  /** True where another state of the workspace would have answered all of it the same. */
  isStill(workspace: CheckedWorkspace): boolean {
    return [...this.#asked].every((name) => {
      if (name === 'usersStamp') return isSameStamp(this.#workspace, workspace);
      if (name === 'environments') return areSame(this.#workspace.environments.flatMap(partsOf), workspace.environments.flatMap(partsOf));
      if (name === 'kustomizations') return areSame(this.#workspace.kustomizations, workspace.kustomizations);
      return this.#workspace[name] === workspace[name];
    });
  }
}

function partsOf({ environment, rendering }: CheckedEnvironment): readonly [Environment, Rendering] {
  return [environment, rendering];
}

function isSameStamp({ usersStamp: before }: { readonly usersStamp?: object | undefined }, { usersStamp: now }: CheckedWorkspace): boolean {
  return before !== undefined && before === now;
}

function hasSameUsers({ source, users, usersStamp }: KeptFile, workspace: CheckedWorkspace): boolean {
  return !users || isSameStamp({ usersStamp }, workspace) || areSame(users, workspace.usersOf(source.path));
}

/** The same context on a tree that notes what it is asked. */
function contextOn(tree: FileTree, context: RuleContext): RuleContext {
  const parse = (path: string): ParsedYaml | undefined => (tree.read(path) ? context.parse(path) : undefined);
  const ofFile: RuleContext['ofFile'] = (path, derive) => (tree.read(path) ? context.ofFile(path, derive) : undefined);
  return { ...context, tree, parse, ofFile };
}

function isStamped(kept: Stamp, { settings, committed, kubernetes }: RuleContext): boolean {
  return kept.settings === settings && kept.committed === committed && kept.kubernetes === kubernetes;
}

function areSame<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}
