/**
 * The values of HelmReleases, against recorded results of helm-controller's own code: test/data/flux/values.json was made
 * by scripts/facts/flux/values with fluxcd/pkg/chartutil v1.27.2.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import { mergeReleaseValues, type MergedValues } from '../../../../src/core/gitops/flux/values/mergeValues.js';
import { idOfObject } from '../../../../src/core/objects/objectId.js';
import type { MapNode, YamlNode } from '../../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';
import { jsonScalarOf } from '../../../../src/core/yaml/scalars.js';
import { projectFolder } from '../../../support/projectFolder.js';

interface Recorded {
  readonly values?: string;
  readonly refs: readonly Readonly<Record<string, unknown>>[];
  readonly objects: readonly { readonly kind: string; readonly name: string; readonly data: Readonly<Record<string, string>> }[];
  readonly result?: string;
  readonly error?: string;
}

const recorded = JSON.parse(fs.readFileSync(process.env['FLUX_VALUES'] ?? path.join(projectFolder, 'test/data/flux/values.json'), 'utf8')) as readonly Recorded[];

function rootOf(text: string): MapNode {
  const root = parseYaml(new SourceText('/a.yaml', text)).documents[0]?.root;
  assert(root?.kind === 'map', text);
  return root;
}

function merge(spec: string, objects: Recorded['objects']): { merged: MergedValues; problems: Problems } {
  const root = rootOf(`apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: r, namespace: default}\nspec:\n  ${spec.replaceAll('\n', '\n  ')}\n`);
  const problems = new Problems();
  const merged = mergeReleaseValues(
    idOfObject(root),
    root,
    (kind, _namespace, name) => {
      const found = objects.find((each) => each.kind === kind && each.name === name);
      return found && rootOf(`kind: ${found.kind}\nmetadata: {name: ${found.name}}\n${kind === 'Secret' ? 'stringData' : 'data'}: ${JSON.stringify(found.data)}\n`);
    },
    problems,
  );
  return { merged, problems };
}

function plain(node: YamlNode): unknown {
  if (node.kind === 'map') return Object.fromEntries(node.pairs.map(({ key, value }) => [key.value, plain(value)]));
  if (node.kind === 'sequence') return node.items.map(plain);
  const scalar = jsonScalarOf(node);
  return scalar.kind === 'literal' ? JSON.parse(scalar.text) : scalar.kind === 'string' ? scalar.value : undefined;
}

describe('values of a HelmRelease', () => {
  it('are those that helm-controller puts together', () => {
    for (const each of recorded) {
      const spec = `${each.values === undefined ? '' : `values: ${each.values}\n`}valuesFrom: ${JSON.stringify(each.refs)}`;
      const { merged, problems } = merge(spec, each.objects);
      const words = JSON.stringify(each);
      if (each.error !== undefined) assert(problems.hasErrors || merged.open.some(({ isOptional }) => !isOptional), words);
      else {
        assert.deepEqual(problems.list, [], words);
        assert.deepEqual(plain(merged.node), JSON.parse(each.result ?? ''), words);
      }
    }
  });

  it('keep the nodes of the inline values where nothing is laid over them', () => {
    const { merged } = merge('values: {a: {b: 1}, c: [x]}', []);
    assert.equal(merged.node.source.text.slice(merged.node.start, merged.node.end), '{a: {b: 1}, c: [x]}');
  });

  it('lead to the entry of valuesFrom that set them, and to its text', () => {
    const { merged } = merge('values: {a: {b: 1}}\nvaluesFrom: [{kind: ConfigMap, name: m, valuesKey: v, targetPath: a.b}]', [{ kind: 'ConfigMap', name: 'm', data: { v: '7' } }]);
    const a = merged.node.get('a');
    const b = a?.kind === 'map' ? a.get('b') : undefined;
    assert(b?.kind === 'scalar');
    assert.deepEqual([b.value, b.tag, b.step?.field], ['7', '!!int', 'spec.valuesFrom[0]']);
    assert.equal(b.source.text.slice(b.start, b.end), '"7"');
  });

  it('tell of a target path that inline values win over, though the documents say the opposite', () => {
    const { merged } = merge('values: {a: 1}\nvaluesFrom: [{kind: ConfigMap, name: m, valuesKey: v, targetPath: a}]', [{ kind: 'ConfigMap', name: 'm', data: { v: '7' } }]);
    assert.deepEqual(plain(merged.node), { a: 1 });
    assert.deepEqual(
      merged.beaten.map(({ targetPath }) => targetPath.value),
      ['a'],
    );
  });
});
