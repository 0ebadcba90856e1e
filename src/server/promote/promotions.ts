/** Promotions of the workspace as it is now: what can be chosen, and plans with what registries and clusters say. */
import { messageOptions } from '../../core/gitops/commitSubject.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { parseImageReference, type ImageReference } from '../../core/objects/imageReference.js';
import { describeVersion, writeImage } from '../../core/promote/imageVersion.js';
import { versionsByName, type DigestOf } from '../../core/promote/promotion.js';
import type { TagVerdict } from '../../core/registry/imageFacts.js';
import { Checks } from '../../services/checks.js';
import type { EditWorkspace } from '../../services/editBases.js';
import { Failure } from '../../services/failure.js';
import { planAgain, planPromotion, type PlannedBranch, type PromotionPlan } from '../../services/promotion.js';
import { openPromotions } from '../../services/promotionWorkspace.js';
import { countDrift } from '../cluster/describeDrift.js';
import type { LiveSession } from '../cluster/liveSession.js';
import type { EditPlanView, EnvironmentChoice, PromotionOptions, PromotionRequest, RegistryVerdict, TargetLive } from '../promoteProtocol.js';
import type { Session } from '../session.js';
import { describePromotion, textsOfPromotion, type DescribePlanContext } from './describePromotion.js';
import type { KeptPlans, PlanPart } from './keptPlans.js';

export interface PromotionsOptions {
  readonly session: Session;
  readonly plans: KeptPlans;
  readonly live: LiveSession;
  readonly readKubernetesTable: () => string | undefined;
  /** Asks a registry where that is allowed; undefined where none can be asked. */
  readonly tagVerdict?: (image: ImageReference, signal: AbortSignal) => Promise<TagVerdict>;
}

export class Promotions {
  readonly #options: PromotionsOptions;
  readonly #checks: Checks;

  constructor(options: PromotionsOptions) {
    this.#options = options;
    const { session, readKubernetesTable } = options;
    this.#checks = new Checks({ onFailure: (rule, error) => session.logBug(`checking ${rule.id}`, error), readTable: readKubernetesTable });
  }

  /** What can be promoted from an environment. @throws Failure where there is none */
  choices(from: string): PromotionOptions {
    const { delivery } = this.#options.session.model;
    const { environments } = delivery.model;
    const source = environments.find(({ id }) => id === from) ?? environments.find(({ name }) => name === from);
    if (!source) throw new Failure('promotion/unknown-environment', `There is no environment ${from}.`, 'Look at the tree again.');
    const siblings = environments.filter(({ app, id }) => app === source.app && id !== source.id);
    const targets = [...siblings.filter(({ order }) => order > source.order), ...siblings.filter(({ order }) => order <= source.order)];
    const versionsOf = (environment: Environment): ReturnType<typeof versionsByName> => versionsByName(delivery.render(environment).rendering);
    const images = [...versionsOf(source)].map(([name, versions]) => ({
      name,
      version: versions.map(describeVersion).join(', '),
      targets: targets.map((target) => ({ id: target.id, version: versionsOf(target).get(name)?.map(describeVersion).join(', ') })),
    }));
    return { from: this.#describeChoice(source), targets: targets.map((target) => this.#describeChoice(target)), images };
  }

  #describeChoice({ id, app, name, label, isProtected, operator, sources: [source] }: Environment): EnvironmentChoice {
    const revision = source?.revision?.value;
    const who = { argocd: 'Argo CD', flux: 'Flux', none: undefined }[operator];
    const description = who === undefined ? (source?.path ?? '') : `delivered by ${who}${revision === undefined ? '' : ` from ${revision}`}`;
    return { id, app, name, label, isProtected, description };
  }

  /** Works a promotion out and keeps it. Rejects with a {@link Failure}. */
  async plan(request: PromotionRequest, signal: AbortSignal): Promise<EditPlanView> {
    const { session, plans } = this.#options;
    const digests = new Map<string, string>();
    const workspace = this.open((name, tag) => digests.get(`${name}:${tag}`));
    const usesFiles = request.workingFiles === true || !session.isTrusted;
    let plan = await planPromotion({ ...request, workingFiles: usesFiles }, workspace, signal);
    if (await this.#findDigests(plan, digests, signal)) plan = await planPromotion({ ...request, workingFiles: usesFiles }, workspace, signal);
    const context = await this.#contextOf(plan, signal);
    const parts = await this.#partsOf(plan, { ...request, workingFiles: true }, workspace, context, signal);
    return plans.keep(textsOfPromotion(plan, context), parts, (planId, documents) => describePromotion(plan, planId, documents, context));
  }

  /** What edits are worked out on now. @throws Failure in a workspace that has no files */
  open(digestOf: DigestOf = () => undefined): EditWorkspace {
    const { session } = this.#options;
    const { editable } = session.source;
    if (!editable) throw withoutGit();
    if (session.isTrusted) return openPromotions({ ...editable, checks: this.#checks, digestOf });
    const untrusted = (): Promise<never> => Promise.reject(new Failure('git/failed', 'Git is not asked in Restricted Mode.', 'Trust the workspace first.'));
    return { ...openPromotions({ ...editable, checks: this.#checks, digestOf }), tipOf: untrusted, at: untrusted, on: untrusted };
  }

  /** Looks up what targets that are pinned by digest lack; true where something was found. */
  async #findDigests({ targets }: PromotionPlan, digests: Map<string, string>, signal: AbortSignal): Promise<boolean> {
    const { tagVerdict } = this.#options;
    if (!tagVerdict) return false;
    const before = digests.size;
    for (const { lacks } of targets.flatMap(({ moves }) => moves)) {
      const reference = lacks && parseImageReference(`${lacks.name}:${lacks.tag}`);
      const verdict = reference && (await tagVerdict(reference, signal));
      if (lacks && verdict?.kind === 'exists') digests.set(`${lacks.name}:${lacks.tag}`, verdict.digest);
    }
    return digests.size > before;
  }

  async #contextOf(plan: PromotionPlan, signal: AbortSignal): Promise<DescribePlanContext> {
    const { session, tagVerdict } = this.#options;
    const verdicts = new Map<string, RegistryVerdict>();
    for (const { image, after, state } of plan.targets.flatMap(({ moves }) => moves)) {
      const text = after && writeImage(image, after);
      const reference = text === undefined ? undefined : parseImageReference(text);
      if (!reference || text === undefined || state !== 'moves' || !tagVerdict || verdicts.has(text)) continue;
      verdicts.set(text, describeVerdict(await tagVerdict(reference, signal)));
    }
    const { repositories } = session.model.delivery.model;
    return {
      label: (path) => session.label(path),
      fingerprint: session.fingerprint,
      masksSecrets: session.settings.maskSecrets,
      message: messageOptions(session.model.delivery.settings.commits),
      checkedOut: (top) => repositories.find((each) => each.top === top)?.branch,
      liveOf: (environment) => this.liveOf(environment),
      verdictOf: ({ name, tag, digest }) => verdicts.get(writeImage(name, { tag, digest })),
    };
  }

  /** What the cluster says of an environment now; undefined where none is connected. */
  liveOf({ id, label }: Environment): TargetLive | undefined {
    const found = this.#options.live.environments.get(id);
    const { drift } = found ?? {};
    if (!drift) return undefined;
    const counts = countDrift(drift);
    const differing = counts.missing + counts.changed + counts.extra;
    const { status, message } = drift.health;
    const drifted = differing === 0 ? 'is as git says' : `differs from git in ${differing === 1 ? 'one object' : `${differing} objects`}`;
    return { counts, health: status, message: `${label} ${drifted} and is ${status}${message === '' ? '' : `: ${message}`}.`.replace(/\.\.$/, '.') };
  }

  /** What is committed, branch by branch; for the files as they stand it is worked out on them. */
  async #partsOf(plan: PromotionPlan, onFiles: PromotionRequest, workspace: EditWorkspace, context: DescribePlanContext, signal: AbortSignal): Promise<readonly PlanPart[]> {
    const isHere = ({ repository, branch, base }: PlannedBranch): boolean => base.kind === 'files' || (repository !== undefined && context.checkedOut(repository) === branch);
    const here = plan.branches.some((branch) => branch.base.kind === 'branch' && isHere(branch)) ? await planPromotion(onFiles, workspace, signal) : plan;
    const onDisk = new Map(here.branches.flatMap(({ files }) => files.map((file) => [file.path, file] as const)));
    return plan.branches.map((branch) => ({
      top: branch.repository,
      branch: branch.branch,
      repository: branch.repository === undefined ? '' : branch.repository.slice(branch.repository.lastIndexOf('/') + 1),
      environments: branch.environments,
      files: isHere(branch) ? branch.files.flatMap(({ path }) => onDisk.get(path) ?? []) : [],
      planOn: async ({ tree }, message, own) => ({ message, edits: (await planAgain(branch, tree, workspace, own)).map(({ path, after }) => ({ path, content: after })) }),
    }));
  }
}

/** The server was started without the git that knows branches. */
export function withoutGit(): Failure {
  return new Failure('git/failed', 'This server works without git, so nothing is planned on branches.', 'Use an editor with the extension, or the command line.');
}

function describeVerdict(verdict: TagVerdict): RegistryVerdict {
  if (verdict.kind === 'exists') return { state: 'there', message: 'The registry has it.' };
  if (verdict.kind === 'unknown') return { state: 'unknown', message: verdict.reason };
  const like = verdict.nearest.length === 0 ? '' : ` It has ${verdict.nearest.join(', ')}.`;
  return { state: 'missing', message: `The registry has no such ${verdict.what}.${like}` };
}
