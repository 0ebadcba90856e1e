/**
 * Objects as a real API server (v1.34.2) took them or refused them: recorded by scripts/facts/sandboxKinds/record.mjs, with
 * objects of real manifests (objects.jsonl) and wrong ones made from small ones.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { isLiveObject, type LiveObject } from '../../../src/core/live/liveObject.js';
import type { JsonValue } from '../../../src/core/live/json.js';
import { parseApiVersion } from '../../../src/core/objects/resId.js';
import type { FieldError, SandboxKind } from '../../../src/sandbox/kinds/kinds.js';
import { formatDuration } from '../../../src/sandbox/kinds/table/durations.js';
import { projectFolder } from '../../support/projectFolder.js';
import { loadSandboxKinds } from '../../support/sandboxKinds.js';

const folder = path.join(projectFolder, 'test/data/sandbox/kinds');
const widgets = liveOf(JSON.parse(fs.readFileSync(path.join(folder, 'widgets.json'), 'utf8')) as JsonValue);
const kinds = loadSandboxKinds().withDefinitions([widgets]);
const uid = 'UID';

interface Refusal {
  readonly object: LiveObject;
  readonly before?: LiveObject;
  readonly reason: string;
  readonly causes?: readonly FieldError[];
}

function liveOf(value: JsonValue): LiveObject {
  assert.ok(isLiveObject(value));
  return value;
}

function read<T>(file: string): readonly T[] {
  return fs
    .readFileSync(path.join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

function kindOf({ apiVersion, kind }: LiveObject): SandboxKind {
  const { group, version } = parseApiVersion(apiVersion);
  const found = kinds.findKind(group, kind, version);
  assert.ok(found, `${apiVersion} ${kind} is served`);
  return found;
}

/** As a server takes an object in, up to what it stores. */
function accept(object: LiveObject): LiveObject {
  const kind = kindOf(object);
  const namespace = kind.isNamespaced ? { namespace: object.metadata.namespace ?? 'recorded' } : {};
  const filled = kind.setDefaults(kind.prune({ ...object, metadata: { ...object.metadata, ...namespace, uid } }).object);
  return kind.prepareCreate(filled);
}

/** Without what another part adds: addresses, the default class, times. */
function settled({ metadata, ...rest }: LiveObject): unknown {
  const { uid: _uid, generation: _generation, creationTimestamp: _creation, ...kept } = metadata;
  const allocated = /^(clusterIPs?|healthCheckNodePort|nodePort|lastPhaseTransitionTime)$/;
  return JSON.parse(JSON.stringify({ ...rest, metadata: kept }), function (this: unknown, key: string, value: unknown) {
    return allocated.test(key) || (key === 'storageClassName' && value === 'standard') ? undefined : value;
  });
}

const textsOf = (errors: readonly FieldError[]): readonly string[] => [...new Set(errors.map(({ field, reason, message }) => `${reason} ${field}: ${message}`))].sort();

/** What a server prints in Go's form of a type, or with a difference of two such forms: the field and the reason are held all the same. */
const isPrintedByGo = (message: string): boolean => message.includes('\n') || message.includes('"Capabilities"') || message.includes('{"labels"');

describe('what a server makes of objects', () => {
  for (const { object, answer } of read<{ object: LiveObject; answer: LiveObject }>('created.jsonl')) {
    it(`takes in ${object.kind} ${object.metadata.name} with the same defaults`, () => {
      assert.deepEqual(settled(accept(object)), settled(answer));
    });
  }
});

describe('how a server prints objects', () => {
  it('is how they are printed here, cell by cell', () => {
    const rows = read<{ now: string; object: LiveObject; cells: readonly unknown[]; conditions?: unknown }>('tables.jsonl');
    // a second may pass between the server's clock and the recorded time
    const steady = (value: unknown): string => JSON.stringify(value).replaceAll(/"[\dsmhd]+"|\([\dsmhd]+ ago\)/g, 'AGE');
    for (const { now, object, cells, conditions } of rows) {
      if (object.apiVersion === 'autoscaling/v1' && Object.keys(object.metadata.annotations ?? {}).length > 0) continue;
      const { rows: printed } = kindOf(object).toTable([object], Date.parse(now)) as { readonly rows?: readonly { cells: unknown; conditions?: unknown }[] };
      assert.equal(steady(printed?.[0]?.cells), steady(cells), `${object.apiVersion} ${object.kind} ${object.metadata.name}`);
      assert.deepEqual(printed?.[0]?.conditions, conditions);
    }
    assert.ok(rows.length > 90);
  });

  it('says how long ago in at most two units', () => {
    const minute = 60_000;
    const ages = [
      0,
      119_000,
      2 * minute,
      9.5 * minute,
      10 * minute,
      179 * minute,
      200 * minute,
      8 * 60 * minute,
      47 * 60 * minute,
      50 * 60 * minute,
      9 * 1440 * minute,
      800 * 1440 * minute,
    ];
    assert.deepEqual(ages.map(formatDuration), ['0s', '119s', '2m', '9m30s', '10m', '179m', '3h20m', '8h', '47h', '2d2h', '9d', '2y70d']);
  });
});

describe('what a server cannot read', () => {
  const deployment = (spec: JsonValue): LiveObject => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec });
  const inContainer = (container: JsonValue): LiveObject => deployment({ template: { spec: { containers: [container] } } });
  const field = 'json: cannot unmarshal';
  const cases: readonly (readonly [LiveObject, string])[] = [
    [deployment({ replicas: '3' }), `${field} string into Go struct field DeploymentSpec.spec.replicas of type int32`],
    [deployment({ replicas: 1.5 }), `${field} number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32`],
    [deployment({ replicas: 99999999999 }), `${field} number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32`],
    [deployment({ paused: 'yes' }), `${field} string into Go struct field DeploymentSpec.spec.paused of type bool`],
    [deployment({ template: [] }), `${field} array into Go struct field DeploymentSpec.spec.template of type v1.PodTemplateSpec`],
    [deployment({ template: { spec: { containers: {} } } }), `${field} object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container`],
    [deployment({ template: { metadata: { labels: { a: 1 } } } }), `${field} number into Go struct field ObjectMeta.spec.template.metadata.labels of type string`],
    [
      deployment({ strategy: { rollingUpdate: { maxSurge: true } } }),
      `${field} bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32`,
    ],
    [inContainer('x'), `${field} string into Go struct field PodSpec.spec.template.spec.containers of type v1.Container`],
    [inContainer({ name: 1 }), `${field} number into Go struct field Container.spec.template.spec.containers.name of type string`],
    [inContainer({ args: [1] }), `${field} number into Go struct field Container.spec.template.spec.containers.args of type string`],
    [inContainer({ env: [{ name: 'A', value: 1 }] }), `${field} number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string`],
    [inContainer({ resources: { limits: { cpu: 'x' } } }), "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ];

  it('is answered with the words of its decoder', () => {
    for (const [object, words] of cases) assert.equal(kindOf(object).findDecodingFault(object), `Deployment in version "v1" cannot be handled as a Deployment: ${words}`);
    const good = deployment({ replicas: 3, template: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: 1 } } }] } } });
    assert.equal(kindOf(good).findDecodingFault(good), undefined);
  });
});

describe('what a server refuses', () => {
  for (const file of ['refused.jsonl', 'updated.jsonl', 'widgets.jsonl']) {
    it(`is refused in its words: ${file}`, () => {
      let checked = 0;
      for (const { object, before, reason, causes = [] } of read<Refusal>(file)) {
        if (reason !== 'Invalid' && reason !== 'accepted') continue;
        const kind = kindOf(object);
        const taken = before ? kind.prepareUpdate(kind.setDefaults(kind.prune(object).object), before) : accept(object);
        const wanted = causes.map((cause) => ({ ...cause, message: cause.message.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, uid) }));
        const found = kind.validate(taken, before).map((error) => ({ ...error, message: error.message.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, uid) }));
        const loose = wanted.some(({ message }) => isPrintedByGo(message));
        const form = (errors: readonly FieldError[]): readonly string[] => textsOf(loose ? errors.map((error) => ({ ...error, message: '' })) : errors);
        assert.deepEqual(form(found), form(wanted), `${object.kind}: ${JSON.stringify(object).slice(0, 400)}`);
        checked += 1;
      }
      assert.ok(checked > 40);
    });
  }
});
