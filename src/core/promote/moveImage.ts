/**
 * Gives an image of one environment another version: tries proposals on the sources until every container of that image
 * has it, and accepts a proposal only where the renders of all environments say that nothing else happens.
 */
import type { Place, TextChange } from '../base/problem.js';
import { findImageNodes } from '../gitops/environmentImages.js';
import { compareRenderings, formatFieldPath, type FieldChange, type ObjectChange } from '../objects/compare.js';
import type { Rendering } from '../objects/rendering.js';
import type { ScalarNode } from '../yaml/nodes.js';
import type { EditSources, EditTarget } from './editSources.js';
import { proposeImageEdits, type ImageProposal } from './imageEdits.js';
import { isConsequence } from './consequence.js';
import { isSameVersion, readImage, writeImage, type ImageVersion } from './imageVersion.js';

export interface ImageWish {
  readonly target: EditTarget;
  /** Without tag and digest. */
  readonly name: string;
  readonly version: ImageVersion;
  /** Ids of environments that are to get the same version, so that an edit of what they share is no side effect. */
  readonly together: ReadonlySet<string>;
}

/** One edit, with what was there before: changes are those of the sources that it was made on. */
export interface MadeEdit {
  /** `images[0]`, `new entry of images`: how it is written. */
  readonly title: string;
  readonly kind: ImageProposal['kind'];
  readonly place: Place;
  readonly changes: readonly TextChange[];
}

export type MoveOutcome =
  | {
      readonly kind: 'moved';
      /** The state after it. */
      readonly sources: EditSources;
      /** In the order in which they are made, each on what the one before left. */
      readonly edits: readonly MadeEdit[];
      /** Fields that are made of the version too, for people: `Deployment/web spec.template.metadata.labels.version`. */
      readonly along: readonly string[];
      /** Other environments whose version of the same image changes with it. */
      readonly alsoMoved: readonly EditTarget[];
    }
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Each edit mends one container at least; more would be a circle. */
const mostEdits = 50;

/** Works out the edits; nothing is asked of the user here: who may not have `alsoMoved` doesn't use them. */
export function moveImage(wish: ImageWish, sources: EditSources): MoveOutcome {
  let current = sources;
  const edits: MadeEdit[] = [];
  const alsoMoved = new Map<string, EditTarget>();
  const along = new Set<string>();
  for (let round = 0; round < mostEdits; round++) {
    const before = current.renderingOf(wish.target.id);
    if (!before?.ok) return { kind: 'refused', reason: `${wish.target.label} can't be rendered: ${before?.problems[0]?.message ?? 'it is not there.'}` };
    const stale = staleImages(before, wish);
    const [image] = stale;
    if (!image) return edits.length === 0 ? { kind: 'same' } : { kind: 'moved', sources: current, edits, along: [...along], alsoMoved: [...alsoMoved.values()] };
    // What an edit changed may be the declaration itself.
    const now = { ...wish, target: current.targets.find(({ id }) => id === wish.target.id) ?? wish.target };
    const best = chooseEdit(image, stale.length, now, current);
    if (!best) return { kind: 'refused', reason: whyNot(image, now, current) };
    const { title, kind, place, changes } = best.proposal;
    edits.push({ title, kind, place, changes });
    for (const each of best.others) alsoMoved.set(each.id, each);
    for (const each of best.along) along.add(each);
    current = best.after;
  }
  return { kind: 'refused', reason: `${wish.name} is set in more than ${mostEdits} places of ${wish.target.label}.` };
}

/** The containers that have the image in another version. */
function staleImages(rendering: Rendering, wish: Pick<ImageWish, 'name' | 'version'>): readonly ScalarNode[] {
  return rendering.objects
    .filter(({ id }) => id.kind !== 'CustomResourceDefinition')
    .flatMap(({ root }) => findImageNodes(root))
    .filter((node) => {
      const { name, version } = readImage(node.value);
      return name === wish.name && !isSameVersion(version, wish.version);
    });
}

interface Tried {
  readonly proposal: ImageProposal;
  readonly after: EditSources;
  readonly others: readonly EditTarget[];
  readonly along: readonly string[];
}

/** The first proposal that changes nobody else; else the first that changes others in the same way only. */
function chooseEdit(image: ScalarNode, stale: number, wish: ImageWish, sources: EditSources): Tried | undefined {
  let withOthers: Tried | undefined;
  for (const proposal of proposeImageEdits(image, wish.version, wish.target, sources, wish.together)) {
    const tried = tryEdit(proposal, stale, wish, sources);
    if (!tried) continue;
    if (tried.others.length === 0) return tried;
    withOthers ??= tried;
  }
  return withOthers;
}

function tryEdit(proposal: ImageProposal, stale: number, wish: ImageWish, sources: EditSources): Tried | undefined {
  const after = sources.edit(proposal.changes);
  const along: string[] = [];
  const others: EditTarget[] = [];
  for (const target of sources.targets) {
    const [left, right] = [sources.renderingOf(target.id), after.renderingOf(target.id)];
    if (left === right && target.id !== wish.target.id) continue;
    if (!left || !right) return undefined;
    if (!left.ok) {
      // What couldn't be rendered before tells nothing; what can't be rendered now is out of the question.
      if (target.id === wish.target.id) return undefined;
      continue;
    }
    if (!right.ok) return undefined;
    const changes = compareRenderings(left, right);
    const explained = explainChanges(changes, wish);
    if (!explained) return undefined;
    if (target.id === wish.target.id) {
      if (staleImages(right, wish).length >= stale) return undefined;
      along.push(...explained);
    } else if (changes.length > 0 && !wish.together.has(target.id)) others.push(target);
  }
  return after.targets.length === sources.targets.length ? { proposal, after, others, along } : undefined;
}

/** The fields that follow from the new version; undefined where something changed that doesn't. */
function explainChanges(changes: readonly ObjectChange[], wish: Pick<ImageWish, 'name' | 'version'>): readonly string[] | undefined {
  const along: string[] = [];
  const versions = changes.flatMap(({ fields }) => fields.flatMap((field) => (isMove(field, wish) && field.left?.kind === 'scalar' ? [readImage(field.left.value).version] : [])));
  for (const { change, left, fields } of changes) {
    if (change !== 'changed') return undefined;
    for (const field of fields) {
      if (isMove(field, wish) || isConsequence(field)) continue;
      if (!versions.some((version) => isMadeOf(field, version, wish))) return undefined;
      along.push(`${left?.id.kind ?? ''}/${left?.id.name ?? ''} ${formatFieldPath(field.path)}`);
    }
  }
  return along;
}

function isMove({ left, right }: FieldChange, { name, version }: Pick<ImageWish, 'name' | 'version'>): boolean {
  return left?.kind === 'scalar' && right?.kind === 'scalar' && readImage(left.value).name === name && right.value === writeImage(name, version);
}

/** True for a text that is the old one with the new tag or digest in the place of the old: a label, a variable. */
function isMadeOf({ left, right }: FieldChange, before: ImageVersion | undefined, { version }: Pick<ImageWish, 'version'>): boolean {
  if (left?.kind !== 'scalar' || right?.kind !== 'scalar' || !before) return false;
  const [was, now] = [left.value, right.value];
  const isExchanged = (old: string | undefined, next: string | undefined): boolean =>
    old !== undefined && next !== undefined && was.includes(old) && was.replaceAll(old, next) === now;
  return isExchanged(before.tag, version.tag) || isExchanged(before.digest, version.digest) || isExchanged(writeImage('', before), writeImage('', version));
}

function whyNot(image: ScalarNode, wish: ImageWish, sources: EditSources): string {
  const location = image.source.locate(image.start, image.end);
  const where = `${location.path.slice(location.path.lastIndexOf('/') + 1)}:${location.range.start.line + 1}`;
  const proposals = proposeImageEdits(image, wish.version, wish.target, sources, wish.together);
  return proposals.length === 0
    ? `The version of ${wish.name} comes from ${where} in a way that can't be edited; change it by hand.`
    : `No edit of the text at ${where}, or of the environment's own files, changes the version of ${wish.name} and nothing else; change it by hand.`;
}
