/**
 * References to container images in their parts, as docker reads them (distribution/reference v0.6: normalize.go and
 * reference.go). What kustomize takes for name and tag stands with its transformer of images and agrees on all that a
 * registry accepts.
 */

/** `registry:5000/team/web:1.2@sha256:…` in its parts. */
export interface ImageReference {
  /** `registry:5000/team/web`: as written, without tag and digest. */
  readonly name: string;
  /** `registry:5000`; `docker.io` where the name has none. */
  readonly registry: string;
  /** The name within the registry: `team/web`; for a name of docker's own images with `library/`. */
  readonly repository: string;
  /** Undefined where there is none; an empty one (`web:`) is undefined too. */
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

/** The parts of an image reference; undefined for a text that can't be one, such as an unexpanded `$(IMAGE)` or an empty one. */
export function parseImageReference(text: string): ImageReference | undefined {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const name = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : '';
  const digest = at < 0 ? '' : text.slice(at + 1);
  if (!/^[A-Za-z0-9._-]+(:\d+)?(\/[A-Za-z0-9._-]+)*$/.test(name) || !/^[\w.-]*$/.test(tag)) return undefined;
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  const registry = hasRegistry ? first : 'docker.io';
  const isOfficial = (registry === 'docker.io' || registry === 'index.docker.io') && !repository.includes('/');
  return { name, registry, repository: isOfficial ? `library/${repository}` : repository, tag: tag === '' ? undefined : tag, digest: digest === '' ? undefined : digest };
}
