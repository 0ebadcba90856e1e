/**
 * The same random writes to two servers: what they answer must be the same, apart from what a server chooses freely (ids,
 * times, versions, addresses). Answers of a real server can be kept, so that the comparison needs none.
 */
import { isJsonObject, isList, jsonEquals, type JsonObject, type JsonValue } from '../../../src/core/live/json.js';
import { stringAt } from '../../../src/core/live/readFields.js';
import type { ClusterAnswer, Send } from './send.js';
import { Choices, randomKinds, seededRandom, widgetDefinition, type RandomKind } from './randomManifests.js';

export interface RandomWrite {
  readonly method: string;
  readonly path: string;
  readonly body?: JsonValue;
  readonly contentType?: string;
}

/** The comparable part of an answer. */
export interface ComparedAnswer {
  readonly status: number;
  readonly body: JsonValue;
}

const types = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Objects are made and then edited some times; every kind has its turn. */
export function randomWrites(seed: number, objects: number): readonly RandomWrite[] {
  const choices = new Choices(seededRandom(seed));
  return Array.from({ length: objects }, (_, index) => index).flatMap((index) => {
    const kind = randomKinds[(index + seed) % randomKinds.length] ?? choices.oneOf(randomKinds);
    const name = `o${seed}-${index}`;
    const edits = Array.from({ length: 2 + choices.below(4) }, () => randomEdit(kind, name, choices));
    return [firstWrite(kind, name, choices), ...edits.flat(), ...(choices.maybe(0.2) ? [{ method: 'DELETE', path: `${kind.path}/${name}?propagationPolicy=Background` }] : [])];
  });
}

/** Objects that have a scale, of whose edits every other is one of it. */
export function randomScales(seed: number, objects: number): readonly RandomWrite[] {
  const choices = new Choices(seededRandom(seed));
  return Array.from({ length: objects }, (_, index) => `s${seed}-${index}`).flatMap((name) => {
    const kind = choices.oneOf(randomKinds.filter(({ hasScale }) => hasScale));
    const edit = (): readonly RandomWrite[] => (choices.maybe() ? [scaleEdit(`${kind.path}/${name}`, name, choices)] : randomEdit(kind, name, choices));
    return [firstWrite(kind, name, choices), ...Array.from({ length: 6 }, edit).flat()];
  });
}

function manifest(kind: RandomKind, name: string, choices: Choices): JsonObject {
  const metadata = { name, ...choices.someOf({ labels: { app: 'web', 'example.com/team': 'a' }, annotations: { note: 'text' } }) };
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata, ...kind.make(choices) };
}

function firstWrite(kind: RandomKind, name: string, choices: Choices): RandomWrite {
  const body = manifest(kind, name, choices);
  if (choices.maybe()) return { method: 'POST', path: `${kind.path}?fieldManager=creator`, body };
  return { method: 'PATCH', path: `${kind.path}/${name}?fieldManager=one`, body, contentType: types.apply };
}

function randomEdit(kind: RandomKind, name: string, choices: Choices): readonly RandomWrite[] {
  const path = `${kind.path}/${name}`;
  const metadata = choices.oneOf<JsonObject>([{ labels: { extra: 'yes' } }, { labels: { app: null } }, { annotations: { note: 'changed', more: 'x' } }, { labels: null }]);
  const apply = (manager: string, query = ''): RandomWrite => ({
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}${query}`,
    body: manifest(kind, name, choices),
    contentType: types.apply,
  });
  const edits: readonly (() => RandomWrite)[] = [
    () => apply('one'),
    () => apply('one', '&force=true'),
    () => apply('two'),
    () => apply('two', '&force=true'),
    () => ({ ...apply('three', '&dryRun=All&force=true') }),
    () => ({ method: 'PATCH', path: `${path}?fieldManager=editor`, body: { metadata }, contentType: types.merge }),
    () => ({ method: 'PATCH', path: `${path}?fieldManager=editor`, body: { ...kind.make(choices), metadata }, contentType: types.merge }),
    () => ({ method: 'PATCH', path: `${path}?fieldManager=patcher`, body: [{ op: 'add', path: '/metadata/annotations', value: { patched: 'yes' } }], contentType: types.json }),
    () => (kind.isCustom ? apply('two') : { method: 'PATCH', path: `${path}?fieldManager=strategist`, body: { metadata, ...kind.make(choices) }, contentType: types.strategic }),
    () => (kind.isCustom ? apply('one') : { method: 'PUT', path: `${path}?fieldManager=replacer`, body: manifest(kind, name, choices) }),
    () => (kind.hasScale ? scaleEdit(path, name, choices) : apply('one')),
    () =>
      kind.hasStatus
        ? { method: 'PATCH', path: `${path}/status?fieldManager=controller`, body: { metadata, status: { observedGeneration: 1 } }, contentType: types.merge }
        : apply('one'),
  ];
  return [choices.oneOf(edits)()];
}

/** A write of a scale: what people do, and what autoscalers do. */
function scaleEdit(path: string, name: string, choices: Choices): RandomWrite {
  const spec = { replicas: choices.below(4) };
  const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name, namespace: 'diff' }, spec };
  return choices.oneOf<RandomWrite>([
    { method: 'PATCH', path: `${path}/scale?fieldManager=scaler`, body: { spec }, contentType: types.merge },
    { method: 'PUT', path: `${path}/scale?fieldManager=autoscaler`, body: scale },
    { method: 'PATCH', path: `${path}/scale?fieldManager=one`, body: scale, contentType: types.apply },
    { method: 'PATCH', path: `${path}/scale?fieldManager=two&force=true`, body: scale, contentType: types.apply },
  ]);
}

/** Makes what the writes need: a namespace and a custom kind. */
export async function prepareServer(send: Send): Promise<void> {
  await send('POST', '/api/v1/namespaces', { body: { metadata: { name: 'diff' } } });
  await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: widgetDefinition });
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const { status } = await send('PATCH', '/apis/diff.example.com/v1/namespaces/diff/widgets/probe?fieldManager=probe&dryRun=All', {
      body: { apiVersion: 'diff.example.com/v1', kind: 'Widget', metadata: { name: 'probe' } },
      contentType: types.apply,
    });
    if (status === 201) return;
  }
  throw new Error('the custom kind is not served');
}

export async function playWrites(writes: readonly RandomWrite[], send: Send): Promise<readonly ComparedAnswer[]> {
  const answers: ComparedAnswer[] = [];
  for (const { method, path, body, contentType } of writes) {
    const answer = await send(method, path, { ...(body !== undefined && { body }), ...(contentType !== undefined && { contentType }), userAgent: 'differential/1.0' });
    answers.push(comparable(answer));
  }
  return answers;
}

function comparable({ status, body }: ClusterAnswer): ComparedAnswer {
  if (body['kind'] !== 'Status') return { status, body: withoutChoices(body, '') };
  // causes are compared by the messages that they make up
  return { status, body: { reason: stringAt(body, 'reason'), message: withoutIds(stringAt(body, 'message')) } };
}

const free = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'time',
  'clusterIP',
  'nodePort',
  'healthCheckNodePort',
  'lastTransitionTime',
  'lastPhaseTransitionTime',
]);

/** The value with marks for what a server chooses. */
function withoutChoices(value: JsonValue, name: string): JsonValue {
  if (name === 'clusterIPs' || (free.has(name) && value !== 'None')) return value === null ? null : '<any>';
  if (typeof value === 'string') return withoutIds(value);
  if (isList(value)) {
    const items = value.map((item) => withoutChoices(item, ''));
    return name === 'managedFields' ? [...items].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)) : items;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[withoutIds(key), withoutChoices(each, key)]])));
}

/** Managers are ordered by time, which differs. */
function orderOf(entry: JsonValue): string {
  return isJsonObject(entry) ? ['operation', 'manager', 'subresource', 'apiVersion'].map((name) => stringAt(entry, name)).join('/') : '';
}

function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

/** A difference that docs/sandbox.md lists. */
interface DeclaredDifference {
  readonly what: string;
  explains(write: RandomWrite, real: ComparedAnswer, own: ComparedAnswer): boolean;
}

const isRefused = ({ status }: ComparedAnswer): boolean => status >= 400;
const reasonOf = ({ body }: ComparedAnswer): string => stringAt(body, 'reason');

export const declaredDifferences: readonly DeclaredDifference[] = [
  {
    what: 'the words in which invalid objects are refused',
    explains: (_write, real, own) => real.status === 422 && own.status === 422 && reasonOf(real) === reasonOf(own),
  },
  {
    what: 'checks of changes to pod templates of Jobs and StatefulSets',
    explains: ({ path }, real, own) => /\/(jobs|statefulsets)\//.test(path) && isRefused(real) !== isRefused(own),
  },
  {
    what: 'what is left of a Service that changes its type, and addresses of two families',
    explains: ({ path }) => path.includes('/services/'),
  },
  {
    what: 'the annotation that counts the templates of a DaemonSet',
    explains: ({ path }) => path.includes('/daemonsets'),
  },
  {
    what: 'who owns claim templates whose sizes are written in another unit',
    explains: ({ path, body }, real, own) =>
      path.includes('/statefulsets') && JSON.stringify(body).includes('"storage":"1024Mi"') && jsonEquals(withoutManagers(real.body), withoutManagers(own.body)),
  },
];

function withoutManagers(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || !isJsonObject(body['metadata'])) return body;
  const { managedFields: _managedFields, ...metadata } = body['metadata'];
  return { ...body, metadata };
}

export interface Comparison {
  readonly compared: number;
  /** How often each declared difference was met. */
  readonly declared: ReadonlyMap<string, number>;
  /** What no declared difference explains. */
  readonly unexplained: readonly string[];
}

/** Compares answers. After a difference the object is left out: what follows differs with it. */
export function compareAnswers(writes: readonly RandomWrite[], real: readonly ComparedAnswer[], own: readonly ComparedAnswer[]): Comparison {
  const declared = new Map<string, number>();
  const unexplained: string[] = [];
  const left = new Set<string>();
  let compared = 0;
  writes.forEach((write, index) => {
    const [theirs, ours] = [real[index], own[index]];
    const [object = ''] = /[os]\d+-\d+/.exec(`${write.path} ${JSON.stringify(write.body ?? null)}`) ?? [];
    if (!theirs || !ours || left.has(object)) return;
    compared++;
    if (theirs.status === ours.status && jsonEquals(theirs.body, ours.body)) return;
    left.add(object);
    const known = declaredDifferences.find((each) => each.explains(write, theirs, ours));
    if (known) declared.set(known.what, (declared.get(known.what) ?? 0) + 1);
    else unexplained.push([`${write.method} ${write.path}`, ...differencesOf({ ...theirs }, { ...ours }, '').slice(0, 8)].join('\n'));
  });
  return { compared, declared, unexplained };
}

/** Where two values differ. */
function differencesOf(real: JsonValue | undefined, own: JsonValue | undefined, at: string): readonly string[] {
  if (jsonEquals(real, own)) return [];
  if (isJsonObject(real) && isJsonObject(own))
    return [...new Set([...Object.keys(real), ...Object.keys(own)])].flatMap((key) => differencesOf(real[key], own[key], `${at}.${key}`));
  if (isList(real) && isList(own) && real.length === own.length) return real.flatMap((item, index) => differencesOf(item, own[index], `${at}[${index}]`));
  return [`${at}: real ${JSON.stringify(real) ?? 'nothing'}, ours ${JSON.stringify(own) ?? 'nothing'}`];
}

export interface Recording {
  readonly writes: readonly RandomWrite[];
  readonly answers: readonly ComparedAnswer[];
}

/** One line of JSON per write, with its answer. */
export function formatRecording({ writes, answers }: Recording): string {
  return writes.map((write, index) => `${JSON.stringify({ write, answer: answers[index] })}\n`).join('');
}

export function readRecording(text: string): Recording {
  const lines = text.trimEnd().split('\n').map(readLine);
  return { writes: lines.map(({ write }) => write), answers: lines.map(({ answer }) => answer) };
}

interface RecordedLine {
  readonly write: RandomWrite;
  readonly answer: ComparedAnswer;
}

function readLine(line: string): RecordedLine {
  const value: unknown = JSON.parse(line);
  if (!isRecordedLine(value)) throw new Error(`no line of a recording: ${line.slice(0, 80)}`);
  return value;
}

/** Recordings are ours: what is told apart here is another file. */
function isRecordedLine(value: unknown): value is RecordedLine {
  return typeof value === 'object' && value !== null && 'write' in value && 'answer' in value;
}
