/** What a promotion is called in commits and branches, in the words of the workflows that it stands in for. */
import { describeVersion } from './imageVersion.js';
import type { PlannedMove } from './promotion.js';

interface Moved {
  readonly environment: { readonly name: string; readonly app: string };
  readonly moves: readonly PlannedMove[];
}

/** `chore: update stage/prod image to sha-1a2b3c4d`; with several images or versions a list of them below. */
export function promotionMessage(targets: readonly Moved[], { skipCi }: { readonly skipCi: boolean }): string {
  const names = [...new Set(targets.map(({ environment }) => environment.name))].join('/');
  const moves = targets.flatMap((target) => target.moves.filter(({ state }) => state === 'moves'));
  const images = [...new Set(moves.map(({ image }) => image))];
  const versions = [...new Set(moves.map(({ after }) => describeVersion(after)))];
  const [version] = versions;
  const what = images.length === 1 ? 'image' : 'images';
  const subject = `chore: update ${names} ${what}${versions.length === 1 && version !== undefined ? ` to ${version}` : ''}${skipCi ? ' [skip ci]' : ''}`;
  if (images.length < 2 && versions.length < 2) return `${subject}\n`;
  const lines = new Set(moves.map(({ image, after }) => `- ${image} to ${describeVersion(after)}`));
  return `${subject}\n\n${[...lines].join('\n')}\n`;
}

/** A name for a branch of its own: `promote/orders-prod-v1.2.0`. @param base the branch that it is for, where there are several */
export function topicBranchOf(name: string, base: string | undefined): string {
  return base === undefined ? name : `${name}-${base.replaceAll(/[^\w.-]+/g, '-')}`;
}

/** The branch that is proposed for a pull request: `promote/orders-prod-v1.2.0`. */
export function topicBranchFor(targets: readonly Moved[]): string {
  const join = (parts: readonly string[]): string => [...new Set(parts)].join('-');
  const versions = targets.flatMap(({ moves }) => moves.flatMap(({ state, after }) => (state === 'moves' && after ? [describeVersion(after)] : [])));
  const [version, another] = [...new Set(versions)];
  const name = [join(targets.map(({ environment }) => environment.app)), join(targets.map(({ environment }) => environment.name)), another === undefined ? version : undefined];
  const clean = name.filter((part) => part !== undefined && part !== '').join('-');
  return `promote/${clean
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/[.-]+$/, '')
    .slice(0, 80)}`;
}
