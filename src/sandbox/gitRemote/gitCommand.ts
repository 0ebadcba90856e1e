/** Git for the sandbox's own repositories: with nothing of the user's settings that would change what it does. */
import { execFile } from 'node:child_process';
import { notInstalled } from '../../adapters/git/runGit.js';

/** What git prints. Rejects with what it complains of. @param folder where it runs */
export function runGitCommand(folder: string, words: readonly string[]): Promise<string> {
  const environment = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null', LC_ALL: 'C' };
  return new Promise((done, fail) => {
    execFile('git', [...words], { cwd: folder, env: environment, maxBuffer: 2 ** 26, windowsHide: true }, (error, output, complaint) => {
      if (!error) done(output);
      else if (error.code === 'ENOENT') fail(notInstalled(error));
      else fail(new Error(complaint.trim().split('\n')[0] ?? error.message, { cause: error }));
    });
  });
}
