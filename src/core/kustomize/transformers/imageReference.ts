/** Takes the text of a container image apart, and puts it together again (kustomize's api/internal/image v0.21.2). */
import { compilePattern } from '../../base/regexp/program.js';

/** `registry:5000/name:tag@digest`; parts that are missing are empty. */
export interface ImageReference {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

/** Splits at the first `:` and `@` behind the first slash: what stands before it is a registry, which may have a port. */
export function splitImage(text: string): ImageReference {
  const slash = Math.max(text.indexOf('/'), 0);
  const at = text.indexOf('@', slash);
  const colon = text.indexOf(':', slash);
  if (at < 0 && colon < 0) return { name: text, tag: '', digest: '' };
  if (at >= 0 && (at < colon || colon < 0)) return { name: text.slice(0, at), tag: '', digest: text.slice(at + 1) };
  if (at >= 0) return { name: text.slice(0, colon), tag: text.slice(colon + 1, at), digest: text.slice(at + 1) };
  return { name: text.slice(0, colon), tag: text.slice(colon + 1), digest: '' };
}

/** The text of an image; without `:` or `@` where tag or digest are empty. */
export function joinImage({ name, tag, digest }: ImageReference): string {
  return `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}

/** Behind a name: nothing, a tag, a digest, or both. */
const tagAndDigest = '(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$';

/**
 * A test whether a text is the image `name`, with or without tag and digest. Kustomize takes the name for a regular
 * expression; one that can't be read matches nothing.
 */
export function imageMatcher(name: string): (text: string) => boolean {
  if (/^[a-zA-Z0-9_/:@.-]*$/.test(name)) {
    const rest = new RegExp(`^${tagAndDigest}`);
    return (text) => beginsWith(text, name) && rest.test(text.slice(name.length));
  }
  const pattern = compilePattern(`^${name}${tagAndDigest}`);
  if ('failure' in pattern) return () => false;
  return (text) => pattern.matches(text) ?? false;
}

/** True where the text begins with the name, in which a dot stands for any character. */
function beginsWith(text: string, name: string): boolean {
  if (!name.includes('.')) return text.startsWith(name);
  if (text.length < name.length) return false;
  for (let at = 0; at < name.length; at++) {
    const wanted = name.charCodeAt(at);
    if (wanted === dot ? text.charCodeAt(at) === lineFeed : wanted !== text.charCodeAt(at)) return false;
  }
  return true;
}

const dot = 46;
const lineFeed = 10;
