/**
 * Works out promotions: which versions move from one environment to others, the edits of sources that do it on the tip of
 * each branch that a target follows, and what they lead to. Nothing is written here; the edits are delivered by
 * deliverChange.ts, which asks for them again where a branch has moved meanwhile.
 */
import { isInside, relativePath } from '../core/base/path.js';
import type { Problem } from '../core/base/problem.js';
import type { DeliveryModel, Environment } from '../core/gitops/delivery.js';
import { compareRenderings, type ObjectChange } from '../core/objects/compare.js';
import type { Rendering } from '../core/objects/rendering.js';
import {
  otherDifferences,
  planMoves,
  versionsByName,
  wishVersions,
  type BranchEdits,
  type PlannedMove,
  type PlannedMoves,
  type SourceEdit,
  type VersionWish,
} from '../core/promote/promotion.js';
import { operatorWarnings, promotionQuestions, type PromotionQuestion } from '../core/promote/promotionGuards.js';
import { findUndoings } from '../core/promote/undoings.js';
import { Bases, editBaseOf, isProtectedBase, readEdits, sourcesFor, type Base, type EditWorkspace } from './editBases.js';
import type { EditedDelivery } from './editedDelivery.js';
import { Failure } from './failure.js';
import type { RevisionTree } from './ports.js';

export interface PromotionRequest {
  /** An environment's id, or a name for all apps that have it. */
  readonly from: string;
  /** Ids or names. */
  readonly to: readonly string[];
  /** All where they are missing. */
  readonly apps?: readonly string[];
  readonly images?: readonly string[];
  /** True to edit the files as they stand; else the tips of the branches that the targets follow. */
  readonly workingFiles?: boolean;
}

/** An environment that a plan changes, or was asked to. */
export interface PlannedTarget {
  /** As it is declared on its branch. */
  readonly environment: Environment;
  readonly from: Environment;
  readonly branch: string | undefined;
  /** True where it wasn't asked for, and changes as it shares what is edited. */
  readonly isAlong: boolean;
  readonly moves: readonly PlannedMove[];
  readonly before: Rendering;
  readonly after: Rendering;
  readonly changes: readonly ObjectChange[];
  readonly findings: readonly { readonly problem: Problem; readonly isNew: boolean }[];
  /** What else differs from the environment that is promoted. */
  readonly others: readonly ObjectChange[];
  readonly warnings: readonly string[];
  /** Why nothing moves here; undefined where something does. */
  readonly refusal: string | undefined;
}

export interface PlannedBranch extends BranchEdits {
  readonly isProtected: boolean;
  readonly branch: string | undefined;
  /** What was wished; with it the same is worked out on another tip. */
  readonly wishes: ReadonlyMap<string, readonly VersionWish[]>;
}

export interface PromotionPlan {
  /** `orders: dev → stage, prod`. */
  readonly title: string;
  readonly targets: readonly PlannedTarget[];
  /** Those on which something is edited. */
  readonly branches: readonly PlannedBranch[];
  readonly questions: readonly PromotionQuestion[];
  readonly warnings: readonly string[];
  /** Why there is nothing to run. */
  readonly refusal: string | undefined;
}

/** One environment to another one. */
export interface PromotionPair {
  readonly from: Environment;
  readonly to: Environment;
}

/** Works a promotion out. Rejects with a {@link Failure} where it names what isn't there. */
export async function planPromotion(request: PromotionRequest, workspace: EditWorkspace, signal: AbortSignal): Promise<PromotionPlan> {
  const pairs = pairEnvironments(request, workspace.present().delivery.model);
  const bases = new Bases(request.workingFiles === true, workspace, signal);
  const groups = new Map<Base, PlacedPair[]>();
  const refused: PlannedTarget[] = [];
  for (const pair of pairs) {
    const placed = await placePair(pair, bases);
    if ('refusal' in placed) refused.push(placed);
    else groups.set(placed.base, [...(groups.get(placed.base) ?? []), placed]);
  }
  const planned = [...groups].map(([base, placed]) => planOnBase(base, placed, request, workspace));
  const targets = inOrderOf(pairs, [...planned.flatMap((each) => each.targets), ...refused]);
  const branches = planned.flatMap(({ branch }) => (branch && branch.files.length > 0 ? [branch] : []));
  return {
    title: titleOf(pairs),
    targets,
    branches,
    questions: branches.length === 0 ? [] : planned.flatMap((each) => each.questions),
    warnings: planned.flatMap((each) => each.warnings),
    refusal: branches.length === 0 ? whyNothing(targets) : undefined,
  };
}

/** The same edits on another state of a branch. Rejects where they would not mean the same any more. */
export async function planAgain(branch: PlannedBranch, tree: RevisionTree, workspace: EditWorkspace, signal: AbortSignal): Promise<readonly SourceEdit[]> {
  const edited = await workspace.on(tree, signal);
  const { moves, paths, after } = planMoves(branch.wishes, sourcesFor(edited, branch.branch, new Set(branch.wishes.keys())));
  const refused = moves.find(({ state }) => state === 'refused');
  if (refused)
    throw new Failure(
      'promotion/changed',
      `${branch.branch ?? 'The branch'} has moved, and ${refused.image} can't be moved any more: ${refused.reason}`,
      'Plan the promotion again.',
    );
  const known = new Set(branch.environments);
  const another = moves.flatMap(({ alsoMoved }) => alsoMoved).find((id) => !known.has(id));
  if (another !== undefined)
    throw new Failure('promotion/changed', `${branch.branch ?? 'The branch'} has moved, and the edit would change ${another} too now.`, 'Plan the promotion again.');
  return readEdits(paths, edited, after);
}

/** The environments that are meant: by id, or by name within the apps that have both. */
export function pairEnvironments({ from, to, apps }: PromotionRequest, { environments }: DeliveryModel): readonly PromotionPair[] {
  const isMeant = ({ app }: Environment): boolean => apps === undefined || apps.length === 0 || apps.includes(app);
  const find = (words: string): readonly Environment[] => {
    const exact = environments.filter(({ id, label }) => id === words || label === words);
    const found = exact.length > 0 ? exact : environments.filter((each) => each.name === words && isMeant(each));
    if (found.length === 0)
      throw new Failure(
        'promotion/unknown-environment',
        `There is no environment ${words}${apps?.length ? ` of ${apps.join(', ')}` : ''}.`,
        'List them with the command environments.',
      );
    return found;
  };
  const sources = find(from);
  const pairs = new Map<string, PromotionPair>();
  for (const words of to) {
    for (const target of find(words)) {
      const source = sources.find(({ app }) => app === target.app) ?? (sources.length === 1 && target.id === words ? sources[0] : undefined);
      if (source && source.id !== target.id) pairs.set(target.id, { from: source, to: target });
    }
  }
  if (pairs.size === 0) throw new Failure('promotion/unknown-environment', `No app has both ${from} and ${to.join(', ')}.`, 'Name two environments of one app.');
  return [...pairs.values()];
}

interface PlacedPair {
  readonly from: Environment;
  readonly to: Environment;
  readonly fromRendering: Rendering;
  readonly base: Base;
}

async function placePair({ from, to }: PromotionPair, bases: Bases): Promise<PlacedPair | PlannedTarget> {
  const refuse = (refusal: string): PlannedTarget => ({
    environment: to,
    from,
    branch: undefined,
    isAlong: false,
    moves: [],
    before: emptyRendering,
    after: emptyRendering,
    changes: [],
    findings: [],
    others: [],
    warnings: [],
    refusal,
  });
  const elsewhere = bases.whyNotHere(to);
  if (elsewhere !== undefined) return refuse(elsewhere);
  try {
    const [source, base] = [await bases.ofSource(from), await bases.of(to)];
    const fromThere = findIn(source.edited, from);
    const toThere = findIn(base.edited, to);
    const where = ({ branch, commit }: Base): string => (branch === undefined ? 'here' : `on ${branch} at ${commit?.slice(0, 8) ?? ''}`);
    if (!fromThere) return refuse(`${from.label} is not there ${where(source)}.`);
    if (!toThere) return refuse(`${to.label} is not there ${where(base)}.`);
    const fromRendering = source.edited.render(fromThere.id)?.rendering;
    const toRendering = base.edited.render(toThere.id)?.rendering;
    if (!fromRendering?.ok) return refuse(`${from.label} can't be rendered ${where(source)}: ${fromRendering?.problems[0]?.message ?? ''}`);
    if (!toRendering?.ok) return refuse(`${to.label} can't be rendered ${where(base)}: ${toRendering?.problems[0]?.message ?? ''}`);
    return { from, to: toThere, fromRendering, base };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return refuse(error.message);
  }
}

/** The same environment in another state: by its id, else by its folder, where its declaration isn't on that branch. */
function findIn({ delivery }: EditedDelivery, { id, sources: [source] }: Environment): Environment | undefined {
  const { environments } = delivery.model;
  return environments.find((each) => each.id === id) ?? environments.find(({ sources: [own] }) => source?.folder !== undefined && own?.folder === source.folder);
}

const emptyRendering: Rendering = { folder: '', ok: false, objects: [], problems: [], lacks: [], dependencies: new Set() };

interface PlannedBase {
  readonly targets: readonly PlannedTarget[];
  readonly branch: PlannedBranch | undefined;
  readonly questions: readonly PromotionQuestion[];
  readonly warnings: readonly string[];
}

function planOnBase(base: Base, placed: readonly PlacedPair[], request: PromotionRequest, workspace: EditWorkspace): PlannedBase {
  const { edited } = base;
  const asked = request.images && request.images.length > 0 ? new Set(request.images) : undefined;
  const wishes = new Map<string, readonly VersionWish[]>();
  const renderingOf = (id: string): Rendering => edited.render(id)?.rendering ?? emptyRendering;
  for (const { from, to, fromRendering } of placed) {
    const both = { from: fromRendering, to: renderingOf(to.id) };
    wishes.set(to.id, wishVersions(both, asked, { from: from.label, to: to.label }, workspace.digestOf ?? (() => undefined)));
  }
  const sources = sourcesFor(edited, base.branch, new Set(wishes.keys()));
  const planned = planMoves(wishes, sources);
  const files = readEdits(planned.paths, edited, planned.after);
  const after = edited.with(new Map(files.flatMap(({ path, after: text }) => (text === undefined ? [] : [[path, text]]))));
  const ids = new Set([...wishes.keys(), ...planned.moves.flatMap(({ alsoMoved }) => alsoMoved)]);
  const targets = edited.delivery.model.environments
    .filter(({ id }) => ids.has(id))
    .map((environment) => describeTarget(environment, { base, after, placed, planned }, request, workspace));
  const changed = targets.filter(({ changes }) => changes.length > 0);
  const guarded = changed.map(({ environment, isAlong, moves }) => ({ environment, isAsked: !isAlong, moves }));
  const branch: PlannedBranch = {
    repository: base.repository,
    branch: base.branch,
    base: editBaseOf(base),
    files,
    environments: changed.map(({ environment }) => environment.id),
    isProtected: isProtectedBase(
      base,
      changed.map(({ environment }) => environment),
    ),
    wishes: onlyMoved(wishes, planned.moves),
  };
  return {
    targets,
    branch,
    questions: promotionQuestions({ branch: base.branch, model: edited.delivery.model, targets: guarded, renderingOf: ({ id }) => renderingOf(id) }),
    warnings: automationWarnings(changed, planned, base, workspace),
  };
}

/** Automation that would write over what is moved, with the step that prevents it. */
function automationWarnings(
  changed: readonly Pick<PlannedTarget, 'environment' | 'moves'>[],
  { moves, paths }: Pick<PlannedMoves, 'moves' | 'paths'>,
  { edited, repository }: Base,
  { folders }: EditWorkspace,
): readonly string[] {
  const { model } = edited.delivery;
  const touched = new Set(moves.flatMap(({ edits }) => edits.flatMap(({ changes }) => changes.map(({ location }) => `${location.path}:${location.range.start.line}`))));
  const undoings = changed.flatMap(({ environment, moves: own }) =>
    findUndoings({
      environment,
      model,
      tree: edited.tree,
      folders,
      changed: paths,
      purpose: 'promotion',
      isTouched: (path, line) => touched.has(`${path}:${line}`),
      images: new Set(own.flatMap(({ image, state }) => (state === 'moves' ? [image] : []))),
      label: (path) => relativePath(repository ?? folders.find((folder) => isInside(path, folder)) ?? '/', path),
      parse: (path) => edited.delivery.parse(path),
    }),
  );
  return [...new Set(undoings.map(({ message, prevention }) => `${message} ${prevention}`))];
}

/** What is to be wished again on another tip: what could be done on this one. */
function onlyMoved(wishes: ReadonlyMap<string, readonly VersionWish[]>, moves: readonly PlannedMove[]): ReadonlyMap<string, readonly VersionWish[]> {
  const isMoved = (target: string, image: string): boolean => moves.some((move) => move.target === target && move.image === image && move.state === 'moves');
  return new Map([...wishes].map(([id, own]) => [id, own.filter(({ image }) => isMoved(id, image))]));
}

function describeTarget(
  environment: Environment,
  { base, after, placed, planned }: { readonly base: Base; readonly after: EditedDelivery; readonly placed: readonly PlacedPair[]; readonly planned: PlannedMoves },
  request: PromotionRequest,
  workspace: EditWorkspace,
): PlannedTarget {
  const { id, label } = environment;
  const pair = placed.find(({ to }) => to.id === id);
  const [left, right] = [base.edited.render(id)?.rendering ?? emptyRendering, after.render(id)?.rendering ?? emptyRendering];
  const moves = planned.moves.filter(({ target }) => target === id);
  const changes = compareRenderings(left, right);
  const afterwards = after.delivery.model.environments.find((each) => each.id === id) ?? environment;
  return {
    environment,
    from: pair?.from ?? environment,
    branch: base.branch,
    isAlong: !pair,
    moves,
    before: left,
    after: right,
    changes,
    findings: changes.length === 0 ? [] : markNew(workspace.problemsOf(after, afterwards), workspace.problemsOf(base.edited, environment)),
    others: pair ? otherDifferences(pair.fromRendering, left) : [],
    warnings: changes.length === 0 ? [] : [...operatorWarnings(environment), ...missingImages(request, left, label)],
    refusal: changes.length === 0 && pair ? whyNotMoved(moves, pair) : undefined,
  };
}

function missingImages({ images }: PromotionRequest, rendering: Rendering, label: string): readonly string[] {
  const there = versionsByName(rendering);
  return (images ?? []).filter((image) => !there.has(image)).map((image) => `${label} runs no image ${image}.`);
}

function whyNotMoved(moves: readonly PlannedMove[], { from, to }: PlacedPair): string {
  const refused = moves.find(({ state }) => state === 'refused');
  if (refused) return refused.reason;
  return moves.length === 0 ? `${from.label} and ${to.label} have no image in common.` : `${to.label} has the versions of ${from.label} already.`;
}

function markNew(now: readonly Problem[], before: readonly Problem[]): PlannedTarget['findings'] {
  const keyOf = ({ code, message, location }: Problem): string => `${code}\0${location.path}\0${message}`;
  const known = new Set(before.map(keyOf));
  const marked = now.map((problem) => ({ problem, isNew: !known.has(keyOf(problem)) }));
  return [...marked.filter(({ isNew }) => isNew), ...marked.filter(({ isNew }) => !isNew)];
}

function inOrderOf(pairs: readonly PromotionPair[], targets: readonly PlannedTarget[]): readonly PlannedTarget[] {
  const order = new Map(pairs.map(({ to }, index) => [to.id, index]));
  return [...targets].sort((a, b) => (order.get(a.environment.id) ?? pairs.length) - (order.get(b.environment.id) ?? pairs.length));
}

function titleOf(pairs: readonly PromotionPair[]): string {
  const names = (all: readonly string[]): string => [...new Set(all)].join(', ');
  return `${names(pairs.map(({ to }) => to.app))}: ${names(pairs.map(({ from }) => from.name))} → ${names(pairs.map(({ to }) => to.name))}`;
}

function whyNothing(targets: readonly PlannedTarget[]): string {
  return [...new Set(targets.map(({ refusal }) => refusal ?? ''))].filter((each) => each !== '').join(' ');
}
