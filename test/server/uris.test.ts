import assert from 'node:assert/strict';
import { makePreviewUri, parsePreviewUri, pathToUri, uriToPath } from '../../src/server/uris.js';

describe('URIs of files', () => {
  const pairs: readonly (readonly [path: string, uri: string])[] = [
    ['/repo/a.yaml', 'file:///repo/a.yaml'],
    ['/repo/with space/ü#1.yaml', 'file:///repo/with%20space/%C3%BC%231.yaml'],
    ['/repo/a (copy)/100%.yaml', 'file:///repo/a%20%28copy%29/100%25.yaml'],
    ['c:/repo/a.yaml', 'file:///c%3A/repo/a.yaml'],
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
    assert.equal(uriToPath('vscode-remote://host/repo/a.yaml'), undefined);
    assert.equal(uriToPath('file://server/share/a.yaml'), undefined);
  });

  it('keep a malformed escape as it stands', () => {
    assert.equal(uriToPath('file:///repo/100%.yaml'), '/repo/100%.yaml');
  });
});

describe('URIs of previews', () => {
  it('carry the folder, a name for the tab, and the revision', () => {
    const uri = makePreviewUri({ folder: '/repo/overlays/prod', revision: 'feature/x & y' }, 'orders prod');
    assert.match(decodeURIComponent(uri), /orders prod @ feature-x & y \(preview\)\.yaml/);
    assert.deepEqual(parsePreviewUri(uri), { folder: '/repo/overlays/prod', revision: 'feature/x & y' });
  });

  it('carry what a chart is rendered with', () => {
    const chosen = { values: ['/w/a b/values:1.yaml', '/w/ü.yaml'], releaseName: 'shop', namespace: '' };
    for (const address of [
      { folder: '/w/chart', revision: undefined, chart: chosen },
      { folder: '/w/chart', revision: 'main', chart: chosen },
      { folder: '/w/chart', revision: undefined, environment: 'argocd/argocd/shop', chart: 'environment' as const },
      { folder: '/w/chart', revision: 'v1', environment: 'folder/chart#values-dev.yaml', chart: 'environment' as const },
      { folder: '/w/chart', revision: undefined, environment: 'argocd/argocd/shop' },
    ]) {
      assert.deepEqual(parsePreviewUri(makePreviewUri(address, 'shop')), address);
    }
    assert.deepEqual(parsePreviewUri('gitops-preview:/w/chart/x.yaml?::{broken'), {
      folder: '/w/chart',
      revision: undefined,
      chart: { values: [], releaseName: '', namespace: '' },
    });
  });

  it('are read back after the editor escaped the query again', () => {
    assert.deepEqual(parsePreviewUri('gitops-preview:/repo/prod/p%20%40%20v1%20%28preview%29.yaml?v1.0%2Brc%3D1'), { folder: '/repo/prod', revision: 'v1.0+rc=1' });
  });

  it('work for Windows paths', () => {
    const uri = makePreviewUri({ folder: 'c:/repo/overlays/prod', revision: undefined }, 'prod');
    assert.deepEqual(parsePreviewUri(uri), { folder: 'c:/repo/overlays/prod', revision: undefined });
  });

  it('are no files, and files are no previews', () => {
    assert.equal(uriToPath(makePreviewUri({ folder: '/work', revision: undefined }, 'x')), undefined);
    assert.equal(parsePreviewUri('file:///repo/a.yaml'), undefined);
  });

  it('keep a label with slashes from becoming folders', () => {
    assert.deepEqual(parsePreviewUri(makePreviewUri({ folder: '/repo/prod', revision: undefined }, 'a/b/c')), { folder: '/repo/prod', revision: undefined });
  });
});
