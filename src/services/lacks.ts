/** What could be fetched: remote bases and charts that kustomizations, charts and environments of a workspace name. */
import type { Environment } from '../core/gitops/delivery.js';
import type { Lack } from '../core/objects/rendering.js';
import type { TimedRendering } from './renderingMemo.js';

/** As much of a workspace's state as it takes to ask. */
export interface Lacking {
  readonly roots: readonly { readonly folder: string }[];
  readonly render: (folder: string) => TimedRendering;
  readonly delivery: { readonly model: { readonly environments: readonly Environment[] }; readonly render: (environment: Environment) => TimedRendering };
}

/** What is lacking anywhere, each once per place; renders what was not rendered yet. */
export function findLacks({ roots, render, delivery }: Lacking): readonly Lack[] {
  const renderings = [...roots.map(({ folder }) => render(folder)), ...delivery.model.environments.map((environment) => delivery.render(environment))];
  const byPlace = new Map<string, Lack>();
  for (const { rendering } of renderings) for (const lack of rendering.lacks) byPlace.set(`${lack.spec} ${lack.location.path} ${lack.location.range.start.line}`, lack);
  return [...byPlace.values()];
}
