/** Plans of edits that were shown, with the texts behind their documents: what a run carries out, and what diff editors read. */
import { randomUUID } from 'node:crypto';
import type { SourceEdit } from '../../core/promote/promotion.js';
import type { BaseState, PlannedChange } from '../../services/deliverChange.js';
import { Failure } from '../../services/failure.js';
import type { EditPlanView, PlanDocument } from '../promoteProtocol.js';
import { makePlanUri, type PlanAddress } from './planUris.js';

/** What is committed to one branch. */
export interface PlanPart {
  /** The top folder; undefined outside of git. */
  readonly top: string | undefined;
  readonly branch: string | undefined;
  /** What it is called to people: the folder's name. */
  readonly repository: string;
  /** Ids of the environments that change. */
  readonly environments: readonly string[];
  /** The edits on the files as they stand; undefined where the branch is not checked out. */
  readonly files: readonly SourceEdit[];
  /** The same on a state of the branch. */
  readonly planOn: (base: BaseState, message: string, signal: AbortSignal) => Promise<PlannedChange>;
}

export interface KeptPlan {
  readonly view: EditPlanView;
  readonly parts: readonly PlanPart[];
  readonly texts: readonly PlanTexts[];
}

/** The texts of one document; undefined where there is no file. */
export interface PlanTexts {
  readonly label: string;
  readonly kind: PlanDocument['kind'];
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The latest ones are kept: an older one is planned again where it is wanted. */
const mostKept = 6;

export class KeptPlans {
  readonly #plans = new Map<string, KeptPlan>();

  /** Keeps a plan under a new id. @param describe makes the view, given the id and the documents of its texts */
  keep(texts: readonly PlanTexts[], parts: readonly PlanPart[], describe: (planId: string, documents: readonly PlanDocument[]) => EditPlanView): EditPlanView {
    const planId = randomUUID();
    const view = describe(
      planId,
      texts.map((each, index) => documentOf(each, planId, index)),
    );
    this.#plans.set(planId, { view, parts, texts });
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= mostKept) break;
      this.#plans.delete(oldest);
    }
    return view;
  }

  /** @throws Failure for one that isn't kept any more */
  get(planId: string): KeptPlan {
    const kept = this.#plans.get(planId);
    if (!kept) throw new Failure('promotion/changed', 'This plan is not kept any more.', 'Plan it again.');
    return kept;
  }

  forget(planId: string): void {
    this.#plans.delete(planId);
  }

  /** @throws Failure for a plan that isn't kept any more */
  textAt({ planId, index, side }: PlanAddress): string {
    return this.get(planId).texts[index]?.[side] ?? '';
  }
}

function documentOf({ label, kind, before, after }: PlanTexts, planId: string, index: number): PlanDocument {
  const uri = (side: 'before' | 'after'): string => makePlanUri({ planId, index, side }, kind === 'rendered' ? `${label}.yaml` : label);
  return { label, kind, beforeUri: before === undefined ? undefined : uri('before'), afterUri: after === undefined ? undefined : uri('after') };
}
