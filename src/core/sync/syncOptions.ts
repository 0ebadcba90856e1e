/**
 * What objects and environments say about how they want to be synced: Argo CD's sync options (gitops-engine
 * pkg/sync/common/types.go, v3.2), as annotations of one object or for the whole Application, and Flux's labels and
 * annotations (kustomize-controller v1.9). Words that neither knows are nobody's business here.
 */
import type { JsonObject } from '../live/json.js';
import { isJsonObject } from '../live/json.js';

/** What stands on one object, of the environment's options where the object says nothing. */
export interface ObjectOptions {
  readonly prune: 'yes' | 'never' | 'confirm';
  /** Argo CD: kept, or asked for, when the Application is deleted. */
  readonly delete: 'yes' | 'never' | 'confirm';
  readonly pruneLast: boolean;
  readonly replace: boolean;
  /** Deleted and made anew where a field can't be changed. */
  readonly force: boolean;
  readonly skipDryRunOnMissingResource: boolean;
  /** Argo CD `Validate=false`: unknown fields are no error. */
  readonly validate: boolean;
  /** Flux `reconcile: disabled` or `ssa: Ignore`: not touched at all. The text is what says so. */
  readonly isIgnored: string | undefined;
  /** Flux `ssa: IfNotPresent`: made once, then left alone. */
  readonly ifNotPresent: boolean;
  readonly countsForHealth: boolean;
}

/** What an environment says for all of its objects. */
export interface EnvironmentOptions {
  /** Entries of `spec.syncPolicy.syncOptions`: `CreateNamespace=true`. */
  readonly syncOptions: readonly string[];
  /** `spec.force` of a Flux Kustomization. */
  readonly force: boolean;
  /** `spec.syncPolicy.managedNamespaceMetadata`. */
  readonly managedNamespaceMetadata: NamespaceMetadata | undefined;
}

export interface NamespaceMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const noEnvironmentOptions: EnvironmentOptions = { syncOptions: [], force: false, managedNamespaceMetadata: undefined };

const argoOptions = 'argocd.argoproj.io/sync-options';
const fluxPrefix = 'kustomize.toolkit.fluxcd.io/';

/**
 * The options of one object. What deletes is read from the live object as well, as that is what would be lost; of the two
 * the more careful one counts.
 */
export function readObjectOptions(desired: JsonObject | undefined, live: JsonObject | undefined, environment: EnvironmentOptions): ObjectOptions {
  const says = (option: string): boolean => [desired, live].some((object) => argoWords(object).has(option));
  const wants = (name: string): boolean => {
    const words = argoWords(desired ?? live);
    return words.has(`${name}=true`) || (!words.has(`${name}=false`) && environment.syncOptions.includes(`${name}=true`));
  };
  const careful = (name: string): ObjectOptions['prune'] => {
    const has = (value: string): boolean => says(`${name}=${value}`) || environment.syncOptions.includes(`${name}=${value}`);
    return has('false') ? 'never' : has('confirm') ? 'confirm' : 'yes';
  };
  const flux = (name: string, value: string): boolean => [desired, live].some((object) => fluxWord(object, name) === value);
  const prune = careful('Prune');
  return {
    prune: flux('prune', 'disabled') ? 'never' : prune,
    delete: careful('Delete'),
    pruneLast: wants('PruneLast'),
    replace: wants('Replace'),
    force: wants('Force') || environment.force || flux('force', 'enabled'),
    skipDryRunOnMissingResource: wants('SkipDryRunOnMissingResource'),
    validate: !says('Validate=false') && !environment.syncOptions.includes('Validate=false'),
    isIgnored: flux('reconcile', 'disabled') ? `${fluxPrefix}reconcile: disabled` : flux('ssa', 'ignore') ? `${fluxPrefix}ssa: Ignore` : undefined,
    ifNotPresent: flux('ssa', 'ifnotpresent'),
    countsForHealth: annotationsOf(desired ?? live)['argocd.argoproj.io/ignore-healthcheck'] !== 'true',
  };
}

/** True where the environment as a whole has an Argo CD option: `CreateNamespace`. */
export function hasEnvironmentOption({ syncOptions }: EnvironmentOptions, name: string): boolean {
  return syncOptions.includes(`${name}=true`);
}

/** `PrunePropagationPolicy=background`; foreground where nothing is said, as in Argo CD. */
export function propagationOf({ syncOptions }: EnvironmentOptions): 'Foreground' | 'Background' | 'Orphan' {
  const value = syncOptions
    .findLast((option) => option.startsWith('PrunePropagationPolicy='))
    ?.slice('PrunePropagationPolicy='.length)
    .toLowerCase();
  return value === 'background' ? 'Background' : value === 'orphan' ? 'Orphan' : 'Foreground';
}

/** The texts of an object's annotations; those that aren't texts are left out. */
export function annotationsOf(object: JsonObject | undefined): Readonly<Record<string, string>> {
  return textsOf(object, 'annotations');
}

/** The texts of an object's labels. */
export function labelsOf(object: JsonObject | undefined): Readonly<Record<string, string>> {
  return textsOf(object, 'labels');
}

/** The words of an annotation with commas. */
export function commaWords(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
}

function argoWords(object: JsonObject | undefined): ReadonlySet<string> {
  return new Set(commaWords(annotationsOf(object)[argoOptions]));
}

/** Labels and annotations count, whatever their case. */
function fluxWord(object: JsonObject | undefined, name: string): string | undefined {
  const key = fluxPrefix + name;
  return (labelsOf(object)[key] ?? annotationsOf(object)[key])?.toLowerCase();
}

function textsOf(object: JsonObject | undefined, field: string): Readonly<Record<string, string>> {
  const metadata = object?.['metadata'];
  const map = isJsonObject(metadata) ? metadata[field] : undefined;
  if (!isJsonObject(map)) return {};
  return Object.fromEntries(Object.entries(map).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])));
}
