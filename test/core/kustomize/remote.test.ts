/**
 * Remote entries. The table was made by kustomize's own NewRepoSpecFromURL (api/internal/git v0.21.2) on generated
 * entries; that of the files by hand, as kustomize asks the server there.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parseRemoteEntry } from '../../../src/core/kustomize/remote.js';
import { projectFolder } from '../../support/projectFolder.js';

interface Row {
  readonly entry: string;
  readonly spec: { readonly repository: string; readonly ref: string; readonly path: string; readonly timeout: number; readonly submodules: boolean } | null;
}

const rows = JSON.parse(fs.readFileSync(path.join(projectFolder, 'test/data/remoteEntries.json'), 'utf8')) as readonly Row[];

describe('remote entries', () => {
  it('are taken apart as kustomize does', () => {
    for (const { entry, spec } of rows) {
      const found = parseRemoteEntry(entry);
      if (found?.kind === 'file') {
        // what looks like a manifest on a web server is taken for one; kustomize finds out by asking
        assert.match(entry, /^https?:/i);
        continue;
      }
      const normal = found && { repository: found.repository, ref: found.ref ?? '', path: found.path ?? '', timeout: found.timeout, submodules: found.submodules };
      assert.deepEqual(normal ?? null, spec, entry);
    }
  });

  it('on a web server are files where nothing speaks of a repository', () => {
    const kinds = (...entries: readonly string[]): readonly (string | undefined)[] => entries.map((entry) => parseRemoteEntry(entry)?.kind);
    assert.deepEqual(
      kinds(
        'https://raw.githubusercontent.com/org/repo/main/deploy.yaml',
        'https://github.com/org/repo/releases/download/v1/install.yaml',
        'https://gist.githubusercontent.com/user/0123/raw',
        'https://example.com/manifest.json?token=x',
        'http://localhost:8080',
      ),
      ['file', 'file', 'file', 'file', 'file'],
    );
    assert.deepEqual(
      kinds(
        'https://github.com/org/repo',
        'https://github.com/org/repo//deploy.yaml?ref=v1',
        'https://example.com/org/repo.git/base',
        'https://dev.azure.com/org/project/_git/repo/base',
        'https://github.com/org/repo/base?ref=main',
      ),
      ['repository', 'repository', 'repository', 'repository', 'repository'],
    );
  });

  it('are not what has the form of a path', () => {
    for (const entry of ['base', '../base', './github.com/org/repo', 'github.com', 'a@b', '/abs/path', 'C:/repo/base', 'sub.git/dir', ''])
      assert.equal(parseRemoteEntry(entry), undefined, entry);
  });
});
