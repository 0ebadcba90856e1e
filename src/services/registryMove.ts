/**
 * Works out a change of the registry that images come from, on every branch that an environment follows, with the proof for
 * each environment. What names the registry elsewhere (workflows, documents) is told and left.
 */
import { isInside } from '../core/base/path.js';
import type { Location } from '../core/base/source.js';
import type { Environment } from '../core/gitops/delivery.js';
import { parseImageReference } from '../core/objects/imageReference.js';
import type { registryMoveMessage } from '../core/promote/commitMessage.js';
import { movedName, planRegistryMove, type MovedTarget, type MovedText, type MoveProof, type RegistryMove } from '../core/promote/registryMove.js';
import { describeVersion } from '../core/promote/imageVersion.js';
import { versionsByName, type BranchEdits, type SourceEdit } from '../core/promote/promotion.js';
import type { PromotionQuestion } from '../core/promote/promotionGuards.js';
import { textsAfter } from '../core/promote/editSources.js';
import { Bases, editBaseOf, isProtectedBase, readEdits, sourcesFor, type Base, type EditWorkspace } from './editBases.js';
import type { EditedDelivery } from './editedDelivery.js';
import { Failure } from './failure.js';
import type { RevisionTree } from './ports.js';

export interface MovedBranch extends BranchEdits {
  readonly branch: string | undefined;
  readonly isProtected: boolean;
  readonly move: RegistryMove;
  readonly includesTexts: boolean;
}

export interface MovedEnvironment extends MovedTarget {
  readonly environment: Environment;
  readonly branch: string | undefined;
  readonly before: EditedDelivery;
  readonly after: EditedDelivery;
}

export interface RegistryMovePlan {
  readonly move: RegistryMove;
  readonly environments: readonly MovedEnvironment[];
  readonly branches: readonly MovedBranch[];
  /** References in arguments, commands and variables, each once; they are edited where that was asked for. */
  readonly texts: readonly MovedText[];
  /** Places that name it and are not edited: nothing that an environment is rendered from. */
  readonly leftOver: readonly Location[];
  readonly warnings: readonly string[];
  readonly questions: readonly PromotionQuestion[];
  readonly refusal: string | undefined;
}

export interface MovePlanOptions {
  /** True to edit the files as they stand; else the tips of the branches that environments follow. */
  readonly workingFiles: boolean;
  /** True to edit references in arguments, commands and variables too. */
  readonly includesTexts: boolean;
}

/** Rejects with a {@link Failure} where names can't be meant. */
export async function planMoveOfRegistry(move: RegistryMove, workspace: EditWorkspace, options: MovePlanOptions, signal: AbortSignal): Promise<RegistryMovePlan> {
  for (const name of [move.from, move.to]) {
    if (parseImageReference(name)?.name !== name)
      throw new Failure(
        'registry-move/refused',
        `${name === '' ? 'An empty text' : name} is no name of an image, nor the beginning of one.`,
        'Write it as ghcr.io/acme or ghcr.io/acme/app.',
      );
  }
  if (move.from === move.to) throw new Failure('registry-move/refused', 'Both names are the same.', 'Name another registry.');
  const groups = await groupByBase(workspace, options, signal);
  const planned = [...groups].map(([base, environments]) => planOnBase(base, environments, move, options.includesTexts));
  const environments = planned.flatMap((each) => each.environments);
  const branches = planned.flatMap(({ branch }) => (branch.files.length > 0 ? [branch] : []));
  const refused = environments.filter(({ refusal }) => refusal !== undefined);
  const texts = new Map(planned.flatMap(({ proof }) => proof.texts.map((text) => [keyOfText(text), text] as const)));
  const nothing = environments.length === 0 ? `No environment runs an image of ${move.from}.` : undefined;
  return {
    move,
    environments,
    branches,
    texts: [...texts.values()],
    leftOver: findLeftOver(
      move,
      workspace,
      new Set([...branches.flatMap(({ files }) => files.map(({ path }) => path)), ...planned.flatMap(({ proof }) => proof.texts.map(({ place }) => place.source.path))]),
    ),
    warnings: planned.flatMap(({ proof }) => proof.unknown.map(({ label }) => `${label} can't be rendered here: whether it uses ${move.from} isn't known.`)),
    questions: environments.flatMap(({ environment: { id, label, name, isProtected } }) =>
      isProtected ? [{ key: `protected/${id}`, question: `${label} is protected. Type ${name} to change it without a pull request.`, isDangerous: true, typed: name }] : [],
    ),
    refusal: nothing ?? (refused.length > 0 ? refused.map(({ target, refusal }) => `${target.label}: ${refusal ?? ''}`).join(' ') : undefined),
  };
}

/** What a move changes in an environment, for the commit's subject. */
export function describeMoved({ environment, before }: MovedEnvironment, move: RegistryMove): Parameters<typeof registryMoveMessage>[1][number] {
  const rendering = before.render(environment.id)?.rendering;
  const images = rendering ? [...versionsByName(rendering)].filter(([name]) => movedName(name, move) !== undefined) : [];
  return { environment, images: images.map(([name]) => name), versions: images.flatMap(([, versions]) => versions.map(describeVersion)) };
}

/** The same edits on another state of a branch. */
export async function moveAgain({ move, branch, includesTexts }: MovedBranch, tree: RevisionTree, workspace: EditWorkspace, signal: AbortSignal): Promise<readonly SourceEdit[]> {
  const edited = await workspace.on(tree, signal);
  const proof = proveOn(edited, branch, { move, includesTexts }, new Set());
  const refused = proof.targets.find(({ refusal }) => refusal !== undefined);
  if (refused)
    throw new Failure(
      'promotion/changed',
      `${branch ?? 'The branch'} has moved, and ${refused.target.label} would not come out the same any more: ${refused.refusal ?? ''}`,
      'Plan it again.',
    );
  return editsOf(proof, edited);
}

async function groupByBase(workspace: EditWorkspace, { workingFiles }: MovePlanOptions, signal: AbortSignal): Promise<ReadonlyMap<Base, readonly Environment[]>> {
  const bases = new Bases(workingFiles, workspace, signal);
  const groups = new Map<Base, Environment[]>();
  for (const environment of workspace.present().delivery.model.environments) {
    const base = await bases.find(environment);
    if (!base) continue;
    groups.set(base, [...(groups.get(base) ?? []), environment]);
  }
  return groups;
}

interface PlannedBase {
  readonly environments: readonly MovedEnvironment[];
  readonly branch: MovedBranch;
  readonly proof: MoveProof;
}

function planOnBase(base: Base, meant: readonly Environment[], move: RegistryMove, includesTexts: boolean): PlannedBase {
  const { edited } = base;
  const proof = proveOn(edited, base.branch, { move, includesTexts }, new Set(meant.map(({ id }) => id)));
  const texts = textsAfter(proof.changes, (path) => edited.tree.read(path)) ?? new Map<string, string>();
  const after = edited.with(texts);
  const environments = proof.targets.flatMap((moved) => {
    const environment = edited.delivery.model.environments.find(({ id }) => id === moved.target.id);
    return environment ? [{ ...moved, environment, branch: base.branch, before: edited, after }] : [];
  });
  const branch: MovedBranch = {
    repository: base.repository,
    branch: base.branch,
    base: editBaseOf(base),
    files: editsOf(proof, edited),
    environments: environments.map(({ environment }) => environment.id),
    isProtected: isProtectedBase(
      base,
      environments.map(({ environment }) => environment),
    ),
    move,
    includesTexts,
  };
  return { environments, branch, proof };
}

function proveOn(edited: EditedDelivery, branch: string | undefined, { move, includesTexts }: Pick<MovedBranch, 'move' | 'includesTexts'>, wanted: ReadonlySet<string>): MoveProof {
  const sources = sourcesFor(edited, branch, wanted);
  const files = new Set(edited.delivery.model.objects.flatMap(({ foundIn }) => (foundIn.kind === 'file' ? [foundIn.path] : [])));
  for (const { id } of sources.targets) for (const path of sources.renderingOf(id)?.dependencies ?? []) if (/\.(?:ya?ml|json)$|\/Kustomization$/.test(path)) files.add(path);
  const named = [...files].filter((path) => edited.tree.kind(path) === 'file' && edited.tree.read(path)?.text.includes(move.from) === true);
  return planRegistryMove(move, { files: named, includesTexts }, sources);
}

function keyOfText({ place: { source, start, end } }: MovedText): string {
  return JSON.stringify(source.locate(start, end));
}

function editsOf({ changes, after }: MoveProof, edited: EditedDelivery): readonly SourceEdit[] {
  return readEdits([...new Set(changes.map(({ location }) => location.path))], edited, after);
}

const mostLeftOver = 20;

/** Lines of other YAML files that name it, as the files stand. */
function findLeftOver({ from }: RegistryMove, workspace: EditWorkspace, edited: ReadonlySet<string>): readonly Location[] {
  const { yamlFiles, tree } = workspace.present();
  const found: Location[] = [];
  for (const path of yamlFiles) {
    const source = edited.has(path) || !workspace.folders.some((folder) => isInside(path, folder)) ? undefined : tree.read(path);
    for (let at = source?.text.indexOf(from) ?? -1; source && at >= 0 && found.length < mostLeftOver; at = source.text.indexOf(from, at + from.length)) {
      if (!/[\w.-]/.test(source.text.charAt(at + from.length))) found.push(source.locate(at, at + from.length));
    }
  }
  return found;
}
