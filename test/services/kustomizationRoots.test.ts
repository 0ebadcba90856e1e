import assert from 'node:assert/strict';
import { parentPath } from '../../src/core/base/path.js';
import { SourceText } from '../../src/core/base/source.js';
import { parseYaml } from '../../src/core/yaml/parse.js';
import { nameRoots, RootNamer } from '../../src/services/kustomizationRoots.js';

function roots(files: Readonly<Record<string, string>>, workspaceFolders: readonly string[] = ['/w']) {
  return nameRoots(
    Object.entries(files).map(([file, text]) => ({ file, folder: parentPath(file), node: parseYaml(new SourceText(file, text)).documents[0]?.root })),
    workspaceFolders,
  );
}

describe('The kustomizations of a workspace', () => {
  const shop = {
    '/w/apps/orders/base/kustomization.yaml': 'resources: [a.yaml]',
    '/w/apps/orders/components/tracing/kustomization.yaml': 'kind: Component',
    '/w/apps/orders/overlays/dev/kustomization.yaml': 'resources: [../../base]\ncomponents: [../../components/tracing]',
    '/w/apps/orders/overlays/prod/kustomization.yaml': 'resources: [../../base]',
  };

  it('are environments when no other builds on them', () => {
    assert.deepEqual(
      roots(shop)
        .filter(({ isEnvironment }) => isEnvironment)
        .map(({ label }) => label),
      ['orders dev', 'orders prod'],
    );
  });

  it('come environments first', () => {
    assert.deepEqual(
      roots(shop).map(({ label }) => label),
      ['orders dev', 'orders prod', 'orders base', 'orders tracing'],
    );
  });

  it('are named by the folders that tell something', () => {
    assert.deepEqual(roots(shop)[0], {
      folder: '/w/apps/orders/overlays/dev',
      file: '/w/apps/orders/overlays/dev/kustomization.yaml',
      label: 'orders dev',
      shortLabel: 'dev',
      description: 'apps/orders/overlays/dev',
      isComponent: false,
      isEnvironment: true,
    });
  });

  it('are named by their paths where names would be the same', () => {
    const found = roots({ '/w/a/apps/web/dev/kustomization.yaml': '', '/w/b/apps/web/dev/kustomization.yaml': '' });
    assert.deepEqual(
      found.map(({ label }) => label),
      ['a/apps/web/dev', 'b/apps/web/dev'],
    );
  });

  it('are named after the workspace folder at its root', () => {
    assert.equal(roots({ '/w/kustomization.yaml': '' })[0]?.label, 'w');
  });

  it('are told apart by workspace folder where there are several', () => {
    assert.equal(roots({ '/x/dev/kustomization.yaml': '' }, ['/w', '/x'])[0]?.description, 'x/dev');
  });

  it('count as environments where they cannot be read', () => {
    assert.equal(roots({ '/w/dev/kustomization.yaml': '{' })[0]?.isEnvironment, true);
  });

  it('are the same list after an edit that changes no name and no role', () => {
    const namer = new RootNamer();
    const folders = ['/w'];
    const at = (text: string) => [
      { file: '/w/base/kustomization.yaml', folder: '/w/base', node: parseYaml(new SourceText('/w/base/kustomization.yaml', 'resources: []')).documents[0]?.root },
      { file: '/w/dev/kustomization.yaml', folder: '/w/dev', node: parseYaml(new SourceText('/w/dev/kustomization.yaml', text)).documents[0]?.root },
    ];
    const before = namer.name(at('resources: [../base]'), folders).roots;
    assert.equal(namer.name(at('resources: [../base]\nnamespace: x'), folders).roots, before);
    assert.equal(namer.name(at(''), folders).roots, before, 'while it cannot be read');
    const after = namer.name(at('namespace: x'), folders).roots;
    assert.deepEqual(
      after.map(({ isEnvironment }) => isEnvironment),
      [true, true],
    );
  });
});
