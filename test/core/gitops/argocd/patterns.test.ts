/** Patterns and URLs against what Argo CD's own libraries said of them (test/data/argocd/patterns.json). */
import assert from 'node:assert/strict';
import path from 'node:path';
import { matchGlob, matchPath, matchPathspec } from '../../../../src/core/base/glob.js';
import { isSameGitUrl, normalizeGitUrl, sameRepository } from '../../../../src/core/gitops/gitUrl.js';
import { argoCases, readJson } from '../../../support/argoCases.js';

interface Recorded {
  readonly globs: readonly (readonly [pattern: string, text: string, plain: boolean, slash: boolean])[];
  readonly paths: readonly (readonly [pattern: string, text: string, matched: boolean])[];
  readonly urls: readonly (readonly [url: string, normalized: string])[];
}

const recorded = readJson(path.join(argoCases, 'patterns.json')) as Recorded;

describe('patterns of Argo CD', () => {
  it('match as gobwas does, with and without a separator', () => {
    const wrong = recorded.globs.filter(([pattern, text, plain, slash]) => matchGlob(pattern, text) !== plain || matchGlob(pattern, text, '/') !== slash);
    // gobwas itself misses these: choices of several lengths with something beside them. Ours match, as the patterns say.
    assert.deepEqual(wrong, [
      ['{a*,bc}/', 'aba/', false, false],
      ['{a,b}{a*,bc}', 'aa', false, false],
      ['{a*,bc}{a*,bc}?', 'a-bab', false, false],
      ['{a,{b,c}}[a-c]{a*,bc}', 'bca', false, false],
    ]);
  });

  it('match paths as Go does', () => {
    const wrong = recorded.paths.filter(([pattern, text, matched]) => matchPath(pattern, text) !== matched);
    assert.deepEqual(wrong, []);
  });

  it('end in time, however many stars they have', () => {
    assert.equal(matchGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(2000)), false);
    assert.equal(matchPath(`${'*a'.repeat(200)}b`, 'a'.repeat(2000)), false);
  });

  it('take a pathspec for a file, a folder or a pattern that crosses folders', () => {
    assert.equal(matchPathspec('config', 'config/dev/app.yaml'), true);
    assert.equal(matchPathspec('config/dev/', 'config/dev/app.yaml'), true);
    assert.equal(matchPathspec('conf', 'config/dev/app.yaml'), false);
    assert.equal(matchPathspec('config/*.yaml', 'config/dev/app.yaml'), true);
    assert.equal(matchPathspec('**/app.yaml', 'config/dev/app.yaml'), true);
    assert.equal(matchPathspec('**/app.yaml', 'app.yaml'), false);
    assert.equal(matchPathspec('.', 'app.yaml'), true);
  });
});

describe('git URLs', () => {
  it('are normalized as Argo CD does', () => {
    assert.deepEqual(
      recorded.urls.map(([url]) => [url, normalizeGitUrl(url)]),
      recorded.urls,
    );
  });

  it('stay different by https and ssh for Argo CD, and are one repository for people', () => {
    assert.equal(isSameGitUrl('https://github.com/Org/Repo.git', 'https://github.com/org/repo'), true);
    assert.equal(isSameGitUrl('git@github.com:org/repo', 'https://github.com/org/repo'), false);
    for (const url of [
      'git@github.com:Org/Repo.git',
      'ssh://git@github.com:22/org/repo/',
      'https://me:secret@github.com/org/repo.git/',
      'ssh://git@ssh.github.com:443/org/repo.git',
      'http://GitHub.com/org/repo',
      'github.com:org/repo',
    ]) {
      assert.equal(sameRepository(url, 'https://github.com/org/repo'), true, url);
    }
    assert.equal(sameRepository('https://github.com/org/repo', 'https://github.com/org/repo2'), false);
    assert.equal(sameRepository('https://gitlab.com/org/repo', 'https://github.com/org/repo'), false);
  });
});
