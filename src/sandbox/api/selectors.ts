/** Label and field selectors of lists and watches (apimachinery v0.34, pkg/labels and pkg/fields). */
import type { LiveObject } from '../../core/live/liveObject.js';
import { stringAt, valueAt } from '../../core/live/readFields.js';
import { badRequest } from './apiError.js';

export type Matches = (object: LiveObject) => boolean;

/** The objects that a selector means; throws an ApiError where it can't be read. */
export function readLabelSelector(text: string): Matches {
  const tests = splitRequirements(text).map(readRequirement);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** At commas outside parentheses. */
function splitRequirements(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function readRequirement(text: string): LabelTest {
  const [, isNot, only] = /^(!?)\s*([\w./-]+)$/.exec(text) ?? [];
  if (only !== undefined) return isNot === '!' ? (labels) => labels[only] === undefined : (labels) => labels[only] !== undefined;
  const [, inKey, operator, list] = /^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text) ?? [];
  if (inKey !== undefined) {
    const values = new Set((list ?? '').split(',').map((each) => each.trim()));
    return operator === 'in' ? (labels) => values.has(labels[inKey] ?? '\0') : (labels) => !values.has(labels[inKey] ?? '\0');
  }
  const [, key, sign, value = ''] = /^([\w./-]+)\s*(==|=|!=|>|<)\s*([\w.-]*)$/.exec(text) ?? [];
  if (key === undefined) throw badRequest(`unable to parse requirement: ${wordsOfMistake(text)}`);
  if (sign === '>' || sign === '<') return (labels) => isBeyond(labels[key], sign, value);
  return sign === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
}

function isBeyond(label: string | undefined, sign: string, value: string): boolean {
  if (label === undefined || !/^-?\d+$/.test(label)) return false;
  return sign === '>' ? Number(label) > Number(value) : Number(label) < Number(value);
}

function wordsOfMistake(text: string): string {
  const [, , second] = /^([\w./-]+)\s+([^\s]+)/.exec(text) ?? [];
  return second === undefined ? `found '${text}', expected: !, identifier, or 'end of string'` : `found '${second}', expected: in, notin, =, ==, !=, gt, lt`;
}

/** Fields besides name and namespace that a real server selects by (the conversion funcs of pkg/apis, v1.34). */
const selectable: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  '/Event': [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((name) => `involvedObject.${name}`),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/Secret': ['type'],
  '/Namespace': ['status.phase'],
  '/Node': ['spec.unschedulable'],
  '/Service': ['spec.clusterIP', 'spec.type'],
  '/ReplicationController': ['status.replicas'],
  'apps/ReplicaSet': ['status.replicas'],
  'batch/Job': ['status.successful'],
  'certificates.k8s.io/CertificateSigningRequest': ['spec.signerName'],
};

/** @param kind `group/Kind` */
export function readFieldSelector(text: string, kind: string): Matches {
  const tests = text
    .split(',')
    .filter((each) => each !== '')
    .map((each) => readFieldTest(each, kind));
  return (object) => tests.every((test) => test(object));
}

function readFieldTest(text: string, kind: string): Matches {
  const [, field = '', sign, value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(text) ?? [];
  if (field === '') throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const isKnown = field === 'metadata.name' || field === 'metadata.namespace' || selectable[kind]?.includes(field);
  if (!isKnown) throw badRequest(selectable[kind] ? `field label not supported: ${field}` : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
  return sign === '!=' ? (object) => fieldOf(object, field) !== value : (object) => fieldOf(object, field) === value;
}

/** What a field is compared as: a text, empty where it isn't set. */
function fieldOf(object: LiveObject, field: string): string {
  if (object.kind === 'Event' && field === 'source') return stringAt(object, 'source', 'component') || stringAt(object, 'reportingComponent');
  const value = valueAt(object, ...(field === 'status.successful' ? ['status', 'succeeded'] : field.split('.')));
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  return field === 'status.replicas' || field === 'status.successful' ? '0' : field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? 'false' : '';
}

/** The name that a field selector asks for alone; undefined for none. */
export function selectedName(text: string): string | undefined {
  const [, name] = /(?:^|,)metadata\.name==?([^,]+)/.exec(text) ?? [];
  return name;
}
