/**
 * Another registry for images: the edit of every place that names them (bases, overlays that repeat the name to set a tag,
 * patches, Applications, Flux objects), and the proof that nothing but names of images changes in any render.
 */
import type { Place, TextChange } from '../base/problem.js';
import { findImageNodes } from '../gitops/environmentImages.js';
import { compareRenderings, formatFieldPath, type ObjectChange } from '../objects/compare.js';
import type { Rendering } from '../objects/rendering.js';
import { replaceScalar } from '../yaml/edit.js';
import type { ScalarNode, YamlNode } from '../yaml/nodes.js';
import { findWrittenScalar, type EditSources, type EditTarget } from './editSources.js';
import { readImage } from './imageVersion.js';

/** What names begin with, and what takes its place: `ghcr.io/acme` to `registry.example.com/acme`, or whole names. */
export interface RegistryMove {
  readonly from: string;
  readonly to: string;
}

export interface MovedTarget {
  readonly target: EditTarget;
  readonly changes: readonly ObjectChange[];
  /** How many containers get another name. */
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
}

/** The name after the move; undefined for a name that isn't concerned. */
export function movedName(name: string, { from, to }: RegistryMove): string | undefined {
  if (name === from) return to;
  return name.startsWith(`${from}/`) ? to + name.slice(from.length) : undefined;
}

/** Edits all places in these files and those that the renders come from, and looks what it does. @param files that may be edited, absolute */
export function planRegistryMove(move: RegistryMove, files: readonly string[], sources: EditSources): MoveProof {
  const found = new Map<string, readonly TextChange[]>();
  const add = (node: ScalarNode): void => {
    const text = movedText(node.value, move);
    const edit = text === undefined ? undefined : replaceScalar(node, text);
    const [change] = edit ?? [];
    if (edit && change) found.set(JSON.stringify(change.location), edit);
  };
  for (const path of files) for (const { root } of sources.parse(path)?.documents ?? []) if (root) visitImageTexts(root, add);
  for (const target of sources.targets) {
    for (const node of imagesOf(sources.renderingOf(target.id))) {
      for (let link: YamlNode | undefined = node; link; link = link.was) {
        const written = link.kind === 'scalar' && files.includes(link.source.path) ? findWrittenScalar(link, sources.parse) : undefined;
        if (written) add(written);
      }
    }
  }
  const changes = [...found.values()].flat();
  const after = sources.edit(changes);
  const concerned = sources.targets.flatMap((target) => proveTarget(target, move, sources, after));
  return { changes, after, targets: concerned, unknown: sources.targets.filter(({ id }) => sources.renderingOf(id)?.ok !== true) };
}

function proveTarget(target: EditTarget, move: RegistryMove, sources: EditSources, after: EditSources): readonly MovedTarget[] {
  const [left, right] = [sources.renderingOf(target.id), after.renderingOf(target.id)];
  if (!left?.ok) return [];
  const wanted = imagesOf(left).filter(({ value }) => movedName(readImage(value).name, move) !== undefined).length;
  if (left === right && wanted === 0) return [];
  if (!right?.ok) return [{ target, changes: [], images: 0, refusal: `${target.label} can't be rendered afterwards: ${right?.problems[0]?.message ?? 'it is not there.'}` }];
  const changes = compareRenderings(left, right);
  if (wanted === 0 && changes.length === 0) return [];
  const stays = imagesOf(right).find(({ value }) => movedName(readImage(value).name, move) !== undefined && movedName(move.to, move) === undefined);
  const other = firstOther(changes, move);
  const images = changes.reduce((sum, { fields }) => sum + fields.length, 0);
  const refusal = other ?? (stays ? `${target.label} would still run ${stays.value}, set at ${placeWords(stays)}.` : undefined);
  return [{ target, changes, images, refusal }];
}

/** The first change that is something else than the name of an image. */
function firstOther(changes: readonly ObjectChange[], move: RegistryMove): string | undefined {
  for (const { change, left, right, fields } of changes) {
    const id = (left ?? right)?.id;
    if (change !== 'changed') return `${id?.kind ?? ''} ${id?.name ?? ''} would be ${change}.`;
    const other = fields.find(({ left: was, right: now }) => was?.kind !== 'scalar' || now?.kind !== 'scalar' || movedText(was.value, move) !== now.value);
    if (other) return `${formatFieldPath(other.path)} of ${id?.kind ?? ''} ${id?.name ?? ''} would change too.`;
  }
  return undefined;
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
