/** Versions of images: the tag, the digest or both, apart from the name. */
import { joinImage, splitImage } from '../kustomize/transformers/imageReference.js';

/** At least one of the two is there. */
export interface ImageVersion {
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** The name and the version of an image; undefined for a version where there is neither tag nor digest. */
export function readImage(text: string): { readonly name: string; readonly version: ImageVersion | undefined } {
  const { name, tag, digest } = splitImage(text);
  const version = { tag: tag === '' ? undefined : tag, digest: digest === '' ? undefined : digest };
  return { name, version: tag === '' && digest === '' ? undefined : version };
}

/** The text of an image. */
export function writeImage(name: string, { tag = '', digest = '' }: ImageVersion): string {
  return joinImage({ name, tag, digest });
}

export function isSameVersion(a: ImageVersion | undefined, b: ImageVersion | undefined): boolean {
  return a?.tag === b?.tag && a?.digest === b?.digest;
}

/** For people: `v1.2.0`, `v1.2.0@sha256:0123456789ab`, `no tag`. */
export function describeVersion(version: ImageVersion | undefined): string {
  if (!version) return 'no tag';
  const digest = version.digest === undefined ? '' : version.digest.slice(0, version.digest.indexOf(':') + 13);
  if (version.tag === undefined) return digest;
  return digest === '' ? version.tag : `${version.tag}@${digest}`;
}

/**
 * What a text may be written as, so that an image that has `before` has `after`: the text is the tag, the digest, the
 * whole image, ends in its version, or is a part of its tag that a template puts something around. Likely ones first.
 */
export function rewriteVersion(text: string, name: string, before: ImageVersion | undefined, after: ImageVersion): readonly string[] {
  const found: string[] = [];
  const suffix = before ? writeImage('', before) : '';
  const wanted = writeImage('', after);
  if (before?.digest !== undefined && text === before.digest && after.digest !== undefined) found.push(after.digest);
  if (before?.tag !== undefined && text === before.tag && after.tag !== undefined) found.push(after.tag);
  if (suffix !== '' && text.endsWith(suffix)) found.push(text.slice(0, -suffix.length) + wanted);
  if (suffix === '' && (text === name || text.endsWith(`=${name}`))) found.push(text + wanted);
  if (before?.tag !== undefined && before.digest === undefined && text.endsWith(`:${before.tag}`)) found.push(text.slice(0, -before.tag.length - 1) + wanted);
  found.push(...rewritePart(text, before?.tag, after.tag));
  return [...new Set(found)].filter((each) => each !== text && each !== '');
}

/** `1a2b` in `sha-1a2b` becomes what stands there in the tag after. */
function rewritePart(text: string, before: string | undefined, after: string | undefined): readonly string[] {
  if (before === undefined || after === undefined || text.length < 3) return [];
  const at = before.indexOf(text);
  if (at < 0) return [];
  const [head, tail] = [before.slice(0, at), before.slice(at + text.length)];
  return after.length > head.length + tail.length && after.startsWith(head) && after.endsWith(tail) ? [after.slice(head.length, after.length - tail.length)] : [];
}
