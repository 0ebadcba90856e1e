/**
 * Whether what is compared is what the operator goes by: files that are not committed, commits that are not pushed or that it
 * hasn't seen. While it isn't, nobody can say what the operator will do about a single difference.
 */

export interface AheadInput {
  /** Files of the environment with changes that are not committed, as people read them. */
  readonly changedFiles: readonly string[];
  /** `main`; undefined for a detached head. */
  readonly branch: string | undefined;
  /** The commit that is compared, a full hash. */
  readonly commit: string | undefined;
  /** False where the upstream doesn't have it; undefined where that isn't known. */
  readonly isPushed: boolean | undefined;
  /** What the operator goes by; empty where it doesn't say. */
  readonly operatorRevisions: readonly string[];
}

/** A part of a sentence: `main is not pushed`; undefined where nothing is known to be ahead. */
export function describeAhead({ changedFiles, branch, commit, isPushed, operatorRevisions }: AheadInput): string | undefined {
  const [first] = changedFiles;
  if (first !== undefined) return changedFiles.length === 1 ? `${first} is not committed` : `${changedFiles.length} files are not committed`;
  if (isPushed === false) return `${branch ?? 'the commit'} is not pushed`;
  const hashes = operatorRevisions.flatMap((revision) => /[0-9a-f]{40}/.exec(revision)?.[0] ?? []);
  if (commit === undefined || hashes.length === 0 || hashes.includes(commit)) return undefined;
  return `it is at ${hashes[0]?.slice(0, 8) ?? ''}, you look at ${commit.slice(0, 8)}`;
}
