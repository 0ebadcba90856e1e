/**
 * Hooks as Argo CD has them (gitops-engine pkg/sync/hook, v3.2): which phases an object runs in, when it is deleted, and
 * what one without a name is called. Helm's hooks count as Argo CD maps them.
 */
import type { JsonObject } from '../live/json.js';
import type { HookDeletePolicy, PlannedHook, SyncPhase } from './syncPlan.js';
import { annotationsOf, commaWords } from './syncOptions.js';

export const argoHookAnnotation = 'argocd.argoproj.io/hook';
export const helmHookAnnotation = 'helm.sh/hook';

const phases: ReadonlySet<string> = new Set<SyncPhase>(['PreSync', 'Sync', 'PostSync', 'SyncFail']);

const helmPhases: Readonly<Record<string, SyncPhase>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
};

const helmPolicies: Readonly<Record<string, HookDeletePolicy>> = {
  'before-hook-creation': 'BeforeHookCreation',
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
};

/** How an object takes part in a sync. */
export type Part =
  | { readonly kind: 'object' }
  /** It runs in these phases; none where its kind of hook has no counterpart in a sync (`helm.sh/hook: test`). */
  | { readonly kind: 'hook'; readonly phases: readonly SyncPhase[]; readonly hook: PlannedHook }
  /** `argocd.argoproj.io/hook: Skip`: left out. */
  | { readonly kind: 'skipped' };

/** Reads an object's annotations. */
export function partOf(object: JsonObject | undefined): Part {
  const annotations = annotationsOf(object);
  const argo = annotations[argoHookAnnotation];
  const helm = annotations[helmHookAnnotation];
  const words = commaWords(argo);
  const known = words.filter((word) => phases.has(word) || word === 'Skip');
  if (known.length === 1 && known[0] === 'Skip') return { kind: 'skipped' };
  // A CustomResourceDefinition that Helm installs first is an object like others.
  if (argo === undefined && (helm === undefined || helm === 'crd-install')) return { kind: 'object' };
  const named = known.length > 0 ? known : commaWords(helm).flatMap((word) => helmPhases[word] ?? []);
  return {
    kind: 'hook',
    phases: [...new Set(named.filter(isPhase))],
    hook: { deletePolicies: deletePolicies(annotations), declaredBy: argo === undefined ? helmHookAnnotation : argoHookAnnotation },
  };
}

/** Argo CD's and Helm's together; where neither says anything known, a hook of an earlier sync goes when the next one is made. */
function deletePolicies(annotations: Readonly<Record<string, string>>): readonly HookDeletePolicy[] {
  const argo = commaWords(annotations['argocd.argoproj.io/hook-delete-policy']).filter(isPolicy);
  const helm = commaWords(annotations['helm.sh/hook-delete-policy']).flatMap((word) => helmPolicies[word] ?? []);
  const all = [...new Set([...argo, ...helm])];
  return all.length > 0 ? all : ['BeforeHookCreation'];
}

/**
 * The name of a hook that has none: its `generateName`, the revision's first seven characters, the phase and when the
 * sync began. The same sync makes the same name.
 * @param startedAt seconds since 1970
 */
export function hookName(generateName: string, revision: string, phase: SyncPhase, startedAt: number): string {
  const short = revision.length >= 8 ? revision.slice(0, 7) : revision;
  return `${generateName}${`${short}-${phase}-${startedAt}`.toLowerCase()}`;
}

function isPhase(word: string): word is SyncPhase {
  return phases.has(word);
}

function isPolicy(word: string): word is HookDeletePolicy {
  return word === 'BeforeHookCreation' || word === 'HookSucceeded' || word === 'HookFailed';
}
