/** Limits of branches: meeting and joining them, and words for them. */
import { anyBranch, type BranchLimit } from './pipeline.js';

/** Both limits hold; undefined where no branch is left. */
export function meetBranches(a: BranchLimit, b: BranchLimit): BranchLimit | undefined {
  const except = [...new Set([...a.except, ...b.except])];
  if (a.only.length === 0 && b.only.length === 0) return { only: [], except };
  const only = a.only.length === 0 ? b.only : b.only.length === 0 ? a.only : meetPatterns(a.only, b.only);
  const left = only.filter((branch) => !except.includes(branch));
  return left.length === 0 ? undefined : { only: left, except: except.filter((branch) => left.some((pattern) => matchesBranch(pattern, branch))) };
}

/** Either limit holds. */
export function joinBranches(a: BranchLimit, b: BranchLimit): BranchLimit {
  if (a.only.length === 0 || b.only.length === 0) {
    const except = a.except.filter((branch) => b.except.includes(branch));
    return except.length === 0 ? anyBranch : { only: [], except };
  }
  return { only: [...new Set([...a.only, ...b.only])], except: a.except.filter((branch) => b.except.includes(branch)) };
}

/** True when a pipeline with this limit may run for `branch`. */
export function allowsBranch(limit: BranchLimit, branch: string): boolean {
  if (limit.except.some((pattern) => matchesBranch(pattern, branch))) return false;
  return limit.only.length === 0 || limit.only.some((pattern) => matchesBranch(pattern, branch));
}

/** `main, release/**`, `all but dev`; empty for any branch. */
export function describeBranches({ only, except }: BranchLimit): string {
  const but = except.length === 0 ? '' : `all but ${except.join(', ')}`;
  return only.length === 0 ? but : only.join(', ') + (but === '' ? '' : ` (${but})`);
}

function meetPatterns(a: readonly string[], b: readonly string[]): readonly string[] {
  const narrow = (patterns: readonly string[], others: readonly string[]): readonly string[] => patterns.filter((pattern) => others.some((other) => matchesBranch(other, pattern)));
  return [...new Set([...narrow(a, b), ...narrow(b, a)])];
}

/** Filters of GitHub and GitLab: `*` stays within a part, `**` does not, `?` is taken as it stands. */
function matchesBranch(pattern: string, branch: string): boolean {
  if (pattern === branch) return true;
  return pattern.length < 300 && branch.length < 300 && matchParts(pattern.replaceAll(/\*{2,}/g, '\u0001'), branch, 0, 0, new Set());
}

function matchParts(pattern: string, text: string, at: number, from: number, failed: Set<number>): boolean {
  const key = at * (text.length + 1) + from;
  if (failed.has(key)) return false;
  const wild = pattern.charAt(at);
  let matches: boolean;
  if (at === pattern.length) matches = from === text.length;
  else if (wild === '*' || wild === '\u0001') {
    const goesOn = from < text.length && (wild === '\u0001' || text.charAt(from) !== '/');
    matches = matchParts(pattern, text, at + 1, from, failed) || (goesOn && matchParts(pattern, text, at, from + 1, failed));
  } else matches = from < text.length && text.charAt(from) === wild && matchParts(pattern, text, at + 1, from + 1, failed);
  if (!matches) failed.add(key);
  return matches;
}
