import assert from 'node:assert/strict';
import { MemoryTree } from '../../../src/core/base/fileTree.js';
import { parentPath } from '../../../src/core/base/path.js';
import { SourceText } from '../../../src/core/base/source.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { idOfObject } from '../../../src/core/objects/objectId.js';
import { completeKustomization } from '../../../src/server/features/completion.js';

const tree = new MemoryTree({
  '/w/base/kustomization.yaml': '',
  '/w/base/web.yaml': '',
  '/w/components/tracing/kustomization.yaml': '',
  '/w/overlays/dev/kustomization.yaml': '',
  '/w/overlays/dev/patch.yaml': '',
  '/w/overlays/dev/notes.txt': '',
  '/w/overlays/dev/config/app.env': '',
});

const inputs = [
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{image: "ghcr.io:443/acme/web:1.0@sha256:00"}], initContainers: [{image: busybox}]}}}',
  'apiVersion: v1\nkind: Service\nmetadata: {name: web}',
  'apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}',
].flatMap((text) => {
  const root = parseYaml(new SourceText('/w/base/web.yaml', text)).documents[0]?.root;
  return root?.kind === 'map' ? [{ id: idOfObject(root), root }] : [];
});

/** Completes at `|` in a kustomization in /w/overlays/dev. */
function complete(text: string) {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes('|'));
  const character = (lines[line] ?? '').indexOf('|');
  lines[line] = (lines[line] ?? '').replace('|', '');
  const file = '/w/overlays/dev/kustomization.yaml';
  return completeKustomization({
    lines,
    line,
    character,
    file,
    folder: parentPath(file),
    listFolder: (path) => tree.list(path).map((name) => ({ name, isFolder: tree.kind(`${path}/${name}`) === 'directory' })),
    kustomizationFolders: [
      { folder: '/w/base', isComponent: false },
      { folder: '/w/components/tracing', isComponent: true },
    ],
    inputs: () => inputs,
  });
}

const labels = (text: string): string[] => complete(text).map(({ label }) => label);

describe('Completion in a kustomization', () => {
  it('offers the fields that are not there yet, deprecated ones last', () => {
    const items = complete('namespace: x\n|');
    const names = items.map(({ label }) => label);
    assert.ok(names.includes('resources') && names.includes('images'));
    assert.ok(!names.includes('namespace'));
    const bases = items.find(({ label }) => label === 'bases');
    assert.deepEqual(bases?.tags, [1]);
    assert.ok((bases?.sortText ?? '') > (items.find(({ label }) => label === 'sortOptions')?.sortText ?? ''));
  });

  it('brings the shape of a field with it, and its documentation', () => {
    const resources = complete('res|').find(({ label }) => label === 'resources');
    assert.equal(resources?.textEdit?.newText, 'resources:\n  - $0');
    assert.match(JSON.stringify(resources?.documentation), /What to build from/);
  });

  it('offers the fields of an entry', () => {
    assert.deepEqual(labels('images:\n- name: web\n  |'), ['newName', 'newTag', 'tagSuffix', 'digest']);
  });

  it('begins an item where the list has none', () => {
    assert.equal(complete('images:\n  |').find(({ label }) => label === 'name')?.textEdit?.newText, '- name: $0');
  });

  it('offers words and booleans', () => {
    assert.deepEqual(labels('kind: |'), ['Kustomization', 'Component']);
    assert.deepEqual(labels('generatorOptions:\n  immutable: |'), ['true', 'false']);
    assert.deepEqual(labels('buildMetadata:\n- |'), ['originAnnotations', 'transformerAnnotations', 'managedByLabel']);
  });

  it('offers files and kustomizations where resources are listed', () => {
    const offered = labels('resources:\n- |');
    assert.ok(offered.includes('patch.yaml'));
    assert.ok(offered.includes('../../base'));
    assert.ok(offered.includes('../'));
    assert.ok(!offered.includes('notes.txt') && !offered.includes('kustomization.yaml') && !offered.includes('../../components/tracing'));
  });

  it('follows the folders that were typed', () => {
    assert.deepEqual(labels('resources:\n- ../../base/|'), ['../../base/web.yaml']);
    assert.ok(labels('resources:\n- ../../|').includes('../../base'));
  });

  it('offers components where components are listed', () => {
    const offered = labels('components:\n- |');
    assert.ok(offered.includes('../../components/tracing'));
    assert.ok(!offered.includes('../../base') && !offered.includes('patch.yaml'));
  });

  it('offers any file to a generator, behind its key', () => {
    const item = complete('configMapGenerator:\n- name: a\n  files:\n  - app.ini=config/|').find(({ label }) => label === 'config/app.env');
    assert.equal(item?.textEdit?.newText, 'app.ini=config/app.env');
  });

  it('offers the images of the bases by their names', () => {
    assert.deepEqual(labels('images:\n- name: |'), ['busybox', 'ghcr.io:443/acme/web']);
  });

  it('offers the workloads that can be scaled', () => {
    assert.deepEqual(labels('replicas:\n- name: |'), ['web']);
  });

  it('offers kinds and names of targets that go together', () => {
    assert.deepEqual(labels('patches:\n- target:\n    kind: |'), ['Deployment', 'Job', 'Service']);
    assert.deepEqual(labels('patches:\n- target:\n    kind: Job\n    name: |'), ['migrate']);
    assert.deepEqual(labels('patches:\n- target:\n    name: |\n    kind: Deployment'), ['web']);
    assert.deepEqual(labels('replacements:\n- source:\n    kind: Service\n    name: |'), ['web']);
  });

  it('offers nothing where anything can stand', () => {
    assert.deepEqual(labels('namespace: |'), []);
    assert.deepEqual(labels('unknown:\n  x: |'), []);
  });

  it('answers at every place of a text, whatever was typed so far', () => {
    const text = 'images:\n- name: web # x\n  newTag: "1"\npatches:\n- patch: |-\n    - op: add\n  target: {kind: Job}\n\t- a: [b\nresources: &a\n  - ../x\n? k\n: v\n- - - \n';
    for (let end = 0; end <= text.length; end++) {
      assert.ok(Array.isArray(complete(`${text.slice(0, end)}|`.replace('|-', '>-'))));
      assert.ok(Array.isArray(complete(`${text.slice(0, end)}|${text.slice(end)}`.replace('|-', '>-'))));
    }
  });
});
