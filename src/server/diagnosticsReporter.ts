/**
 * Keeps what was found in each rendering, and tells the editor what changed of it. Files are cleared only once
 * everything was looked at, so that a problem does not flicker while the workspace is rendered in slices.
 */
import { isInside } from '../core/base/path.js';
import type { Diagnostic } from 'vscode-languageserver';
import { Suppressor, type SuppressionInput } from '../core/rules/suppressions.js';
import { mergeProblems, withoutSuppressed, type FoundProblems, type NamedFinding, type ReportedProblem } from './features/diagnostics.js';

export interface ReportOptions {
  /** What the problems of are published now. */
  readonly isWanted: (key: string) => boolean;
  /** The same for findings of rules, by the file that they are in. */
  readonly isWantedIn: (path: string) => boolean;
  /** Files whose syntax another extension checks. */
  readonly isCheckedElsewhere: (path: string) => boolean;
  /** Where comments that suppress findings are read. */
  readonly suppressions: SuppressionInput;
  readonly folders: readonly string[];
  readonly isOpen: (path: string) => boolean;
  /** False while some renderings were not looked at yet. */
  readonly isComplete: boolean;
}

export class DiagnosticsReporter {
  readonly #found = new Map<string, FoundProblems>();
  #findings: readonly NamedFinding[] = [];
  readonly #reported = new Map<string, readonly ReportedProblem[]>();
  readonly #suppressor = new Suppressor();
  readonly #publish: (path: string, diagnostics: readonly Diagnostic[]) => void;
  /** False when nothing happened that a diagnostic could come from or go with. */
  #mayReportAnew = true;

  constructor(publish: (path: string, diagnostics: readonly Diagnostic[]) => void) {
    this.#publish = publish;
  }

  /** What was reported for a file. */
  reportedFor(path: string): readonly ReportedProblem[] {
    return this.#reported.get(path) ?? [];
  }

  /** What was found last, by key. */
  get found(): ReadonlyMap<string, FoundProblems> {
    return this.#found;
  }

  /** Takes in what one rendering found; true where it reads other files than before. */
  note(key: string, now: FoundProblems): boolean {
    const before = this.#found.get(key);
    if (before?.problems === now.problems && before.label === now.label && before.isEnvironment === now.isEnvironment) return false;
    const hasSameUses = before !== undefined && isSameSet(before.dependencies, now.dependencies);
    if (!hasSameUses || now.problems.length > 0 || before.problems.length > 0 || before.label !== now.label) this.#mayReportAnew = true;
    this.#found.set(key, now);
    return !hasSameUses;
  }

  /** Takes in what the rules found. */
  noteFindings(findings: readonly NamedFinding[]): void {
    this.#findings = findings;
    this.#mayReportAnew = true;
  }

  /** Forgets what is not among `keys`. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#found.keys()) {
      if (keys.has(key)) continue;
      this.#found.delete(key);
      this.#mayReportAnew = true;
    }
  }

  /** Something else than the problems changed that decides what is shown. */
  invalidate(): void {
    this.#mayReportAnew = true;
  }

  /** Publishes what changed since the last time. */
  report({ isWanted, isWantedIn, isCheckedElsewhere, suppressions, folders, isOpen, isComplete }: ReportOptions): void {
    if (!this.#mayReportAnew) return;
    if (isComplete) this.#mayReportAnew = false;
    const found = [...this.#found].flatMap(([key, problems]) => (isWanted(key) ? [problems] : []));
    const findings = this.#findings.filter(({ problem }) => isWantedIn(problem.location.path));
    const merged = withoutSuppressed(mergeProblems(found, findings, { isCheckedElsewhere }), this.#suppressor, suppressions);
    for (const [path, problems] of merged) {
      if (!folders.some((folder) => isInside(path, folder)) && !isOpen(path)) continue;
      if (isSame(this.#reported.get(path), problems)) continue;
      this.#reported.set(path, problems);
      this.#publish(
        path,
        problems.map(({ diagnostic }) => diagnostic),
      );
    }
    if (!isComplete) return;
    for (const path of [...this.#reported.keys()]) {
      if (merged.has(path)) continue;
      this.#reported.delete(path);
      this.#publish(path, []);
    }
  }
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const each of a) if (!b.has(each)) return false;
  return true;
}

function isSame(before: readonly ReportedProblem[] | undefined, after: readonly ReportedProblem[]): boolean {
  return before !== undefined && JSON.stringify(before.map(({ diagnostic }) => diagnostic)) === JSON.stringify(after.map(({ diagnostic }) => diagnostic));
}
