/** `check [PATH...]`: what is wrong in the kustomizations of a workspace, each finding once with the environments it is met in. */
import { toSystemPath } from '../adapters/disk/paths.js';
import { writeWhole } from '../adapters/disk/textFile.js';
import { isInside } from '../core/base/path.js';
import type { Problem, Severity } from '../core/base/problem.js';
import { SourceText } from '../core/base/source.js';
import { buildKustomization, type BuildOptions } from '../core/kustomize/build.js';
import { applyFixes } from '../services/applyFixes.js';
import { WorkspaceIndex } from '../services/workspaceIndex.js';
import { nameRoots } from '../services/kustomizationRoots.js';
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

/** A problem, and the environments (folders relative to the workspace) whose rendering meets it. */
export interface Finding {
  readonly problem: Problem;
  readonly environments: readonly string[];
}

/** One finding as programs read it; lines and columns are 1-based. */
interface FindingFields {
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

/** Builds every environment (or, where paths are given, those in or using them) and gathers what they meet. */
async function findProblems(files: OpenFiles, paths: readonly string[], build: BuildOptions, { signal, errors }: CommandLine): Promise<readonly Finding[]> {
  const { tree, cache, workspace, remoteBases, label } = files;
  const index = new WorkspaceIndex(tree, [workspace]);
  if (index.isIncomplete) errors.write(`The workspace has too many folders to look at all of them; name the ones to check.\n`);
  const roots = nameRoots(
    index.places.map((place) => {
      const source = tree.read(place.file);
      return { ...place, node: source && cache.parse(source).documents[0]?.root };
    }),
    [workspace],
  );
  const found = new Map<string, { problem: Problem; environments: string[] }>();
  for (const root of roots) {
    if (root.isComponent || !(root.isEnvironment || paths.includes(root.folder))) continue;
    // Thousands of builds in one go would leave no moment to hear of Ctrl-C.
    await new Promise((resume) => setImmediate(resume));
    signal.throwIfAborted();
    const problems = buildSafely(root.file, () => buildKustomization({ tree, folder: root.folder, options: build, cache, fetched: remoteBases.fetched }));
    for (const problem of problems) {
      if (paths.length > 0 && !paths.some((asked) => isInside(problem.location.path, asked) || isInside(root.folder, asked))) continue;
      const key = JSON.stringify([problem.code, problem.message, problem.location]);
      const entry = found.get(key) ?? { problem, environments: [] };
      found.set(key, entry);
      const environment = label(root.folder);
      if (!entry.environments.includes(environment)) entry.environments.push(environment);
    }
  }
  return [...found.values()].sort((a, b) => compareLocations(a.problem, b.problem));
}

/** A bug of ours costs the findings of one environment only. */
function buildSafely(file: string, run: () => { readonly problems: readonly Problem[] }): readonly Problem[] {
  try {
    return run().problems;
  } catch (error) {
    const message = `A bug of GitOps Workbench kept this from being rendered; please report it. (${error instanceof Error ? error.message : String(error)})`;
    return [{ code: 'kustomize/internal-error', severity: 'error', message, location: new SourceText(file, '').locate(0, 0) }];
  }
}

function compareLocations({ location: a }: Problem, { location: b }: Problem): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}

/** Writes the safe fixes of findings, only into files of the workspace. */
function writeFixes({ tree, workspace }: OpenFiles, findings: readonly Finding[]): { readonly fixes: number; readonly files: number } {
  const ours = findings.filter(({ problem }) => problem.fix?.changes.every(({ location }) => isInside(tree.realPath(location.path), workspace)));
  const { texts, fixes } = applyFixes(
    ours.map(({ problem }) => problem),
    tree,
  );
  for (const [path, text] of texts) writeWhole(toSystemPath(tree.realPath(path)), text);
  return { fixes, files: texts.size };
}

function format(findings: readonly Finding[], { format: asked }: CheckOptions, files: OpenFiles, { colorsErrors, output }: CommandLine): string {
  if (asked === 'sarif') return `${JSON.stringify(formatSarif(findings, files.label), undefined, 2)}\n`;
  if (asked === 'json') return `${JSON.stringify(findings.map((finding) => describe(finding, files.label)))}\n`;
  const inColor = colorsErrors && 'isTTY' in output && output.isTTY === true;
  return findings.map(({ problem }) => formatProblem(problem, files.label, inColor)).join('');
}

function describe({ problem: { code, severity, message, location, fix }, environments }: Finding, label: OpenFiles['label']): FindingFields {
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
