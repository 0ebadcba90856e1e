/** How an environment's operator would render it: one plan per source, made from its declaration or from its folder alone. */
import type { FileTree } from '../base/fileTree.js';
import type { Problem } from '../base/problem.js';
import type { LookUp } from './declarations.js';
import type { Environment, EnvironmentSource } from './delivery.js';
import type { RenderPlan } from './renderPlan.js';

/** What making plans may ask. Reads through `tree` are noted by who gives it. */
export interface PlanWith {
  readonly tree: FileTree;
  readonly lookUp: LookUp;
}

/** Plans of an environment; none where one of its sources is not in the workspace, or the declaration can't be carried out. */
export interface EnvironmentPlan {
  readonly plans: readonly RenderPlan[];
  readonly problems: readonly Problem[];
  /** The sources that are not in the workspace. */
  readonly elsewhere: readonly EnvironmentSource[];
}

/** Plans how `environment` is rendered. */
export function planEnvironment(environment: Environment, _given: PlanWith): EnvironmentPlan {
  const elsewhere = environment.sources.filter(({ folder }) => folder === undefined);
  const plans = environment.sources.flatMap(({ folder, renderer }): RenderPlan[] => (folder === undefined ? [] : [{ folder, renderer, finish: [] }]));
  return { plans, problems: [], elsewhere };
}
