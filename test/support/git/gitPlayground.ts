/**
 * A repository with a remote that is served over HTTP by the real git: what tests of writing begin with. The remote has one
 * commit on `main`, the work tree is a clone of it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { startGitRemote, type GitRemote } from '../../../src/sandbox/gitRemote/gitRemote.js';
import type { TemporaryFolder } from '../temporaryFolder.js';

export class GitPlayground {
  private constructor(
    readonly remote: GitRemote,
    /** The user's clone. */
    readonly work: TemporaryFolder,
    private readonly makeFolder: (files?: string) => TemporaryFolder,
  ) {}

  /** @param files of the first commit, each beginning with a line `#- path` */
  static async start(files: string, makeFolder: (files?: string) => TemporaryFolder): Promise<GitPlayground> {
    const remote = await startGitRemote({ folder: makeFolder().path });
    const first = makeFolder(files);
    await remote.create('delivery', { kind: 'folder', folder: first.path });
    const playground = new GitPlayground(remote, makeFolder(), makeFolder);
    playground.clone(playground.work);
    playground.work.git('remote', 'set-url', 'origin', playground.url);
    return playground;
  }

  /** The remote's URL. */
  get url(): string {
    return this.remote.urlOf('delivery');
  }

  /** Past the server, which runs in this process: git is waited for here. */
  clone(folder: TemporaryFolder, ...options: readonly string[]): TemporaryFolder {
    folder.git('clone', '--quiet', ...options, `file://${this.remote.folderOf('delivery')}`, '.');
    configure(folder);
    return folder;
  }

  /** Another person's clone. */
  other(): TemporaryFolder {
    return this.clone(this.makeFolder());
  }

  /** Somebody else pushes to a branch meanwhile. */
  pushByOther(name: string, text: string, branch = 'main'): string {
    const other = this.other();
    if (branch !== 'main') other.git('switch', '--quiet', branch);
    other.put(name, text);
    const commit = other.commit('by another');
    other.git('push', '--quiet', 'origin', branch);
    return commit;
  }

  /** The tip of a branch at the remote; empty where there is none. */
  async remoteTip(branch = 'main'): Promise<string> {
    return (await this.remote.refs('delivery')).get(`refs/heads/${branch}`) ?? '';
  }

  /** A hook of the bare repository, as a shell script. */
  serverHook(name: string, script: string): void {
    writeHook(path.join(this.remote.folderOf('delivery'), 'hooks'), name, script);
  }

  /** A hook of the user's clone, as a shell script. */
  hook(name: string, script: string): void {
    writeHook(path.join(this.work.path, '.git/hooks'), name, script);
  }

  close(): Promise<void> {
    return this.remote.close();
  }
}

/** Who commits, and nothing of the machine's own signing. */
export function configure(folder: TemporaryFolder): void {
  for (const [name, value] of Object.entries({ 'user.name': 'U', 'user.email': 'u@example.com', 'commit.gpgSign': 'false' })) folder.git('config', name, value);
}

function writeHook(folder: string, name: string, script: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** All that a user could miss: branches, the index and the files, apart from git's own folder. */
export function stateOf(folder: TemporaryFolder): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const visit = (at: string): void => {
    for (const entry of fs.readdirSync(path.join(folder.path, at), { withFileTypes: true })) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (name === '.git') continue;
      if (entry.isDirectory()) visit(name);
      else if (entry.isSymbolicLink()) files[name] = `-> ${fs.readlinkSync(path.join(folder.path, name))}`;
      else files[name] = `${(fs.statSync(path.join(folder.path, name)).mode & 0o111) !== 0 ? 'x ' : ''}${fs.readFileSync(path.join(folder.path, name), 'latin1')}`;
    }
  };
  visit('');
  return {
    ...files,
    '(head)': folder.git('rev-parse', '--symbolic-full-name', 'HEAD'),
    '(branches)': folder.git('for-each-ref', 'refs/heads'),
    '(index)': folder.git('ls-files', '--stage', '-v'),
  };
}
