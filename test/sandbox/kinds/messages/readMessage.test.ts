/**
 * Protobuf bodies against Kubernetes' own client: filled objects of every kind, and what kubectl sends
 * (scripts/facts/sandboxKinds/recordBodies.mjs recorded both). Bytes that are no message are refused, whatever they are.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../../../src/core/live/json.js';
import { numberAt, stringAt } from '../../../../src/core/live/readFields.js';
import { readMessageBody, type ReadMessage } from '../../../../src/sandbox/kinds/messages/readMessage.js';
import { seededRandom } from '../../../support/cluster/randomManifests.js';
import { projectFolder } from '../../../support/projectFolder.js';
import { loadSandboxKinds } from '../../../support/sandboxKinds.js';

const folder = path.join(projectFolder, 'test/data/sandbox/messages');
const facts = loadSandboxKinds().messages;
const expected = { apiVersion: 'v1', kind: 'Namespace' };

interface Recorded {
  readonly name: string;
  readonly variant: number;
  readonly bytes: Buffer;
  readonly json: JsonObject;
}

function readLines(text: string): readonly Recorded[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const value: unknown = JSON.parse(line);
      assert.ok(isJsonObject(value) && isJsonObject(value['json']));
      return {
        name: stringAt(value, 'kind') || stringAt(value, 'words'),
        variant: numberAt(value, 'variant') ?? 1,
        bytes: Buffer.from(stringAt(value, 'body'), 'base64'),
        json: value['json'],
      };
    });
}

const filled = readLines(zlib.gunzipSync(fs.readFileSync(path.join(folder, 'filled.jsonl.gz'))).toString('utf8'));
const sent = readLines(fs.readFileSync(path.join(folder, 'kubectl.jsonl'), 'utf8'));

function read(bytes: Uint8Array): JsonObject {
  const result = readMessageBody(bytes, expected, facts);
  assert.ok(result.kind === 'read', `${result.kind}: ${'why' in result ? result.why : ''}`);
  return result.value;
}

/** Without what says nothing: Go writes some of it always, and never sends it. */
function withoutNothing(value: JsonValue | undefined): JsonValue | undefined {
  if (isList(value)) return value.length === 0 ? undefined : value.map((item) => withoutNothing(item) ?? null);
  if (!isJsonObject(value)) return value === null || value === '' || value === 0 || value === false ? undefined : value;
  const fields = Object.entries(value).flatMap(([name, each]) => {
    const kept = withoutNothing(each);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

describe('A body in protobuf', () => {
  it('is read as the JSON that the same client writes, for every kind with every field', () => {
    const full = filled.filter(({ variant }) => variant === 0);
    assert.ok(full.length > 60, `${full.length} kinds`);
    for (const { name, bytes, json } of full) assert.deepEqual(read(bytes), json, name);
  });

  it('is read so where fields are zero or missing', () => {
    for (const { name, bytes, json } of filled.filter(({ variant }) => variant > 0)) assert.deepEqual(withoutNothing(read(bytes)), withoutNothing(json), name);
  });

  it('keeps the zeros of fields that may be missing', () => {
    // replicas: 0 and paused: false, of which only the first is a pointer's
    const raw = [0x12, 4, 0x08, 0, 0x38, 0];
    assert.deepEqual(read(envelope('apps/v1', 'Deployment', raw)), { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 0 } });
  });

  it('is read as what kubectl means', () => {
    for (const { name, bytes, json } of sent) assert.deepEqual(withoutNothing(read(bytes)), withoutNothing(json), name);
  });

  it('is what the endpoint expects where it does not say', () => {
    assert.deepEqual(read(envelope('', '', [0x0a, 4, 0x0a, 2, 0x78, 0x31])), { ...expected, metadata: { name: 'x1' } });
  });

  it('keeps keys as they are', () => {
    const key = '__proto__';
    const entry = [0x0a, key.length, ...Buffer.from(key), 0x12, 1, 0x79];
    const { data } = read(envelope('v1', 'ConfigMap', [0x12, entry.length, ...entry]));
    assert.deepEqual(Object.entries(data ?? {}), [[key, 'y']]);
  });

  it('is refused in the words of a real API server', () => {
    const why = (bytes: Uint8Array): string => whyOf(readMessageBody(bytes, expected, facts));
    assert.equal(why(Buffer.from('')), 'unrecognized: empty data');
    assert.equal(why(Buffer.from('hello')), 'unrecognized: provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
    assert.equal(why(Buffer.from('k8s\0')), 'unrecognized: empty body');
    assert.equal(why(Buffer.from([...Buffer.from('k8s\0'), 0xff, 0xff])), 'unrecognized: unexpected EOF');
    assert.equal(why(envelope('v1', 'Nonsense', [])), 'broken: no kind "Nonsense" is registered for version "v1"');
    assert.equal(why(envelope('v1', 'Namespace', [0x0a, 0x50, 1])), 'broken: unexpected EOF');
    assert.equal(why(envelope('v1', 'Namespace', [0x08, 1])), 'broken: proto: wrong wireType = 0 for field metadata');
  });

  it('is refused where it nests without end', () => {
    let schema: readonly number[] = [];
    for (let depth = 0; depth < 400; depth++) schema = part(28, schema); // not
    const raw = part(2, part(7, part(4, part(1, schema))));
    assert.match(whyOf(readMessageBody(envelope('apiextensions.k8s.io/v1', 'CustomResourceDefinition', raw), expected, facts)), /nested too deeply/);
  });

  it('is read or refused, whatever its bytes are', function () {
    this.timeout(60_000);
    const random = seededRandom(7);
    const below = (end: number): number => Math.floor(random() * end);
    const bodies = [...sent, ...filled.filter(({ bytes }) => bytes.length < 3000)].map(({ bytes }) => bytes);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 6_000; round++) {
      const bytes = Buffer.from(bodies[below(bodies.length)] ?? []);
      for (let edits = 1 + below(4); edits > 0; edits--) bytes[4 + below(bytes.length - 4)] = below(256);
      const { kind } = readMessageBody(random() < 0.2 ? bytes.subarray(0, below(bytes.length)) : bytes, expected, facts);
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    }
    assert.deepEqual([...outcomes.keys()].sort(), ['broken', 'read', 'unrecognized']);
  });
});

function whyOf(result: ReadMessage): string {
  return result.kind === 'read' ? 'read' : `${result.kind}: ${result.why}`;
}

function envelope(apiVersion: string, kind: string, raw: readonly number[]): Buffer {
  const type = [...part(1, [...Buffer.from(apiVersion)]), ...part(2, [...Buffer.from(kind)])];
  return Buffer.from([...Buffer.from('k8s\0'), ...part(1, type), ...part(2, raw)]);
}

function part(number: number, bytes: readonly number[]): readonly number[] {
  return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
}

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
