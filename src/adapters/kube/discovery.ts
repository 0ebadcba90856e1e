/** Which kinds an API server serves: aggregated discovery where it has it (Kubernetes 1.27 and later), else group by group. */
import { isJsonObject, isList, type JsonObject, type JsonValue } from '../../core/live/json.js';
import type { ServedKind } from '../../core/live/liveObject.js';
import { isCancelled } from '../../services/failure.js';
import { unexpectedAnswer } from './status.js';

/** Gets the JSON at a path. */
export type Fetch = (path: string, accept: string) => Promise<JsonValue>;

const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/** All kinds, the core group first, then as the server orders them; of a group the preferred version first. */
export async function discoverKinds(fetch: Fetch): Promise<readonly ServedKind[]> {
  const parts = await Promise.all(['/api', '/apis'].map(async (path) => [path, await fetch(path, aggregated)] as const));
  const kinds = await Promise.all(parts.map(([path, answer]) => readPart(path, answer, fetch)));
  return kinds.flat();
}

async function readPart(path: string, answer: JsonValue, fetch: Fetch): Promise<readonly ServedKind[]> {
  if (!isJsonObject(answer)) throw unexpectedAnswer(`Discovery at ${path}`);
  if (answer['kind'] === 'APIGroupDiscoveryList') return listOf(answer, 'items').flatMap(readAggregatedGroup);
  if (path === '/api') return (await Promise.all(textsOf(answer, 'versions').map((version) => readResources(`/api/${version}`, '', version, fetch)))).flat();
  const versions = listOf(answer, 'groups').flatMap((group) => {
    const preferred = isJsonObject(group['preferredVersion']) ? group['preferredVersion'] : {};
    const all = listOf(group, 'versions').map((each) => textOf(each, 'version'));
    const first = textOf(preferred, 'version');
    return [first, ...all.filter((each) => each !== first)].filter((each) => each !== '').map((version) => [textOf(group, 'name'), version] as const);
  });
  return (await Promise.all(versions.map(([group, version]) => readResources(`/apis/${group}/${version}`, group, version, fetch)))).flat();
}

function readAggregatedGroup(group: JsonObject): readonly ServedKind[] {
  const groupName = isJsonObject(group['metadata']) ? textOf(group['metadata'], 'name') : '';
  return listOf(group, 'versions').flatMap((entry) => {
    const version = textOf(entry, 'version');
    return listOf(entry, 'resources').flatMap((resource): readonly ServedKind[] => {
      const kind = isJsonObject(resource['responseKind']) ? textOf(resource['responseKind'], 'kind') : '';
      if (kind === '') return [];
      return [
        {
          group: groupName,
          version,
          kind,
          plural: textOf(resource, 'resource'),
          singular: textOf(resource, 'singularResource'),
          shortNames: textsOf(resource, 'shortNames'),
          isNamespaced: resource['scope'] === 'Namespaced',
          verbs: textsOf(resource, 'verbs'),
          subresources: listOf(resource, 'subresources').map((each) => textOf(each, 'subresource')),
        },
      ];
    });
  });
}

/** One group's version of the older form. A group whose own server is down is passed over, as kubectl does. */
async function readResources(path: string, group: string, version: string, fetch: Fetch): Promise<readonly ServedKind[]> {
  const answer = await fetch(path, 'application/json').catch((error: unknown) => {
    if (isCancelled(error) || group === '') throw error;
    return null;
  });
  if (!isJsonObject(answer)) return [];
  const resources = listOf(answer, 'resources');
  return resources.flatMap((resource): readonly ServedKind[] => {
    const plural = textOf(resource, 'name');
    if (plural.includes('/')) return [];
    const subresources = resources.map((each) => textOf(each, 'name')).flatMap((name) => (name.startsWith(`${plural}/`) ? [name.slice(plural.length + 1)] : []));
    return [
      {
        group,
        version,
        kind: textOf(resource, 'kind'),
        plural,
        singular: textOf(resource, 'singularName'),
        shortNames: textsOf(resource, 'shortNames'),
        isNamespaced: resource['namespaced'] === true,
        verbs: textsOf(resource, 'verbs'),
        subresources,
      },
    ];
  });
}

function listOf(value: JsonObject, key: string): readonly JsonObject[] {
  const list = value[key];
  return isList(list) ? list.filter(isJsonObject) : [];
}

function textOf(value: JsonObject, key: string): string {
  const field = value[key];
  return typeof field === 'string' ? field : '';
}

function textsOf(value: JsonObject, key: string): readonly string[] {
  const list = value[key];
  return isList(list) ? list.filter((each) => typeof each === 'string') : [];
}
