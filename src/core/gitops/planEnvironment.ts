/** How an environment's operator would render it: one plan per source, made from its declaration or from its folder alone. */
import type { FileTree } from '../base/fileTree.js';
import { Problems, type Problem } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ChartInputs } from '../objects/chartInputs.js';
import { formatRemoteChart } from '../objects/remoteChart.js';
import type { FetchedEntry, Lack } from '../objects/rendering.js';
import type { ParsedYaml } from '../yaml/parse.js';
import { readApplication, type ApplicationSource } from './argocd/application.js';
import { planArgoSource } from './argocd/planSource.js';
import { mapAt, scalarAt, type LookUp } from './declarations.js';
import type { DeliveryObject, Environment, EnvironmentSource } from './delivery.js';
import { findReleaseChart, planHelmRelease } from './flux/planHelmRelease.js';
import { planFluxKustomization, type FluxKustomizationPlan } from './flux/planFluxKustomization.js';
import { readVariables, type StandIns, type Variables } from './flux/substitution/variables.js';
import type { MatchedFolder } from './matchRepository.js';
import { chartOfRelease, chartOfSource, type DeclaredChart } from './remoteCharts.js';
import type { RenderPlan } from './renderPlan.js';

/** What making plans may ask. Reads through `tree` and look-ups are noted by who gives them. */
export interface PlanWith {
  readonly tree: FileTree;
  readonly lookUp: LookUp;
  /** Where a path of a repository is in the workspace; undefined where the repository isn't open here. */
  readonly locate: (repoURL: string | undefined, path: string) => MatchedFolder | undefined;
  readonly parse: (source: SourceText) => ParsedYaml;
  /** Where a chart was fetched to; undefined where it wasn't. */
  readonly fetched: (spec: string) => FetchedEntry | undefined;
  /** Flux fails on undefined variables. */
  readonly isFluxStrict: boolean;
  /** Values for variables that only the cluster has, by the `namespace/name` of a Flux Kustomization. */
  readonly standInsOf: (kustomization: string) => StandIns | undefined;
}

export interface EnvironmentPlan {
  /** One per source that renders something; empty where it can't be rendered here. */
  readonly plans: readonly RenderPlan[];
  readonly problems: readonly Problem[];
  /** Set where a source is not in the workspace: where it is. */
  readonly elsewhere: string | undefined;
  /** A chart that could be fetched. */
  readonly lack?: Lack;
  /** The variables that only the cluster knows, of the objects that the plan builds without its `finish`. */
  readonly findStandIns?: FluxKustomizationPlan['findStandIns'];
  /** What texts of the objects are substituted from; missing where nothing is. */
  readonly variables?: Variables;
}

/** Plans how `environment` is rendered. */
export function planEnvironment(environment: Environment, given: PlanWith): EnvironmentPlan {
  const { declaration } = environment;
  if (declaration?.id.kind === 'Application') return planApplication(declaration, given);
  if (declaration?.id.kind === 'Kustomization') return planKustomization(environment, declaration, given);
  if (declaration?.id.kind === 'HelmRelease') return planRelease(environment, declaration, given);
  const away = environment.sources.find(({ folder }) => folder === undefined);
  if (away) return notHere(away.repoURL?.value);
  return { plans: environment.sources.flatMap((source) => planByConvention(environment, source)), problems: [], elsewhere: undefined };
}

/** What no operator delivers is rendered from its folder; a chart under the app's name, with the values files of its environment. */
function planByConvention({ app }: Environment, { folder, renderer, valuesFiles = [] }: EnvironmentSource): readonly RenderPlan[] {
  if (folder === undefined) return [];
  if (renderer !== 'helm') return [{ folder, renderer, finish: [] }];
  const releaseName = app
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 53);
  const chart: ChartInputs = {
    releaseName: releaseName === '' ? 'release-name' : releaseName,
    namespace: 'default',
    values: valuesFiles.map((path) => ({ kind: 'file', path, node: undefined, isOptional: false })),
    includeCrds: true,
    skipHooks: false,
    skipTests: false,
    skipSchemaValidation: false,
    kubeVersion: undefined,
    apiVersions: [],
  };
  return [{ folder, renderer, chart, finish: [] }];
}

function planApplication(declaration: DeliveryObject, given: PlanWith): EnvironmentPlan {
  const application = readApplication(declaration);
  const problems: Problem[] = [...application.problems];
  const plans: RenderPlan[] = [];
  const locate = (source: ApplicationSource): Pick<MatchedFolder, 'folder' | 'top'> | undefined => {
    const remote = chartOfSource(source);
    const fetched = remote && given.fetched(formatRemoteChart(remote.chart));
    if (source.chart) return fetched && { folder: fetched.path, top: fetched.root };
    return given.locate(source.repoURL?.value, source.path?.value ?? '.');
  };
  for (const [index, source] of application.sources.entries()) {
    const isRendered = source.path !== undefined || source.chart !== undefined || source.ref === undefined;
    const remote = chartOfSource(source);
    if (isRendered && !locate(source)) return { ...(remote ? notFetched(remote) : notHere(source.repoURL?.value)), problems };
    const planned = planArgoSource(application, index, { tree: given.tree, locate, parse: given.parse });
    problems.push(...(planned?.problems ?? []).map(softenUnsupported));
    if (planned?.plan) plans.push(source.chart ? { ...planned.plan, fetchedTo: planned.plan.folder } : withBuildOptions(planned.plan, declaration, given.lookUp));
    else if (planned && !planned.isReferenceOnly) return { plans: [], problems, elsewhere: undefined };
  }
  return { plans, problems, elsewhere: undefined };
}

function planKustomization({ sources }: Environment, declaration: DeliveryObject, given: PlanWith): EnvironmentPlan {
  const [source] = sources;
  if (source?.folder === undefined) return notHere(source?.repoURL?.value);
  const { tree, lookUp, isFluxStrict, standInsOf } = given;
  if (tree.kind(source.folder) !== 'directory') {
    const problems = new Problems();
    problems.error('flux/missing-source-path', `There is no folder ${source.path} in the repository.`, source.pathNode ?? declaration.root);
    return { plans: [], problems: problems.list, elsewhere: undefined };
  }
  const standIns = standInsOf(`${declaration.id.namespace}/${declaration.id.name}`);
  const { plan, problems, findStandIns } = planFluxKustomization(declaration, { tree, folder: source.folder, lookUp, isStrict: isFluxStrict, ...(standIns && { standIns }) });
  const variables = readVariables(declaration.id, declaration.root, lookUp, standIns ?? new Map(), new Problems());
  return { plans: [plan], problems, elsewhere: undefined, findStandIns, ...(variables && { variables }) };
}

function planRelease({ sources }: Environment, declaration: DeliveryObject, { lookUp, locate, fetched }: PlanWith): EnvironmentPlan {
  const [source] = sources;
  const remote = chartOfRelease(findReleaseChart(declaration, lookUp));
  if (remote) {
    const found = fetched(formatRemoteChart(remote.chart));
    if (!found) return notFetched(remote);
    const { plan, problems } = planHelmRelease(declaration, { folder: found.path, sourceTop: found.path, lookUp });
    return { plans: [{ ...plan, fetchedTo: found.root }], problems, elsewhere: undefined };
  }
  const top = source?.folder === undefined ? undefined : locate(source.repoURL?.value, '.')?.top;
  if (source?.folder === undefined || top === undefined) return notHere(source?.repoURL?.value);
  const { plan, problems } = planHelmRelease(declaration, { folder: source.folder, sourceTop: top, lookUp });
  return { plans: [plan], problems, elsewhere: undefined };
}

/** With the options that Argo CD gives `kustomize build`, where its settings are in the workspace: `kustomize.buildOptions` of argocd-cm. */
function withBuildOptions(plan: RenderPlan, { id }: DeliveryObject, lookUp: LookUp): RenderPlan {
  if (plan.renderer !== 'kustomize') return plan;
  const settings = lookUp('ConfigMap', id.namespace === '' ? 'argocd' : id.namespace, 'argocd-cm');
  const given = scalarAt(mapAt(settings, 'data'), 'kustomize.buildOptions')?.value;
  if (given === undefined) return plan;
  const words = given.split(/\s+/);
  const isOpen = /--load-restrictor[= ]+LoadRestrictionsNone\b/.test(given);
  return { ...plan, options: { enableHelm: words.includes('--enable-helm') || words.includes('--enable-helm=true'), ...(isOpen && { loadRestrictor: 'none' as const }) } };
}

/** It could be had, where the user asks for it. */
function notFetched({ chart, place }: DeclaredChart): EnvironmentPlan {
  const lack: Lack = { kind: 'chart', spec: formatRemoteChart(chart), location: place.source.locate(place.start, place.end) };
  return { plans: [], problems: [], elsewhere: chart.repository, lack };
}

function notHere(repoURL: string | undefined): EnvironmentPlan {
  return { plans: [], problems: [], elsewhere: repoURL ?? 'a source that is declared nowhere in this workspace' };
}

/** What this engine can't do is no mistake of the author's. */
function softenUnsupported(problem: Problem): Problem {
  return /-(unsupported|not-fetched)$/.test(problem.code) ? { ...problem, severity: 'info' } : problem;
}
