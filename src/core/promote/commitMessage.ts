/** What a rollback and a registry move are called in commits and branches. */
import { nameOneOrCount, writeSubject, type MessageOptions } from '../gitops/commitSubject.js';
import type { EnvironmentImage } from '../gitops/environmentImages.js';
import type { RegistryMove } from './registryMove.js';

interface RevertedCommit {
  readonly hash: string;
  readonly subject: string;
}

interface NamedEnvironment {
  readonly label: string;
  readonly app: string;
  readonly name: string;
}

/**
 * `Revert "chore: update prod image to v2"` as git writes it, with the commit below; for several of them
 * `revert: take orders prod back to orders:v1`, with all of them below. The subject may be in the team's own words.
 */
export function rollbackMessage(
  reverted: readonly RevertedCommit[],
  { label, app, name }: NamedEnvironment,
  to: { readonly hash: string; readonly images: readonly EnvironmentImage[] },
  options: MessageOptions,
): string {
  const [first, second] = reverted;
  const images = to.images.map(describeImage);
  const what = images.length === 0 || images.length > 3 ? `by ${reverted.length} deliveries` : `to ${images.join(', ')}`;
  const change = `take ${label} back ${what}`;
  const words = {
    type: 'revert',
    change,
    app,
    environments: name,
    from: first?.hash.slice(0, 8) ?? '',
    to: to.hash.slice(0, 8),
    image: nameOneOrCount(
      to.images.map((image) => shortImageName(image.name)),
      'images',
    ),
    version: nameOneOrCount(
      to.images.flatMap(({ tag, digest }) => tag ?? digest?.slice(0, 19) ?? []),
      'versions',
    ),
  };
  if (first && !second) return `${writeSubject(`Revert "${first.subject}"`, words, options)}\n\nThis reverts commit ${first.hash}.\n`;
  return `${writeSubject(`revert: ${change}`, words, options)}\n\n${reverted.map(({ hash, subject }) => `This reverts commit ${hash} ("${subject}").`).join('\n')}\n`;
}

/** `chore: take images from registry.example.com instead of ghcr.io/acme`, or the team's own words. @param moved the environments that it changes */
export function registryMoveMessage(
  { from, to }: RegistryMove,
  moved: readonly { readonly environment: NamedEnvironment; readonly images: readonly string[]; readonly versions: readonly string[] }[],
  options: MessageOptions,
): string {
  const join = (parts: readonly string[]): string => [...new Set(parts)].join('/');
  const change = `take images from ${to} instead of ${from}`;
  const words = {
    type: 'chore',
    change,
    app: join(moved.map(({ environment }) => environment.app)),
    environments: join(moved.map(({ environment }) => environment.name)),
    from,
    to,
    image: nameOneOrCount(moved.flatMap(({ images }) => images).map(shortImageName), 'images'),
    version: nameOneOrCount(
      moved.flatMap(({ versions }) => versions),
      'versions',
    ),
  };
  return `${writeSubject(`chore: ${change}`, words, options)}\n`;
}

/** `orders` of `ghcr.io/acme/orders`. */
export function shortImageName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** `orders:v1`, the last part of the name with what tells its version. */
export function describeImage({ name, tag, digest }: EnvironmentImage): string {
  return `${shortImageName(name)}${tag === undefined ? '' : `:${tag}`}${tag === undefined && digest !== undefined ? `@${digest.slice(0, 19)}` : ''}`;
}

/** The branch that is proposed for a pull request: `rollback/orders-prod-1a2b3c4d`. @param to the commit whose state comes back */
export function rollbackBranch(label: string, to: string): string {
  return `rollback/${label.replaceAll(/[^\w.-]+/g, '-').replaceAll(/\.{2,}/g, '.')}-${to.slice(0, 8)}`;
}
