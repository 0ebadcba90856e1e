/**
 * Answers of registries into facts: manifests and indexes of OCI (image-spec v1.1) and of Docker's second schema, image
 * configurations, lists of tags, errors (distribution-spec v1.1). Docker's first schema is not read: registries stopped
 * serving it. What isn't of the form is undefined.
 */
import { isJsonObject, isList, parseJson, type JsonObject, type JsonValue } from '../live/json.js';
import { parseTime } from '../live/time.js';
import type { ImageConfig, ImageManifest, PlatformManifest } from './imageFacts.js';

/** What to accept when a manifest is asked for, in the order of preference. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** True for a content type that is one of a manifest, or says nothing. Docker's first schema is none. */
export function isManifestType(contentType: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return type === '' || type === 'application/json' || (manifestTypes as readonly string[]).includes(type);
}

/** A page of a repository's tags. */
export interface TagPage {
  readonly tags: readonly string[];
  /** By tag, in milliseconds since 1970; of Google's registries. */
  readonly pushed: readonly (readonly [tag: string, time: number])[];
}

/** Reads a page of tags; `null` for the list, which some registries answer for none, is none. */
export function readTagPage(text: string): TagPage | undefined {
  const page = parseJson(text);
  if (!isJsonObject(page)) return undefined;
  const { tags = null, manifest } = page;
  if (tags !== null && !isList(tags)) return undefined;
  return { tags: (tags ?? []).filter((tag) => typeof tag === 'string'), pushed: isJsonObject(manifest) ? Object.values(manifest).flatMap(pushTimes) : [] };
}

/** `{"timeUploadedMs": "1700000000000", "tag": ["1.2"]}`, which Google's registries add for each manifest. */
function pushTimes(manifest: JsonValue | undefined): readonly (readonly [string, number])[] {
  if (!isJsonObject(manifest)) return [];
  const time = Number(manifest['timeUploadedMs']);
  const { tag } = manifest;
  return Number.isFinite(time) && time > 0 && isList(tag) ? tag.flatMap((each) => (typeof each === 'string' ? [[each, time] as const] : [])) : [];
}

/** Reads a manifest by what stands in it, as its media type may be missing. */
export function readManifest(text: string, digest: string): ImageManifest | undefined {
  const content = parseJson(text);
  if (!isJsonObject(content) || content['schemaVersion'] !== 2) return undefined;
  const { manifests, layers, config } = content;
  if (isList(manifests)) return { kind: 'index', digest, platforms: manifests.flatMap(readPlatform) };
  if (!isJsonObject(config)) return undefined;
  const size = (isList(layers) ? layers : []).reduce<number>((total, layer) => total + numberAt(layer, 'size'), 0);
  const type = textAt(content, 'artifactType') || textAt(config, 'mediaType');
  if (/^application\/vnd\.(?:oci\.image\.config\.v1|docker\.container\.image\.v1)\+json$/.test(type)) return { kind: 'image', digest, config: textAt(config, 'digest'), size };
  return { kind: 'artifact', digest, artifactType: type, size };
}

/** The digest of the first layer of a manifest that has a media type; undefined where it has none. */
export function readLayerDigest(text: string, mediaType: string): string | undefined {
  const content = parseJson(text);
  const layers = isJsonObject(content) ? content['layers'] : undefined;
  for (const layer of isList(layers) ? layers : []) if (textAt(layer, 'mediaType') === mediaType) return textAt(layer, 'digest') || undefined;
  return undefined;
}

/** An image of an index; attestations of buildkit say that they are for `unknown/unknown`. */
function readPlatform(entry: JsonValue): readonly PlatformManifest[] {
  if (!isJsonObject(entry) || !isJsonObject(entry['platform'])) return [];
  const platform = platformOf(entry['platform']);
  const digest = textAt(entry, 'digest');
  return platform.startsWith('unknown/') || digest === '' ? [] : [{ digest, platform }];
}

function platformOf(fields: JsonObject): string {
  return [textAt(fields, 'os') || 'unknown', textAt(fields, 'architecture') || 'unknown', textAt(fields, 'variant')].filter((part) => part !== '').join('/');
}

/** Reads the configuration of an image. */
export function readImageConfig(text: string): ImageConfig | undefined {
  const content = parseJson(text);
  if (!isJsonObject(content)) return undefined;
  const created = parseTime(textAt(content, 'created')) ?? 0;
  const config = content['config'];
  const labels = isJsonObject(config) && isJsonObject(config['Labels']) ? config['Labels'] : {};
  const label = (name: string): string | undefined => textAt(labels, `org.opencontainers.image.${name}`) || undefined;
  return { created: created > 0 ? created : undefined, platform: platformOf(content), revision: label('revision'), source: label('source'), version: label('version') };
}

/** The codes of an error's body, such as `MANIFEST_UNKNOWN`, with the beginning of the first message in one line; undefined for a body that is none. */
export function readErrors(text: string): { readonly codes: readonly string[]; readonly message: string } | undefined {
  const body = parseJson(text);
  const errors = isJsonObject(body) ? body['errors'] : undefined;
  if (!isList(errors) || errors.length === 0) return undefined;
  const messages = errors.map((error) => textAt(error, 'message')).filter((message) => message !== '');
  return { codes: errors.map((error) => textAt(error, 'code')), message: (messages[0] ?? '').slice(0, 200).replaceAll(/\s+/g, ' ').replace(/\.$/, '') };
}

/** What a token service answers. */
export interface TokenAnswer {
  readonly token: string;
  /** Seconds; a minute where it isn't said (distribution, docs/spec/auth/token.md). */
  readonly lifetime: number;
}

/** Reads the answer of a token service. */
export function readTokenAnswer(text: string): TokenAnswer | undefined {
  const answer = parseJson(text);
  const token = textAt(answer, 'token') || textAt(answer, 'access_token');
  return token === '' ? undefined : { token, lifetime: numberAt(answer, 'expires_in') || 60 };
}

function textAt(value: JsonValue | undefined, field: string): string {
  const found = isJsonObject(value) ? value[field] : undefined;
  return typeof found === 'string' ? found : '';
}

function numberAt(value: JsonValue | undefined, field: string): number {
  const found = isJsonObject(value) ? value[field] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
}
