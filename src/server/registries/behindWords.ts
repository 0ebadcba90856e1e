/** In words: a container that runs something else than its tag leads to by now. */
import type { BehindContainer } from '../../core/registry/runningImages.js';

/** One or two sentences. */
export function behindWords({ running, now, pods }: BehindContainer): string {
  const { workload, image, digest = '', pod, isPulledAgain } = running;
  const what = workload ? `${pods === 1 ? 'A pod' : `${pods} pods`} of ${workload.kind} ${workload.name}` : `Pod ${pod.metadata.name}`;
  const caution = isPulledAgain ? '' : ' A node that has the tag starts what it has: only imagePullPolicy Always pulls it again.';
  return `${what} ${pods === 1 || !workload ? 'is' : 'are'} behind the tag: ${image} is ${shortDigest(now)} now, and ${shortDigest(digest)} runs.${caution}`;
}

/** The first twelve digits, as docker shows it. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:([0-9a-f]{12}).*$/, '$1');
}
