/**
 * The cluster generator: an Application for each cluster that Argo CD knows from a Secret, and for the one that it runs in
 * (Argo CD v3.2.11 applicationset/generators/cluster.go). Known here are the Secrets that the caller has.
 */
import { makeMap, makeScalar, makeSequence, Pair, scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../../../yaml/nodes.js';
import { mapAt, scalarAt } from '../../declarations.js';
import type { DeliveryObject } from '../../delivery.js';
import { isTrue } from '../application.js';
import { allOrNothing, makeTexts, stepAt, withValues, type Generated, type GeneratorContext } from './generatorContext.js';
import { sanitizeName } from './names.js';
import type { ParamSet } from './params.js';
import { readSelector } from './selector.js';

const inClusterServer = 'https://kubernetes.default.svc';

/** A cluster as its Secret tells it. */
export interface ClusterSecret {
  readonly node: MapNode;
  readonly name: ScalarNode | undefined;
  readonly server: ScalarNode | undefined;
  readonly project: ScalarNode | undefined;
  readonly labels: MapNode | undefined;
  readonly annotations: MapNode | undefined;
}

/** Reads a cluster's Secret; undefined for any other object. Its `data` is decoded. */
export function readClusterSecret({ root }: DeliveryObject): ClusterSecret | undefined {
  const labels = mapAt(root, 'metadata', 'labels');
  if (scalarValue(labels?.get('argocd.argoproj.io/secret-type')) !== 'cluster') return undefined;
  return {
    node: root,
    name: dataAt(root, 'name'),
    server: dataAt(root, 'server'),
    project: dataAt(root, 'project'),
    labels,
    annotations: mapAt(root, 'metadata', 'annotations'),
  };
}

/** A value of a Secret: `stringData` wins over `data`. */
function dataAt(root: MapNode, key: string): ScalarNode | undefined {
  const plain = scalarAt(mapAt(root, 'stringData'), key);
  if (plain) return plain;
  const coded = scalarAt(mapAt(root, 'data'), key);
  if (!coded || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(coded.value)) return undefined;
  const packed = coded.value.replace(/\s+/g, '');
  if (packed.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  return makeScalar(new TextDecoder().decode(bytes), coded, undefined);
}

export function generateClusters(generator: MapNode, field: string, context: GeneratorContext): Generated {
  const selector = mapAt(generator, 'selector');
  const matches = selector ? readSelector(selector, context.problems) : () => true;
  if (!matches) return undefined;
  const hasSelector = selector?.pairs.some(({ value }) => value.kind !== 'scalar' && (value.kind === 'map' ? value.pairs : value.items).length > 0) ?? false;
  const secrets = context.world.clusterSecrets.flatMap((object) => readClusterSecret(object) ?? []);
  const local = hasSelector || secrets.some(({ server }) => server?.value.replace(/\/+$/, '') === inClusterServer) ? [] : [localCluster(generator, field)];
  const selected = secrets.filter(({ labels }) => matches(new Map(pairsOf(labels).map(({ key, value }) => [key.value, scalarValue(value) ?? '']))));
  const sets = [...local, ...selected.map((secret) => clusterParams(secret, field, context))].map((params) => withValues(params, generator, context));
  const complete = allOrNothing(sets);
  return complete && isTrue(generator, 'flatList') ? [inOneList(complete, generator, field)] : complete;
}

function localCluster(generator: MapNode, field: string): ParamSet {
  const texts = { name: 'in-cluster', nameNormalized: 'in-cluster', server: inClusterServer, project: '' };
  return { values: makeTexts(texts, generator), opaque: new Set(), step: stepAt(field, generator) };
}

function clusterParams({ node, name, server, project, labels, annotations }: ClusterSecret, field: string, { renderer }: GeneratorContext): ParamSet {
  const place = name ?? node;
  const key = (text: string): ScalarNode => makeScalar(text, place, undefined);
  const empty = makeScalar('', place, undefined);
  const pairs: Pair[] = [
    new Pair(key('name'), name ?? empty),
    new Pair(key('nameNormalized'), makeScalar(sanitizeName(name?.value ?? ''), place, undefined)),
    new Pair(key('server'), server ?? empty),
    new Pair(key('project'), project ?? empty),
  ];
  const metadata: Pair[] = [];
  for (const [kind, map] of [
    ['annotations', annotations],
    ['labels', labels],
  ] as const) {
    const entries = pairsOf(map);
    if (!map || entries.length === 0) continue;
    if (renderer.isGo) metadata.push(new Pair(key(kind), map.withPairs(entries)));
    else for (const entry of entries) pairs.push(new Pair(makeScalar(`metadata.${kind}.${entry.key.value}`, entry.key, undefined), entry.value));
  }
  if (renderer.isGo) pairs.push(new Pair(key('metadata'), makeMap(metadata, place, undefined)));
  return { values: makeMap(pairs, place, undefined), opaque: new Set(['metadata.annotations', 'metadata.labels']), step: stepAt(field, place) };
}

function pairsOf(map: MapNode | undefined): readonly Pair[] {
  return map ? map.pairs.flatMap(({ key, value }) => (value.kind === 'scalar' ? [new Pair(key, makeScalar(value.value, value, value.step, value.was))] : [])) : [];
}

/** `flatList`: one set that has all clusters in a list. */
function inOneList(sets: readonly ParamSet[], generator: MapNode, field: string): ParamSet {
  const list: YamlNode = makeSequence(
    sets.map(({ values }) => values),
    generator,
    undefined,
  );
  const values = makeMap([new Pair(makeScalar('clusters', generator, undefined), list)], generator, undefined);
  return { values, opaque: new Set(['clusters']), step: stepAt(field, generator) };
}

/** The names of the clusters that Secrets tell. */
export function clusterNames(secrets: readonly DeliveryObject[]): readonly { readonly name: string; readonly server: string }[] {
  return secrets.flatMap((object) => {
    const secret = readClusterSecret(object);
    return secret?.server ? [{ name: secret.name?.value ?? '', server: secret.server.value.replace(/\/+$/, '') }] : [];
  });
}
