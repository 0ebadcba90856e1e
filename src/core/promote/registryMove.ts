/**
 * Another registry for images: the edit of every place that names them (bases, overlays that repeat the name to set a tag,
 * patches, values of charts, Applications, Flux objects), where it is asked for also in arguments, commands and variables,
 * and the proof that nothing but names of images changes in any render.
 */
import type { Place, TextChange } from '../base/problem.js';
import { findImageNodes } from '../gitops/environmentImages.js';
import { compareRenderings, formatFieldPath, type ObjectChange } from '../objects/compare.js';
import type { Rendering } from '../objects/rendering.js';
import { replaceScalar } from '../yaml/edit.js';
import { areEqual } from '../yaml/equal.js';
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';
import { resolveTag, resolveTagYaml11 } from '../yaml/scalars.js';
import { furtherValues } from './helmEdits.js';
import { referencesIn, renameEdits, renameIn, textsOfContainers } from './imageMentions.js';
import { findWrittenScalar, type EditSources, type EditTarget } from './editSources.js';
import { readImage } from './imageVersion.js';

/** What names begin with, and what takes its place: `ghcr.io/acme` to `registry.example.com/acme`, or whole names. */
export interface RegistryMove {
  readonly from: string;
  readonly to: string;
}

/** A reference of an image in an argument, a command or a variable, which is nobody's image. */
export interface MovedText {
  /** As it stands in its file. */
  readonly place: Place;
  /** The references that the text has. */
  readonly references: readonly string[];
}

export interface MovedTarget {
  readonly target: EditTarget;
  readonly changes: readonly ObjectChange[];
  /** How many fields get another name. */
  readonly images: number;
  /** What else would change: one sentence; undefined where only names of images do. */
  readonly refusal: string | undefined;
}

export interface MoveProof {
  readonly changes: readonly TextChange[];
  readonly after: EditSources;
  /** The environments that run such images. */
  readonly targets: readonly MovedTarget[];
  /** Environments that couldn't be rendered before, of which nothing can be said. */
  readonly unknown: readonly EditTarget[];
  /** Arguments, commands and variables with such references, whether they are edited or not. */
  readonly texts: readonly MovedText[];
}

export interface MoveOptions {
  /** Files that may be edited, absolute. */
  readonly files: readonly string[];
  /** True to edit the references in arguments, commands and variables too. */
  readonly includesTexts: boolean;
}

/** The name after the move; undefined for a name that isn't concerned. */
export function movedName(name: string, { from, to }: RegistryMove): string | undefined {
  if (name === from) return to;
  return name.startsWith(`${from}/`) ? to + name.slice(from.length) : undefined;
}

/** Edits all places in the files and those that the renders come from, and looks what it does. */
export function planRegistryMove(move: RegistryMove, { files, includesTexts }: MoveOptions, sources: EditSources): MoveProof {
  const found = new Map<string, readonly TextChange[]>();
  const add = (node: ScalarNode): void => {
    const text = movedText(node.value, move);
    const edit = text === undefined ? undefined : replaceName(node, text);
    const [change] = edit ?? [];
    if (edit && change) found.set(JSON.stringify(change.location), edit);
  };
  const addWritten = (node: YamlNode): void => {
    const written = node.kind === 'scalar' && files.includes(node.source.path) ? findWrittenScalar(node, sources.parse) : undefined;
    if (written) add(written);
  };
  for (const path of files) for (const { root } of sources.parse(path)?.documents ?? []) if (root) visitImageTexts(root, add);
  for (const target of sources.targets) {
    for (const node of imagesOf(sources.renderingOf(target.id))) {
      for (let link: YamlNode | undefined = node; link; link = link.was) for (const each of [link, ...furtherValues(link)]) addWritten(each);
    }
  }
  const texts = findTexts(move, files, sources);
  if (includesTexts) {
    for (const { place, edits } of texts) {
      const location = place.source.locate(place.start, place.end);
      // A text that is edited as the name of an image already.
      if (!found.has(JSON.stringify(location))) found.set(`${JSON.stringify(location)} within`, edits);
    }
  }
  const changes = [...found.values()].flat();
  const after = sources.edit(changes);
  const rename = includesTexts ? renamerOf(move, sources) : undefined;
  const concerned = sources.targets.flatMap((target) => proveTarget(target, { move, rename }, sources, after));
  return { changes, after, targets: concerned, unknown: sources.targets.filter(({ id }) => sources.renderingOf(id)?.ok !== true), texts };
}

/** What a move makes of a text with references. */
type RenameText = (text: string) => string;

function renamerOf(move: RegistryMove, sources: EditSources): RenameText {
  const isImage = namesOfImages(sources);
  return (text) => renameIn(text, (name) => movedName(name, move), isImage);
}

function namesOfImages(sources: EditSources): (name: string) => boolean {
  const names = new Set(sources.targets.flatMap(({ id }) => imagesOf(sources.renderingOf(id)).map(({ value }) => readImage(value).name)));
  return (name) => names.has(name);
}

/** Arguments, commands and variables of all renders that have such references, each once, as they stand in their files. */
function findTexts(move: RegistryMove, files: readonly string[], sources: EditSources): readonly (MovedText & { readonly edits: readonly TextChange[] })[] {
  const isImage = namesOfImages(sources);
  const rename = (name: string): string | undefined => movedName(name, move);
  const found = new Map<string, MovedText & { readonly edits: readonly TextChange[] }>();
  for (const { id } of sources.targets) {
    const rendering = sources.renderingOf(id);
    for (const node of rendering ? textsOfContainers(rendering) : []) {
      const references = referencesIn(node.value, rename, isImage);
      if (references.length === 0) continue;
      for (const each of [node, ...furtherValues(node)]) {
        const written = files.includes(each.source.path) ? findWrittenScalar(each, sources.parse) : undefined;
        const edits = written ? renameEdits(written, rename, isImage) : [];
        if (written && edits.length > 0) found.set(JSON.stringify(edits[0]?.location), { place: written, references: referencesIn(written.value, rename, isImage), edits });
      }
    }
  }
  return [...found.values()];
}

/** What stood without quotes stays so: `ghcr.io/acme/web:{{ .tag }}` is as plain with another beginning. */
function replaceName(node: ScalarNode, text: string): ReturnType<typeof replaceScalar> {
  const edit = replaceScalar(node, text);
  const [change, another] = edit ?? [];
  if (!change || another || node.style !== 'plain' || change.newText === text) return edit;
  const isPlain =
    /^[A-Za-z][\w.-]*[/:=]/.test(text) && node.source.text.slice(node.start, node.end) === node.value && resolveTag(text) === '!!str' && resolveTagYaml11(text) === '!!str';
  return isPlain ? [{ ...change, newText: text }] : edit;
}

interface Moving {
  readonly move: RegistryMove;
  /** What becomes of references within texts; undefined where they stay. */
  readonly rename: RenameText | undefined;
}

function proveTarget(target: EditTarget, moving: Moving, sources: EditSources, after: EditSources): readonly MovedTarget[] {
  const { move } = moving;
  const [left, right] = [sources.renderingOf(target.id), after.renderingOf(target.id)];
  if (!left?.ok) return [];
  const wanted = imagesOf(left).filter(({ value }) => movedName(readImage(value).name, move) !== undefined).length;
  if (left === right && wanted === 0) return [];
  if (!right?.ok) return [{ target, changes: [], images: 0, refusal: `${target.label} can't be rendered afterwards: ${right?.problems[0]?.message ?? 'it is not there.'}` }];
  const changes = compareRenderings(left, right);
  if (wanted === 0 && changes.length === 0) return [];
  const stays = imagesOf(right).find(({ value }) => movedName(readImage(value).name, move) !== undefined && movedName(move.to, move) === undefined);
  const other = firstOther(changes, moving);
  const images = changes.reduce((sum, { fields }) => sum + fields.length, 0);
  const refusal = other ?? (stays ? `${target.label} would still run ${stays.value}, set at ${placeWords(stays)}.` : undefined);
  return [{ target, changes, images, refusal }];
}

/** The first change that is something else than the name of an image. */
function firstOther(changes: readonly ObjectChange[], { move, rename }: Moving): string | undefined {
  for (const { change, left, right, fields } of changes) {
    const id = (left ?? right)?.id;
    if (change !== 'changed') return `${id?.kind ?? ''} ${id?.name ?? ''} would be ${change}.`;
    const other = fields.find(({ left: was, right: now }) => !isMoved(was, now, move) && !(rename && isRenamed(was, now, rename)));
    if (other) return `${formatFieldPath(other.path)} of ${id?.kind ?? ''} ${id?.name ?? ''} would change too.`;
  }
  return undefined;
}

/** True where nothing but names of images differs; `images` of an Application is a list of texts, which is compared as a whole. */
function isMoved(was: YamlNode | undefined, now: YamlNode | undefined, move: RegistryMove): boolean {
  if (was?.kind === 'sequence' && now?.kind === 'sequence') {
    const isSame = (item: YamlNode, other: YamlNode | undefined): boolean => other !== undefined && (areEqual(item, other) || isMoved(item, other, move));
    return was.items.length === now.items.length && was.items.every((item, index) => isSame(item, now.items[index]));
  }
  return was?.kind === 'scalar' && now?.kind === 'scalar' && movedText(was.value, move) === now.value;
}

/** True where nothing but references differs: lists of texts are compared as a whole. */
function isRenamed(was: YamlNode | undefined, now: YamlNode | undefined, rename: RenameText): boolean {
  if (was?.kind === 'scalar') return now?.kind === 'scalar' && (was.value === now.value || rename(was.value) === now.value);
  if (was?.kind !== 'sequence' || now?.kind !== 'sequence') return false;
  return was.items.length === now.items.length && was.items.every((item, index) => isRenamed(item, now.items[index], rename));
}

/** `old:tag`, `old@digest`, `old`, and `alias=old:tag` with the new name; undefined for any other text. */
function movedText(text: string, move: RegistryMove): string | undefined {
  const equals = text.indexOf('=');
  if (equals > 0) {
    const [alias, rest] = [text.slice(0, equals), text.slice(equals + 1)];
    const [left, right] = [movedText(alias, move), movedText(rest, move)];
    return left === undefined && right === undefined ? undefined : `${left ?? alias}=${right ?? rest}`;
  }
  const { name } = readImage(text);
  const moved = movedName(name, move);
  return moved === undefined ? undefined : moved + text.slice(name.length);
}

/** Texts at which files name images: `image`, `newName`, `name` in a list of images, and items of such a list. */
function visitImageTexts(root: YamlNode, found: (node: ScalarNode) => void): void {
  const visit = (node: YamlNode, isImages: boolean): void => {
    if (node.kind === 'scalar') {
      if (isImages) found(node);
    } else if (node.kind === 'sequence') {
      for (const item of node.items) visit(item, isImages);
    } else {
      for (const { key, value } of node.pairs) {
        const isName = key.value === 'image' || key.value === 'newName' || (isImages && key.value === 'name');
        if (value.kind === 'scalar') {
          if (isName) found(value);
        } else visit(value, key.value === 'images' && value.kind === 'sequence');
      }
    }
  };
  visit(root, false);
}

function imagesOf(rendering: Rendering | undefined): readonly ScalarNode[] {
  return rendering?.objects.filter(({ id }) => id.kind !== 'CustomResourceDefinition').flatMap(({ root }) => findImageNodes(root)) ?? [];
}

function placeWords({ source, start }: Place): string {
  const { line } = source.positionAt(start);
  return `${source.path.slice(source.path.lastIndexOf('/') + 1)}:${line + 1}`;
}
