/**
 * "Set this here": makes one field of one environment's render say something else, by the smallest edit that the renders of
 * all environments prove. An edit that changes others too is found last, and says whom.
 */
import { liveKey } from '../live/liveObject.js';
import { compareRenderings } from '../objects/compare.js';
import type { Rendering } from '../objects/rendering.js';
import { proposeFieldEdits } from './fieldEdits.js';
import { proposeImageEdits } from './imageEdits.js';
import { readImage } from './imageVersion.js';
import type { EditSources, EditTarget } from './editSources.js';
import { isJustThis, nodeAt, proposeEdits, saysSo, type Proposal, type Wish } from './setHere.js';

export type SetOutcome =
  | { readonly kind: 'set'; readonly proposal: Proposal; readonly after: EditSources; readonly alsoChanged: readonly EditTarget[] }
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param id of the environment; the wish's object is one of its present render */
export function setFieldOf(id: string, wish: Wish, sources: EditSources): SetOutcome {
  const target = sources.targets.find((each) => each.id === id);
  const before = sources.renderingOf(id);
  if (!target || !before?.ok) return { kind: 'refused', reason: 'The environment is not rendered now.' };
  if (saysSo(wish)) return { kind: 'same' };
  const [own, others] = proposalsFor(wish, target, sources);
  let withOthers: Extract<SetOutcome, { kind: 'set' }> | undefined;
  for (const proposal of [...own, ...others]) {
    const after = sources.edit(proposal.changes);
    const rendered = after.renderingOf(id);
    if (!rendered?.ok || !isWished(before, rendered, wish)) continue;
    const alsoChanged = changedOthers(id, sources, after);
    if (!alsoChanged) continue;
    const outcome = { kind: 'set' as const, proposal, after, alsoChanged };
    if (alsoChanged.length === 0) return outcome;
    withOthers ??= outcome;
  }
  const name = `${wish.object.id.kind} ${wish.object.id.name}`;
  return withOthers ?? { kind: 'refused', reason: `No single edit makes the render of ${target.label} say just this of ${name}.` };
}

function proposalsFor(wish: Wish, target: EditTarget, sources: EditSources): readonly [own: readonly Proposal[], others: readonly Proposal[]] {
  const { own, others } = proposeFieldEdits(wish, target, sources);
  const image = nodeAt(wish.object.root, wish.path);
  const wanted = typeof wish.value === 'string' ? readImage(wish.value) : undefined;
  const isVersion = wish.path.at(-1) === 'image' && image?.kind === 'scalar' && wanted?.version !== undefined && wanted.name === readImage(image.value).name;
  const images = isVersion && wanted.version ? proposeImageEdits(image, wanted.version, target, sources, new Set()) : [];
  const file = target.folder === undefined ? undefined : sources.kustomizationFileOf(target.folder);
  const plain =
    target.folder === undefined
      ? []
      : proposeEdits({ ...wish, folder: target.folder, kustomization: file === undefined ? undefined : sources.parse(file), parse: (path) => sources.parse(path) });
  return [[...images, ...own, ...plain], others];
}

/** True where the field says it and nothing else differs; the namespace of one object is that of all. */
function isWished(before: Rendering, after: Rendering, wish: Wish): boolean {
  if (isJustThis(before, after, wish)) return true;
  const { path, value, object } = wish;
  if (path.length !== 2 || path[0] !== 'metadata' || path[1] !== 'namespace' || typeof value !== 'string') return false;
  const old = object.id.namespace;
  return compareRenderings(before, after).every(
    ({ change, left, fields }) =>
      change === 'changed' &&
      left !== undefined &&
      fields.every(
        (field) =>
          field.left?.kind === 'scalar' && field.right?.kind === 'scalar' && field.left.value.includes(old) && field.right.value === field.left.value.replaceAll(old, value),
      ),
  );
}

/** The other environments whose render differs; undefined where one can't be rendered any more. */
function changedOthers(id: string, before: EditSources, after: EditSources): readonly EditTarget[] | undefined {
  const changed: EditTarget[] = [];
  for (const target of before.targets) {
    if (target.id === id) continue;
    const [left, right] = [before.renderingOf(target.id), after.renderingOf(target.id)];
    if (left === right || !left?.ok) continue;
    if (!right?.ok) return undefined;
    if (compareRenderings(left, right).length > 0) changed.push(target);
  }
  return changed;
}

/** The object of a rendering that another state has too. */
export function sameObject(rendering: Rendering, { id }: Pick<Wish['object'], 'id'>): Wish['object'] | undefined {
  return rendering.objects.find((object) => liveKey(object.id) === liveKey(id));
}
