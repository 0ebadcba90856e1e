/** What a rollback is called in commits and branches. */
import type { EnvironmentImage } from '../gitops/environmentImages.js';

interface RevertedCommit {
  readonly hash: string;
  readonly subject: string;
}

/**
 * `Revert "chore: update prod image to v2"` as git writes it, with the commit below; for several of them
 * `revert: take orders prod back to orders:v1`, with all of them below.
 */
export function rollbackMessage(reverted: readonly RevertedCommit[], label: string, to: readonly EnvironmentImage[], { skipCi }: { readonly skipCi: boolean }): string {
  const mark = skipCi ? ' [skip ci]' : '';
  const [first, second] = reverted;
  if (first && !second) return `Revert "${first.subject}"${mark}\n\nThis reverts commit ${first.hash}.\n`;
  const images = to.map(describeImage);
  const what = images.length === 0 || images.length > 3 ? `by ${reverted.length} deliveries` : `to ${images.join(', ')}`;
  return `revert: take ${label} back ${what}${mark}\n\n${reverted.map(({ hash, subject }) => `This reverts commit ${hash} ("${subject}").`).join('\n')}\n`;
}

/** `orders:v1`, the last part of the name with what tells its version. */
export function describeImage({ name, tag, digest }: EnvironmentImage): string {
  const short = name.slice(name.lastIndexOf('/') + 1);
  return `${short}${tag === undefined ? '' : `:${tag}`}${tag === undefined && digest !== undefined ? `@${digest.slice(0, 19)}` : ''}`;
}

/** The branch that is proposed for a pull request: `rollback/orders-prod-1a2b3c4d`. @param to the commit whose state comes back */
export function rollbackBranch(label: string, to: string): string {
  return `rollback/${label.replaceAll(/[^\w.-]+/g, '-').replaceAll(/\.{2,}/g, '.')}-${to.slice(0, 8)}`;
}
