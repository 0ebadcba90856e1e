/** Words for what is known of an environment, the same in the tree, on the board and for a screen reader. Data in, text out. */
import type { DeliveryState, EnvironmentSummary, FindingCounts, ImageSummary, OperatorName, RenderState } from '../../server/deliveryProtocol.js';
import type { UriText } from '../../server/protocol.js';

/** `1 error`, `3 errors`; `plural` for a noun that takes no `s`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `Argo CD`; empty where nothing delivers it. */
export function nameOfOperator(operator: OperatorName): string {
  return { argocd: 'Argo CD', flux: 'Flux', none: '' }[operator];
}

/** `2 errors, 1 warning`; empty where there are no findings. */
export function wordsOfFindings({ errors, warnings, infos }: FindingCounts): string {
  const parts = [errors > 0 ? countOf(errors, 'error') : '', warnings > 0 ? countOf(warnings, 'warning') : '', infos > 0 ? countOf(infos, 'info') : ''];
  return parts.filter((part) => part !== '').join(', ');
}

/** The tag, or the beginning of the digest; undefined where an image has neither. */
export function versionOf({ tag, digest }: ImageSummary): string | undefined {
  if (tag !== undefined) return tag;
  return digest === undefined ? undefined : digest.replace(/^(sha\d+:.{12}).*$/, '$1');
}

/** The version that an environment is known by: that of the image named like the app, else of the first. `+2` where others differ. */
export function mainVersion({ images, app }: Pick<EnvironmentSummary, 'images' | 'app'>): string | undefined {
  const nameIn = ({ name }: ImageSummary): string => name.split('/').at(-1) ?? '';
  const main = images.find((image) => nameIn(image) === app) ?? images.find((image) => nameIn(image).startsWith(app)) ?? images[0];
  if (!main) return undefined;
  const version = versionOf(main) ?? 'no tag';
  const others = new Set(images.map((image) => versionOf(image) ?? 'no tag').filter((other) => other !== version)).size;
  return others === 0 ? version : `${version} +${others}`;
}

/** Why an environment isn't rendered, in one sentence. */
export function stateSentence(state: Exclude<RenderState, { kind: 'rendered' }>): string {
  if (state.kind === 'broken') return `Can't be rendered: ${state.message}`;
  return state.message;
}

/** What stands between the files here and the operator, in a word each; empty where nothing is known to. */
export function deliveryWords({ unsaved, uncommitted, unpushed, otherBranch }: DeliveryState): readonly string[] {
  return [
    ...(unsaved.length > 0 ? ['unsaved'] : []),
    ...((uncommitted ?? []).length > 0 ? ['uncommitted'] : []),
    ...((unpushed ?? 0) > 0 ? ['unpushed'] : []),
    ...(otherBranch === undefined ? [] : ['other branch']),
  ];
}

export interface DeliveryStep {
  readonly key: 'unsaved' | 'uncommitted' | 'unpushed' | 'branch' | 'unknown' | 'clean';
  readonly sentence: string;
  readonly icon: string;
  readonly files: readonly UriText[];
}

/** The same in sentences, with the files that are meant; one sentence where nothing stands between. */
export function describeDelivery(delivery: DeliveryState, revision: string | undefined): readonly DeliveryStep[] {
  const { unsaved, uncommitted, unpushed, otherBranch } = delivery;
  const tracked = revision === undefined || revision === '' ? 'another branch' : revision;
  const steps: DeliveryStep[] = [];
  if (unsaved.length > 0) steps.push({ key: 'unsaved', sentence: `${countOf(unsaved.length, 'file')} with unsaved changes`, icon: 'circle-filled', files: unsaved });
  if (uncommitted && uncommitted.length > 0)
    steps.push({ key: 'uncommitted', sentence: `${countOf(uncommitted.length, 'file')} with uncommitted changes`, icon: 'edit', files: uncommitted });
  if (unpushed !== undefined && unpushed > 0) steps.push({ key: 'unpushed', sentence: `${countOf(unpushed, 'commit')} not pushed`, icon: 'cloud-upload', files: [] });
  if (otherBranch !== undefined) steps.push({ key: 'branch', sentence: `${otherBranch} is checked out, but ${tracked} is delivered`, icon: 'git-branch', files: [] });
  if (uncommitted === undefined) steps.push({ key: 'unknown', sentence: 'What is committed and pushed is not known here', icon: 'question', files: [] });
  if (steps.length === 0)
    steps.push({ key: 'clean', sentence: unpushed === undefined ? 'Everything is committed' : 'Everything is committed and pushed', icon: 'pass', files: [] });
  return steps;
}
