/** "Change Image Registry": what can be changed, and plans of it with the proof for every environment. */
import { baseName } from '../../core/base/path.js';
import { messageOptions } from '../../core/gitops/commitSubject.js';
import { parseImageReference } from '../../core/objects/imageReference.js';
import { registryMoveMessage } from '../../core/promote/commitMessage.js';
import { versionsByName } from '../../core/promote/promotion.js';
import { describeMoved, planMoveOfRegistry, moveAgain, type MovedBranch, type MovedEnvironment, type RegistryMovePlan } from '../../services/registryMove.js';
import { toPlace } from '../delivery/summaries.js';
import type { EditPlanView, PlanBranch, PlanDocument, PlanTarget, RegistryChoice, RegistryMoveRequest } from '../promoteProtocol.js';
import type { Session } from '../session.js';
import { describeDifference, textOfRendering, waysOf } from './describePromotion.js';
import type { KeptPlans, PlanPart, PlanTexts } from './keptPlans.js';
import type { Promotions } from './promotions.js';

export interface RegistryMovesOptions {
  readonly session: Session;
  readonly plans: KeptPlans;
  readonly promotions: Promotions;
}

export class RegistryMoves {
  readonly #options: RegistryMovesOptions;

  constructor(options: RegistryMovesOptions) {
    this.#options = options;
  }

  /** Names of images and what several begin with, those that most environments use first. */
  choices(): readonly RegistryChoice[] {
    const { delivery } = this.#options.session.model;
    const uses = new Map<string, { readonly images: Set<string>; readonly environments: Set<string> }>();
    for (const environment of delivery.model.environments) {
      for (const name of versionsByName(delivery.render(environment).rendering).keys()) {
        for (const part of beginningsOf(name)) {
          const use = uses.get(part) ?? { images: new Set(), environments: new Set() };
          uses.set(part, use);
          use.images.add(name);
          use.environments.add(environment.id);
        }
      }
    }
    const choices = [...uses].map(([name, { images, environments }]) => ({ name, images: images.size, environments: environments.size }));
    return choices.sort((a, b) => b.images - a.images || b.environments - a.environments || (a.name < b.name ? -1 : 1));
  }

  /** Works it out and keeps it. Rejects with a {@link Failure}. */
  async plan({ from, to, includesTexts = false }: RegistryMoveRequest, signal: AbortSignal): Promise<EditPlanView> {
    const { session, plans, promotions } = this.#options;
    const workspace = promotions.open();
    const plan = await planMoveOfRegistry({ from, to }, workspace, { workingFiles: !session.isTrusted, includesTexts }, signal);
    const isOnBranches = plan.branches.some(({ base }) => base.kind === 'branch');
    const here = isOnBranches ? await planMoveOfRegistry({ from, to }, workspace, { workingFiles: true, includesTexts }, signal) : plan;
    const onDisk = new Map(here.branches.flatMap(({ files }) => files.map((file) => [file.path, file] as const)));
    const parts = plan.branches.map((branch): PlanPart => ({
      top: branch.repository,
      branch: branch.branch,
      repository: branch.repository === undefined ? '' : baseName(branch.repository),
      environments: branch.environments,
      files: this.#isHere(branch) ? branch.files.flatMap(({ path }) => onDisk.get(path) ?? []) : [],
      planOn: async ({ tree }, message, own) => ({ message, edits: (await moveAgain(branch, tree, workspace, own)).map(({ path, after }) => ({ path, content: after })) }),
    }));
    return plans.keep(this.#textsOf(plan), parts, (planId, documents) => this.#describe(plan, includesTexts, planId, documents));
  }

  #isHere({ repository, branch, base }: MovedBranch): boolean {
    if (base.kind === 'files' || repository === undefined) return true;
    return this.#options.session.model.delivery.model.repositories.find(({ top }) => top === repository)?.branch === branch;
  }

  #textsOf({ branches, environments }: RegistryMovePlan): readonly PlanTexts[] {
    const { session } = this.#options;
    const context = { masksSecrets: session.settings.maskSecrets, fingerprint: session.fingerprint };
    const text = ({ environment }: MovedEnvironment, state: MovedEnvironment['before']): string => {
      const rendering = state.render(environment.id)?.rendering;
      return rendering ? textOfRendering(rendering, context) : '';
    };
    return [
      ...branches.flatMap(({ files }) => files.map(({ path, before, after }) => ({ label: session.label(path), kind: 'source' as const, before, after }))),
      ...environments.map((each) => ({ label: `${each.environment.label} (rendered)`, kind: 'rendered' as const, before: text(each, each.before), after: text(each, each.after) })),
    ];
  }

  #describe(plan: RegistryMovePlan, includesTexts: boolean, planId: string, documents: readonly PlanDocument[]): EditPlanView {
    const { session } = this.#options;
    const { move, environments, leftOver, texts, questions, warnings, refusal } = plan;
    const moved = environments.filter((each) => each.refusal === undefined);
    const mentions = texts.map(({ place, references }) => ({ place: toPlace(place, (path) => session.label(path)), references }));
    const stays = mentions.map(({ place, references }) => `${place.label} names ${references.join(', ')} in a text of a container; it stays.`);
    const others = leftOver.map(({ path, range }) => `${session.label(path)}:${range.start.line + 1} names ${move.from} too; no environment is rendered from it, so it stays.`);
    let at = 0;
    const branches = plan.branches.map((branch) => {
      const files = documents.slice(at, at + branch.files.length);
      at += branch.files.length;
      return this.#describeBranch(branch, files);
    });
    return {
      planId,
      kind: 'registry',
      title: `${move.from} → ${move.to}`,
      refusal,
      targets: environments.map((each) => this.#describeTarget(each)),
      branches,
      questions,
      warnings: [...warnings, ...others, ...(includesTexts ? [] : stays)],
      message: registryMoveMessage(
        move,
        moved.map((each) => describeMoved(each, move)),
        messageOptions(session.model.delivery.settings.commits),
      ),
      documents,
      ...(!includesTexts && mentions.length > 0 && { mentions }),
    };
  }

  #describeBranch(branch: MovedBranch, files: readonly PlanDocument[]): PlanBranch {
    const isCheckedOut = this.#isHere(branch);
    return {
      repository: branch.repository === undefined ? '' : baseName(branch.repository),
      branch: branch.branch,
      isCheckedOut,
      commit: branch.base.kind === 'branch' ? branch.base.commit : undefined,
      isProtected: branch.isProtected,
      ways: waysOf(branch, isCheckedOut),
      topicBranch: `registry/${branch.move.to.replaceAll(/[^\w.-]+/g, '-')}`,
      environments: branch.environments,
      files,
      conflicts: [],
    };
  }

  #describeTarget({ environment, branch, changes, images, refusal }: MovedEnvironment): PlanTarget {
    const { session } = this.#options;
    const proof = images === 1 ? 'One image gets its new name; nothing else changes.' : `${images} images get their new names; nothing else changes.`;
    return {
      id: environment.id,
      label: environment.label,
      isProtected: environment.isProtected,
      branch,
      refusal,
      isAlong: false,
      moves: [],
      rendered: describeDifference(changes, session),
      findings: [],
      others: [],
      live: undefined,
      warnings: refusal === undefined ? [proof] : [],
    };
  }
}

/** `ghcr.io/acme/team/app` begins with `ghcr.io`, `ghcr.io/acme` and so on; names without a registry only with themselves. */
function beginningsOf(name: string): readonly string[] {
  const parts = name.split('/');
  const reference = parseImageReference(name);
  if (!reference || parts[0] !== reference.registry) return [name];
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
