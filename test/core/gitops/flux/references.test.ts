import assert from 'node:assert/strict';
import { Problems } from '../../../../src/core/base/problem.js';
import { SourceText } from '../../../../src/core/base/source.js';
import type { DeliveryObject } from '../../../../src/core/gitops/delivery.js';
import { findBootstraps } from '../../../../src/core/gitops/flux/bootstrap.js';
import { checkFluxObject } from '../../../../src/core/gitops/flux/checkFluxObject.js';
import { dependencyGraph, findSourceReferences } from '../../../../src/core/gitops/flux/references.js';
import { idOfObject } from '../../../../src/core/objects/objectId.js';
import { parseYaml } from '../../../../src/core/yaml/parse.js';

function objectsOf(text: string, path = '/repo/flux.yaml'): readonly DeliveryObject[] {
  return parseYaml(new SourceText(path, text)).documents.flatMap(({ root }) =>
    root?.kind === 'map' ? [{ id: idOfObject(root), root, foundIn: { kind: 'file' as const, path } }] : [],
  );
}

function kustomization(name: string, ...dependsOn: readonly string[]): string {
  const list = dependsOn.map((each) => `{name: ${each}}`).join(', ');
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: ${name}, namespace: flux-system}\nspec:\n  interval: 10m\n  prune: true\n  path: ./${name}\n  sourceRef: {kind: GitRepository, name: flux-system}\n  dependsOn: [${list}]\n`;
}

function names(objects: readonly DeliveryObject[]): readonly string[] {
  return objects.map(({ id }) => id.name);
}

describe('dependencies of Flux objects', () => {
  it('give the order of reconciling', () => {
    const graph = dependencyGraph(objectsOf([kustomization('apps', 'infra', 'crds'), kustomization('infra', 'crds'), kustomization('crds')].join('---\n')));
    assert.deepEqual(names(graph.order), ['crds', 'infra', 'apps']);
    assert.deepEqual([graph.unknown, graph.cycles], [[], []]);
  });

  it('tell of names that lead nowhere', () => {
    const graph = dependencyGraph(objectsOf(kustomization('apps', 'gone')));
    assert.deepEqual(
      graph.unknown.map(({ name, field }) => [name, field]),
      [['gone', 'spec.dependsOn[0]']],
    );
  });

  it('tell of each ring once, and put what waits for it last', () => {
    const graph = dependencyGraph(
      objectsOf(
        [kustomization('x', 'a'), kustomization('a', 'b'), kustomization('b', 'c'), kustomization('c', 'a'), kustomization('self', 'self'), kustomization('free')].join('---\n'),
      ),
    );
    assert.deepEqual(
      graph.cycles.map((cycle) => cycle.map(({ from, name }) => `${from.id.name} -> ${name}`)),
      [['a -> b', 'b -> c', 'c -> a'], ['self -> self']],
    );
    assert.deepEqual(names(graph.order), ['free', 'x', 'a', 'b', 'c', 'self']);
  });

  it('end in time on a long chain', () => {
    const graph = dependencyGraph(objectsOf(Array.from({ length: 1500 }, (_, index) => kustomization(`k${index}`, ...(index > 0 ? [`k${index - 1}`] : []))).join('---\n')));
    assert.equal(graph.order.length, 1500);
  });
});

describe('sources of Flux objects', () => {
  it('are found in their namespace', () => {
    const objects = objectsOf(
      `${kustomization('apps')}---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\n---\napiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: web, namespace: flux-system}\nspec: {imageRepositoryRef: {name: web}, policy: {alphabetical: {}}}\n`,
    );
    const references = objects.flatMap((object) => findSourceReferences(object, objects));
    assert.deepEqual(
      references.map(({ kind, name, field, target }) => [kind, name, field, target?.id.kind]),
      [
        ['GitRepository', 'flux-system', 'spec.sourceRef', 'GitRepository'],
        ['ImageRepository', 'web', 'spec.imageRepositoryRef', undefined],
      ],
    );
  });
});

describe('the bootstrap of Flux', () => {
  const sync = `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {interval: 1m, url: https://git.example.com/a.git}\n---\n${kustomization('flux-system')}`;

  it('is the source and the Kustomization of one name in gotk-sync.yaml', () => {
    const found = findBootstraps(objectsOf(sync, '/repo/clusters/prod/flux-system/gotk-sync.yaml'));
    assert.deepEqual(
      found.map(({ source, path, folder }) => [source.id.kind, path?.value, folder]),
      [['GitRepository', './flux-system', '/repo/clusters/prod/flux-system']],
    );
  });

  it('is not any other Kustomization', () => {
    assert.deepEqual(findBootstraps(objectsOf(sync)), []);
    assert.deepEqual(findBootstraps(objectsOf(kustomization('flux-system'), '/repo/gotk-sync.yaml')), []);
  });
});

describe('the fields of Flux objects', () => {
  const check = (text: string): readonly string[] => {
    const problems = new Problems();
    for (const { id, root } of objectsOf(text)) checkFluxObject(id, root, problems);
    return problems.list.map(({ code, location }) => `${location.range.start.line + 1}: ${code}`);
  };

  it('are right in what Flux itself writes', () => {
    assert.deepEqual(check(kustomization('apps')), []);
  });

  it('are reported where they are unknown, missing, of a wrong type or no duration', () => {
    const text =
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec:\n  interval: 10\n  retryInterval: 5 minutes\n  prune: "yes"\n  targetNamspace: x\n  sourceRef:\n    name: a\n';
    assert.deepEqual(check(text), ['5: flux/wrong-type', '6: flux/invalid-duration', '7: flux/wrong-type', '8: flux/unknown-field', '10: flux/missing-field']);
  });

  it('of older versions are checked by type only', () => {
    assert.deepEqual(check('apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\nmetadata: {name: a}\nspec: {validation: client, suspend: 1}\n'), [
      '4: flux/wrong-type',
    ]);
  });
});
