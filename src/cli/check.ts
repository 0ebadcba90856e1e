/** `check [PATH...]`: what is wrong in a workspace, each finding once with the environments that have it. */
import { toSystemPath } from '../adapters/disk/paths.js';
import { readKubernetesTable } from '../adapters/disk/kubernetesTable.js';
import { writeWhole } from '../adapters/disk/textFile.js';
import { isInside } from '../core/base/path.js';
import type { Problem, Severity } from '../core/base/problem.js';
import { SourceText } from '../core/base/source.js';
import { isFinding, tellsState } from '../core/gitops/renderSource.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import type { Rendering } from '../core/objects/rendering.js';
import { allRules } from '../core/rules/allRules.js';
import { isSwitchedOff, Suppressor } from '../core/rules/suppressions.js';
import { applyFixes } from '../services/applyFixes.js';
import { Checks, ruleSettingsOf } from '../services/checks.js';
import { CommandError, writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { openFiles, type OpenFiles } from './openFiles.js';
import { formatProblem, formatUnreadable } from './problemLines.js';
import { formatSarif } from './sarif.js';

export interface CheckOptions {
  readonly workspace?: string;
  readonly format: 'text' | 'json' | 'sarif';
  readonly severity: Severity;
  readonly rule?: readonly string[];
  readonly fix?: true;
  readonly build: BuildOptions;
}

/** A problem, and the labels of the environments that have it. */
export interface Finding {
  readonly problem: Problem;
  readonly environments: readonly string[];
}

/** One finding as programs read it; lines and columns are 1-based. */
export interface FindingFields {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly environments: readonly string[];
  readonly fixable: boolean;
}

/** Checks what the user named, or the whole workspace; status 1 where there are errors. */
export async function check(names: readonly string[], options: CheckOptions, commandLine: CommandLine): Promise<ExitStatus> {
  const { errors } = commandLine;
  let files = openFiles(commandLine, options.workspace);
  const paths = names.map((name) => resolveExisting(name, files));
  let findings = await findProblems(files, paths, options.build, commandLine);
  if (options.fix) {
    const fixed = writeFixes(
      files,
      findings.filter((finding) => isAskedFor(finding, options)),
    );
    errors.write(`Applied ${fixed.fixes} ${fixed.fixes === 1 ? 'fix' : 'fixes'} in ${fixed.files} ${fixed.files === 1 ? 'file' : 'files'}.\n`);
    files = openFiles(commandLine, options.workspace);
    findings = await findProblems(files, paths, options.build, commandLine);
  }
  errors.write(formatUnreadable(files));
  const shown = findings.filter((finding) => isAskedFor(finding, options));
  await writeText(commandLine.output, format(shown, options, files, commandLine));
  return shown.some(({ problem }) => problem.severity === 'error') ? 1 : 0;
}

function resolveExisting(name: string, { resolve, tree }: OpenFiles): string {
  const path = tree.realPath(resolve(name));
  if (tree.kind(path) === 'none') throw new CommandError(`${name} does not exist; name files or folders of the workspace.`);
  return path;
}

const ranks: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

function isAskedFor({ problem }: Finding, { severity, rule }: CheckOptions): boolean {
  return ranks[problem.severity] >= ranks[severity] && (rule === undefined || rule.includes(problem.code));
}

/** Renders every environment, and what is named besides, runs the rules, and gathers what was met. */
async function findProblems(files: OpenFiles, paths: readonly string[], build: BuildOptions, { signal, errors, programFolder }: CommandLine): Promise<readonly Finding[]> {
  const workspace = files.open(build);
  const { state } = workspace;
  if (workspace.isIncomplete) errors.write(`The workspace has too many folders to look at all of them; name the ones to check.\n`);
  const { delivery } = state;
  const gathered = new Gathered(paths);
  const delivered = new Set(delivery.model.environments.flatMap(({ sources }) => sources.flatMap(({ folder }) => folder ?? [])));
  // Thousands of builds in one go would leave no moment to hear of Ctrl-C.
  const breathe = async (): Promise<void> => {
    await new Promise((resume) => setImmediate(resume));
    signal.throwIfAborted();
  };
  for (const root of state.roots) {
    const isAsked = (root.isEnvironment && !delivered.has(root.folder)) || paths.includes(root.folder);
    if (root.isComponent || !isAsked) continue;
    await breathe();
    gathered.addAll(
      buildSafely(root.file, () => state.render(root.folder).rendering),
      root.folder,
      files.label(root.folder),
    );
  }
  let notRendered = 0;
  for (const environment of delivery.model.environments) {
    await breathe();
    const rendering = buildSafely(environment.declaredAt.source.path, () => delivery.render(environment).rendering);
    if (rendering.problems.some(tellsState)) notRendered++;
    gathered.addAll({ problems: rendering.problems.filter(isFinding) }, environment.sources[0]?.folder, environment.label);
  }
  if (notRendered > 0)
    errors.write(
      `${notRendered} of ${delivery.model.environments.length} environments can't be rendered here and were not checked; \`gitops-workbench environments\` names them.\n`,
    );
  for (const problem of delivery.model.problems) gathered.add(problem, undefined, undefined);
  const checks = new Checks({
    onFailure: (rule, error) => errors.write(`The rule ${rule.id} failed by a bug; please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
    readTable: () => readKubernetesTable(programFolder),
  });
  await workspace.refreshGit(true, signal);
  const { committed } = workspace;
  const checked = {
    ...(committed && { committed }),
    tree: state.tree,
    delivery,
    kustomizations: state.roots.map(({ folder }) => folder),
    yamlFiles: state.yamlFiles,
    parse: state.parse,
  };
  for (const { problem, environments } of checks.run(checked)) {
    const isIn = environments.some(({ sources }) => sources.some(({ folder }) => folder !== undefined && paths.some((asked) => isInside(folder, asked))));
    gathered.add(problem, isIn ? paths[0] : undefined, environments.map(({ label }) => label).join('\0'));
  }
  const settings = ruleSettingsOf(delivery.settings);
  const { kept, problems } = new Suppressor().apply(gathered.findings, ({ problem }) => problem, {
    read: (path) => state.tree.read(path),
    parse: state.parse,
    files: paths.length === 0 ? state.yamlFiles : state.yamlFiles.filter((path) => paths.some((asked) => isInside(path, asked))),
    // Where not everything was looked at, a comment may be about something that was not.
    isUnchecked: (name) => paths.length > 0 || notRendered > 0 || isSwitchedOff(name, allRules, settings),
  });
  return [...kept, ...problems.map((problem) => ({ problem, environments: [] }))].sort((a, b) => compareLocations(a.problem, b.problem));
}

/** Findings by what makes them the same. */
class Gathered {
  readonly #found = new Map<string, { problem: Problem; environments: string[] }>();

  /** @param paths what was asked for; everything where it is empty */
  constructor(private readonly paths: readonly string[]) {}

  addAll({ problems }: Pick<Rendering, 'problems'>, folder: string | undefined, label: string): void {
    for (const problem of problems) this.add(problem, folder, label);
  }

  /** @param labels of environments, with NUL between them */
  add(problem: Problem, folder: string | undefined, labels: string | undefined): void {
    const isAsked = this.paths.length === 0 || this.paths.some((asked) => isInside(problem.location.path, asked) || (folder !== undefined && isInside(folder, asked)));
    if (!isAsked) return;
    const key = JSON.stringify([problem.code, problem.message, problem.location]);
    const entry = this.#found.get(key) ?? { problem, environments: [] };
    this.#found.set(key, entry);
    for (const label of labels === undefined || labels === '' ? [] : labels.split('\0')) if (!entry.environments.includes(label)) entry.environments.push(label);
  }

  get findings(): readonly Finding[] {
    return [...this.#found.values()];
  }
}

/** A bug of ours costs the findings of one environment only. */
function buildSafely(file: string, run: () => Pick<Rendering, 'problems'>): Pick<Rendering, 'problems'> {
  try {
    return run();
  } catch (error) {
    const message = `A bug of GitOps Workbench kept this from being rendered; please report it. (${error instanceof Error ? error.message : String(error)})`;
    return { problems: [{ code: 'kustomize/internal-error', severity: 'error', message, location: new SourceText(file, '').locate(0, 0) }] };
  }
}

function compareLocations({ location: a }: Problem, { location: b }: Problem): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}

/** Writes the safe fixes of findings, only into files of the workspace. */
function writeFixes({ tree, workspace }: OpenFiles, findings: readonly Finding[]): { readonly fixes: number; readonly files: number } {
  const isOurs = ({ problem: { fix } }: Finding): boolean =>
    fix !== undefined && !fix.needsReview && fix.changes.every(({ location }) => isInside(tree.realPath(location.path), workspace));
  const { texts, fixes } = applyFixes(
    findings.filter(isOurs).map(({ problem }) => problem),
    tree,
  );
  for (const [path, text] of texts) writeWhole(toSystemPath(tree.realPath(path)), text);
  return { fixes, files: texts.size };
}

function format(findings: readonly Finding[], { format: asked }: CheckOptions, files: OpenFiles, { colorsErrors, output }: CommandLine): string {
  if (asked === 'sarif') return `${JSON.stringify(formatSarif(findings, files.label), undefined, 2)}\n`;
  if (asked === 'json') return `${JSON.stringify(findings.map((finding) => describeFinding(finding, files.label)))}\n`;
  const inColor = colorsErrors && 'isTTY' in output && output.isTTY === true;
  return findings.map(({ problem }) => formatProblem(problem, files.label, inColor)).join('');
}

/** A finding as programs read it. */
export function describeFinding({ problem: { code, severity, message, location, fix }, environments }: Finding, label: OpenFiles['label']): FindingFields {
  const { start, end } = location.range;
  return {
    rule: code,
    severity,
    message,
    file: label(location.path),
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
    environments,
    fixable: fix !== undefined,
  };
}
