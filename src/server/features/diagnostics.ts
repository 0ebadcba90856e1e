/**
 * Problems of many renderings as diagnostics of files. The same problem met on the way to several environments is
 * reported once; where only some of those that use the file have it, the message names them.
 */
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic } from 'vscode-languageserver';
import type { Problem, Severity } from '../../core/base/problem.js';
import type { SuppressionInput, Suppressor } from '../../core/rules/suppressions.js';
import { pathToUri } from '../uris.js';

/** What one kustomization's rendering found. */
export interface FoundProblems {
  readonly label: string;
  readonly isEnvironment: boolean;
  readonly problems: readonly Problem[];
  readonly dependencies: ReadonlySet<string>;
}

/** A diagnostic with the problem that it tells of, for its fix. */
export interface ReportedProblem {
  readonly problem: Problem;
  readonly diagnostic: Diagnostic;
}

export interface DiagnosticsOptions {
  /** Problems that are left to another extension in these files: syntax that it checks itself. */
  readonly isCheckedElsewhere: (path: string) => boolean;
}

/** A finding of a rule with the labels of the environments to name; none where all that use the file have it. */
export interface NamedFinding {
  readonly problem: Problem;
  readonly names: readonly string[];
}

/** Diagnostics by file. */
export function mergeProblems(all: readonly FoundProblems[], findings: readonly NamedFinding[], options: DiagnosticsOptions): ReadonlyMap<string, readonly ReportedProblem[]> {
  const merged = new Map<string, { problem: Problem; found: FoundProblems[] }>();
  for (const found of all) {
    for (const problem of found.problems) {
      if (isSyntax(problem) && options.isCheckedElsewhere(problem.location.path)) continue;
      const key = keyOf(problem);
      const entry = merged.get(key);
      if (!entry) merged.set(key, { problem, found: [found] });
      else if (!entry.found.includes(found)) entry.found.push(found);
    }
  }
  const byFile = new Map<string, ReportedProblem[]>();
  const add = (problem: Problem, names: readonly string[]): void => {
    const { path } = problem.location;
    const list = byFile.get(path) ?? [];
    byFile.set(path, list);
    list.push({ problem, diagnostic: toDiagnostic(problem, names) });
  };
  for (const { problem, found } of merged.values()) add(problem, namesOf(found, all, problem.location.path));
  for (const { problem, names } of findings) if (!merged.has(keyOf(problem))) add(problem, names);
  return byFile;
}

/** Diagnostics by file without those that comments in the files suppress, and with what is wrong with such comments. */
export function withoutSuppressed(
  merged: ReadonlyMap<string, readonly ReportedProblem[]>,
  suppressor: Suppressor,
  input: SuppressionInput,
): ReadonlyMap<string, readonly ReportedProblem[]> {
  const { kept, problems } = suppressor.apply([...merged.values()].flat(), ({ problem }) => problem, input);
  const byFile = new Map<string, ReportedProblem[]>();
  for (const each of [...kept, ...problems.map((problem) => ({ problem, diagnostic: toDiagnostic(problem, []) }))]) {
    const { path } = each.problem.location;
    const list = byFile.get(path);
    if (list) list.push(each);
    else byFile.set(path, [each]);
  }
  return byFile;
}

/** What a YAML validator reports too: everything about syntax but what is kustomize's own taste. */
function isSyntax({ code }: Problem): boolean {
  return code === 'kustomize/duplicate-key' || (code.startsWith('yaml/') && !ownYamlCodes.has(code));
}

const ownYamlCodes: ReadonlySet<string> = new Set(['yaml/complex-key', 'yaml/ignored-text', 'yaml/invalid-merge', 'yaml/invalid-separator', 'yaml/too-deep', 'yaml/too-large']);

function keyOf({ code, message, location: { path, range } }: Problem): string {
  return `${code}\0${message}\0${path}\0${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}`;
}

/** The environments to name: those with the problem, where others use the file without it. */
function namesOf(found: readonly FoundProblems[], all: readonly FoundProblems[], path: string): readonly string[] {
  const users = all.filter((candidate) => candidate.isEnvironment && candidate.dependencies.has(path));
  const having = users.filter((candidate) => found.includes(candidate));
  return having.length === 0 || having.length === users.length ? [] : [...new Set(having.map(({ label }) => label))];
}

function toDiagnostic(problem: Problem, names: readonly string[]): Diagnostic {
  const diagnostic: Diagnostic = {
    range: problem.location.range,
    severity: severities[problem.severity],
    source: 'GitOps',
    code: problem.code,
    message: names.length === 0 ? problem.message : `${problem.message} (in ${listNames(names)})`,
  };
  if (problem.related)
    diagnostic.relatedInformation = problem.related.map(({ location, message }) => ({ location: { uri: pathToUri(location.path), range: location.range }, message }));
  if (problem.code.includes('deprecated')) diagnostic.tags = [DiagnosticTag.Deprecated];
  if (hints.has(problem.code) && problem.severity === 'info') diagnostic.severity = DiagnosticSeverity.Hint;
  if (problem.code === 'helm/unused-value') diagnostic.tags = [DiagnosticTag.Unnecessary];
  return diagnostic;
}

/** Shown at their place, and not among the problems, unless somebody gives them another severity. */
const hints: ReadonlySet<string> = new Set(['helm/unused-value', 'helm/undefined-value']);

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** `dev, stage and 4 more`. */
export function listNames(names: readonly string[], maximum = 5): string {
  if (names.length <= maximum) return names.join(', ');
  return `${names.slice(0, maximum).join(', ')} and ${names.length - maximum} more`;
}
