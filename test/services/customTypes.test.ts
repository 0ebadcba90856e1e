/** Kinds of the CustomResourceDefinitions that environments render. */
import assert from 'node:assert/strict';
import type { KubernetesTypes } from '../../src/core/objects/kubernetesTypes.js';
import type { Rendering } from '../../src/core/objects/rendering.js';
import { CustomTypes, lookUpTypes } from '../../src/services/customTypes.js';
import { deliveryOf } from '../support/deliveryOf.js';
import { loadKubernetesTypes } from '../support/rules/kubernetesTypes.js';

const widget = { group: 'example.com', version: 'v1', kind: 'Widget' };

function renderingsOf(resource: string): readonly Rendering[] {
  const { delivery } = deliveryOf(`#- kustomization.yaml
resources: [${resource}]
#- definition.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
#- other.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
`);
  return delivery.model.environments.map((environment) => delivery.render(environment).rendering);
}

describe('types of the workspace', () => {
  const base = loadKubernetesTypes();

  it('have the kinds of definitions that an environment renders, and of no other file', () => {
    assert.ok(new CustomTypes().typesOf(base, renderingsOf('definition.yaml')).kind(widget, '1.34'));
    assert.equal(new CustomTypes().typesOf(base, renderingsOf('other.yaml')).kind(widget, '1.34'), undefined);
  });

  it('stay the same object as long as the definitions do', () => {
    const custom = new CustomTypes();
    const renderings = renderingsOf('definition.yaml');
    assert.equal(custom.typesOf(base, renderings), custom.typesOf(base, [...renderings]));
    assert.notEqual(custom.typesOf(base, renderings), custom.typesOf(base, renderingsOf('definition.yaml')));
    assert.equal(custom.typesOf(base, []), base);
  });
});

describe('looking up types', () => {
  const base = loadKubernetesTypes();

  it('reads the table and renders for definitions only when something asks for it', () => {
    const asked: string[] = [];
    const readBase = (): KubernetesTypes => {
      asked.push('table');
      return base;
    };
    const render = (): readonly Rendering[] => {
      asked.push('renderings');
      return renderingsOf('definition.yaml');
    };
    const typeOf = lookUpTypes(readBase, render);
    assert.deepEqual(asked, []);
    assert.equal(typeOf({ group: 'apps', version: 'v1', kind: 'Deployment' })?.kind, 'object');
    assert.deepEqual(asked, ['table']);
    assert.equal(typeOf(widget)?.kind, 'object');
    assert.equal(typeOf({ ...widget, kind: 'Other' }), undefined);
    assert.deepEqual(asked, ['table', 'renderings']);
  });

  it('knows nothing where there is no table', () => {
    const typeOf = lookUpTypes(
      () => undefined,
      () => [],
    );
    assert.equal(typeOf({ group: 'apps', version: 'v1', kind: 'Deployment' }), undefined);
  });
});
