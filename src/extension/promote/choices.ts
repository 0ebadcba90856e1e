/** What can be chosen for a promotion, in words. Data in, data out. */
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { EnvironmentChoice, PromotableImage } from '../../server/promoteProtocol.js';

/** Environments with another one of the same app, those with a later one first. */
export function startsOf(environments: readonly EnvironmentSummary[]): readonly EnvironmentSummary[] {
  const siblings = ({ id, app }: EnvironmentSummary): readonly EnvironmentSummary[] => environments.filter((other) => other.app === app && other.id !== id);
  const hasLater = (environment: EnvironmentSummary): boolean => siblings(environment).some(({ order }) => order > environment.order);
  return environments.filter((environment) => siblings(environment).length > 0).sort((a, b) => Number(hasLater(b)) - Number(hasLater(a)));
}

/** The images of which some target has another version. */
export function movingImages(images: readonly PromotableImage[], targets: readonly Pick<EnvironmentChoice, 'id'>[]): readonly PromotableImage[] {
  return images.filter(({ version, targets: known }) =>
    targets.some(({ id }) => known.some((target) => target.id === id && target.version !== undefined && target.version !== version)),
  );
}

/** Those that would move first. */
export function laterFirst(images: readonly PromotableImage[], moving: readonly PromotableImage[]): readonly PromotableImage[] {
  return [...moving, ...images.filter((image) => !moving.includes(image))];
}

/** `sha-2 · stage has sha-1, prod has it`: an image beside what the targets have. */
export function imageWords({ version, targets: known }: PromotableImage, targets: readonly Pick<EnvironmentChoice, 'id' | 'name'>[]): string {
  const words = targets.map(({ id, name }) => {
    const there = known.find((target) => target.id === id)?.version;
    return there === undefined ? `${name} does not use it` : there === version ? `${name} has it` : `${name} has ${there}`;
  });
  return `${version} · ${words.join(', ')}`;
}
