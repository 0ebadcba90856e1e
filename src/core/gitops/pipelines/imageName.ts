/** When two names of images mean the same repository of a registry. */
import { constantOf, describeText, type SymbolicText } from './symbolicText.js';

/**
 * An image's name in full: `nginx` is `docker.io/library/nginx` (github.com/distribution/reference, normalize.go).
 * @param name without tag and digest
 */
export function normalizeImageName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (!hasHost) return rest.length === 0 ? `docker.io/library/${name}` : `docker.io/${name}`;
  const host = first === 'index.docker.io' ? 'docker.io' : first;
  return host === 'docker.io' && rest.length === 1 ? `docker.io/library/${rest.join('/')}` : [host, ...rest].join('/');
}

/**
 * True when what a pipeline builds is the image `name`. A repository's or owner's hole stands for any; any other hole
 * makes the answer no, since it can't be told.
 */
export function isImageNamed(built: SymbolicText, name: string): boolean {
  const constant = constantOf(built);
  if (constant !== undefined) return normalizeImageName(constant.toLowerCase()) === normalizeImageName(name);
  const pattern = built.map((part) => {
    if (typeof part === 'string') return part.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return part.meaning === 'repository' ? '[^/]+/[^/]+' : part.meaning === 'owner' ? '[^/]+' : undefined;
  });
  return !pattern.includes(undefined) && new RegExp(`^${pattern.join('')}$`).test(name);
}

/** The key that equal images share, for those that can't be told in full as they are described. */
export function imageKey(image: SymbolicText): string {
  const constant = constantOf(image);
  return constant === undefined ? describeText(image) : normalizeImageName(constant.toLowerCase());
}
