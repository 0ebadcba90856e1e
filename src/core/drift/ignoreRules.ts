/**
 * What is left out of a comparison, and why: Argo CD's `ignoreDifferences` (util/argo/normalizers, v3.2), Flux's `ignore`,
 * the settings of the workspace, replicas that an autoscaler sets, and what controllers fill in. A rule takes fields out
 * of both sides; which differences go with it is found by comparing again.
 */
import type { DriftIgnoreSetting } from '../gitops/settings.js';
import { fieldsOwnedBy } from '../live/fieldOwners.js';
import { elementPathsOf, leavesOf } from '../live/fieldSet.js';
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import { mapAt, mapsAt, textAt, textsAt } from '../live/readFields.js';
import type { ResId } from '../objects/resId.js';
import { deletePaths, readJqPath, type JsonPath } from './jqPath.js';
import { withoutElements } from './leftovers.js';

export interface IgnoreRule {
  /** `ignoreDifferences of Application orders-prod`. */
  readonly reason: string;
  matches(id: ResId, live: LiveObject): boolean;
  /** The side without what is ignored. @param live the live object, whichever side it is */
  strip(side: JsonObject, live: LiveObject): JsonObject;
  /** Set where the rule can't be carried out: one sentence that is shown instead. */
  readonly problem?: string;
}

/** The rules of an Application or of a Flux object, from its JSON. */
export function rulesOfDeclaration(declaration: JsonObject): readonly IgnoreRule[] {
  const kind = textAt(declaration, 'kind');
  const name = `${kind ?? ''} ${textAt(declaration, 'metadata', 'name') ?? ''}`;
  if (kind === 'Application') return mapsAt(declaration, 'spec', 'ignoreDifferences').flatMap((entry) => argoRules(entry, `ignoreDifferences of ${name}`));
  if (kind === 'Kustomization') return mapsAt(declaration, 'spec', 'ignore').flatMap((entry) => fluxRules(entry, `ignore of ${name}`));
  if (kind === 'HelmRelease') return mapsAt(declaration, 'spec', 'driftDetection', 'ignore').flatMap((entry) => fluxRules(entry, `driftDetection.ignore of ${name}`));
  return [];
}

function argoRules(entry: JsonObject, reason: string): readonly IgnoreRule[] {
  const [group, kind, name, namespace] = ['group', 'kind', 'name', 'namespace'].map((field) => textAt(entry, field) ?? '');
  const matches = (id: ResId): boolean =>
    isGlobMatch(group ?? '', id.group) && isGlobMatch(kind ?? '', id.kind) && (name === '' || name === id.name) && (namespace === '' || namespace === id.namespace);
  const managers = new Set(textsAt(entry, 'managedFieldsManagers'));
  return [
    ...pointerRules(textsAt(entry, 'jsonPointers'), reason, matches),
    ...textsAt(entry, 'jqPathExpressions').map((text) => jqRule(text, reason, matches)),
    ...(managers.size > 0 ? [managerRule(managers, reason, matches)] : []),
  ];
}

function fluxRules(entry: JsonObject, reason: string): readonly IgnoreRule[] {
  const target = mapAt(entry, 'target') ?? {};
  const selector = (field: string): RegExp | undefined => wholeExpression(textAt(target, field));
  const [group, version, kind, name, namespace] = ['group', 'version', 'kind', 'name', 'namespace'].map(selector);
  const fits = (expression: RegExp | undefined, text: string): boolean => expression?.test(text) !== false;
  const labels = labelTests(textAt(target, 'labelSelector'));
  const annotations = labelTests(textAt(target, 'annotationSelector'));
  const matches = (id: ResId, live: LiveObject): boolean =>
    fits(group, id.group) &&
    fits(version, id.version) &&
    fits(kind, id.kind) &&
    fits(name, id.name) &&
    fits(namespace, id.namespace) &&
    labels.every((test) => test(live.metadata.labels ?? {})) &&
    annotations.every((test) => test(live.metadata.annotations ?? {}));
  return pointerRules(textsAt(entry, 'paths'), reason, matches);
}

/** The rules of the workspace's settings. */
export function rulesOfSettings(settings: readonly DriftIgnoreSetting[]): readonly IgnoreRule[] {
  return settings.flatMap(({ group, kind, name, namespace, path, reason }) => {
    const because = reason === undefined ? 'drift.ignore of the settings' : `drift.ignore of the settings: ${reason}`;
    const fits = (wanted: string | undefined, own: string): boolean => wanted === undefined || isGlobMatch(wanted, own);
    const matches = (id: ResId): boolean => fits(group, id.group) && fits(kind, id.kind) && fits(name, id.name) && fits(namespace, id.namespace);
    return path.startsWith('.') ? [jqRule(path, because, matches)] : pointerRules([path], because, matches);
  });
}

/** Replicas of what autoscalers scale are theirs. */
export function rulesOfAutoscalers(autoscalers: readonly JsonObject[]): readonly IgnoreRule[] {
  return autoscalers.flatMap((autoscaler) => {
    const target = mapAt(autoscaler, 'spec', 'scaleTargetRef') ?? {};
    const [kind, name, namespace] = [textAt(target, 'kind') ?? 'Deployment', textAt(target, 'name'), textAt(autoscaler, 'metadata', 'namespace') ?? ''];
    const matches = (id: ResId): boolean => id.kind === kind && id.name === name && id.namespace === namespace;
    return pointerRules(['/spec/replicas'], `${textAt(autoscaler, 'kind') ?? ''} ${textAt(autoscaler, 'metadata', 'name') ?? ''} sets it`, matches);
  });
}

/** What parts of a cluster fill in where a manifest leaves a place for it. */
export const systemRules: readonly IgnoreRule[] = [
  {
    reason: 'the rules of an aggregated ClusterRole are filled in by the cluster',
    matches: ({ group, kind }, live) => group === 'rbac.authorization.k8s.io' && kind === 'ClusterRole' && live['aggregationRule'] !== undefined,
    strip: (side) => {
      const { rules: _rules, ...rest } = side;
      return rest;
    },
  },
  {
    reason: 'a certificate that is injected in the cluster',
    matches: ({ kind }, live) => caKinds.has(kind) && hasInjectedCa(live),
    strip: (side) => mapOf(withoutCa(side)),
  },
  {
    reason: 'the token that the cluster makes for a ServiceAccount',
    matches: ({ group, kind }) => group === '' && kind === 'ServiceAccount',
    strip: (side, live) => {
      const name = live.metadata.name;
      const { secrets } = side;
      if (!isList(secrets)) return side;
      return { ...side, secrets: secrets.filter((item) => !(isJsonObject(item) && typeof item['name'] === 'string' && item['name'].startsWith(`${name}-token-`))) };
    },
  },
  {
    reason: 'labels that the Job controller sets',
    matches: ({ group, kind }) => group === 'batch' && kind === 'Job',
    strip: (side) => mapOf(withoutJobLabels(side)),
  },
];

const caKinds: ReadonlySet<string> = new Set(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService', 'CustomResourceDefinition']);

function hasInjectedCa(live: LiveObject): boolean {
  const isInjected = Object.keys(live.metadata.annotations ?? {}).some((key) => key.startsWith('cert-manager.io/inject-') || key === 'service.beta.openshift.io/inject-cabundle');
  return (
    isInjected ||
    (live.metadata.managedFields ?? []).some(({ manager, fieldsV1 }) => /cainjector|webhook-cert|cert-controller/.test(manager) && JSON.stringify(fieldsV1).includes('f:caBundle'))
  );
}

function withoutCa(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(withoutCa);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (key === 'caBundle' || each === undefined ? [] : [[key, withoutCa(each)]])));
}

function withoutJobLabels(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const isOwn = (key: string): boolean => key === 'controller-uid' || key === 'job-name' || key === 'batch.kubernetes.io/controller-uid' || key === 'batch.kubernetes.io/job-name';
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      if (each === undefined) return [];
      if ((key === 'labels' || key === 'matchLabels') && isJsonObject(each)) return [[key, Object.fromEntries(Object.entries(each).filter(([label]) => !isOwn(label)))]];
      return [[key, key === 'spec' || key === 'template' || key === 'metadata' || key === 'selector' ? withoutJobLabels(each) : each]];
    }),
  );
}

/** Whole objects that are left alone, by what they or the environment say; the reason, or undefined. */
export function wholeIgnore(live: LiveObject, desired: JsonObject): string | undefined {
  for (const word of ['reconcile', 'ssa'] as const) {
    const key = `kustomize.toolkit.fluxcd.io/${word}`;
    const value = [textAt(desired, 'metadata', 'labels', key), textAt(desired, 'metadata', 'annotations', key), live.metadata.labels?.[key], live.metadata.annotations?.[key]]
      .find((text) => text !== undefined)
      ?.toLowerCase();
    if (word === 'reconcile' && value === 'disabled') return `${key}: disabled`;
    if (word === 'ssa' && (value === 'ignore' || value === 'ifnotpresent')) return `${key}: ${value === 'ignore' ? 'Ignore' : 'IfNotPresent'}`;
  }
  return undefined;
}

function pointerRules(pointers: readonly string[], reason: string, matches: IgnoreRule['matches']): readonly IgnoreRule[] {
  return pointers.map((pointer) => ({ reason, matches, strip: (side) => mapOf(deletePaths(side, pathOfPointer(side, pointer))) }));
}

/** The way that a JSON pointer (RFC 6901) means in an object; none where there is nothing. */
export function pathOfPointer(root: JsonValue, pointer: string): readonly JsonPath[] {
  if (!pointer.startsWith('/')) return [];
  const path: (string | number)[] = [];
  let value: JsonValue | undefined = root;
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isList(value)) {
      if (!/^\d+$/.test(key)) return [];
      path.push(Number(key));
      value = value[Number(key)];
    } else {
      path.push(key);
      value = isJsonObject(value) ? value[key] : undefined;
    }
    if (value === undefined) return [];
  }
  return [path];
}

function jqRule(text: string, reason: string, matches: IgnoreRule['matches']): IgnoreRule {
  const reading = readJqPath(text);
  if (!reading.ok) return { reason, matches, strip: (side) => side, problem: `${reason}: not evaluated, as ${reading.reason}` };
  return { reason, matches, strip: (side) => mapOf(deletePaths(side, reading.paths(side))) };
}

/** Fields that these managers own are as they are live: taken out of both sides. */
function managerRule(managers: ReadonlySet<string>, reason: string, matches: IgnoreRule['matches']): IgnoreRule {
  return {
    reason: `${reason} (fields of ${[...managers].join(', ')})`,
    matches,
    strip: (side, live) => {
      const owned = elementPathsOf(leavesOf(fieldsOwnedBy(live, ({ manager }) => managers.has(manager))));
      const { name } = live.metadata;
      return withoutElements({ ...side, apiVersion: live.apiVersion, kind: live.kind, metadata: { ...mapOf(side['metadata']), name } }, owned);
    },
  };
}

/** `*` for any text and `?` for one character; an empty glob fits the empty text only (gobwas/glob as Argo CD uses it). */
function isGlobMatch(glob: string, text: string): boolean {
  const pattern = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(text);
}

function wholeExpression(text: string | undefined): RegExp | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return new RegExp(`^(?:${text})$`);
  } catch (error) {
    if (error instanceof SyntaxError) return /^\b$/;
    throw error;
  }
}

type LabelTest = (texts: Readonly<Record<string, string>>) => boolean;

/** Selectors of the forms `a=b`, `a!=b`, `a`, `!a`, `a in (b, c)`, `a notin (b, c)`. */
function labelTests(selector: string | undefined): readonly LabelTest[] {
  if (selector === undefined || selector.trim() === '') return [];
  return (selector.match(/[^,(]+(\([^)]*\))?/g) ?? []).map((part): LabelTest => {
    const text = part.trim();
    const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
    if (set) {
      const values = new Set((set[3] ?? '').split(',').map((value) => value.trim()));
      return (texts) => (values.has(texts[set[1] ?? ''] ?? '') && texts[set[1] ?? ''] !== undefined) === (set[2] === 'in');
    }
    const unequal = /^(\S+?)\s*!=\s*(\S*)$/.exec(text);
    if (unequal) return (texts) => texts[unequal[1] ?? ''] !== unequal[2];
    const equal = /^(\S+?)\s*==?\s*(\S*)$/.exec(text);
    if (equal) return (texts) => texts[equal[1] ?? ''] === equal[2];
    return text.startsWith('!') ? (texts) => texts[text.slice(1)] === undefined : (texts) => texts[text] !== undefined;
  });
}

function mapOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** True for kinds that set the replicas of others. */
export function isAutoscaler({ group, kind }: Pick<ResId, 'group' | 'kind'>): boolean {
  return (group === 'autoscaling' && kind === 'HorizontalPodAutoscaler') || (group === 'keda.sh' && kind === 'ScaledObject');
}
