/**
 * What becomes of a difference if nobody does anything: by whoever delivers the environment, as its declaration tells
 * (Argo CD v3.2: controller/appcontroller.go autoSync; kustomize-controller v1.9 and helm-controller v1.4). It is about
 * what the operator was told; whether it gets there is its own status.
 */
import type { JsonObject } from '../live/json.js';
import { isTrueAt, mapAt, mapsAt, textAt, textsAt, valueAt } from '../live/readFields.js';
import type { LiveObject } from '../live/liveObject.js';
import type { Operator } from '../gitops/delivery.js';
import type { DeployerKind } from './deployer.js';
import type { FieldState, Forecast } from './drift.js';

/** Who acts, and how. */
export interface Outlook {
  readonly operator: Operator;
  /** Of the live declaration, or where that isn't in this cluster of the one in git; undefined where there is none. */
  readonly declaration: JsonObject | undefined;
  /** False where the operator's own object wasn't found in the cluster that is looked at. */
  readonly isThere: boolean;
  /** True while our own reconciler runs continuously. */
  readonly isReconciled: boolean;
  /** Why the operator goes by something else than what is compared, of `describeAhead`; missing where it doesn't. */
  readonly ahead?: string | undefined;
}

/** How objects of an environment are written. */
export function deployerKindOf({ operator, declaration }: Pick<Outlook, 'operator' | 'declaration'>): DeployerKind {
  if (operator === 'argocd')
    return { kind: 'argocd', isServerSide: syncOptions(declaration).includes('ServerSideApply=true'), keepsIgnored: respectsIgnoreDifferences(declaration) };
  if (operator === 'flux') return { kind: declaration !== undefined && textAt(declaration, 'kind') === 'HelmRelease' ? 'flux-helm' : 'flux-kustomize' };
  return { kind: 'none' };
}

const never: Forecast = { outcome: 'kept', message: 'Nothing sets it back: no operator delivers this environment.' };

/** Of a field that differs. @param manager who owns the live value */
export function forecastField(state: FieldState, manager: string, outlook: Outlook): Forecast {
  if (state === 'foreign') return { outcome: 'kept', message: 'Stays: git says nothing of this field, and a sync leaves it to whoever set it.' };
  const verb = state === 'removed' ? 'removes' : 'sets back';
  if (outlook.operator === 'none') {
    return outlook.isReconciled ? { outcome: state === 'removed' ? 'removed' : 'reverted', message: `GitOps Workbench ${verb} this now: it is reconciled continuously.` } : never;
  }
  const why = state === 'removed' && manager.startsWith('kubectl') && isKustomization(outlook) ? `, as it does with all fields of ${manager} that git doesn't say` : '';
  return act(outlook, state === 'removed' ? 'removed' : 'reverted', { does: `${verb} this field`, noun: 'field' }, why);
}

/** Of an object that is declared and not there. */
export function forecastMissing(outlook: Outlook): Forecast {
  if (outlook.operator === 'none') return outlook.isReconciled ? { outcome: 'reverted', message: 'GitOps Workbench makes it now: it is reconciled continuously.' } : neverMade;
  return act(outlook, 'reverted', { does: 'makes it', noun: 'missing' }, '');
}

const neverMade: Forecast = { outcome: 'kept', message: 'Nothing makes it: no operator delivers this environment. A sync does.' };

/** Of an object that is there, kept by the environment, and not declared any more. */
export function forecastExtra(outlook: Outlook, live: LiveObject): Forecast {
  const { annotations } = live.metadata;
  const options = (annotations?.['argocd.argoproj.io/sync-options'] ?? '').split(',').map((option) => option.trim());
  if (outlook.operator === 'none') return { outcome: 'kept', message: outlook.isReconciled ? 'Stays: reconciling from here prunes nothing.' : 'Stays until a sync that prunes.' };
  const declaration = outlook.declaration ?? {};
  if (outlook.operator === 'argocd') {
    if (options.includes('Prune=false') || syncOptions(declaration).includes('Prune=false')) return { outcome: 'kept', message: 'Stays: Prune=false.' };
    const automated = mapAt(declaration, 'spec', 'syncPolicy', 'automated');
    if (!automated || valueAt(automated, 'enabled') === false) return unsynced(outlook) ?? { outcome: 'kept', message: 'Stays: auto-sync is off.' };
    if (!isTrueAt(automated, 'prune')) return unsynced(outlook) ?? { outcome: 'kept', message: 'Stays: auto-sync is on, pruning is off.' };
    return act(outlook, 'removed', { does: 'deletes it', noun: 'extra' }, '');
  }
  const key = 'kustomize.toolkit.fluxcd.io/prune';
  if ((live.metadata.labels?.[key] ?? annotations?.[key])?.toLowerCase() === 'disabled') return { outcome: 'kept', message: `Stays: ${key}: disabled.` };
  if (isKustomization(outlook) && !isTrueAt(declaration, 'spec', 'prune')) return { outcome: 'kept', message: 'Stays: prune is off in the Kustomization.' };
  return act(outlook, 'removed', { does: 'deletes it', noun: 'extra' }, '');
}

interface Deed {
  /** `sets back this field` */
  readonly does: string;
  readonly noun: 'field' | 'missing' | 'extra';
}

function act(outlook: Outlook, outcome: Forecast['outcome'], deed: Deed, why: string): Forecast {
  const stopped = unsynced(outlook);
  if (stopped) return stopped;
  if (outlook.ahead !== undefined) {
    const name = outlook.operator === 'argocd' ? 'Argo CD' : 'Flux';
    return { outcome: 'unknown', message: `Not known: ${name} goes by something else than what you look at (${outlook.ahead}).` };
  }
  return outlook.operator === 'argocd' ? actArgo(outlook, outcome, deed) : actFlux(outlook, outcome, deed, why);
}

function unsynced({ isThere, operator, declaration }: Outlook): Forecast | undefined {
  if (isThere && declaration) return undefined;
  const kind = operator === 'argocd' ? 'Application' : ((declaration && textAt(declaration, 'kind')) ?? 'Flux object');
  return { outcome: 'unknown', message: `Not known: its ${kind} isn't in the cluster that is looked at.` };
}

function actArgo({ declaration = {} }: Outlook, outcome: Forecast['outcome'], { does, noun }: Deed): Forecast {
  if (textAt(declaration, 'metadata', 'annotations', 'argocd.argoproj.io/skip-reconcile') === 'true')
    return { outcome: 'kept', message: 'Nothing will: Argo CD was told to skip this Application.' };
  const automated = mapAt(declaration, 'spec', 'syncPolicy', 'automated');
  if (!automated || valueAt(automated, 'enabled') === false) return { outcome: 'kept', message: 'Nothing will: auto-sync is off.' };
  if (noun === 'extra') return { outcome, message: `Argo CD ${does} within 3 minutes of the commit that takes it out of git (auto-sync prunes).` };
  if (isTrueAt(automated, 'selfHeal')) return { outcome, message: `Argo CD ${does} within 3 minutes (self-heal is on).` };
  return { outcome: 'kept', message: `Argo CD ${does} with the next commit: auto-sync is on, self-heal is off.` };
}

function actFlux(outlook: Outlook, outcome: Forecast['outcome'], { does, noun }: Deed, why: string): Forecast {
  const { declaration = {} } = outlook;
  const kind = textAt(declaration, 'kind') ?? 'object';
  if (isTrueAt(declaration, 'spec', 'suspend')) return { outcome: 'kept', message: `Nothing will: the ${kind} is suspended.` };
  const interval = textAt(declaration, 'spec', 'interval') ?? 'interval that it has';
  if (kind === 'HelmRelease' && noun !== 'extra') {
    const mode = textAt(declaration, 'spec', 'driftDetection', 'mode') ?? 'disabled';
    if (mode !== 'enabled') return { outcome: 'kept', message: `Flux leaves it until the next upgrade: driftDetection is ${mode === 'warn' ? 'on warn only' : 'off'}.` };
  }
  return { outcome, message: `Flux ${does} at its next reconciliation, within ${interval}${why}.` };
}

function isKustomization({ operator, declaration }: Outlook): boolean {
  return operator === 'flux' && declaration !== undefined && textAt(declaration, 'kind') === 'Kustomization';
}

/** `spec.syncPolicy.syncOptions`. */
export function syncOptions(declaration: JsonObject | undefined): readonly string[] {
  return declaration ? textsAt(declaration, 'spec', 'syncPolicy', 'syncOptions') : [];
}

/** True where `ignoreDifferences` counts for syncs as well (argo-cd v3.2 controller/sync.go, normalizeTargetResources). */
function respectsIgnoreDifferences(declaration: JsonObject | undefined): boolean {
  return syncOptions(declaration).includes('RespectIgnoreDifferences=true') && mapsAt(declaration ?? {}, 'spec', 'ignoreDifferences').length > 0;
}
