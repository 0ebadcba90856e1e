/**
 * Whole references of images within other texts of containers: arguments, commands and variables, as operators are told
 * which images to start. Only what names a tag or a digest, or an image that is run somewhere, is taken for one.
 */
import type { TextChange } from '../base/problem.js';
import { findContainers } from '../gitops/environmentImages.js';
import { parseImageReference } from '../objects/imageReference.js';
import type { Rendering } from '../objects/rendering.js';
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';

/** Another name for an image; undefined for a name that stays. */
export type Rename = (name: string) => string | undefined;

/** The texts of containers besides their image. */
export function textsOfContainers({ objects }: Rendering): readonly ScalarNode[] {
  return objects.filter(({ id }) => id.kind !== 'CustomResourceDefinition').flatMap(({ root }) => findContainers(root).flatMap(textsOf));
}

function textsOf(container: Extract<YamlNode, { kind: 'map' }>): readonly ScalarNode[] {
  const items = ['command', 'args'].flatMap((key) => {
    const list = container.get(key);
    return list?.kind === 'sequence' ? list.items : [];
  });
  const variables = container.get('env');
  const values = variables?.kind === 'sequence' ? variables.items.map((item) => (item.kind === 'map' ? item.get('value') : undefined)) : [];
  return [...items, ...values].flatMap((node) => (node?.kind === 'scalar' && node.tag === '!!str' ? [node] : []));
}

/** A reference in a text, with the name that it is to have. */
interface Mention {
  readonly start: number;
  readonly name: string;
  readonly renamed: string;
  /** With tag and digest. */
  readonly reference: string;
}

/** The references in a text that are renamed. @param isImage true for names that are images without a version, too */
function mentionsIn(text: string, rename: Rename, isImage: (name: string) => boolean): readonly Mention[] {
  // A URL is no reference, and what stands behind a `$` is filled in by somebody else.
  return [...text.matchAll(/(?<![\w./:@$%{}+-])[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@[\w+.-]+:[0-9a-fA-F]+)?(?![\w/:@$%{}+-])/g)].flatMap((match) => {
    const written = match[0].replace(/\.+$/, '');
    const reference = parseImageReference(written);
    const renamed = reference && rename(reference.name);
    if (!reference || renamed === undefined) return [];
    if (reference.tag === undefined && reference.digest === undefined && !isImage(reference.name)) return [];
    return [{ start: match.index, name: reference.name, renamed, reference: written }];
  });
}

/** The references of a text that would be renamed. */
export function referencesIn(text: string, rename: Rename, isImage: (name: string) => boolean): readonly string[] {
  return mentionsIn(text, rename, isImage).map(({ reference }) => reference);
}

/** The text with its references renamed; itself where there are none. */
export function renameIn(text: string, rename: Rename, isImage: (name: string) => boolean): string {
  return mentionsIn(text, rename, isImage).reduceRight((now, { start, name, renamed }) => now.slice(0, start) + renamed + now.slice(start + name.length), text);
}

/** Edits of the names alone, in a scalar as it stands in its file. */
export function renameEdits({ source, start, end }: ScalarNode, rename: Rename, isImage: (name: string) => boolean): readonly TextChange[] {
  return mentionsIn(source.text.slice(start, end), rename, isImage).map(({ start: at, name, renamed }) => ({
    location: source.locate(start + at, start + at + name.length),
    newText: renamed,
  }));
}
