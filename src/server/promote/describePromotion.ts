/** A promotion as the editor shows it: targets with what moves, what they render to then, findings, and what is committed where. */
import { baseName } from '../../core/base/path.js';
import { parseImageReference, type ImageReference } from '../../core/objects/imageReference.js';
import type { MessageOptions } from '../../core/gitops/commitSubject.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { formatFieldPath, plainValue, type ObjectChange } from '../../core/objects/compare.js';
import { renderingText, type Rendering } from '../../core/objects/rendering.js';
import { isSecretObject, isSecretPath } from '../../core/objects/secretFields.js';
import { describeVersion, writeImage } from '../../core/promote/imageVersion.js';
import type { PlannedMove } from '../../core/promote/promotion.js';
import { promotionMessage, topicBranchFor } from '../../core/promote/promotionWords.js';
import type { YamlNode } from '../../core/yaml/nodes.js';
import type { PlannedBranch, PlannedTarget, PromotionPlan } from '../../services/promotion.js';
import { describeValue } from '../cluster/words.js';
import type { JsonValue } from '../../core/live/json.js';
import { describeFinding, toPlace } from '../delivery/summaries.js';
import type { FileLabel } from '../fileLabels.js';
import { maskSecret, type Fingerprint } from '../preview/mask.js';
import type {
  DeliverWay,
  EditPlanView,
  ImageMove,
  OtherDifference,
  PlanBranch,
  PlanDocument,
  PlanTarget,
  RegistryVerdict,
  RenderedDifference,
  TargetLive,
} from '../promoteProtocol.js';
import type { PlanTexts } from './keptPlans.js';

export interface DescribePlanContext {
  readonly label: FileLabel;
  readonly fingerprint: Fingerprint;
  readonly masksSecrets: boolean;
  /** The branch that is checked out in the repository at `top`. */
  readonly checkedOut: (top: string) => string | undefined;
  /** How the workspace wants its commits worded. */
  readonly message: MessageOptions;
  readonly liveOf: (environment: Environment) => TargetLive | undefined;
  /** What the registry says of an image; undefined where it wasn't asked. */
  readonly verdictOf: (image: ImageReference) => RegistryVerdict | undefined;
}

const mostFields = 12;
const mostOthers = 200;

/** The texts of a plan: the sources first, then the renders that change. */
export function textsOfPromotion({ branches, targets }: PromotionPlan, context: DescribePlanContext): readonly PlanTexts[] {
  const sources = branches.flatMap(({ files }) => files.map(({ path, before, after }) => ({ label: context.label(path), kind: 'source' as const, before, after })));
  const changed = targets.filter(({ changes }) => changes.length > 0);
  return [
    ...sources,
    ...changed.map(({ environment, before, after }) => ({
      label: `${environment.label} (rendered)`,
      kind: 'rendered' as const,
      before: textOfRendering(before, context),
      after: textOfRendering(after, context),
    })),
  ];
}

/** A rendering as it may be shown. */
export function textOfRendering(rendering: Rendering, { masksSecrets, fingerprint }: Pick<DescribePlanContext, 'masksSecrets' | 'fingerprint'>): string {
  return masksSecrets ? renderingText(rendering, (object) => maskSecret(object, fingerprint)) : renderingText(rendering);
}

/** The view of a plan under its id. @param documents those of its texts, in their order */
export function describePromotion(plan: PromotionPlan, planId: string, documents: readonly PlanDocument[], context: DescribePlanContext): EditPlanView {
  const changed = plan.targets.filter(({ changes }) => changes.length > 0);
  let at = 0;
  const branches = plan.branches.map((branch) => {
    const own = documents.slice(at, at + branch.files.length);
    at += branch.files.length;
    return describeBranch(branch, changed, own, context);
  });
  return {
    planId,
    kind: 'promotion',
    title: plan.title,
    refusal: plan.refusal,
    targets: plan.targets.map((target) => describeTarget(target, context)),
    branches,
    questions: plan.questions,
    warnings: plan.warnings,
    message: promotionMessage(changed, context.message),
    documents,
  };
}

function describeBranch(branch: PlannedBranch, targets: readonly PlannedTarget[], files: readonly PlanDocument[], { checkedOut }: DescribePlanContext): PlanBranch {
  const { repository, isProtected, environments } = branch;
  const isCheckedOut = repository === undefined || branch.branch === undefined || checkedOut(repository) === branch.branch;
  return {
    repository: repository === undefined ? '' : baseName(repository),
    branch: branch.branch,
    isCheckedOut,
    commit: branch.base.kind === 'branch' ? branch.base.commit : undefined,
    isProtected,
    ways: waysOf(branch, isCheckedOut),
    topicBranch: topicBranchFor(targets.filter(({ environment }) => environments.includes(environment.id))),
    environments,
    files,
    conflicts: [],
  };
}

/** What may be done with edits of a branch, the proposed one first. */
export function waysOf({ branch, base, isProtected }: Pick<PlannedBranch, 'branch' | 'base' | 'isProtected'>, isCheckedOut: boolean): readonly DeliverWay[] {
  if (branch === undefined || base.kind === 'files') return ['edit'];
  const edit: readonly DeliverWay[] = isCheckedOut ? ['edit'] : [];
  return isProtected ? ['pullRequest', 'push', 'commit', ...edit] : ['push', 'commit', 'pullRequest', ...edit];
}

function describeTarget(target: PlannedTarget, context: DescribePlanContext): PlanTarget {
  const { environment, branch, refusal, isAlong, moves, changes, findings, others, warnings } = target;
  const also = moves.flatMap(({ image, along }) => (along.length === 0 ? [] : [`The version of ${image} also stands in ${along.join(', ')}.`]));
  return {
    id: environment.id,
    label: environment.label,
    isProtected: environment.isProtected,
    branch,
    refusal,
    isAlong,
    moves: moves.map((move) => describeMove(move, context)),
    rendered: describeDifference(changes, context),
    findings: findings.map(({ problem, isNew }) => ({ ...describeFinding(problem, context.label), isNew })),
    others: describeOthers(others, context),
    live: context.liveOf(environment),
    warnings: [...warnings, ...also],
  };
}

function describeMove({ image, before, after, state, reason, edits }: PlannedMove, { label, verdictOf }: DescribePlanContext): ImageMove {
  const [first] = edits;
  const reference = after && parseImageReference(writeImage(image, after));
  return {
    image,
    before: before.map(describeVersion).join(', '),
    after: after ? describeVersion(after) : '',
    state,
    way: reason === '' ? [...new Set(edits.map(({ title }) => title))].join(', ') : reason,
    place: first && toPlace(first.place, label),
    registry: reference && verdictOf(reference),
  };
}

/** What changes in a render, counted and in words. */
export function describeDifference(changes: readonly ObjectChange[], context: Pick<DescribePlanContext, 'fingerprint'>): RenderedDifference {
  const count = (kind: ObjectChange['change']): number => changes.filter(({ change }) => change === kind).length;
  const fields = changes.flatMap(({ left, right, fields: own }) => {
    const id = (left ?? right)?.id;
    const name = `${id?.kind ?? ''}/${id?.name ?? ''}`;
    return own.map((field) => {
      const isSecret = id !== undefined && isSecretObject(id) && isSecretPath(field.path);
      return `${name} ${formatFieldPath(field.path)}: ${shortValue(field.left, isSecret, context) ?? 'nothing'} → ${shortValue(field.right, isSecret, context) ?? 'nothing'}`;
    });
  });
  return { added: count('added'), removed: count('removed'), changed: count('changed'), fields: fields.slice(0, mostFields) };
}

function describeOthers(others: readonly ObjectChange[], context: DescribePlanContext): readonly OtherDifference[] {
  return others
    .flatMap(({ change, left, right, fields }): readonly OtherDifference[] => {
      const object = right ?? left;
      if (!object) return [];
      const name = `${object.id.kind}/${object.id.name}`;
      const words = { added: [undefined, 'there'], removed: ['there', undefined], changed: [undefined, undefined] } as const;
      if (change !== 'changed') return [{ object: name, path: '', from: words[change][0], to: words[change][1], place: toPlace(object.root, context.label) }];
      return fields.map(({ path, left: from, right: to }) => {
        const isSecret = isSecretObject(object.id) && isSecretPath(path);
        const node = to ?? from;
        return {
          object: name,
          path: formatFieldPath(path),
          from: shortValue(from, isSecret, context),
          to: shortValue(to, isSecret, context),
          place: node && toPlace(node, context.label),
        };
      });
    })
    .slice(0, mostOthers);
}

function shortValue(node: YamlNode | undefined, isSecret: boolean, { fingerprint }: Pick<DescribePlanContext, 'fingerprint'>): string | undefined {
  return node && describeValue(plainValue(node) as JsonValue, isSecret, fingerprint);
}
