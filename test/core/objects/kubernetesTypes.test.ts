/** The table of Kubernetes' types, and kinds of CustomResourceDefinitions beside it. */
import assert from 'node:assert/strict';
import { SourceText } from '../../../src/core/base/source.js';
import { minorVersionOf, readKubernetesTypes } from '../../../src/core/objects/kubernetesTypes.js';
import type { FieldType, KindType } from '../../../src/core/objects/objectType.js';
import { parseApiVersion, type Gvk } from '../../../src/core/objects/resId.js';
import type { MapNode } from '../../../src/core/yaml/nodes.js';
import { parseYaml } from '../../../src/core/yaml/parse.js';
import { loadKubernetesTypes } from '../../support/rules/kubernetesTypes.js';

const types = loadKubernetesTypes();

function gvkOf(apiVersion: string, kind: string): Gvk {
  return { ...parseApiVersion(apiVersion), kind };
}

/** The type of a field, through maps' values and lists' items. */
function typeAt(kind: KindType | undefined, ...path: readonly string[]): FieldType | undefined {
  return kind && followType(kind.type, path);
}

function followType(type: FieldType | undefined, path: readonly string[]): FieldType | undefined {
  const [name, ...rest] = path;
  if (name === undefined || !type) return type;
  if (type.kind === 'list') return followType(type.items, path);
  return followType(type.kind === 'object' ? type.field(name)?.type : type.kind === 'map' ? type.values : undefined, rest);
}

function isAtomic(type: FieldType | undefined): boolean | undefined {
  return type && 'isAtomic' in type ? type.isAtomic : undefined;
}

function mapOf(text: string): MapNode {
  const root = parseYaml(new SourceText('/a.yaml', text)).documents[0]?.root;
  assert.ok(root?.kind === 'map');
  return root;
}

describe('the table of types', () => {
  it('holds versions from 1.30 on, without a gap', () => {
    assert.equal(types.versions[0], '1.30');
    const minors = types.versions.map((version) => minorVersionOf(version) ?? 0);
    assert.deepEqual(
      minors,
      minors.map((_, index) => 30 + index),
    );
    assert.ok(types.versions.length >= 7);
  });

  it('knows what apply replaces as a whole, and how strategic merge merges', () => {
    const deployment = types.kind(gvkOf('apps/v1', 'Deployment'), '1.34');
    const spec = typeAt(deployment, 'spec');
    const podSpec = typeAt(deployment, 'spec', 'template', 'spec');
    assert.ok(spec?.kind === 'object' && podSpec?.kind === 'object');
    assert.deepEqual([spec.isAtomic, typeAt(deployment, 'spec', 'selector')], [false, spec.field('selector')?.type]);
    assert.ok(spec.field('selector')?.type.kind === 'object');
    assert.equal(isAtomic(spec.field('selector')?.type), true);
    assert.deepEqual(spec.field('strategy')?.patchStrategy, ['retainKeys']);
    assert.deepEqual([podSpec.field('volumes')?.patchStrategy, podSpec.field('volumes')?.patchMergeKey], [['merge', 'retainKeys'], 'name']);
    assert.equal(podSpec.field('tolerations')?.patchStrategy, undefined);
    assert.deepEqual(
      [isAtomic(typeAt(types.kind(gvkOf('v1', 'Event'), '1.34'), 'involvedObject')), isAtomic(typeAt(types.kind(gvkOf('v1', 'PersistentVolume'), '1.34'), 'spec', 'claimRef'))],
      [true, false],
    );
    assert.equal(isAtomic(typeAt(types.kind(gvkOf('apps/v1', 'ControllerRevision'), '1.34'), 'data')), true);
  });

  it('knows scope, plural and the types of fields', () => {
    const deployment = types.kind(gvkOf('apps/v1', 'Deployment'), '1.34');
    assert.ok(deployment);
    assert.deepEqual([deployment.isNamespaced, deployment.plural, deployment.definition], [true, 'deployments', undefined]);
    assert.equal(types.kind(gvkOf('v1', 'Namespace'), '1.34')?.isNamespaced, false);
    const container = ['spec', 'template', 'spec', 'containers'];
    assert.deepEqual(
      [
        ['spec', 'replicas'],
        [...container, 'resources', 'limits', 'cpu'],
        [...container, 'livenessProbe', 'httpGet', 'port'],
        ['metadata', 'creationTimestamp'],
        ['metadata', 'labels', 'any'],
      ].map((path) => typeAt(deployment, ...path)?.kind),
      ['int32', 'quantity', 'intOrString', 'time', 'string'],
    );
    assert.equal(typeAt(types.kind(gvkOf('v1', 'Secret'), '1.34'), 'data', 'any')?.kind, 'bytes');
  });

  it('knows how lists merge, their keys, and defaults', () => {
    const service = types.kind(gvkOf('v1', 'Service'), '1.34');
    const ports = typeAt(service, 'spec', 'ports');
    assert.ok(ports?.kind === 'list' && ports.items.kind === 'object');
    assert.deepEqual([ports.listType, ports.keys], ['map', ['port', 'protocol']]);
    assert.equal(ports.items.field('protocol')?.defaultValue, '"TCP"');
    assert.deepEqual(ports.items.requiredNames, ['port']);
  });

  it('keeps versions apart', () => {
    const hostnameOverride = (version: string): unknown => typeAt(types.kind(gvkOf('v1', 'Pod'), version), 'spec', 'hostnameOverride');
    assert.equal(hostnameOverride('1.33'), undefined);
    assert.ok(hostnameOverride('1.34'));
    assert.equal(types.kind(gvkOf('resource.k8s.io/v1', 'DeviceClass'), '1.33'), undefined);
    assert.ok(types.kind(gvkOf('resource.k8s.io/v1', 'DeviceClass'), '1.34'));
  });

  it('takes the first version for older ones, and knows nothing of newer ones', () => {
    const pod = gvkOf('v1', 'Pod');
    assert.equal(types.kind(pod, '1.20'), types.kind(pod, '1.30'));
    assert.equal(types.kind(pod, 'v1.34.2'), types.kind(pod, '1.34'));
    for (const version of ['1.99', '2.0', 'latest', '']) assert.equal(types.kind(pod, version), undefined);
  });

  it('says what is served, and what is deprecated', () => {
    const old = gvkOf('policy/v1beta1', 'PodDisruptionBudget');
    assert.deepEqual(types.lifecycle(old), { deprecatedIn: 21, removedIn: 25, replacement: 'policy/v1/PodDisruptionBudget' });
    assert.deepEqual([types.isServed(old, '1.34'), types.isServed(gvkOf('policy/v1', 'PodDisruptionBudget'), '1.34')], [false, true]);
    assert.equal(types.isServed(gvkOf('example.com/v1', 'Widget'), '1.34'), undefined);
    const removed = ['extensions/v1beta1 Ingress 22', 'batch/v1beta1 CronJob 25', 'apps/v1beta2 Deployment 16', 'autoscaling/v2beta2 HorizontalPodAutoscaler 26'];
    for (const text of removed) {
      const [apiVersion = '', kind = '', minor] = text.split(' ');
      assert.equal(types.lifecycle(gvkOf(apiVersion, kind))?.removedIn, Number(minor), text);
    }
  });

  it('is no table where the text is another one', () => {
    for (const text of ['', '{', '[]', 'null', '{"kinds": {}}']) assert.equal(readKubernetesTypes(text), undefined, text);
  });
});

describe('kinds of definitions', () => {
  const definition = (version: string, size: string): MapNode =>
    mapOf(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Cluster
  versions:
    - {name: ${version}, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: ${size}}}}}}}}
    - {name: v0, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
`);
  const widget = gvkOf('example.com/v1', 'Widget');

  it('are known beside the others, in the versions that are served', () => {
    const more = types.withDefinitions([definition('v1', 'integer')]);
    const kind = more.kind(widget, '1.34');
    assert.deepEqual([kind?.isNamespaced, kind?.plural, typeAt(kind, 'spec', 'size')?.kind], [false, 'widgets', 'integer']);
    assert.equal(typeAt(kind, 'metadata', 'labels', 'any')?.kind, 'string');
    assert.equal(more.kind(gvkOf('example.com/v0', 'Widget'), '1.34'), undefined);
    assert.equal(more.kind(gvkOf('v1', 'Pod'), '1.34'), types.kind(gvkOf('v1', 'Pod'), '1.34'));
  });

  it('are not known where two definitions disagree, and are where they agree', () => {
    assert.equal(types.withDefinitions([definition('v1', 'integer'), definition('v1', 'string')]).kind(widget, '1.34'), undefined);
    assert.ok(types.withDefinitions([definition('v1', 'integer'), definition('v1', 'integer')]).kind(widget, '1.34'));
  });

  it('come before those that were there', () => {
    const more = types.withDefinitions([definition('v1', 'integer')]).withDefinitions([definition('v1', 'string')]);
    assert.equal(typeAt(more.kind(widget, '1.34'), 'spec', 'size')?.kind, 'string');
    assert.equal(types.withDefinitions([]), types);
  });

  it('are left out where everything is kept as it is', () => {
    const open = mapOf(`apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, version: v1, names: {kind: Widget, plural: widgets}, versions: [{name: v1, served: true, storage: true}], validation: {openAPIV3Schema: {type: object}}}
`);
    assert.equal(types.withDefinitions([open]).kind(widget, '1.34'), undefined);
  });
});
