/** The requests of the distribution spec v1.1 (opencontainers/distribution-spec), each answered from the store. */
import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, parseJson } from '../../core/live/json.js';
import { mapsAt, stringAt } from '../../core/live/readFields.js';
import { digestOf, type RegistryStore } from './registryStore.js';

export interface RegistryRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const namePattern = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*`;
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[a-f0-9]{64}$/;

type Handle = (request: RegistryRequest, parts: { readonly name: string; readonly last: string; readonly query: URLSearchParams }, store: RegistryStore) => RegistryAnswer;

const routes: readonly { readonly path: RegExp; readonly methods: Readonly<Record<string, Handle>> }[] = [
  { path: new RegExp(`^/v2/(${namePattern})/tags/list$`), methods: { GET: listTags } },
  { path: new RegExp(`^/v2/(${namePattern})/manifests/([^/]+)$`), methods: { GET: getManifest, HEAD: getManifest, PUT: putManifest, DELETE: deleteManifest } },
  { path: new RegExp(`^/v2/(${namePattern})/blobs/uploads/?$`), methods: { POST: startUpload } },
  { path: new RegExp(`^/v2/(${namePattern})/blobs/uploads/([0-9a-f-]+)$`), methods: { GET: getUpload, PATCH: patchUpload, PUT: putUpload, DELETE: cancelUpload } },
  { path: new RegExp(`^/v2/(${namePattern})/blobs/([^/]+)$`), methods: { GET: getBlob, HEAD: getBlob, DELETE: deleteBlob } },
  { path: new RegExp(`^/v2/(${namePattern})/referrers/([^/]+)$`), methods: { GET: listReferrers } },
];

export function answerRegistry(request: RegistryRequest, store: RegistryStore): RegistryAnswer {
  const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
  if (pathname === '/v2/' || pathname === '/v2') return json(200, {});
  if (pathname === '/v2/_catalog') return json(200, { repositories: page(store.repositories, searchParams).items });
  for (const { path, methods } of routes) {
    const match = path.exec(decodeURIComponent(pathname));
    if (!match) continue;
    const handle = methods[request.method];
    if (!handle) return refuse(405, 'UNSUPPORTED', `${request.method} is not served here`);
    return handle(request, { name: match[1] ?? '', last: match[2] ?? '', query: searchParams }, store);
  }
  return refuse(404, 'NAME_INVALID', 'invalid repository name, or no path of the API');
}

function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): RegistryAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

function refuse(status: number, code: string, message: string): RegistryAnswer {
  return json(status, { errors: [{ code, message }] });
}

interface Page {
  readonly items: readonly string[];
  readonly isMore: boolean;
}

/** `n` items after `last`. */
function page(all: readonly string[], query: URLSearchParams): Page {
  const last = query.get('last');
  const rest = last === null ? all : all.filter((each) => each > last);
  const most = query.has('n') ? Math.max(0, Math.trunc(Number(query.get('n')))) : rest.length;
  return { items: rest.slice(0, most), isMore: rest.length > most && most > 0 };
}

function listTags(_request: RegistryRequest, { name, query }: { name: string; query: URLSearchParams }, store: RegistryStore): RegistryAnswer {
  const all = store.tags(name);
  if (!all) return refuse(404, 'NAME_UNKNOWN', `repository ${name} is not known to the registry`);
  const { items, isMore } = page(all, query);
  const next = `</v2/${name}/tags/list?n=${query.get('n') ?? ''}&last=${encodeURIComponent(items.at(-1) ?? '')}>; rel="next"`;
  return json(200, { name, tags: items }, isMore ? { link: next } : {});
}

function getManifest(_request: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  const manifest = store.manifest(name, last);
  if (!manifest) return refuse(404, 'MANIFEST_UNKNOWN', `manifest ${last} is not known to repository ${name}`);
  return { status: 200, headers: { 'content-type': manifest.mediaType, 'docker-content-digest': manifest.digest }, body: manifest.bytes };
}

function putManifest({ headers, body }: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  const isDigest = last.includes(':');
  if (isDigest ? !digestPattern.test(last) : !tagPattern.test(last)) return refuse(400, isDigest ? 'DIGEST_INVALID' : 'TAG_INVALID', `${last} is no tag and no digest`);
  if (isDigest && digestOf(body) !== last) return refuse(400, 'DIGEST_INVALID', 'the content has another digest');
  const content = parseJson(body.toString('utf8'));
  if (!isJsonObject(content)) return refuse(400, 'MANIFEST_INVALID', 'a manifest is a JSON object');
  const blobs = [stringAt(content, 'config', 'digest'), ...mapsAt(content, 'layers').map((layer) => stringAt(layer, 'digest'))].filter((digest) => digest !== '');
  const unknown =
    blobs.find((digest) => store.blob(name, digest) === undefined) ??
    mapsAt(content, 'manifests')
      .map((each) => stringAt(each, 'digest'))
      .find((digest) => !store.manifest(name, digest));
  if (unknown !== undefined) return refuse(404, 'MANIFEST_BLOB_UNKNOWN', `${unknown} is not known to repository ${name}`);
  const mediaType = headers['content-type'] ?? (stringAt(content, 'mediaType') || 'application/vnd.oci.image.manifest.v1+json');
  const { digest } = store.putManifest(name, last, mediaType, body);
  const subject = stringAt(content, 'subject', 'digest');
  return { status: 201, headers: { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest, ...(subject !== '' && { 'oci-subject': subject }) } };
}

function deleteManifest(_request: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  return store.deleteManifest(name, last) ? { status: 202 } : refuse(404, 'MANIFEST_UNKNOWN', `manifest ${last} is not known to repository ${name}`);
}

function startUpload({ body }: RegistryRequest, { name, query }: { name: string; query: URLSearchParams }, store: RegistryStore): RegistryAnswer {
  const [mount, from, digest] = [query.get('mount'), query.get('from'), query.get('digest')];
  if (mount !== null && from !== null && store.mount(name, mount, from)) return created(name, mount);
  if (digest !== null) return finish(name, digest, body, store);
  const id = store.startUpload(name);
  return { status: 202, headers: { location: `/v2/${name}/blobs/uploads/${id}`, range: '0-0', 'docker-upload-uuid': id } };
}

function getUpload(_request: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  const bytes = store.upload(name, last);
  return bytes ? { status: 204, headers: uploadHeaders(name, last, bytes.length) } : unknownUpload();
}

function unknownUpload(): RegistryAnswer {
  return refuse(404, 'BLOB_UPLOAD_UNKNOWN', 'there is no such upload');
}

function uploadHeaders(name: string, id: string, length: number): Readonly<Record<string, string>> {
  return { location: `/v2/${name}/blobs/uploads/${id}`, range: `0-${Math.max(0, length - 1)}`, 'docker-upload-uuid': id };
}

/** A chunk must begin where the one before ended. */
function patchUpload({ headers, body }: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  const before = store.upload(name, last);
  if (!before) return unknownUpload();
  const range = /^(\d+)-(\d+)$/.exec(headers['content-range'] ?? '');
  if (range && (Number(range[1]) !== before.length || Number(range[2]) - Number(range[1]) + 1 !== body.length))
    return { status: 416, headers: uploadHeaders(name, last, before.length) };
  store.append(last, body);
  return { status: 202, headers: uploadHeaders(name, last, before.length + body.length) };
}

function putUpload({ body }: RegistryRequest, { name, last, query }: { name: string; last: string; query: URLSearchParams }, store: RegistryStore): RegistryAnswer {
  const before = store.upload(name, last);
  if (!before) return unknownUpload();
  const answer = finish(name, query.get('digest') ?? '', Buffer.concat([before, body]), store);
  if (answer.status === 201) store.endUpload(last);
  return answer;
}

function cancelUpload(_request: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  if (!store.upload(name, last)) return unknownUpload();
  store.endUpload(last);
  return { status: 204 };
}

function finish(name: string, digest: string, bytes: Buffer, store: RegistryStore): RegistryAnswer {
  if (!digestPattern.test(digest) || digestOf(bytes) !== digest) return refuse(400, 'DIGEST_INVALID', 'the content has another digest than was said');
  return created(name, store.putBlob(name, bytes));
}

function created(name: string, digest: string): RegistryAnswer {
  return { status: 201, headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest } };
}

function getBlob({ headers }: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  const bytes = store.blob(name, last);
  if (!bytes) return refuse(404, 'BLOB_UNKNOWN', `blob ${last} is not known to repository ${name}`);
  const type = { 'content-type': 'application/octet-stream', 'docker-content-digest': last, 'accept-ranges': 'bytes' };
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  if (!range) return { status: 200, headers: type, body: bytes };
  const from = Number(range[1]);
  const to = range[2] === '' ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
  if (from > to) return { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } };
  return { status: 206, headers: { ...type, 'content-range': `bytes ${from}-${to}/${bytes.length}` }, body: bytes.subarray(from, to + 1) };
}

function deleteBlob(_request: RegistryRequest, { name, last }: { name: string; last: string }, store: RegistryStore): RegistryAnswer {
  return store.deleteBlob(name, last) ? { status: 202 } : refuse(404, 'BLOB_UNKNOWN', `blob ${last} is not known to repository ${name}`);
}

function listReferrers(_request: RegistryRequest, { name, last, query }: { name: string; last: string; query: URLSearchParams }, store: RegistryStore): RegistryAnswer {
  if (!digestPattern.test(last)) return refuse(400, 'DIGEST_INVALID', `${last} is no digest`);
  const wanted = query.get('artifactType');
  const manifests = store.referrers(name, last).filter((each) => wanted === null || each['artifactType'] === wanted);
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
  return json(200, index, { 'content-type': 'application/vnd.oci.image.index.v1+json', ...(wanted !== null && { 'oci-filters-applied': 'artifactType' }) });
}
