/** What is served, as clients ask for it: groups, their versions, their kinds; in one answer or in many (apiserver v0.34, pkg/endpoints/discovery). */
import type { JsonObject } from '../../core/live/json.js';
import type { SandboxKind, SandboxKinds } from '../kinds/kinds.js';

export const release = 'v1.34.2';

export function versionInfo(): JsonObject {
  const [major = '', minor = ''] = release.slice(1).split('.');
  return {
    major,
    minor,
    gitVersion: release,
    gitCommit: 'gitops-workbench-sandbox',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'none',
    platform: `${process.platform}/${process.arch}`,
  };
}

export function coreVersions(address: string): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }] };
}

/** The groups with their versions, the preferred one first; without the core group. */
function groupVersions(kinds: SandboxKinds): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { group, version } of kinds.all) {
    if (group === '') continue;
    const known = groups.get(group);
    if (!known) groups.set(group, [version]);
    else if (!known.includes(version)) known.push(version);
  }
  return groups;
}

export function groupList(kinds: SandboxKinds): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groupVersions(kinds)].map(([group, versions]) => groupFacts(group, versions)) };
}

/** Undefined for a group that isn't served. */
export function groupDocument(kinds: SandboxKinds, group: string): JsonObject | undefined {
  const versions = groupVersions(kinds).get(group);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupFacts(group, versions) };
}

function groupFacts(name: string, versions: readonly string[]): JsonObject {
  const listed = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: listed, preferredVersion: listed[0] };
}

/** Undefined for a version that isn't served. */
export function resourceList(kinds: SandboxKinds, group: string, version: string): JsonObject | undefined {
  const served = kinds.all.filter((kind) => kind.group === group && kind.version === version);
  if (served.length === 0) return undefined;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', ...(group !== '' && { apiVersion: 'v1' }), groupVersion, resources: served.flatMap(resourcesOf) };
}

function resourcesOf(kind: SandboxKind): readonly JsonObject[] {
  const { plural, singular, isNamespaced, shortNames, categories, verbs } = kind;
  const own = {
    name: plural,
    singularName: singular,
    namespaced: isNamespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
  return [
    own,
    ...kind.subresourceFacts.map(({ name, group, version, kind: subKind, verbs: subVerbs }) => ({
      name: `${plural}/${name}`,
      singularName: '',
      namespaced: isNamespaced,
      ...((group !== kind.group || version !== kind.version) && { group, version }),
      kind: subKind,
      verbs: subVerbs,
    })),
  ];
}

/** @param isCore of `/api`, otherwise of `/apis` */
export function aggregatedDiscovery(kinds: SandboxKinds, isCore: boolean): JsonObject {
  const groups = isCore ? new Map([['', ['v1']]]) : groupVersions(kinds);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [...groups].map(([group, versions]) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        resources: kinds.all.filter((kind) => kind.group === group && kind.version === version).map(discoveredResource),
        freshness: 'Current',
      })),
    })),
  };
}

function discoveredResource(kind: SandboxKind): JsonObject {
  const { group, version, plural, singular, isNamespaced, shortNames, categories, verbs, subresourceFacts } = kind;
  return {
    resource: plural,
    responseKind: { group, version, kind: kind.kind },
    scope: isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresourceFacts.length > 0 && {
      subresources: subresourceFacts.map((each) => ({
        subresource: each.name,
        responseKind: { group: each.group, version: each.version, kind: each.kind },
        verbs: each.verbs,
      })),
    }),
  };
}
