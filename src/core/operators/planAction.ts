/** What a person asks of an operator, as the requests that say it. */
import { idOfLive, type LiveObject } from '../live/liveObject.js';
import type { ResId } from '../objects/resId.js';
import { planApplicationSetRefresh, planArgoRefresh, planArgoResume, planArgoRollback, planArgoSuspend, planArgoSync, planArgoTerminate } from './argocdRequests.js';
import { planFluxReconcile, planFluxResume, planFluxSuspend } from './fluxRequests.js';
import { refuse, type RequestPlan } from './operatorRequest.js';
import { operatorOfObject } from './operatorStatus.js';

export type OperatorAction =
  | {
      readonly kind: 'sync';
      readonly revision?: string;
      readonly prune?: boolean;
      readonly dryRun?: boolean;
      readonly force?: boolean;
      readonly objects?: readonly ResId[];
      /** Argo CD: in the place of the Application's own. */
      readonly syncOptions?: readonly string[];
      /** Argo CD: `apply` leaves hooks out. */
      readonly strategy?: 'hook' | 'apply';
    }
  | { readonly kind: 'refresh'; readonly hard: boolean }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'rollback'; readonly historyId: string; readonly prune?: boolean; readonly dryRun?: boolean }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'reconcile'; readonly withSource: boolean; readonly force?: boolean; readonly reset?: boolean };

export interface ActionContext {
  /** Who asks. */
  readonly user: string;
  /** A text that wasn't used before, such as the time. */
  readonly token: string;
  /** The live source objects of a Flux object, outermost first. */
  readonly sources: readonly LiveObject[];
}

/** True where a Flux object's sources have to be read for it. */
export function needsSources(object: LiveObject, action: OperatorAction): boolean {
  return operatorOfObject(object) === 'flux' && (action.kind === 'sync' || (action.kind === 'reconcile' && action.withSource));
}

/** @param object the operator's object, as it is live */
export function planAction(object: LiveObject, action: OperatorAction, context: ActionContext): RequestPlan {
  switch (operatorOfObject(object)) {
    case 'argocd':
      return object.kind === 'Application' ? planForApplication(object, action, context) : planForSet(object, action);
    case 'flux':
      return planForFlux(object, action, context);
    case undefined:
      return notForThis(object, action);
  }
}

function planForApplication(object: LiveObject, action: OperatorAction, { user }: ActionContext): RequestPlan {
  switch (action.kind) {
    case 'sync': {
      const { revision, objects, kind: _, ...options } = action;
      return planArgoSync(object, { user, ...options, ...(revision === undefined ? {} : { revisions: [revision] }), ...(objects === undefined ? {} : { resources: objects }) });
    }
    case 'refresh':
      return planArgoRefresh(object, action.hard);
    case 'reconcile':
      return planArgoRefresh(object, false);
    case 'terminate':
      return planArgoTerminate(object);
    case 'rollback':
      return planArgoRollback(object, action.historyId, { user, ...action });
    case 'suspend':
      return planArgoSuspend(object);
    case 'resume':
      return planArgoResume(object);
  }
}

function planForSet(object: LiveObject, action: OperatorAction): RequestPlan {
  return action.kind === 'refresh' || action.kind === 'reconcile' ? planApplicationSetRefresh(object) : notForThis(object, action);
}

/** Flux has no sync of its own: it is asked to fetch and to apply what it tracks, whole. */
function planForFlux(object: LiveObject, action: OperatorAction, { token, sources }: ActionContext): RequestPlan {
  switch (action.kind) {
    case 'sync':
      if (action.revision !== undefined || action.objects !== undefined || action.dryRun === true) {
        return refuse(
          'not-for-this-kind',
          `Flux applies ${object.kind} ${object.metadata.name} as a whole, at the revision that its source tracks.`,
          'Change the revision in git, or sync all of it.',
        );
      }
      return planFluxReconcile(object, sources, { token, ...(action.force === true && object.kind === 'HelmRelease' ? { force: true } : {}) });
    case 'refresh':
      return planFluxReconcile(object, [], { token });
    case 'reconcile': {
      const { force, reset } = action;
      return planFluxReconcile(object, action.withSource ? sources : [], { token, ...(force === undefined ? {} : { force }), ...(reset === undefined ? {} : { reset }) });
    }
    case 'suspend':
      return planFluxSuspend(object);
    case 'resume':
      return planFluxResume(object);
    case 'terminate':
    case 'rollback':
      return notForThis(object, action);
  }
}

function notForThis(object: LiveObject, { kind }: OperatorAction): RequestPlan {
  const { name } = idOfLive(object);
  const action = kind === 'rollback' ? 'Revert the commit in git.' : kind === 'terminate' ? 'Suspend it, so that it does not start again.' : 'Ask what delivers it.';
  return refuse('not-for-this-kind', `${object.kind} ${name} has no ${kind}.`, action);
}
