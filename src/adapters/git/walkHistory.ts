/** The way back from a commit along first parents, each commit with the paths that it changed. */
import fs from 'node:fs';
import path from 'node:path';
import type { CommitFacts, WalkedCommit } from '../../services/ports.js';
import { toSystemPath } from '../disk/paths.js';
import { writeGit } from './writeGit.js';

/** Latest first. */
export async function walkHistory(top: string, tip: string, most: number, signal: AbortSignal): Promise<readonly WalkedCommit[]> {
  const format = '--format=%x01%H%x00%P%x00%s%x00%an%x00%aI';
  const words = ['-c', 'log.showSignature=false', '-c', 'log.showRoot=true', 'log', '-z', '--first-parent', '-m', '--name-status', '--find-renames', '--no-ext-diff', '--no-color'];
  const output = await writeGit(top, [...words, `--max-count=${Math.trunc(most)}`, format, '--end-of-options', tip, '--'], { signal });
  const ends = await shallowEnds(top, signal);
  const commits: WalkedCommit[] = [];
  const parts = output.split('\0');
  for (let at = 0; at < parts.length;) {
    const hash = /^\n?\u0001([0-9a-f]{40,64})$/.exec(parts[at] ?? '')?.[1];
    if (hash === undefined) {
      at++;
      continue;
    }
    const [parents = '', subject = '', author = '', date = ''] = parts.slice(at + 1, at + 5);
    const paths = new Set<string>();
    const renames = new Map<string, string>();
    for (at += 5; at < parts.length && !/^\n?\u0001[0-9a-f]{40,64}$/.test(parts[at] ?? '');) {
      const status = (parts[at++] ?? '').replace(/^\n/, '');
      if (status === '') continue;
      const name = `${top}/${parts[at++] ?? ''}`;
      paths.add(name);
      if (!status.startsWith('R')) continue;
      const renamed = `${top}/${parts[at++] ?? ''}`;
      paths.add(renamed);
      renames.set(renamed, name);
    }
    commits.push({ hash, subject, author, date, parent: /^[0-9a-f]+/.exec(parents)?.[0], isCut: ends.has(hash), paths: [...paths].sort(), renames });
  }
  return commits;
}

/** The commits at which a shallow clone ends. */
async function shallowEnds(top: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const file = path.resolve(toSystemPath(top), (await writeGit(top, ['rev-parse', '--git-path', 'shallow'], { signal })).replace(/\n$/, ''));
  return new Set(fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : []);
}

/** Commits of `to` that `from` doesn't have, latest first. */
export async function listCommits(top: string, from: string | undefined, to: string, most: number, signal: AbortSignal): Promise<readonly CommitFacts[]> {
  const range = from === undefined ? [to] : [to, `^${from}`];
  const words = ['-c', 'log.showSignature=false', 'log', '-z', `--max-count=${Math.trunc(most)}`, '--format=%H%x00%s%x00%an%x00%aI', '--end-of-options', ...range, '--'];
  const parts = (await writeGit(top, words, { signal })).split('\0');
  const commits: CommitFacts[] = [];
  for (let at = 0; at + 3 < parts.length; at += 4) {
    const [hash = '', subject = '', author = '', date = ''] = parts.slice(at, at + 4);
    commits.push({ hash, subject, author, date });
  }
  return commits;
}
