/** What has to be answered or known before a promotion runs: protected environments, shared files, branches, what the operator needs. */
import { readApplication } from '../gitops/argocd/application.js';
import type { DeliveryModel, Environment } from '../gitops/delivery.js';
import type { Rendering } from '../objects/rendering.js';
import { scalarValue } from '../yaml/nodes.js';
import { describeVersion, isSameVersion } from './imageVersion.js';
import { versionsByName, type PlannedMove } from './promotion.js';

/** Something that doesn't happen without an explicit answer. */
export interface PromotionQuestion {
  /** `protected/argocd/argocd/orders-prod`: stable as long as the plan means the same. */
  readonly key: string;
  readonly question: string;
  readonly isDangerous: boolean;
  /** What has to be typed; undefined for a yes. */
  readonly typed: string | undefined;
}

/** An environment that changes, with what moves there. */
export interface GuardedTarget {
  readonly environment: Environment;
  /** False for one that shares what is edited. */
  readonly isAsked: boolean;
  readonly moves: readonly PlannedMove[];
}

export interface GuardedBranch {
  /** Undefined outside of git. */
  readonly branch: string | undefined;
  readonly model: DeliveryModel;
  readonly targets: readonly GuardedTarget[];
  /** Before the edits. */
  readonly renderingOf: (environment: Environment) => Rendering;
}

/** The questions of one branch. */
export function promotionQuestions(branch: GuardedBranch): readonly PromotionQuestion[] {
  const questions: PromotionQuestion[] = [];
  for (const { environment, isAsked } of branch.targets) {
    const { id, label, name, isProtected } = environment;
    if (!isAsked) {
      questions.push({ key: `along/${id}`, question: `${label} uses what is edited and gets the new version too. Change it as well?`, isDangerous: isProtected, typed: undefined });
    }
    if (isProtected) {
      questions.push({ key: `protected/${id}`, question: `${label} is protected. Type ${name} to change it without a pull request.`, isDangerous: true, typed: name });
    }
  }
  return [...questions, ...splitQuestions(branch)];
}

/** Where branches stand for stages, all that follows one runs the same version: moving one environment of several is asked for. */
function splitQuestions({ branch, model, targets, renderingOf }: GuardedBranch): readonly PromotionQuestion[] {
  if (branch === undefined) return [];
  const questions: PromotionQuestion[] = [];
  const moved = new Set(targets.map(({ environment }) => environment.id));
  for (const { environment, moves } of targets) {
    const app = model.environments.filter((each) => each.app === environment.app && each.sources[0]?.repoURL);
    const branches = new Set(app.map((each) => revisionOf(each)));
    if (branches.size < 2) continue;
    for (const other of app) {
      if (moved.has(other.id) || revisionOf(other) !== revisionOf(environment)) continue;
      const versions = versionsByName(renderingOf(other));
      for (const move of moves) {
        if (move.state !== 'moves' || !move.after) continue;
        const there = versions.get(move.image);
        if (!there || there.every((version) => isSameVersion(version, move.after))) continue;
        questions.push({
          key: `split/${environment.id}/${other.id}/${move.image}`,
          question: `${other.label} follows ${branch} too and stays at ${there.map(describeVersion).join(', ')}, so that one branch deploys two versions of ${move.image}. Move ${environment.label} alone?`,
          isDangerous: false,
          typed: undefined,
        });
      }
    }
  }
  return questions;
}

function revisionOf({ sources: [source] }: Environment): string {
  return source?.revision?.value ?? 'HEAD';
}

/** What an operator needs before it brings the change: one sentence, or nothing where it comes by itself. */
export function operatorWarnings({ declaration, label, operator }: Environment): readonly string[] {
  if (!declaration) return [];
  const spec = declaration.root.get('spec');
  if (operator === 'flux') {
    const isSuspended = spec?.kind === 'map' && scalarValue(spec.get('suspend')) === 'true';
    return isSuspended ? [`${declaration.id.kind} ${declaration.id.name} is suspended: ${label} gets nothing until it is resumed.`] : [];
  }
  if (operator !== 'argocd') return [];
  const { syncPolicy } = readApplication(declaration);
  return syncPolicy?.automated?.isEnabled === true ? [] : [`Argo CD does not sync ${label} by itself: sync it after the push.`];
}
