/**
 * Which image a text of a file is about, so that tags can be offered for it and it can be explained: a kustomization's
 * `images`, the `image` of a container, tag and repository of a chart's values, and values with a `$imagepolicy` marker. Works
 * on the lines and fields around a cursor, as what is being typed need not parse.
 */
import { parseImageReference, type ImageReference } from '../objects/imageReference.js';
import type { RepositoryName } from './imageFacts.js';

/** What is known of the field that a cursor stands in. */
export interface FieldAtCursor {
  /** Keys and indexes from the root. */
  readonly path: readonly (string | number)[];
  /** The value as it stands there, without quotes; up to the cursor where it is being typed. */
  readonly value: string;
  /** The other fields of its map. */
  readonly siblings: ReadonlyMap<string, string>;
}

/** A text that names a part of an image. */
export interface ImageField {
  readonly part: 'tag' | 'digest' | 'image';
  readonly name: RepositoryName;
  /** The tag or digest that stands there; empty where nothing does. */
  readonly reference: string;
  /** How many characters of the value stand before the tag. */
  readonly before: number;
}

/** The part of an image that a field holds; undefined where it holds none, or it isn't said of which image. */
export function imageFieldAt({ path, value, siblings }: FieldAtCursor, isKustomization: boolean): ImageField | undefined {
  const key = path.at(-1);
  if (typeof key !== 'string') return undefined;
  // A kustomization's own, and those in a Flux Kustomization.
  if (path.at(-3) === 'images' && typeof path.at(-2) === 'number' && (key === 'newTag' || key === 'digest')) {
    const name = repositoryOf(siblings.get('newName') ?? siblings.get('name'));
    return name && { part: key === 'newTag' ? 'tag' : 'digest', name, reference: value, before: 0 };
  }
  if (isKustomization) return undefined;
  if (/^image$|Image$/.test(key)) return wholeImage(value);
  if (!/^(?:tag|imageTag|image_tag|digest)$/.test(key)) return undefined;
  // A name is one of an image only where its map says that it is about one.
  const isOfImage = path.slice(0, -1).some((step) => /image/i.test(String(step)));
  const repository = siblings.get('repository') ?? (isOfImage ? (siblings.get('image') ?? siblings.get('name')) : undefined);
  const registry = siblings.get('registry') ?? '';
  const name = repository === undefined ? undefined : repositoryOf(registry === '' ? repository : `${registry}/${repository}`);
  return name && { part: key === 'digest' ? 'digest' : 'tag', name, reference: value, before: 0 };
}

/** `ghcr.io/acme/web:` and what may follow. */
function wholeImage(value: string): ImageField | undefined {
  const colon = value.lastIndexOf(':');
  if (colon < 0 || value.includes('@') || colon < value.lastIndexOf('/')) return undefined;
  const name = repositoryOf(value.slice(0, colon));
  return name && { part: 'image', name, reference: value.slice(colon + 1), before: colon + 1 };
}

/** The repository that a name of an image means; undefined for a text that is none, or that is filled in later. */
export function repositoryOf(image: string | undefined): RepositoryName | undefined {
  const reference: ImageReference | undefined = image === undefined || image === '' ? undefined : parseImageReference(image);
  return reference && { registry: reference.registry, repository: reference.repository };
}

/** The policy that a marker behind a value names: `# {"$imagepolicy": "flux-system:web:tag"}`. */
export function markerOnLine(line: string): { readonly namespace: string; readonly name: string; readonly part: string } | undefined {
  const match = /#\s*\{.*"\$imagepolicy"\s*:\s*"([^":]+):([^":]+)(?::([^":]+))?"/.exec(line);
  return match ? { namespace: match[1] ?? '', name: match[2] ?? '', part: match[3] ?? 'image' } : undefined;
}
