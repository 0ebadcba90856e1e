import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import type { YamlNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { describeFieldAt } from '../../../src/server/features/fieldHover.js';
import { findFileReferences } from '../../../src/core/kustomize/fileReferences.js';
import { formatPath, nodeAtOffset } from '../../../src/server/nodePath.js';

function parse(text: string): YamlNode {
  const root = parseYaml(new SourceText('/w/dev/kustomization.yaml', text)).documents[0]?.root;
  assert.ok(root);
  return root;
}

describe('What a kustomization refers to', () => {
  it('is found in every field that takes a path', () => {
    const text = [
      'resources: [../base, "web.yaml"]',
      'components: [../c]',
      'patches: [{path: p.yaml}, {patch: "x: 1"}]',
      'patchesStrategicMerge: [s.yaml]',
      'configMapGenerator: [{files: [a.ini=conf/app.ini, b.txt], envs: [.env]}]',
      'replacements: [{path: r.yaml}]',
      'openapi: {path: schema.json}',
      'configurations: [c.yaml]',
      'crds: [crd.json]',
    ].join('\n');
    const found = findFileReferences(parse(text), '/w/dev').map(({ path, field, start, end }) => [field, path, text.slice(start, end)]);
    assert.deepEqual(found, [
      ['resources', '/w/base', '../base'],
      ['resources', '/w/dev/web.yaml', 'web.yaml'],
      ['components', '/w/c', '../c'],
      ['patches', '/w/dev/p.yaml', 'p.yaml'],
      ['patchesStrategicMerge', '/w/dev/s.yaml', 's.yaml'],
      ['configMapGenerator', '/w/dev/conf/app.ini', 'conf/app.ini'],
      ['configMapGenerator', '/w/dev/b.txt', 'b.txt'],
      ['configMapGenerator', '/w/dev/.env', '.env'],
      ['replacements', '/w/dev/r.yaml', 'r.yaml'],
      ['openapi', '/w/dev/schema.json', 'schema.json'],
      ['configurations', '/w/dev/c.yaml', 'c.yaml'],
      ['crds', '/w/dev/crd.json', 'crd.json'],
    ]);
  });

  it('leaves out what is remote or absolute', () => {
    const text = 'resources:\n- https://example.com/a.yaml\n- github.com/org/repo//path?ref=v1\n- git@github.com:org/repo\n- /etc/a.yaml\n- a.yaml\n';
    assert.deepEqual(
      findFileReferences(parse(text), '/w').map(({ path }) => path),
      ['/w/a.yaml'],
    );
  });
});

describe('The hover of a kustomization field', () => {
  const text = 'images:\n- name: web\n  newTag: "1"\nlabels:\n- pairs:\n    images: x\nbases: [a]\n';
  const at = (needle: string): string | undefined => describeFieldAt(parse(text), text.indexOf(needle))?.markdown;

  it('tells what the field does', () => {
    assert.match(at('images:') ?? '', /Changes names, tags or digests/);
    assert.match(at('newTag') ?? '', /Takes the place of the tag/);
  });

  it('says what to use instead of a deprecated field', () => {
    assert.match(at('bases') ?? '', /Deprecated.*resources/);
  });

  it('is silent on values and on keys of the user', () => {
    assert.equal(at('web'), undefined);
    assert.equal(at('images: x'), undefined);
  });
});

describe('The way to a node', () => {
  it('is written as people do', () => {
    assert.equal(formatPath(['images', 0, 'newTag']), 'images[0].newTag');
    assert.equal(formatPath(['metadata', 'labels', 'app.kubernetes.io/name']), "metadata.labels['app.kubernetes.io/name']");
  });

  it('is found for an offset, on a key and on a value', () => {
    const text = 'images:\n- name: web\n  newTag: "1"\n';
    const root = parse(text);
    assert.deepEqual(nodeAtOffset(root, text.indexOf('"1"') + 1)?.path, ['images', 0, 'newTag']);
    assert.equal(nodeAtOffset(root, text.indexOf('newTag'))?.isKey, true);
  });
});
