/** Lists of objects: selected, page by page, as of a version (apiserver v0.34, pkg/endpoints/handlers/get.go, pkg/storage/etcd3/store.go). */
import { isJsonObject, parseJson, type JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import type { SandboxKind } from '../kinds/kinds.js';
import { ApiError, badRequest, expired, invalid } from './apiError.js';
import { readFieldSelector, readLabelSelector, type Matches } from './selectors.js';
import { sortKeyOf, type Storage } from './storage.js';
import { inVersion } from './writes.js';

export interface Listing {
  readonly objects: readonly LiveObject[];
  readonly metadata: JsonObject;
}

interface Place {
  readonly version: number;
  /** The last that was given. */
  readonly after: string;
}

/** The objects of a request. @param namespace undefined for all */
export function listObjects(storage: Storage, kind: SandboxKind, namespace: string | undefined, query: URLSearchParams): Listing {
  const matches = readSelectors(kind, query);
  const place = readContinue(query);
  const version = place?.version ?? wantedVersion(storage, query) ?? storage.version;
  const all = storage.listAt(kind.group, kind.kind, namespace, version);
  if (!all) throw place ? expired(continueExpired) : expired(`The resourceVersion for the provided list is too old.`);
  const selected = all.filter(matches);
  const rest = place ? selected.filter((object) => sortKeyOf(object) > place.after) : selected;
  const limit = Number(query.get('limit') ?? 0);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const left = rest.length - page.length;
  const last = page.at(-1);
  const isSelected = query.has('labelSelector') || query.has('fieldSelector');
  return {
    objects: page.map((object) => inVersion(kind, object)),
    metadata: {
      resourceVersion: String(version),
      ...(left > 0 && last && { continue: formatContinue({ version, after: sortKeyOf(last) }) }),
      ...(left > 0 && !isSelected && { remainingItemCount: left }),
    },
  };
}

export function readSelectors(kind: SandboxKind, query: URLSearchParams): Matches {
  const labels = readLabelSelector(query.get('labelSelector') ?? '');
  const fields = readFieldSelector(query.get('fieldSelector') ?? '', `${kind.group}/${kind.kind}`);
  return (object) => labels(object) && fields(object);
}

const continueExpired =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** The version that must be met exactly; undefined where the latest will do. */
function wantedVersion(storage: Storage, query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  if (match !== '' && text === '') throw listOptionsInvalid('resourceVersionMatch', 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') {
    throw listOptionsInvalid('resourceVersionMatch', `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan"`);
  }
  if (text === '' || text === '0') return undefined;
  const version = readVersion(text);
  if (version > storage.version) throw tooLarge(version, storage.version);
  const isExact = match === 'Exact' || (match === '' && Number(query.get('limit') ?? 0) > 0);
  return isExact ? version : undefined;
}

/** The number of a resourceVersion; throws an ApiError for what isn't one. */
export function readVersion(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`invalid resource version "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
}

function tooLarge(wanted: number, current: number): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

export function listOptionsInvalid(field: string, message: string): ApiError {
  const reason = message.startsWith('Forbidden') ? 'FieldValueForbidden' : 'FieldValueNotSupported';
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [{ field, reason, message }]);
}

/** The token is opaque for clients; this is ours. */
function formatContinue({ version, after }: Place): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: after })).toString('base64url');
}

function readContinue(query: URLSearchParams): Place | undefined {
  const token = query.get('continue') ?? '';
  if (token === '') return undefined;
  const value = parseJson(Buffer.from(token, 'base64url').toString('utf8'));
  if (!isJsonObject(value) || typeof value['rv'] !== 'number' || typeof value['start'] !== 'string') throw badRequest('continue key is not valid');
  if ((query.get('resourceVersion') ?? '') !== '') throw badRequest('specifying resource version is not allowed when using continue');
  return { version: value['rv'], after: value['start'] };
}
