import assert from 'node:assert/strict';
import { makePreviewUri, parsePreviewUri, pathToUri, uriToPath } from '../../src/server/uris.js';

describe('URIs of files', () => {
  const pairs: readonly (readonly [path: string, uri: string])[] = [
    ['/work/a.yaml', 'file:///work/a.yaml'],
    ['/work/with space/ü#1.yaml', 'file:///work/with%20space/%C3%BC%231.yaml'],
    ['/work/a (copy)/100%.yaml', 'file:///work/a%20%28copy%29/100%25.yaml'],
    ['c:/work/a.yaml', 'file:///c%3A/work/a.yaml'],
  ];
  for (const [path, uri] of pairs) {
    it(`are made of ${path} and read back`, () => {
      assert.equal(pathToUri(path), uri);
      assert.equal(uriToPath(uri), path);
    });
  }

  it('are read in the forms that editors send for Windows', () => {
    assert.equal(uriToPath('file:///C:/Work/a.yaml'), 'c:/Work/a.yaml');
    assert.equal(uriToPath('file:///C%3A/Work/a.yaml'), 'c:/Work/a.yaml');
  });

  it('have no path for another scheme or a network share', () => {
    assert.equal(uriToPath('untitled:Untitled-1'), undefined);
    assert.equal(uriToPath('vscode-remote://host/work/a.yaml'), undefined);
    assert.equal(uriToPath('file://server/share/a.yaml'), undefined);
  });

  it('keep a malformed escape as it stands', () => {
    assert.equal(uriToPath('file:///work/100%.yaml'), '/work/100%.yaml');
  });
});

describe('URIs of previews', () => {
  it('carry the folder, a name for the tab, and the revision', () => {
    const uri = makePreviewUri({ folder: '/work/overlays/prod', revision: 'feature/x & y' }, 'orders prod');
    assert.match(decodeURIComponent(uri), /orders prod @ feature-x & y \(preview\)\.yaml/);
    assert.deepEqual(parsePreviewUri(uri), { folder: '/work/overlays/prod', revision: 'feature/x & y' });
  });

  it('are read back after the editor escaped the query again', () => {
    assert.deepEqual(parsePreviewUri('gitops-preview:/work/prod/p%20%40%20v1%20%28preview%29.yaml?v1.0%2Brc%3D1'), { folder: '/work/prod', revision: 'v1.0+rc=1' });
  });

  it('work for Windows paths', () => {
    const uri = makePreviewUri({ folder: 'c:/work/overlays/prod', revision: undefined }, 'prod');
    assert.deepEqual(parsePreviewUri(uri), { folder: 'c:/work/overlays/prod', revision: undefined });
  });

  it('are no files, and files are no previews', () => {
    assert.equal(uriToPath(makePreviewUri({ folder: '/work', revision: undefined }, 'x')), undefined);
    assert.equal(parsePreviewUri('file:///work/a.yaml'), undefined);
  });

  it('keep a label with slashes from becoming folders', () => {
    assert.deepEqual(parsePreviewUri(makePreviewUri({ folder: '/work/prod', revision: undefined }, 'a/b/c')), { folder: '/work/prod', revision: undefined });
  });
});
