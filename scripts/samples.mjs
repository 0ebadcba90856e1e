// Puts a writable copy of a sample repository somewhere, under git, as its users would have it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const samples = path.resolve(import.meta.dirname, '../samples');

/** The samples there are. */
export function sampleNames() {
  return fs.readdirSync(samples).filter((name) => fs.statSync(path.join(samples, name)).isDirectory());
}

/** Copies the sample `name` to `target`, commits it there where git is installed, and gives the folder. */
export function copySample(name, target) {
  if (!sampleNames().includes(name)) throw new Error(`there is no sample ${name}; there are ${sampleNames().join(', ')}`);
  fs.cpSync(path.join(samples, name), target, { recursive: true });
  const git = (...words) => execFileSync('git', words, { cwd: target, stdio: 'ignore' });
  try {
    git('init', '--initial-branch=main');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    console.error('git is not installed: the sample is there, but without a history to compare with.');
    return target;
  }
  git('config', 'user.name', 'Sample Author');
  git('config', 'user.email', 'author@example.com');
  git('config', 'commit.gpgsign', 'false');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'The sample as it comes');
  return target;
}
