/**
 * Charts as `helm template` prints them, with whatever inputs somebody looks at them with: those of an environment, or
 * values files of their own choice. Kept as long as nothing that they were made of changes.
 */
import type { FileTree } from '../core/base/fileTree.js';
import { joinPath } from '../core/base/path.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { RenderPlan } from '../core/gitops/renderPlan.js';
import { declineRendering } from '../core/gitops/renderSource.js';
import type { BuildRequest } from '../core/kustomize/build.js';
import type { ChartInputs } from '../core/objects/chartInputs.js';
import type { Rendering } from '../core/objects/rendering.js';
import type { DeliveryState } from './delivery.js';
import { RenderingMemo, type TimedRendering } from './renderingMemo.js';
import type { Renderings } from './renderings.js';

/** Inputs of a chart, all else as helm has it by default. */
export interface ChosenInputs {
  /** Values files, absolute, in ascending precedence. */
  readonly values: readonly string[];
  readonly releaseName: string;
  readonly namespace: string;
}

/** A plan of one chart. */
export type ChartPlan = RenderPlan & { readonly chart: ChartInputs };

/** More than anybody looks at: beyond that the kept ones are let go. */
const mostKept = 200;

export class ChartRenderings {
  readonly #renderings: Renderings;
  readonly #memo: RenderingMemo;
  readonly #chosen = new Map<string, ChartInputs>();
  readonly #keys = new Set<string>();

  constructor(renderings: Renderings, now: () => number) {
    this.#renderings = renderings;
    this.#memo = new RenderingMemo(now);
  }

  /** With inputs that somebody chose, or with those of an environment; one that is more than a chart is rendered as its operator does. */
  render(folder: string, inputs: ChosenInputs | Environment, { tree, delivery }: { readonly tree: FileTree; readonly delivery: DeliveryState }): TimedRendering {
    if (!('id' in inputs)) return this.#renderChosen(folder, inputs, tree);
    const plan = chartPlanOf(delivery, inputs);
    return plan ? this.#render(inputs.id, plan.folder, plan.chart, tree) : delivery.render(inputs);
  }

  #renderChosen(folder: string, chosen: ChosenInputs, tree: FileTree): TimedRendering {
    const key = `${folder} ${JSON.stringify(chosen)}`;
    let inputs = this.#chosen.get(key);
    if (!inputs) this.#chosen.set(key, (inputs = inputsOf(chosen)));
    return this.#render(key, folder, inputs, tree);
  }

  /** The same object as before for the same key and inputs, where nothing that it read has changed. */
  #render(key: string, folder: string, inputs: ChartInputs, tree: FileTree): TimedRendering {
    this.#note(key);
    const { generation, options, fetched } = this.#renderings;
    return this.#memo.get(key, tree, [inputs, generation], () => renderChartOf({ tree, folder, options, ...(fetched && { fetched }) }, inputs));
  }

  #note(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= mostKept) return;
    this.#keys.clear();
    this.#keys.add(key);
    this.#memo.keepOnly(this.#keys);
    for (const each of this.#chosen.keys()) if (each !== key) this.#chosen.delete(each);
  }
}

/** A chart as `helm template` prints it; what lies beside it and belongs into it is taken from there. */
export function renderChartOf({ tree, folder, options, fetched }: Pick<BuildRequest, 'tree' | 'folder' | 'options' | 'fetched'>, inputs: ChartInputs): Rendering {
  const { renderChart, boundary } = options;
  if (renderChart) return renderChart({ tree, path: folder, inputs, buildsDependencies: true, ...(boundary && { boundary }), ...(fetched && { fetched }) });
  return declineRendering(folder, 'helm/chart-unsupported', 'Charts are not rendered here.', joinPath(folder, 'Chart.yaml'));
}

/** What helm takes where a command line says no more than this. */
export function inputsOf({ values, releaseName, namespace }: ChosenInputs): ChartInputs {
  return {
    releaseName: releaseName === '' ? 'release-name' : releaseName,
    namespace: namespace === '' ? 'default' : namespace,
    values: values.map((path) => ({ kind: 'file', path, node: undefined, isOptional: false })),
    includeCrds: false,
    skipHooks: false,
    skipTests: false,
    skipSchemaValidation: false,
    kubeVersion: undefined,
    apiVersions: [],
  };
}

/** How a chart is rendered that is all that an environment is made of; undefined for any other environment. */
export function chartPlanOf(delivery: Pick<DeliveryState, 'plansOf'>, environment: Environment): ChartPlan | undefined {
  const [plan, second] = delivery.plansOf(environment);
  // What was fetched lies outside of the workspace, and is rendered by who knows that it may be read.
  return plan?.renderer === 'helm' && plan.chart && !second && plan.fetchedTo === undefined ? { ...plan, chart: plan.chart } : undefined;
}
