/** Pushes and fetches one branch, and says what a refusal means. */
import { Failure } from '../../services/failure.js';
import type { PushAnswer } from '../../services/ports.js';
import { requireBranchName, tipOf } from './branchFacts.js';
import { firstLine, hidePasswords, runForStatus, type GitRun } from './writeGit.js';

/** Never forced; neither tags nor submodules go along. The hook pre-push is asked by git. */
export async function pushCommit(top: string, target: { readonly remote: string; readonly branch: string; readonly commit: string }, signal: AbortSignal): Promise<PushAnswer> {
  const { remote, branch, commit } = target;
  await requireBranchName(top, branch, signal);
  requireWords(remote, commit);
  const words = ['push', '--porcelain', '--no-follow-tags', '--recurse-submodules=no', '--no-force-with-lease', '--', remote, `${commit}:refs/heads/${branch}`];
  const run = await runForStatus(top, words, { signal });
  if (run.status === 0) return { kind: 'pushed' };
  const refused = /^!\t[^\t]*\t(.*)$/m.exec(run.output.toString('utf8'))?.[1] ?? '';
  // `cannot lock ref`: another push was faster by a moment.
  if (/\[rejected\] \((?:fetch first|non-fast-forward)\)|\[remote rejected\] \((?:cannot lock ref|failed to update ref|incorrect old value)/.test(refused))
    return { kind: 'not-fast-forward' };
  throw pushFailure(run, refused, `${remote}/${branch}`);
}

/** The branch's tip at the remote, also as its tracking branch; undefined where the remote has none of that name. */
export async function fetchBranch(top: string, { remote, branch }: { readonly remote: string; readonly branch: string }, signal: AbortSignal): Promise<string | undefined> {
  await requireBranchName(top, branch, signal);
  requireWords(remote, '');
  const tracking = `refs/remotes/${remote}/${branch}`;
  const words = ['-c', 'gc.auto=0', 'fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--', remote, `+refs/heads/${branch}:${tracking}`];
  const run = await runForStatus(top, words, { signal });
  if (run.status === 0) return tipOf(top, tracking, signal);
  if (/couldn't find remote ref/i.test(run.errors)) return undefined;
  throw remoteFailure(run, remote) ?? new Failure('git/failed', `git fetch failed: ${firstLine(run.errors)}`, 'Run git fetch in a terminal to see more.', causeOf(run));
}

function requireWords(remote: string, commit: string): void {
  if (remote === '' || remote.startsWith('-') || !/^[0-9a-f]*$/.test(commit)) throw new Failure('git/no-upstream', `${remote} is no remote.`, 'Name a remote of this repository.');
}

function pushFailure(run: GitRun, refused: string, where: string): Failure {
  const said = remoteWords(run.errors);
  if (/protected branch|TF402455|can only be modified through pull requests|GH006|GH013|not allowed to push/i.test(`${said} ${refused}`)) {
    return new Failure('git/protected-branch', `${where} is protected: ${said === '' ? `${refused}.` : said}`, 'Deliver it as a pull request.', causeOf(run));
  }
  if (refused !== '') {
    const reason = /\((.*)\)/.exec(refused)?.[1] ?? refused;
    return new Failure(
      'git/push-refused',
      `${where} refused the push (${reason})${said === '' ? '.' : `: ${said}`}`,
      'Do what the server asks for; nothing was changed here.',
      causeOf(run),
    );
  }
  const failure = remoteFailure(run, where);
  if (failure) return failure;
  // git says nothing of its own when the hook fails; what stands there is what the hook said.
  return new Failure(
    'git/hook-refused',
    `The push was refused before it began, by the hook pre-push or by git: ${firstLine(run.errors.replace(/^error: failed to push some refs.*$/m, ''))}`,
    'Do what it asks for, or push in a terminal.',
    causeOf(run),
  );
}

/** What the server said, on one line. */
function remoteWords(errors: string): string {
  const lines = errors.split(/[\r\n]+/).flatMap((line) => /^remote: ?(.*?)\s*$/.exec(line)?.[1] ?? []);
  const plain = lines.map((line) => line.replace(/^(?:error|fatal|hint): /, '')).filter((line) => /[\p{L}]/u.test(line));
  return hidePasswords(plain.slice(0, 4).join(' '));
}

/** The failures of the way to a remote; undefined for another one. git has no codes for them, its words are asked for in English. */
function remoteFailure(run: GitRun, where: string): Failure | undefined {
  const { errors } = run;
  if (
    /Authentication failed|could not read (?:Username|Password)|Permission denied|terminal prompts disabled|returned error: 40[13]|Host key verification failed|access denied|HTTP Basic/i.test(
      errors,
    )
  ) {
    return new Failure(
      'git/unauthorized',
      `${where} doesn't let you in: ${firstLine(errors)}`,
      'Sign in once with git in a terminal, so that its credential helper or ssh agent knows you.',
      causeOf(run),
    );
  }
  if (
    /Could not resolve host|Failed to connect|Connection (?:refused|timed out|reset|closed)|unable to access|Network is unreachable|Could not read from remote|does not appear to be a git repository|repository .* not found/i.test(
      errors,
    )
  ) {
    return new Failure('git/unreachable', `${where} can't be reached: ${firstLine(errors)}`, 'See that you are online, and that the URL of the remote is right.', causeOf(run));
  }
  return undefined;
}

function causeOf({ errors }: GitRun): ErrorOptions {
  return { cause: new Error(hidePasswords(errors)) };
}
