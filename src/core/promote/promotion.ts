/**
 * What a promotion moves, as data: image versions from one environment to others, and the edits of sources that do it,
 * grouped by the branch of the repository that they are committed on. Only versions move; what else differs is told.
 */
import { compareRenderings, type FieldChange, type ObjectChange } from '../objects/compare.js';
import type { Rendering } from '../objects/rendering.js';
import { findImageNodes } from '../gitops/environmentImages.js';
import type { EditSources } from './editSources.js';
import { describeVersion, isSameVersion, readImage, type ImageVersion } from './imageVersion.js';
import { moveImage, type MadeEdit } from './moveImage.js';

/** What becomes of one file. */
export interface SourceEdit {
  /** Absolute, as the tree has it that was edited. */
  readonly path: string;
  /** Undefined for a new file. */
  readonly before: string | undefined;
  /** Undefined where the file goes. */
  readonly after: string | undefined;
}

/** What the texts before an edit are those of. */
export type EditBase =
  /** The tip of a branch: what is committed stands on it, and on nothing else. */
  | {
      readonly kind: 'branch';
      /** The branch as the remote and the operator name it. */
      readonly branch: string;
      /** The full hash that was read. */
      readonly commit: string;
    }
  /** The files as they stand, with whatever was not committed. */
  | { readonly kind: 'files' };

/** Edits of one branch of one repository: one commit. */
export interface BranchEdits {
  /** The top folder of the repository; undefined outside of git. */
  readonly repository: string | undefined;
  readonly base: EditBase;
  readonly files: readonly SourceEdit[];
  /** Ids of the environments that change by it. */
  readonly environments: readonly string[];
}

/** An image of the target, and the version that it is to have. */
export interface VersionWish {
  /** Without tag and digest. */
  readonly image: string;
  /** The versions that it has in the target; several where containers differ. */
  readonly before: readonly (ImageVersion | undefined)[];
  /** Undefined where it can't be told; the reason says why. */
  readonly after: ImageVersion | undefined;
  readonly reason: string;
  /** The tag of which the digest would have to be known. */
  readonly lacks?: { readonly name: string; readonly tag: string };
}

/** Looks a digest up in the registry's answers; undefined where it isn't known. */
export type DigestOf = (name: string, tag: string) => string | undefined;

/**
 * The version that each image of the target is to have: that of the same image in `from`.
 * @param images only these, by name without tag; all that both have where it is undefined
 */
export function wishVersions(
  { from, to }: { readonly from: Rendering; readonly to: Rendering },
  images: ReadonlySet<string> | undefined,
  labels: { readonly from: string; readonly to: string },
  digestOf: DigestOf,
): readonly VersionWish[] {
  const [source, target] = [versionsByName(from), versionsByName(to)];
  const wishes: VersionWish[] = [];
  for (const [image, before] of target) {
    if (images && !images.has(image)) continue;
    const versions = source.get(image);
    if (!versions) continue;
    const [version, another] = versions;
    const refuse = (reason: string): void => void wishes.push({ image, before, after: undefined, reason });
    if (another) refuse(`${labels.from} runs ${image} in ${versions.length} versions, ${versions.map(describeVersion).join(' and ')}; edit ${labels.to} by hand.`);
    else if (!version) refuse(`${labels.from} names no tag for ${image}.`);
    else {
      const after = keepPinned(image, version, before, digestOf);
      if (after) wishes.push({ image, before, after, reason: '' });
      else {
        const reason = `${labels.to} pins ${image} by digest, and the digest of ${describeVersion(version)} isn't known; connect the registry, or write the digest by hand.`;
        wishes.push({ image, before, after: undefined, reason, ...(version.tag !== undefined && { lacks: { name: image, tag: version.tag } }) });
      }
    }
  }
  return wishes;
}

/** A target that is pinned by digest stays so; undefined where the digest isn't known. */
function keepPinned(image: string, version: ImageVersion, before: readonly (ImageVersion | undefined)[], digestOf: DigestOf): ImageVersion | undefined {
  const isPinned = before.some((each) => each?.digest !== undefined);
  if (!isPinned) return version;
  const digest = version.digest ?? (version.tag === undefined ? undefined : digestOf(image, version.tag));
  if (digest === undefined) return undefined;
  const hasTag = before.some((each) => each?.tag !== undefined);
  return { tag: hasTag ? version.tag : undefined, digest };
}

/** The different versions of each image, in the order of the output. */
export function versionsByName({ objects }: Rendering): ReadonlyMap<string, readonly (ImageVersion | undefined)[]> {
  const found = new Map<string, (ImageVersion | undefined)[]>();
  for (const { id, root } of objects) {
    if (id.kind === 'CustomResourceDefinition') continue;
    for (const node of findImageNodes(root)) {
      const { name, version } = readImage(node.value);
      const known = found.get(name) ?? [];
      if (name === '' || known.some((each) => isSameVersion(each, version))) continue;
      found.set(name, [...known, version]);
    }
  }
  return found;
}

/** One move of a plan. */
export interface PlannedMove {
  /** The environment's id. */
  readonly target: string;
  readonly image: string;
  readonly before: readonly (ImageVersion | undefined)[];
  /** Undefined where it can't be told. */
  readonly after: ImageVersion | undefined;
  readonly state: 'moves' | 'same' | 'refused';
  /** Why it is refused. */
  readonly reason: string;
  readonly lacks?: VersionWish['lacks'];
  readonly edits: readonly MadeEdit[];
  /** Fields that change with the version, as they are made of it. */
  readonly along: readonly string[];
  /** Ids of environments that weren't asked for and get the version too. */
  readonly alsoMoved: readonly string[];
}

export interface PlannedMoves {
  readonly moves: readonly PlannedMove[];
  /** The state after all of them. */
  readonly after: EditSources;
  /** Files that were edited. */
  readonly paths: readonly string[];
}

/** Works out the moves of all wishes on one state of the sources, one after the other. */
export function planMoves(wishes: ReadonlyMap<string, readonly VersionWish[]>, sources: EditSources): PlannedMoves {
  let current = sources;
  const moves: PlannedMove[] = [];
  const paths = new Set<string>();
  for (const [id, own] of wishes) {
    for (const { image, before, after, reason, lacks } of own) {
      const move = { target: id, image, before, after, reason, ...(lacks && { lacks }), edits: [], along: [], alsoMoved: [] };
      const target = current.targets.find((each) => each.id === id);
      if (!after || !target) {
        moves.push({ ...move, state: 'refused' });
        continue;
      }
      if (before.every((version) => isSameVersion(version, after))) {
        moves.push({ ...move, state: 'same' });
        continue;
      }
      const outcome = moveImage({ target, name: image, version: after, together: wishersOf(wishes, image, after) }, current);
      if (outcome.kind === 'refused') moves.push({ ...move, state: 'refused', reason: outcome.reason });
      else if (outcome.kind === 'same') moves.push({ ...move, state: 'moves' });
      else {
        const { edits, along, alsoMoved } = outcome;
        current = outcome.sources;
        for (const { changes } of edits) for (const { location } of changes) paths.add(location.path);
        moves.push({ ...move, state: 'moves', edits, along, alsoMoved: alsoMoved.map((each) => each.id) });
      }
    }
  }
  return { moves, after: current, paths: [...paths] };
}

/** The environments that are to have the same image in the same version. */
function wishersOf(wishes: ReadonlyMap<string, readonly VersionWish[]>, image: string, version: ImageVersion): ReadonlySet<string> {
  return new Set([...wishes].flatMap(([id, own]) => (own.some((wish) => wish.image === image && wish.after && isSameVersion(wish.after, version)) ? [id] : [])));
}

/** What differs between two environments besides the versions of images that both have. */
export function otherDifferences(from: Rendering, to: Rendering): readonly ObjectChange[] {
  return compareRenderings(from, to).flatMap((change) => {
    if (change.change !== 'changed') return [change];
    const fields = change.fields.filter((field) => !isVersionOnly(field));
    return fields.length === 0 ? [] : [{ ...change, fields }];
  });
}

function isVersionOnly({ path, left, right }: FieldChange): boolean {
  if (path.at(-1) !== 'image' || left?.kind !== 'scalar' || right?.kind !== 'scalar') return false;
  return readImage(left.value).name === readImage(right.value).name;
}
