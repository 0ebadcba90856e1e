/** What a path of the API means (apiserver v0.34, pkg/endpoints/request/requestinfo.go). */

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  /** Undefined for the version itself: `/apis/apps/v1`. */
  readonly plural: string | undefined;
  /** Undefined for a path without a namespace. */
  readonly namespace: string | undefined;
  /** Undefined for a collection. */
  readonly name: string | undefined;
  /** Empty for the object itself. */
  readonly subresource: string;
}

/** Subresources of namespaces: what follows a namespace otherwise is a kind within it. */
const ofNamespaces = new Set(['status', 'finalize']);

/** Undefined for a path that isn't below a version of the API. */
export function readResourcePath(path: string): ResourcePath | undefined {
  const [root, ...parts] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'apis' ? parts.shift() : '';
  const version = parts.shift();
  if (group === undefined || version === undefined) return undefined;
  const base = { group, version, namespace: undefined, name: undefined, subresource: '' };
  const [first, second, third, ...more] = parts;
  if (first !== 'namespaces' || third === undefined || ofNamespaces.has(third)) {
    return { ...base, plural: first, name: second, subresource: [third, ...more].filter((part) => part !== undefined).join('/') };
  }
  const [name, ...rest] = more;
  return { ...base, plural: third, namespace: second, name, subresource: rest.join('/') };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    // a stray percent sign is no escape
    if (error instanceof URIError) return part;
    throw error;
  }
}
