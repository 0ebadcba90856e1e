/** Folders for tests of what touches the disk, git and processes: each test has its own, and it goes when the test ends. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { toCorePath } from '../../src/adapters/disk/paths.js';
import { parseFixture } from './fixture.js';

export class TemporaryFolder {
  /** In the system's form, links resolved. */
  readonly path: string;
  /** In core's form. */
  readonly core: string;

  constructor(files = '') {
    this.path = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-test-')));
    this.core = toCorePath(this.path);
    this.write(files);
  }

  /** Writes the files of a fixture (each begins with a line `#- path`). */
  write(files: string): this {
    if (files !== '') for (const [name, text] of parseFixture(files)) this.put(name, text);
    return this;
  }

  put(name: string, content: string | Uint8Array): this {
    const file = path.join(this.path, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    return this;
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.path, name), 'utf8');
  }

  link(name: string, target: string): this {
    const file = path.join(this.path, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.symlinkSync(target, file);
    return this;
  }

  remove(name = ''): void {
    fs.rmSync(path.join(this.path, name), { recursive: true, force: true });
  }

  /** Runs git in the folder, with no settings of the machine, and gives what it prints. */
  git(...words: readonly string[]): string {
    const identity = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' };
    const env = { ...process.env, ...identity, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    return execFileSync('git', ['-c', 'init.defaultBranch=main', '-c', 'protocol.file.allow=always', ...words], {
      cwd: this.path,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** Commits everything and gives the full hash. */
  commit(message = 'change'): string {
    if (!fs.existsSync(path.join(this.path, '.git'))) this.git('init', '--quiet');
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }
}

/** Makes folders that are removed after each test of the enclosing `describe`. */
export function temporaryFolders(): (files?: string) => TemporaryFolder {
  const made: TemporaryFolder[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) folder.remove();
  });
  return (files) => {
    const folder = new TemporaryFolder(files);
    made.push(folder);
    return folder;
  };
}
