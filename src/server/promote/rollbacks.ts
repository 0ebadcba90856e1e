/** Rollbacks for the editor: the history of an environment, what it was at a commit, and plans that take deliveries back. */
import { baseName } from '../../core/base/path.js';
import { renderingText } from '../../core/objects/rendering.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { compareRenderings } from '../../core/objects/compare.js';
import { describeImage, rollbackBranch } from '../../core/promote/commitMessage.js';
import { matchDeployed, type DeployedRevision } from '../../core/promote/history.js';
import { describeVersion } from '../../core/promote/imageVersion.js';
import { versionsByName } from '../../core/promote/promotion.js';
import type { ChangeTools } from '../../services/deliverChange.js';
import { Failure } from '../../services/failure.js';
import { describeConflict, findHistory, planRollback, planRollbackOn, type RollbackPlan, type RollbackTools } from '../../services/rollback.js';
import type { LiveSession } from '../cluster/liveSession.js';
import { describeAge } from '../cluster/words.js';
import { describeFinding } from '../delivery/summaries.js';
import type { DeliverWay, EditPlanView, EditQuestion, HistoryEntry, ImageMove, PlanBranch, PlanDocument, PlanTarget } from '../promoteProtocol.js';
import type { Session } from '../session.js';
import { makePreviewUri } from '../uris.js';
import { describeDifference, textOfRendering } from './describePromotion.js';
import type { KeptPlans, PlanPart, PlanTexts } from './keptPlans.js';
import { withoutGit, type Promotions } from './promotions.js';

export interface RollbacksOptions {
  readonly session: Session;
  readonly plans: KeptPlans;
  readonly live: LiveSession;
  readonly promotions: Promotions;
  /** Undefined where there is no git. */
  readonly tools: ChangeTools | undefined;
}

interface FileTexts {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export class Rollbacks {
  readonly #options: RollbacksOptions;

  constructor(options: RollbacksOptions) {
    this.#options = options;
  }

  /** Latest first. Rejects with a {@link Failure}. */
  async history(id: string, most: number | undefined, signal: AbortSignal): Promise<readonly HistoryEntry[]> {
    const environment = this.#find(id);
    const history = await findHistory(this.#open(), environment, most === undefined ? {} : { most }, signal);
    const deployed = matchDeployed(
      history.commits,
      history.deliveries.map(({ hash }) => hash),
      this.#deployed(id),
    );
    return history.deliveries.map(({ hash, subject, author, date, images, problem }, index) => ({
      commit: hash,
      subject,
      author,
      at: date,
      images: problem === undefined ? images.map(describeImage) : [`does not render: ${problem}`],
      deployed: this.#describeDeployed(environment, deployed.get(hash) ?? [], index === 0),
      isCurrent: index === 0,
    }));
  }

  /** What an environment was at a commit of its branch, and what its branch says now. Rejects with a {@link Failure}. */
  async compare(id: string, commit: string, signal: AbortSignal): Promise<{ readonly leftUri: string; readonly rightUri: string; readonly label: string }> {
    const environment = this.#find(id);
    const { environment: current, tip, branch } = await findHistory(this.#open(), environment, { most: 1 }, signal);
    const folder = current.sources[0]?.folder ?? environment.sources[0]?.folder;
    if (folder === undefined) throw new Failure('git/no-repository', `The files of ${environment.label} are not open here.`, 'Open the repository that it is delivered from.');
    const uri = (revision: string): string => makePreviewUri({ folder, revision, environment: id }, environment.label);
    return { leftUri: uri(commit), rightUri: uri(tip), label: `${environment.label}: ${commit.slice(0, 8)} ↔ ${branch}` };
  }

  /** Works a rollback out and keeps it. Rejects with a {@link Failure}. */
  async plan(id: string, to: string | undefined, signal: AbortSignal): Promise<EditPlanView> {
    const { plans } = this.#options;
    const tools = this.#open();
    const plan = await planRollback(tools, { environment: this.#find(id), to }, signal);
    const files = textsOf(plan);
    const part: PlanPart = {
      top: plan.top,
      branch: plan.branch,
      repository: baseName(plan.top),
      environments: [id, ...plan.alsoChanged.map((each) => each.id)],
      files: files.map(({ path, before, after }) => ({ path, before, after: after ?? '' })),
      planOn: (base, message, own) => planRollbackOn(plan, base, message, tools, own),
    };
    return plans.keep(this.#documentsOf(plan, files), [part], (planId, documents) => this.#describe(plan, planId, documents.slice(0, files.length), documents, tools));
  }

  #open(): RollbackTools {
    const { tools, promotions, session } = this.#options;
    if (!session.isTrusted) throw new Failure('git/failed', 'Git is left alone in Restricted Mode.', 'Trust the workspace first.');
    if (!tools) throw withoutGit();
    return { writer: tools.writer, repositories: tools.repositories, workspace: promotions.open() };
  }

  #find(id: string): Environment {
    const found = this.#options.session.model.delivery.model.environments.find((each) => each.id === id);
    if (!found) throw new Failure('promotion/unknown-environment', `There is no environment ${id}.`, 'Look at the tree again.');
    return found;
  }

  #deployed(id: string): readonly DeployedRevision[] {
    const { operator } = this.#options.live.environments.get(id) ?? {};
    return (operator?.history ?? []).flatMap(({ revisions, at }) => revisions.map((revision) => ({ revision: hashOf(revision), at: at === '' ? undefined : at })));
  }

  #describeDeployed({ operator }: Environment, deployed: readonly DeployedRevision[], isCurrent: boolean): string {
    const [latest] = [...deployed].sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? 1 : -1));
    const now = isCurrent ? ['now'] : [];
    const who = operator === 'flux' ? 'Flux' : 'Argo CD';
    return [...now, ...(latest ? [`${who} deployed it${latest.at === undefined ? '' : ` ${describeAge(latest.at, Date.now())}`}`] : [])].join(', ');
  }

  #documentsOf(plan: RollbackPlan, files: readonly FileTexts[]): readonly PlanTexts[] {
    const { session } = this.#options;
    const context = { masksSecrets: session.settings.maskSecrets, fingerprint: session.fingerprint };
    const sources = files.map(({ path, before, after }) => ({ label: session.label(path), kind: 'source' as const, before, after }));
    const rendered = [plan.environment, ...plan.alsoChanged].flatMap(({ id, label }) => {
      const [left, right] = [plan.states.before, plan.states.after].map((state) => state.render(id)?.rendering);
      return left && right && renderingText(left) !== renderingText(right)
        ? [{ label: `${label} (rendered)`, kind: 'rendered' as const, before: textOfRendering(left, context), after: textOfRendering(right, context) }]
        : [];
    });
    return [...sources, ...rendered];
  }

  #describe(plan: RollbackPlan, planId: string, files: readonly PlanDocument[], documents: readonly PlanDocument[], tools: RollbackTools): EditPlanView {
    const { environment, to, conflicts, top, undoneBy, isSameAsThen, reverted, alsoChanged } = plan;
    const images = to.images.map(describeImage).join(', ');
    const differs = isSameAsThen ? [] : [`${environment.label} does not become quite what it was at ${to.hash.slice(0, 8)}: something else that it is made of has changed since.`];
    return {
      planId,
      kind: 'rollback',
      title: `${environment.label}: back to ${to.hash.slice(0, 8)}${images === '' ? '' : ` (${images})`}`,
      refusal: conflicts.length === 0 ? undefined : conflicts.map((conflict) => describeConflict(conflict, top)).join(' '),
      targets: [environment, ...alsoChanged].map((each) => this.#describeTarget(each, plan, tools)),
      branches: [this.#describeBranch(plan, files)],
      questions: questionsOf(plan),
      warnings: [
        ...reverted.map(({ hash, subject }) => `Takes back ${hash.slice(0, 8)} ${subject}.`),
        ...differs,
        ...undoneBy.map(({ message, prevention }) => `${message} ${prevention}`),
      ],
      message: plan.change.message,
      documents,
    };
  }

  #describeTarget(environment: Environment, plan: RollbackPlan, { workspace }: RollbackTools): PlanTarget {
    const { session } = this.#options;
    const { before, after } = plan.states;
    const { id, label, isProtected } = environment;
    const [left, right] = [before.render(id)?.rendering ?? plan.before, after.render(id)?.rendering ?? plan.after];
    const there = after.delivery.model.environments.find((each) => each.id === id);
    const known = new Set(workspace.problemsOf(before, environment).map(({ code, message }) => `${code} ${message}`));
    return {
      id,
      label,
      isProtected,
      branch: plan.branch,
      refusal: undefined,
      isAlong: id !== plan.environment.id,
      moves: movesBetween(left, right),
      rendered: describeDifference(compareRenderings(left, right), session),
      findings: (there ? workspace.problemsOf(after, there) : []).map((problem) => ({
        ...describeFinding(problem, (path) => session.label(path)),
        isNew: !known.has(`${problem.code} ${problem.message}`),
      })),
      others: [],
      live: this.#options.promotions.liveOf(environment),
      warnings: [],
    };
  }

  #describeBranch({ top, branch, base, environment, to, conflicts, isProtected, alsoChanged }: RollbackPlan, files: readonly PlanDocument[]): PlanBranch {
    const { session } = this.#options;
    const ways: readonly DeliverWay[] = isProtected ? ['pullRequest', 'push', 'commit'] : ['push', 'commit', 'pullRequest'];
    const commits = [...new Set(conflicts.map(({ commit }) => commit))];
    return {
      repository: baseName(top),
      branch,
      isCheckedOut: session.model.delivery.model.repositories.find((each) => each.top === top)?.branch === branch,
      commit: base,
      isProtected,
      ways: conflicts.length > 0 ? [] : ways,
      topicBranch: rollbackBranch(environment.label, to.hash),
      environments: [environment, ...alsoChanged].map(({ id }) => id),
      files,
      conflicts: commits.map((commit) => ({ commit, files: conflicts.flatMap((each) => (each.commit === commit ? [session.label(each.path)] : [])) })),
    };
  }
}

/** `main@sha1:1a2b…` of Flux, `1a2b…` of Argo CD. */
function hashOf(revision: string): string {
  return /[0-9a-f]{40,64}$/.exec(revision)?.[0] ?? revision;
}

function textsOf({ change, states }: RollbackPlan): readonly FileTexts[] {
  return change.edits.map(({ path, content }) => ({
    path,
    before: states.before.tree.read(path)?.text,
    after: typeof content === 'string' || content === undefined ? content : new TextDecoder().decode(content),
  }));
}

function questionsOf({ environment, alsoChanged }: RollbackPlan): readonly EditQuestion[] {
  const along = alsoChanged.map(({ id, label, isProtected }) => ({
    key: `along/${id}`,
    question: `The commits changed ${label} too, which goes back with it. Change it as well?`,
    isDangerous: isProtected,
    typed: undefined,
  }));
  const typed = [environment, ...alsoChanged].flatMap(({ id, label, name, isProtected }) =>
    isProtected ? [{ key: `protected/${id}`, question: `${label} is protected. Type ${name} to change it without a pull request.`, isDangerous: true, typed: name }] : [],
  );
  return [...along, ...typed];
}

function movesBetween(left: RollbackPlan['before'], right: RollbackPlan['after']): readonly ImageMove[] {
  const [before, after] = [versionsByName(left), versionsByName(right)];
  return [...after].flatMap(([image, versions]) => {
    const [was, is] = [before.get(image) ?? [], versions].map((each) => each.map(describeVersion).join(', '));
    if (was === undefined || is === undefined || was === is) return [];
    return [{ image, before: was, after: is, state: 'moves' as const, way: 'git revert', place: undefined, registry: undefined }];
  });
}
