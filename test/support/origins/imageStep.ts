/** What an `images` entry makes of an image's text, worked out for tests (kustomize's api/filters/imagetag v0.21.2). */

/** The parts of an entry, in the order in which they are applied. */
export const imageParts = ['newName', 'newTag', 'digest', 'tagSuffix'] as const;

export interface ImageEntryData {
  readonly newName?: string | undefined;
  readonly newTag?: string | undefined;
  readonly digest?: string | undefined;
  readonly tagSuffix?: string | undefined;
}

/** The entry in the data of a directive: the entry itself, or the `imageTag` of a transformer's configuration. */
export function imageEntryOf(data: unknown): ImageEntryData | undefined {
  if (!isRecord(data)) return undefined;
  if (isRecord(data['imageTag'])) return imageEntryOf(data['imageTag']);
  const text = (key: string): string | undefined => (typeof data[key] === 'string' && data[key] !== '' ? data[key] : undefined);
  return { newName: text('newName'), newTag: text('newTag'), digest: text('digest'), tagSuffix: text('tagSuffix') };
}

/** `image` with the parts replaced that the entry names. */
export function applyImage(image: string, entry: ImageEntryData): string {
  const at = image.indexOf('@');
  const beforeDigest = at < 0 ? image : image.slice(0, at);
  const colon = beforeDigest.indexOf(':', beforeDigest.lastIndexOf('/') + 1);
  let name = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon);
  let tag = colon < 0 ? '' : beforeDigest.slice(colon + 1);
  let digest = at < 0 ? '' : image.slice(at + 1);
  if (entry.newName !== undefined) name = entry.newName;
  if (entry.newTag !== undefined || entry.digest !== undefined) {
    tag = entry.newTag ?? '';
    digest = entry.digest ?? '';
  } else if (entry.tagSuffix !== undefined) {
    tag += entry.tagSuffix;
    digest = '';
  }
  return name + (tag === '' ? '' : `:${tag}`) + (digest === '' ? '' : `@${digest}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
