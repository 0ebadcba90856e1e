import assert from 'node:assert/strict';
import { Problems } from '../../../src/core/base/problem.js';
import { SourceText } from '../../../src/core/base/source.js';
import type { Selector, Text } from '../../../src/core/kustomize/kustomization.js';
import { ResMap } from '../../../src/core/kustomize/resMap.js';
import { readResources } from '../../../src/core/kustomize/resourceFile.js';
import { selectResources } from '../../../src/core/kustomize/selector.js';
import type { MapNode, ScalarNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';

function selectorOf(text: string): Selector {
  const node = parseYaml(new SourceText('/w/kustomization.yaml', text)).documents[0]?.root as MapNode;
  const parts = node.pairs.map(({ key, value }): [string, Text] => [key.value, value as ScalarNode]);
  return { node, ...(Object.fromEntries(parts) as Partial<Record<'name' | 'kind' | 'group' | 'version' | 'namespace' | 'labelSelector' | 'annotationSelector', Text>>) };
}

function mapOf(text: string): ResMap {
  return new ResMap(readResources(parseYaml(new SourceText('/w/objects.yaml', text)), new Problems()));
}

const objects = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {app: web, port: 80}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, annotations: {a: b}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
`;

function selected(selector: string, map = mapOf(objects)): readonly string[] | undefined {
  return selectResources(map, selectorOf(selector), new Problems())?.map(({ id }) => `${id.kind}/${id.name}`);
}

describe('selectResources', () => {
  it('selects by whole patterns for each part', () => {
    assert.deepEqual(selected('{kind: Deployment}'), ['Deployment/web']);
    assert.deepEqual(selected('{kind: Deploy}'), []);
    assert.deepEqual(selected('{name: web|shop, version: v1, group: ""}'), ['Deployment/web', 'Service/web', 'Namespace/shop']);
    assert.deepEqual(selected('{group: app.}'), ['Deployment/web']);
    assert.deepEqual(selected('{}'), ['Deployment/web', 'Service/web', 'Namespace/shop']);
  });

  it('takes objects without a namespace for those of default, but for kinds that live in none', () => {
    assert.deepEqual(selected('{namespace: default}'), ['Deployment/web']);
    assert.deepEqual(selected('{namespace: sh.p}'), ['Service/web']);
    assert.deepEqual(selected('{namespace: _non_namespaceable_}'), ['Namespace/shop']);
  });

  it('selects by labels and annotations, numbers as texts', () => {
    assert.deepEqual(selected('{labelSelector: "app=web,port=80"}'), ['Deployment/web']);
    assert.deepEqual(selected('{annotationSelector: a in (b)}'), ['Service/web']);
  });

  it('finds objects by the first name and namespace that they had, not by those between', () => {
    const map = mapOf(objects);
    for (const [index, resource] of map.resources.entries()) {
      if (index > 0) continue;
      resource.previousNames = [
        { kind: 'Deployment', name: 'first', namespace: 'default' },
        { kind: 'Deployment', name: 'second', namespace: 'default' },
      ];
    }
    assert.deepEqual(selected('{name: first}', map), ['Deployment/web']);
    assert.deepEqual(selected('{name: second}', map), []);
    assert.deepEqual(selected('{name: web, kind: Deployment}', map), ['Deployment/web']);
  });

  it('reports what it cannot read at its place', () => {
    for (const [text, at] of [
      ['{name: "a("}', '"a("'],
      ['{labelSelector: a in b}', 'a in b'],
      ['{annotationSelector: "="}', '"="'],
    ] as const) {
      const problems = new Problems();
      const selector = selectorOf(text);
      assert.equal(selectResources(mapOf(objects), selector, problems), undefined);
      const [problem] = problems.list;
      assert.equal(problem?.code, 'kustomize/invalid-selector');
      assert.equal(text.slice(problem.location.range.start.character, problem.location.range.end.character), at);
    }
  });

  it('reports a pattern that is too large to be tried', () => {
    const problems = new Problems();
    const map = mapOf(`{apiVersion: v1, kind: ConfigMap, metadata: {name: ${'a'.repeat(50_000)}}}`);
    assert.equal(selectResources(map, selectorOf('{name: "(a{30}){30}"}'), problems), undefined);
    assert.equal(problems.list[0]?.code, 'kustomize/selector-unsupported');
  });
});
