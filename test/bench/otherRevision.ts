/** Runs the same benchmark on another revision: checked out beside this one, built there, its figures read as JSON. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectFolder } from '../support/projectFolder.js';
import type { Row } from './table.js';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** The rows of `revision`, measured with the same options; the checkout is removed again. */
export function measureRevision(revision: string, args: readonly string[]): readonly Row[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-bench-'));
  const checkout = path.join(folder, 'checkout');
  try {
    run('git', ['worktree', 'add', '--detach', checkout, commitOf(revision)], projectFolder);
    fs.symlinkSync(path.join(projectFolder, 'node_modules'), path.join(checkout, 'node_modules'), 'junction');
    const json = path.join(folder, 'rows.json');
    run(npm, ['run', '--silent', 'build'], checkout);
    run(npm, ['run', '--silent', 'bench', '--', ...args, '--json', json], checkout);
    return JSON.parse(fs.readFileSync(json, 'utf8')) as readonly Row[];
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', checkout], { cwd: projectFolder });
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The commit that a revision names; the text never reaches git as an option. */
function commitOf(revision: string): string {
  const found = spawnSync('git', ['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`], { cwd: projectFolder, encoding: 'utf8' });
  if (found.status !== 0) throw new Error(`${revision} is no revision of this repository`);
  return found.stdout.trim();
}

function run(command: string, args: readonly string[], cwd: string): void {
  const done = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${done.status ?? done.signal}`);
}
