/**
 * Gets the files of one commit of a remote repository, as kustomize does (api/internal/git/cloner.go v0.21.2: init, a
 * fetch of depth one, a checkout). The repository is not trusted: no hook or template runs, only the usual protocols are
 * spoken, submodules come only when asked for, and links that lead out of the folder are removed.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { RemoteRepository } from '../../core/kustomize/remote.js';
import { Failure } from '../../services/failure.js';
import { toCorePath } from '../disk/paths.js';
import { runGit } from '../git/runGit.js';

/** Time for a fetch, where the entry does not ask for more. */
const usualSeconds = 120;

const fetchSettings: readonly string[] = [
  '-c',
  'protocol.allow=never',
  '-c',
  'protocol.https.allow=always',
  '-c',
  'protocol.http.allow=always',
  '-c',
  'protocol.ssh.allow=always',
  '-c',
  'protocol.git.allow=always',
  '-c',
  'protocol.file.allow=always',
  '-c',
  'core.symlinks=true',
  '-c',
  'core.autocrlf=false',
  '-c',
  'advice.detachedHead=false',
  '-c',
  'init.defaultBranch=main',
  '-c',
  'fetch.fsckObjects=true',
  '-c',
  'gc.auto=0',
];

/**
 * Fills an empty folder with the files, without a `.git`, and gives the full hash of the commit.
 * @param target `folder` in the system's form
 * @throws Failure where it can't be had
 */
export async function fetchRepository(remote: RemoteRepository, target: { readonly folder: string; readonly submodules: boolean }, signal: AbortSignal): Promise<string> {
  const { repository } = remote;
  const ref = remote.ref ?? 'HEAD';
  refuseUnsafe(repository, ref);
  const seconds = Math.max(usualSeconds, remote.timeout);
  const timeout = AbortSignal.timeout(seconds * 1000);
  const either = AbortSignal.any([signal, timeout]);
  const git = (...words: readonly string[]): Promise<string> => runGit(toCorePath(target.folder), [...fetchSettings, ...words], either);
  try {
    await git('init', '--quiet', '--template=');
    await git('fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--end-of-options', repository, ref);
    const commit = (await git('rev-parse', '--verify', 'FETCH_HEAD^{commit}')).trim();
    await git('checkout', '--quiet', '--detach', commit);
    if (target.submodules) await git('submodule', '--quiet', 'update', '--init', '--recursive', '--depth=1');
    cleanCopy(target.folder);
    return commit;
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted)
      throw new Failure('remote/timed-out', `${repository} did not answer within ${seconds} seconds.`, 'Check the network, or give the entry a longer timeout.', { cause: error });
    throw error instanceof Failure && error.code === 'git/failed' ? inWords(error, repository, remote.ref) : error;
  }
}

/** Only what can be neither an option nor a command for git. */
function refuseUnsafe(repository: string, ref: string): void {
  const isAddress = /^(?:https?|ssh|git|file):\/\/[^\s-]/.test(repository) || /^(?:[\w.-]+@)?\w[\w.-]*:(?!\/\/)[^\s-]\S*$/.test(repository);
  if (!isAddress || repository.includes('::')) throw new Failure('remote/unsafe-address', `${repository} is not an address that is fetched from.`, 'Use https or ssh.');
  if (!/^[\w./@{}^~+-]+$/.test(ref) || /^[-+]|\.\./.test(ref))
    throw new Failure('remote/unknown-ref', `${ref} can't be the name of a branch, a tag or a commit.`, 'Check the ref of the entry.');
}

function inWords(failure: Failure, repository: string, ref: string | undefined): Failure {
  const said = failure.cause instanceof Error ? failure.cause.message : '';
  if (/couldn't find remote ref|no such remote ref|not our ref|unadvertised object/i.test(said)) {
    return new Failure('remote/unknown-ref', `${repository} has no ${ref ?? 'default branch'}.`, 'Name a branch, a tag, or a full commit hash that is there.', { cause: failure });
  }
  const reason = failure.message.replace(/^git \w+ failed: /, '').replace(/\.$/, '');
  return new Failure('remote/unreachable', `${repository} can't be fetched: ${reason}.`, 'Check the address, the network, and that git has your credentials for it.', {
    cause: failure,
  });
}

/** Takes away what is git's, and links that lead out of the copy. */
function cleanCopy(folder: string): void {
  const top = fs.realpathSync(folder);
  const visit = (current: string): void => {
    for (const entry of fs.readdirSync(current, { withFileTypes: true })) {
      const file = path.join(current, entry.name);
      if (entry.name === '.git') fs.rmSync(file, { recursive: true, force: true });
      else if (entry.isSymbolicLink()) removeEscaping(file, top);
      else if (entry.isDirectory()) visit(file);
    }
  };
  visit(top);
}

/** A link that leads nowhere goes too: it can't be told where it would lead. */
function removeEscaping(link: string, top: string): void {
  const real = fs.existsSync(link) ? fs.realpathSync(link) : undefined;
  if (real === undefined || (real !== top && !real.startsWith(top + path.sep))) fs.rmSync(link);
}
