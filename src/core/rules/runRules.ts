/**
 * Runs rules over a workspace, again and again: what did not change is not looked at again. Environment rules and what
 * workspace rules gather are kept by environment, file rules by file; each for as long as the rendering, the settings and
 * everything that was read on the way stay the same. Suppressing findings is suppressions.ts's.
 */
import type { EntryKind, FileTree } from '../base/fileTree.js';
import { parentPath } from '../base/path.js';
import type { Place, Problem, ProblemExtras, Severity } from '../base/problem.js';
import { SourceText } from '../base/source.js';
import type { Environment } from '../gitops/delivery.js';
import type { Rendering } from '../objects/rendering.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { CheckedEnvironment, CheckedFile, CheckedWorkspace, EnvironmentRule, FileRule, GivenContext, Report, Rule, RuleContext, WorkspaceRule } from './rule.js';
import { severityOf, type RuleSettings } from './settings.js';

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

/** What was looked at: a file's text, a folder's names, or what else stands there. */
type Seen = readonly [path: string, how: 'kind' | 'read' | 'list', answer: unknown];

/** What results stand on, besides what they are about. */
interface Stamp {
  readonly settings: RuleSettings;
  readonly committed: RuleContext['committed'];
  readonly kubernetes: RuleContext['kubernetes'];
}

interface KeptEnvironment extends Stamp {
  readonly environment: Environment;
  readonly rendering: Rendering;
  readonly seen: readonly Seen[];
  readonly found: readonly Found[];
  /** By workspace rule; missing for one that failed. */
  readonly gathered: ReadonlyMap<WorkspaceRule, unknown>;
}

interface KeptFile extends Stamp {
  readonly source: SourceText;
  readonly seen: readonly Seen[];
  /** Undefined where no rule asked who uses the file. */
  readonly users: readonly Environment[] | undefined;
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
  readonly #files = new Map<string, KeptFile>();
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
      ofValue: (key, derive) => this.#derive(key, derive, () => derive(key)),
    };
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
    if (before?.environment === environment && before.rendering === rendering && isStamped(before, context) && isAllSeen(tree, before.seen)) return before;
    const noting = new NotingTree(tree);
    const given = noting.contextOf(context);
    const found: Found[] = [];
    for (const rule of this.#environmentRules) {
      const severity = severityOf(rule, settings);
      if (severity !== 'off') found.push(...this.#attempt(rule, severity, environment.declaredAt, (report) => rule.check(checked, report, given)));
    }
    const gathered = new Map<WorkspaceRule, unknown>();
    for (const rule of this.#workspaceRules) {
      if (severityOf(rule, settings) === 'off') continue;
      found.push(...this.#attempt(rule, 'error', environment.declaredAt, () => gathered.set(rule, rule.gather(checked, given))));
    }
    const kept = { environment, rendering, settings, committed, kubernetes, seen: noting.seen, found, gathered };
    this.#environments.set(environment.id, kept);
    return kept;
  }

  #checkWorkspace(rule: WorkspaceRule, kept: readonly KeptEnvironment[], workspace: CheckedWorkspace, context: RuleContext): readonly Found[] {
    const severity = severityOf(rule, context.settings);
    // What failed to be gathered was reported there.
    if (severity === 'off' || !kept.every(({ gathered }) => gathered.has(rule))) return [];
    const place = workspace.environments[0]?.environment.declaredAt;
    return this.#attempt(rule, severity, place, (report) =>
      rule.check(
        kept.map(({ gathered }) => gathered.get(rule)),
        workspace,
        report,
        context,
      ),
    );
  }

  #keepFile(path: string, workspace: CheckedWorkspace, context: RuleContext): KeptFile | undefined {
    const rules = this.#lookersOf(path);
    if (rules.length === 0) return undefined;
    const { settings, committed, kubernetes, tree } = context;
    const source = tree.read(path);
    if (!source) return undefined;
    const before = this.#files.get(path);
    if (before?.source === source && isStamped(before, context) && isAllSeen(tree, before.seen) && (!before.users || areSame(before.users, workspace.usersOf(path)))) return before;
    const noting = new NotingTree(tree);
    const given = noting.contextOf(context);
    const parsed = isChartTemplate(path, noting) ? undefined : given.parse(path);
    const found: Found[] = [];
    const file = parsed && new UsedFile(source, parsed, workspace);
    for (const rule of file ? rules : []) {
      const severity = severityOf(rule, settings);
      if (file && severity !== 'off') found.push(...this.#attempt(rule, severity, { source, start: 0, end: 0 }, (report) => rule.check(file, report, given)));
    }
    const kept = { source, settings, committed, kubernetes, seen: noting.seen, users: file?.usersAsked, found };
    this.#files.set(path, kept);
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
      for (const id of this.#environments.keys()) if (!present.has(id)) this.#environments.delete(id);
    }
    if (this.#lookers.size > workspace.yamlFiles.length) {
      const present = new Set(workspace.yamlFiles);
      for (const path of this.#lookers.keys()) {
        if (present.has(path)) continue;
        this.#lookers.delete(path);
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

/** A tree that notes what it was asked for, and what it answered. */
class NotingTree implements FileTree {
  readonly seen: Seen[] = [];

  constructor(private readonly tree: FileTree) {}

  contextOf(context: RuleContext): RuleContext {
    const parse = (path: string): ParsedYaml | undefined => (this.read(path) ? context.parse(path) : undefined);
    const ofFile: RuleContext['ofFile'] = (path, derive) => (this.read(path) ? context.ofFile(path, derive) : undefined);
    return { ...context, tree: this, parse, ofFile };
  }

  kind(path: string): EntryKind {
    const kind = this.tree.kind(path);
    this.seen.push([path, 'kind', kind]);
    return kind;
  }

  read(path: string): SourceText | undefined {
    const source = this.tree.read(path);
    this.seen.push([path, 'read', source]);
    return source;
  }

  readBytes(path: string): Uint8Array | undefined {
    this.read(path);
    return this.tree.readBytes(path);
  }

  list(path: string): readonly string[] {
    const names = this.tree.list(path);
    this.seen.push([path, 'list', names.join('\n')]);
    return names;
  }

  realPath(path: string): string {
    this.kind(parentPath(path));
    return this.tree.realPath(path);
  }
}

function isAllSeen(tree: FileTree, seen: readonly Seen[]): boolean {
  return seen.every(([path, how, answer]) => (how === 'read' ? tree.read(path) : how === 'kind' ? tree.kind(path) : tree.list(path).join('\n')) === answer);
}

function isStamped(kept: Stamp, { settings, committed, kubernetes }: RuleContext): boolean {
  return kept.settings === settings && kept.committed === committed && kept.kubernetes === kubernetes;
}

function areSame<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => item === b[index]));
}
