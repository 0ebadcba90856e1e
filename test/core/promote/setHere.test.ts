/** Edits of an environment's own files that make one field of its render say something else, and nothing besides. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { FileTree } from '../../../src/core/base/fileTree.js';
import { SourceText } from '../../../src/core/base/source.js';
import type { JsonValue } from '../../../src/core/live/json.js';
import { liveKey } from '../../../src/core/live/liveObject.js';
import { formatFieldPath, type FieldStep } from '../../../src/core/objects/compare.js';
import type { RenderedObject, Rendering } from '../../../src/core/objects/rendering.js';
import { isJustThis, nodeAt, proposeEdits, type SetHereInput } from '../../../src/core/promote/setHere.js';
import { applyChanges } from '../../../src/core/yaml/edit.js';
import type { YamlNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { fixtureRoot, fixtureTree } from '../../support/fixture.js';
import { DiskTree } from '../../../src/adapters/disk/diskTree.js';
import { projectFolder } from '../../support/projectFolder.js';
import { buildKustomization } from '../../../src/core/kustomize/build.js';
import { BuildCache } from '../../../src/core/kustomize/buildCache.js';

const shop = `#- base/kustomization.yaml
resources:
- deployment.yaml
#- base/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1.0
        env:
        - name: LEVEL
          value: info
#- dev/kustomization.yaml
# the first stage
resources:
- ../base
namePrefix: dev-
`;

function render(tree: FileTree, folder: string): Rendering {
  return buildKustomization({ tree, folder, cache: new BuildCache(), options: { loadRestrictor: 'none', enableHelm: false } });
}

/** The tree with other texts in the place of some files. */
function over(tree: FileTree, texts: ReadonlyMap<string, string>): FileTree {
  const sources = new Map([...texts].map(([file, text]) => [file, new SourceText(file, text)]));
  return {
    kind: (file) => (sources.has(file) ? 'file' : tree.kind(file)),
    read: (file) => sources.get(file) ?? tree.read(file),
    readBytes: (file) => (sources.has(file) ? new TextEncoder().encode(sources.get(file)?.text) : tree.readBytes(file)),
    list: (file) => tree.list(file),
    realPath: (file) => tree.realPath(file),
  };
}

interface Outcome {
  readonly title: string;
  /** The file that was edited, relative to the fixture's root, and its text. */
  readonly file: string;
  readonly text: string;
}

/** Takes the first proposal that does just what is asked. */
function set(
  tree: FileTree,
  folder: string,
  objectOf: (rendering: Rendering) => RenderedObject | undefined,
  way: readonly FieldStep[],
  value: JsonValue | undefined,
): Outcome | undefined {
  const before = render(tree, folder);
  const object = objectOf(before);
  assert.ok(object, 'the object is rendered');
  const parse = (file: string): ReturnType<NonNullable<SetHereInput['parse']>> => {
    const source = tree.read(file);
    return source && parseYaml(source);
  };
  const wish = { object, path: way, value };
  for (const { title, changes } of proposeEdits({ ...wish, folder, kustomization: parse(`${folder}/kustomization.yaml`), parse })) {
    const file = changes[0]?.location.path ?? '';
    assert.ok(
      changes.every(({ location }) => location.path === file && file.startsWith(`${folder}/`)),
      'only the own files of the environment are edited',
    );
    const source = tree.read(file);
    assert.ok(source);
    const text = applyChanges(source, changes);
    if (isJustThis(before, render(over(tree, new Map([[file, text]])), folder), wish)) return { title, file: file.slice(fixtureRoot.length + 1), text };
  }
  return undefined;
}

describe('setting a field for one environment', () => {
  const setIn = (fixture: string, way: readonly FieldStep[], value: JsonValue | undefined, kind = 'Deployment'): Outcome | undefined =>
    set(fixtureTree(fixture), `${fixtureRoot}/dev`, ({ objects }) => objects.find(({ id }) => id.kind === kind), way, value);
  const container: readonly FieldStep[] = ['spec', 'template', 'spec', 'containers', { key: 'name', value: 'web' }];

  it('adds an entry of replicas where the number comes from a base', () => {
    assert.deepEqual(setIn(shop, ['spec', 'replicas'], 3), {
      title: 'replicas entry',
      file: 'dev/kustomization.yaml',
      text: '# the first stage\nresources:\n- ../base\nnamePrefix: dev-\nreplicas:\n- name: web\n  count: 3\n',
    });
  });

  it('changes the entry that is there', () => {
    const outcome = setIn(`${shop}replicas:\n- name: web\n  count: 2 # enough\n`, ['spec', 'replicas'], 3);
    assert.match(outcome?.text ?? '', /\n {2}count: 3 # enough\n$/);
    assert.equal(outcome?.title, 'value where it is set');
  });

  it('changes the tag where images sets it, as a text', () => {
    const outcome = setIn(`${shop}images:\n- name: registry.example.com/web\n  newTag: "1.1"\n`, [...container, 'image'], 'registry.example.com/web:1.20');
    assert.match(outcome?.text ?? '', /\n {2}newTag: "1.20"\n$/);
  });

  it('adds an entry of images for what the base names, tags that look like numbers quoted', () => {
    const outcome = setIn(shop, [...container, 'image'], 'mirror.example.com/web:1.20');
    assert.match(outcome?.text ?? '', /\nimages:\n- name: registry\.example\.com\/web\n {2}newName: mirror\.example\.com\/web\n {2}newTag: "1\.20"\n$/);
  });

  it('adds a patch for what no directive is for, and one that takes a field away', () => {
    const level = [...container, 'env', { key: 'name', value: 'LEVEL' }] as const;
    const outcome = setIn(shop, [...level, 'value'], 'debug');
    assert.equal(outcome?.title, 'patch');
    assert.match(
      outcome?.text ?? '',
      /\npatches:\n- target:\n {4}group: apps\n {4}kind: Deployment\n {4}name: web\n {2}patch: \|\n {4}- op: replace\n {6}path: \/spec\/template\/spec\/containers\/0\/env\/0\/value\n {6}value: debug\n$/,
    );
    assert.match(setIn(shop, ['spec', 'replicas'], undefined)?.text ?? '', /op: remove/);
  });

  it('makes the parents of a field by a merge', () => {
    const outcome = setIn(shop, [...container, 'resources', 'limits', 'memory'], '64Mi');
    assert.match(
      outcome?.text ?? '',
      /\n- patch: \|\n {4}apiVersion: apps\/v1\n {4}kind: Deployment\n {4}metadata:\n {6}name: web\n {4}spec:\n {6}template:\n {8}spec:\n {10}containers:\n {10}- name: web\n {12}resources:\n {14}limits:\n {16}memory: 64Mi\n$/,
    );
  });

  it('writes over a patch of the environment that sets the field', () => {
    const patched = `${shop}patches:\n- path: more.yaml\n#- dev/more.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 4} # peak\n`;
    assert.deepEqual(setIn(patched, ['spec', 'replicas'], 5), {
      title: 'value where it is set',
      file: 'dev/more.yaml',
      text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5} # peak\n',
    });
  });

  it('leaves what it can not do', () => {
    assert.equal(setIn(shop, ['metadata', 'name'], 'other'), undefined);
  });

  it('does just what is asked with every number and image of the samples, or nothing', () => {
    let asked = 0;
    let done = 0;
    const failed: string[] = [];
    for (const folder of sampleOverlays()) {
      const tree = DiskTree.open();
      const { objects } = render(tree, folder);
      for (const object of objects) {
        for (const [way, value] of scalarsOf(object.root)) {
          const isNumber = /^\d+$/.test(value);
          const isImage = way.at(-1) === 'image';
          if ((!isNumber && !isImage) || object.id.kind === 'ConfigMap' || object.id.kind === 'Secret') continue;
          asked++;
          const wanted: JsonValue = isImage ? `${value.split(/[:@]/)[0] ?? ''}:9.9` : Number(value) + 1;
          const outcome = set(tree, folder, (rendering) => rendering.objects.find(({ id }) => liveKey(id) === liveKey(object.id)), way, wanted);
          if (outcome) done++;
          else failed.push(`${path.relative(projectFolder, folder)} ${object.id.kind} ${object.id.name} ${formatFieldPath(way)}`);
        }
      }
    }
    assert.ok(asked > 40, `${asked} fields`);
    assert.deepEqual(failed, [], `${done} of ${asked} fields could be set`);
  });
});

function sampleOverlays(): readonly string[] {
  const top = path.join(projectFolder, 'samples', 'argocd-kustomize', 'apps');
  return fs.readdirSync(top).flatMap((app) => fs.readdirSync(path.join(top, app, 'overlays')).map((name) => `${path.join(top, app, 'overlays', name)}`));
}

function* scalarsOf(node: YamlNode, way: readonly FieldStep[] = []): Generator<readonly [readonly FieldStep[], string]> {
  if (node.kind === 'scalar') yield [way, node.value];
  else if (node.kind === 'map') for (const { key, value } of node.pairs) yield* scalarsOf(value, [...way, key.value]);
  else for (const [index, item] of node.items.entries()) yield* scalarsOf(item, [...way, index]);
}

describe('a way through an object', () => {
  it('leads by keys, places and names, or nowhere', () => {
    const root = parseYaml(new SourceText('/a.yaml', 'a: [{name: x, v: 1}, {name: y, v: 2}]')).documents[0]?.root;
    assert.ok(root);
    const at = (way: readonly FieldStep[]): string | undefined => {
      const node = nodeAt(root, way);
      return node?.kind === 'scalar' ? node.value : undefined;
    };
    assert.deepEqual([at(['a', { key: 'name', value: 'y' }, 'v']), at(['a', 0, 'v']), at(['a', 5, 'v']), at(['b', 'c'])], ['2', '1', undefined, undefined]);
  });
});
