/** What the patch steps do beside the text: problems and their places, what objects remember, what stays the same node. */
import assert from 'node:assert/strict';
import { SourceText } from '../../../../src/core/base/source.js';
import { inlineSource } from '../../../../src/core/kustomize/patches/loadPatch.js';
import type { Resource } from '../../../../src/core/kustomize/resource.js';
import type { MapNode, ScalarNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { patchFiles, type Patched } from './patchFolder.js';

const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations: {a: b}\nspec:\n  replicas: 1\n';
const other = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n';

function patch(text: string, objects = deployment, prepare?: (resource: Resource) => void): Patched {
  return patchFiles({ 'kustomization.yaml': `resources: [objects.yaml]\npatches:\n${text}`, 'objects.yaml': objects }, prepare);
}

function inPlace(text: string): string {
  return `- patch: |\n${text.replace(/^/gm, '    ')}\n`;
}

const scaled = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}';

describe('patches', () => {
  it('leave objects that they do not select as they are, and what they do not set', () => {
    const { resources } = patch(inPlace(scaled), `${deployment}---\n${other}`);
    const before = patch('', `${deployment}---\n${other}`).resources;
    assert.deepEqual(resources[1]?.root, before[1]?.root);
    const [first] = resources;
    assert.ok(first);
    assert.equal(first.root.get('metadata')?.step, undefined);
    const replicas = (first.root.get('spec') as MapNode).get('replicas');
    assert.equal(replicas?.step?.field, 'patches[0]');
    assert.equal(replicas.step.kind, 'strategicMerge');
    assert.equal(replicas.step.source.text.slice(replicas.step.start, replicas.step.start + 5), 'patch');
    assert.equal((replicas.was as ScalarNode).value, '1');
  });

  it('refuse a patch that several objects once had the name of', () => {
    const { problems } = patch(inPlace(scaled), `${deployment.replace('web', 'a')}---\n${deployment.replace('web', 'b')}`, (resource) => {
      resource.previousNames = [{ kind: 'Deployment', name: 'web', namespace: 'default' }];
    });
    assert.equal(problems[0]?.code, 'kustomize/ambiguous-patch');
  });

  it('find the object by a name that it had before', () => {
    const { text } = patch(inPlace(scaled), deployment.replace('web', 'now'), (resource) => {
      resource.previousNames = [{ kind: 'Deployment', name: 'web', namespace: 'default' }];
    });
    assert.match(text ?? '', /name: now\n.*\n {2}replicas: 3/s);
  });

  it('say which object a patch most likely meant', () => {
    const { problems } = patch(inPlace(scaled.replace('apps/v1', 'apps/v2')));
    assert.match(problems[0]?.message ?? '', /There is Deployment\.v1\.apps\/web\.\[noNs\]\.$/);
  });

  it('warn of a target that matches nothing, of an empty patch, and of null in a target patch', () => {
    const codes = (text: string): readonly string[] => patch(text).problems.map(({ code }) => code);
    assert.deepEqual(codes(`${inPlace(scaled)}  target: {kind: Job}\n`), ['kustomize/patch-target-matches-nothing']);
    assert.deepEqual(codes("- patch: '# nothing'\n"), ['kustomize/empty-patch']);
    assert.deepEqual(codes(`${inPlace('apiVersion: v1\nkind: X\nmetadata: {name: x, labels: {a: null}}')}  target: {kind: Deployment}\n`), ['kustomize/patch-null-is-text']);
  });

  it('stop at the first entry that is wrong', () => {
    const { problems } = patch('- path: none.yaml\n- path: neither.yaml\n');
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['kustomize/missing-file'],
    );
  });
});

describe('what an object remembers', () => {
  const remembering = (resource: Resource): void => {
    resource.previousNames = [{ kind: 'Deployment', name: 'web', namespace: 'default' }];
    resource.namePrefixes = ['p-'];
    resource.needsHashSuffix = true;
  };

  it('is lost with its annotations, as kustomize keeps it there', () => {
    for (const annotations of ['annotations: null', 'annotations: {$patch: replace}', '$patch: replace']) {
      const [resource] = patch(inPlace(`apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  ${annotations}`), deployment, remembering).resources;
      assert.deepEqual([resource?.previousNames, resource?.namePrefixes, resource?.needsHashSuffix], [[], [], false], annotations);
    }
  });

  it('stays with other patches, and grows by the name that a JSON patch finds', () => {
    const [merged] = patch(inPlace(scaled), deployment, remembering).resources;
    assert.equal(merged?.previousNames.length, 1);
    const json = '- target: {kind: Deployment}\n  patch: \'[{"op": "replace", "path": "/metadata/name", "value": "new"}]\'\n';
    const [patched] = patch(json, deployment, remembering).resources;
    assert.equal(patched?.name, 'new');
    assert.deepEqual(
      patched.previousNames.map(({ name }) => name),
      ['web', 'web'],
    );
    assert.ok(patched.needsHashSuffix);
  });

  it('grows by the name that a patch may change, and only then', () => {
    const renaming = `${inPlace(scaled.replace('name: web', 'name: new'))}  target: {name: web}\n`;
    assert.deepEqual(
      patch(renaming).resources.map(({ name, previousNames }) => [name, previousNames.length]),
      [['web', 0]],
    );
    assert.deepEqual(
      patch(`${renaming}  options: {allowNameChange: true}\n`).resources.map(({ name, previousNames }) => [name, previousNames.length]),
      [['new', 1]],
    );
  });

  it('does not show in what a JSON patch leaves', () => {
    const { text } = patch('- target: {kind: Service}\n  patch: \'[{"op": "add", "path": "/metadata/annotations/x", "value": "y"}]\'\n', other, (resource) => {
      resource.needsHashSuffix = true;
    });
    assert.equal(text, 'apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    x: "y"\n  name: web\n');
  });
});

describe('inlineSource', () => {
  it('gives the trimmed text with places in the file', () => {
    const host = new SourceText('/w/kustomization.yaml', 'patch: "  - op: remove\\n"\n');
    const scalar = (parseYaml(host).documents[0]?.root as MapNode).get('patch') as ScalarNode;
    assert.equal(inlineSource(scalar).text, '- op: remove');
    assert.equal(host.positionAt(inlineSource(scalar).toFileOffset(2)).character, 12);
  });

  it('leaves a text as it is that has nothing around it', () => {
    const host = new SourceText('/w/kustomization.yaml', 'patch: |-\n  a: b\n  c: d\n');
    const scalar = (parseYaml(host).documents[0]?.root as MapNode).get('patch') as ScalarNode;
    assert.equal(inlineSource(scalar).text, 'a: b\nc: d');
    assert.deepEqual(host.positionAt(inlineSource(scalar).toFileOffset(5)), { line: 2, character: 2 });
  });
});
