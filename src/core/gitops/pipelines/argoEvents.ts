/**
 * Argo Events: which git event reaches which trigger, and with which parameters (argo-events v1.9.6,
 * pkg/apis/events/v1alpha1 and pkg/sensors). A value of an event's payload that its filters or its source's list of
 * repositories leave one choice for is constant; what is known of the others is what they mean.
 */
import type { Place } from '../../base/problem.js';
import type { MapNode, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import type { DeliveryObject } from '../delivery.js';
import { joinBranches } from './branchLimit.js';
import { anyBranch, type BranchLimit, type EventKind, type PipelineEvent } from './pipeline.js';
import { constantText, holeText, type SymbolicText } from './symbolicText.js';
import { sliceText } from './shellValues.js';
import { itemsOf, mapField, scalarField, textField, textsOf } from './yamlFields.js';

/** An event that a sensor's dependency waits for. */
export interface SensorDependency {
  readonly name: string;
  readonly events: readonly PipelineEvent[];
  readonly branches: BranchLimit;
  /** Values of the payload of which filters leave one. */
  readonly values: ReadonlyMap<string, string>;
  /** `owner/name`, where it can be one repository only. */
  readonly repository: string | undefined;
}

/** One event of an event source. */
interface SourceEvent {
  readonly type: string;
  /** With host: `github.com/owner/name`. */
  readonly repositories: readonly string[];
  readonly words: readonly string[];
  readonly filter: string;
  readonly place: Place;
}

const hostOf: Readonly<Record<string, { readonly field: string; readonly host: string }>> = {
  github: { field: 'githubBaseURL', host: 'github.com' },
  gitlab: { field: 'gitlabBaseURL', host: 'gitlab.com' },
  bitbucket: { field: '', host: 'bitbucket.org' },
  bitbucketserver: { field: 'bitbucketserverBaseURL', host: 'bitbucket' },
  gerrit: { field: 'gerritBaseURL', host: 'gerrit' },
};

/** The dependencies of a sensor, with what their event sources say of them. */
export function readDependencies(sensor: DeliveryObject, objects: readonly DeliveryObject[]): readonly SensorDependency[] {
  const list = mapField(sensor.root, 'spec')?.get('dependencies');
  return itemsOf(list).flatMap((dependency) => {
    if (dependency.kind !== 'map') return [];
    const source = findEventSource(objects, sensor.id.namespace, textField(dependency, 'eventSourceName'));
    const event = source && readSourceEvent(source, textField(dependency, 'eventName') ?? '');
    return [readDependency(dependency, event)];
  });
}

function findEventSource(objects: readonly DeliveryObject[], namespace: string, name: string | undefined): MapNode | undefined {
  const same = objects.filter(({ id }) => id.group === 'argoproj.io' && id.kind === 'EventSource' && id.name === name);
  return (same.find(({ id }) => id.namespace === namespace) ?? same[0])?.root;
}

function readSourceEvent(source: MapNode, name: string): SourceEvent | undefined {
  for (const { key, value } of mapField(source, 'spec')?.pairs ?? []) {
    const pair = value.kind === 'map' ? value.pair(name) : undefined;
    if (pair?.value.kind !== 'map' || ['template', 'service'].includes(key.value)) continue;
    const event = pair.value;
    const filter = textField(mapField(event, 'filter'), 'expression') ?? '';
    return { type: key.value, repositories: repositoriesOf(key.value, event), words: textsOf(event.get('events')), filter, place: pair.key };
  }
  return undefined;
}

function repositoriesOf(type: string, event: MapNode): readonly string[] {
  const known = hostOf[type];
  if (!known) return [];
  const base = known.field === '' ? undefined : textField(event, known.field);
  const host =
    base === undefined
      ? known.host
      : base
          .replace(/^[a-z]+:\/\//, '')
          .replace(/^api\./, '')
          .replace(/\/.*$/, '');
  const names: string[] = [];
  for (const entry of itemsOf(event.get('repositories'))) {
    const owner = textField(entry, 'owner') ?? textField(entry, 'projectKey') ?? '';
    const slugs = entry.kind === 'map' ? [...textsOf(entry.get('names')), ...textsOf(entry.get('repositorySlug'))] : [];
    names.push(...slugs.map((slug) => `${owner}/${slug}`));
  }
  const owner = textField(event, 'owner') ?? textField(event, 'projectKey');
  const single = textField(event, 'repository') ?? textField(event, 'repositorySlug');
  if (names.length === 0 && owner !== undefined && single !== undefined) names.push(`${owner}/${single}`);
  names.push(...textsOf(event.get('projects')), ...textsOf(event.get('projectID')));
  names.push(...[...textsOf(event.get('organizations')), ...textsOf(event.get('groups'))].map((group) => `${group}/*`));
  return names.map((name) => `${host}/${name}`);
}

function readDependency(dependency: MapNode, event: SourceEvent | undefined): SensorDependency {
  const name = textField(dependency, 'name') ?? '';
  const filters = mapField(dependency, 'filters');
  const isAll = textField(dependency, 'filtersLogicalOperator') !== 'or';
  const conditions = isAll ? [...dataConditions(filters), ...expressionConditions(filters), ...equationsOf(event?.filter ?? '')] : [];
  const values = new Map<string, string>();
  let branches: BranchLimit = anyBranch;
  for (const { path, allowed, isExcluded } of conditions) {
    if (branchPath.test(path)) {
      const names = allowed.map((value) => value.replace(/^refs\/heads\//, ''));
      branches = isExcluded ? { only: branches.only, except: [...branches.except, ...names] } : { only: names, except: branches.except };
    }
    const [only, ...others] = allowed;
    if (!isExcluded && only !== undefined && others.length === 0) values.set(path, only);
  }
  const wanted = [values.get('body.repository.full_name'), values.get('body.project.path_with_namespace')].find((value) => value !== undefined);
  const shortName = values.get('body.repository.name');
  const all = event?.repositories ?? [];
  const repositories = all.filter((repository) => (wanted === undefined || repository.endsWith(`/${wanted}`)) && (shortName === undefined || repository.endsWith(`/${shortName}`)));
  const place = event?.place ?? dependency;
  const words = wordsOf(
    values,
    event,
    conditions.map(({ path }) => path),
  );
  const isTag = conditions.some(({ path, allowed }) => path === 'body.ref' && allowed.length > 0 && allowed.every((value) => value.startsWith('refs/tags/')));
  const limit: BranchLimit = isTag ? { only: branches.only.map((tag) => tag.replace(/^refs\/tags\//, '')), except: [] } : branches;
  const events = (repositories.length > 0 ? repositories : [wanted]).flatMap((repository) =>
    words.map((word): PipelineEvent => ({ kind: isTag ? 'tag' : kindOf(word, event?.type), word, repository, branches: limit, paths: [], pipelines: [], place })),
  );
  const single = repositories.length === 1 && !repositories[0]?.endsWith('/*') ? repositories[0]?.split('/').slice(1).join('/') : wanted;
  return { name, events, branches: isTag ? anyBranch : branches, values, repository: single };
}

/** Ways to a branch's name or reference in the payloads of the forges. */
const branchPath =
  /^body\.(?:ref|pull_request\.base\.ref|object_attributes\.target_branch|push\.changes\.0\.new\.name|pullrequest\.destination\.branch\.name|changes\.0\.ref\.displayId)$/;

interface PayloadCondition {
  readonly path: string;
  readonly allowed: readonly string[];
  readonly isExcluded: boolean;
}

function dataConditions(filters: MapNode | undefined): readonly PayloadCondition[] {
  if (textField(filters, 'dataLogicalOperator') === 'or') return [];
  return itemsOf(filters?.get('data')).flatMap((filter) => {
    const path = textField(filter, 'path');
    const comparator = textField(filter, 'comparator') ?? '=';
    if (path === undefined || filter.kind !== 'map' || textField(filter, 'template') !== undefined || !['=', '', '!='].includes(comparator)) return [];
    return [{ path, allowed: textsOf(filter.get('value')), isExcluded: comparator === '!=' }];
  });
}

function expressionConditions(filters: MapNode | undefined): readonly PayloadCondition[] {
  const expressions = itemsOf(filters?.get('exprs'));
  if (textField(filters, 'exprLogicalOperator') === 'or' && expressions.length > 1) return [];
  return expressions.flatMap((expression) => {
    const fields = new Map(
      itemsOf(expression.kind === 'map' ? expression.get('fields') : undefined).map((field) => [textField(field, 'name') ?? '', textField(field, 'path') ?? '']),
    );
    return equationsOf(textField(expression, 'expr') ?? '').flatMap((condition) => {
      const path = fields.get(condition.path);
      return path === undefined ? [] : [{ ...condition, path }];
    });
  });
}

/** `a == "x" && b != "y"`; the alternatives of one name joined by `||` are one condition. */
function equationsOf(expression: string): readonly PayloadCondition[] {
  const equations = [...expression.matchAll(/([\w.]+)\s*([=!]=)\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, path = '', operator, double, single]) => ({
    path,
    allowed: [double ?? single ?? ''],
    isExcluded: operator === '!=',
  }));
  if (!expression.includes('||')) return equations;
  const [first] = equations;
  const isOne = first !== undefined && !expression.includes('&&') && equations.every(({ path, isExcluded }) => path === first.path && !isExcluded);
  return isOne ? [{ path: first.path, allowed: equations.flatMap(({ allowed }) => allowed), isExcluded: false }] : [];
}

function wordsOf(values: ReadonlyMap<string, string>, event: SourceEvent | undefined, paths: readonly string[]): readonly string[] {
  for (const [path, value] of values) if (/^(?:headers|header|body)\.x-(?:github|gitlab|gitea)-event$/i.test(path) || path === 'body.object_kind') return [value];
  if (paths.some((path) => path.startsWith('body.pull_request'))) return ['pull_request'];
  if (paths.includes('body.ref')) return ['push'];
  const words = event?.words.filter((word) => word !== '*') ?? [];
  return words.length > 0 ? words : [event?.type ?? 'event'];
}

function kindOf(word: string, type: string | undefined): EventKind {
  const plain = word.toLowerCase().replace(/[ _:]/g, '');
  if (/^(?:push|pushevents?|pushhook|repopush|reporefschanged)$/.test(plain)) return 'push';
  if (/pullrequest|mergerequest|^pr/.test(plain)) return 'pullRequest';
  if (/^(?:tag|create|release)/.test(plain)) return 'tag';
  if (type === 'calendar') return 'schedule';
  return type === 'webhook' || (type !== undefined && hostOf[type] !== undefined) ? 'webhook' : 'other';
}

/** The dependencies that a trigger waits for, by its conditions. */
export function dependenciesOf(template: MapNode, dependencies: readonly SensorDependency[]): readonly SensorDependency[] {
  const conditions = textField(template, 'conditions');
  if (conditions === undefined || conditions === '') return dependencies;
  const named = new Set(conditions.split(/[^\w.-]+/));
  return dependencies.filter(({ name }) => named.has(name));
}

/** The branches that any of the dependencies lets through. */
export function branchesOfDependencies(dependencies: readonly SensorDependency[]): BranchLimit {
  const [first, ...rest] = dependencies;
  return rest.reduce((limit, { branches }) => joinBranches(limit, branches), first?.branches ?? anyBranch);
}

/** One parameter of a trigger: a value for a place in its resource. */
export interface TriggerParameter {
  /** `spec.arguments.parameters.0.value`. */
  readonly destination: string;
  readonly operation: string;
  readonly value: SymbolicText;
  readonly place: Place;
}

/** The parameters of a trigger or of its template (pkg/sensors/triggers/params.go). */
export function readParameters(list: YamlNode | undefined, dependencies: readonly SensorDependency[]): readonly TriggerParameter[] {
  return itemsOf(list).flatMap((parameter) => {
    const destination = scalarField(parameter, 'dest');
    const source = mapField(parameter, 'src');
    if (!destination || !source) return [];
    const dependency = dependencies.find(({ name }) => name === textField(source, 'dependencyName'));
    return [{ destination: destination.value, operation: textField(parameter, 'operation') ?? 'overwrite', value: sourceText(source, dependency), place: destination }];
  });
}

/** A template goes before a key; the literal value is what stands in for what isn't there. */
function sourceText(source: MapNode, dependency: SensorDependency | undefined): SymbolicText {
  const template = scalarField(source, 'dataTemplate');
  if (template) return templateText(template, dependency);
  const key = textField(source, 'dataKey');
  if (key !== undefined) return payloadText(key, key, dependency);
  const context = textField(source, 'contextKey') ?? textField(source, 'contextTemplate');
  const value = scalarField(source, 'value');
  if (value && context === undefined) return constantText(value.value);
  return holeText('unknown', context ?? 'the event');
}

function templateText(template: ScalarNode, dependency: SensorDependency | undefined): SymbolicText {
  return template.value
    .split(/(\{\{[\s\S]*?\}\})/)
    .reduce<SymbolicText>((text, part) => [...text, ...(part.startsWith('{{') ? actionText(part, dependency) : constantText(part))], []);
}

/** `{{ .Input.body.after | substr 0 7 }}` and the like. */
function actionText(written: string, dependency: SensorDependency | undefined): SymbolicText {
  const inner = written.slice(2, -2).replace(/^-|-$/g, '').trim();
  const called = /^(substr\s+\d+\s+\d+|trunc\s+\d+|trimPrefix\s+"[^"]*"|replace\s+"[^"]*"\s+"[^"]*"|lower)\s+\.Input\.([\w.]+)$/.exec(inner);
  const [first = '', ...filters] = called ? [`.Input.${called[2] ?? ''}`, called[1] ?? ''] : inner.split('|').map((part) => part.trim());
  const path = /^\.Input\.([\w.]+)$/.exec(first)?.[1];
  if (path === undefined) return holeText('unknown', written);
  return filters.reduce<SymbolicText>((value, filter) => filteredText(value, filter, written), payloadText(path, written, dependency));
}

function filteredText(value: SymbolicText, filter: string, written: string): SymbolicText {
  const length = /^(?:substr\s+0|trunc)\s+(\d+)$/.exec(filter)?.[1];
  if (length !== undefined) return sliceText(value, 0, Number(length), written);
  const prefix = /^(?:trimPrefix\s+"([^"]*)"|replace\s+"([^"]*)"\s+"")$/.exec(filter);
  const cut = prefix?.[1] ?? prefix?.[2];
  const [only] = value;
  if (cut !== undefined && value.length === 1 && typeof only === 'string') return constantText(only.startsWith(cut) ? only.slice(cut.length) : only);
  if (cut === 'refs/heads/' && typeof only === 'object' && only.meaning === 'ref') return holeText('branch', written);
  if (cut === 'refs/tags/' && typeof only === 'object' && only.meaning === 'ref') return holeText('gitTag', written);
  return filter === 'lower' && typeof only === 'string' && value.length === 1 ? constantText(only.toLowerCase()) : holeText('unknown', written);
}

/** What stands at a way in the payload of an event. */
function payloadText(path: string, written: string, dependency: SensorDependency | undefined): SymbolicText {
  const fixed = dependency?.values.get(path);
  if (fixed !== undefined) return constantText(fixed);
  const repository = dependency?.repository;
  if (/^body\.(?:repository\.full_name|project\.path_with_namespace)$/.test(path)) return repository === undefined ? holeText('repository', written) : constantText(repository);
  if (/^body\.(?:repository|project)\.name$/.test(path) && repository !== undefined) return constantText(repository.split('/').at(-1) ?? '');
  if (
    /^body\.(?:after|head_commit\.id|checkout_sha|pull_request\.head\.sha|object_attributes\.last_commit\.id|commits\.0\.id|push\.changes\.0\.new\.target\.hash|changes\.0\.toHash)$/.test(
      path,
    )
  )
    return holeText('commit', written);
  if (path === 'body.ref') return holeText('ref', written);
  if (branchPath.test(path) || /^body\.(?:pull_request\.head\.ref|object_attributes\.source_branch)$/.test(path)) return holeText('branch', written);
  if (/^body\.(?:number|pull_request\.number|object_attributes\.iid)$/.test(path)) return holeText('number', written);
  return holeText('unknown', written);
}
