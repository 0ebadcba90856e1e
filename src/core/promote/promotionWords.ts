/** What a promotion is called in commits and branches, in the words of the workflows that it stands in for. */
import { nameOneOrCount, writeSubject, type MessageOptions } from '../gitops/commitSubject.js';
import { shortImageName } from './commitMessage.js';
import { describeVersion } from './imageVersion.js';
import type { PlannedMove } from './promotion.js';

interface Moved {
  readonly environment: { readonly name: string; readonly app: string };
  readonly moves: readonly PlannedMove[];
}

interface Promoted extends Moved {
  readonly from: { readonly name: string };
  /** True where it changes with the others, and is promoted from nowhere. */
  readonly isAlong: boolean;
}

/** `chore: update stage/prod image to sha-1a2b3c4d`, or the team's own words; with several images or versions a list of them below. */
export function promotionMessage(targets: readonly Promoted[], options: MessageOptions): string {
  const join = (parts: readonly string[]): string => [...new Set(parts)].join('/');
  const names = join(targets.map(({ environment }) => environment.name));
  const moves = targets.flatMap((target) => target.moves.filter(({ state }) => state === 'moves'));
  const images = [...new Set(moves.map(({ image }) => image))];
  const versions = [...new Set(moves.map(({ after }) => describeVersion(after)))];
  const [version] = versions;
  const what = images.length === 1 ? 'image' : 'images';
  const change = `update ${names} ${what}${versions.length === 1 && version !== undefined ? ` to ${version}` : ''}`;
  const words = {
    type: 'chore',
    change,
    app: join(targets.map(({ environment }) => environment.app)),
    environments: names,
    from: join(targets.flatMap(({ from, isAlong }) => (isAlong ? [] : [from.name]))),
    to: names,
    image: nameOneOrCount(images.map(shortImageName), 'images'),
    version: nameOneOrCount(versions, 'versions'),
  };
  const subject = writeSubject(`chore: ${change}`, words, options);
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
