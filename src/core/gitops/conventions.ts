/**
 * What people call things when they lay out a GitOps repository: which word of a path, a name or a namespace is the
 * environment and which the app, in which order environments are promoted, and which are to be guarded.
 */

/** Words that name environments, each with its place in the order of promotion (0 to 100). */
const ranks: ReadonlyMap<string, number> = new Map([
  ['local', 5],
  ['minikube', 5],
  ['kind', 5],
  ['sandbox', 8],
  ['dev', 10],
  ['devel', 10],
  ['develop', 10],
  ['development', 10],
  ['ci', 15],
  ['int', 20],
  ['integration', 20],
  ['test', 25],
  ['testing', 25],
  ['tst', 25],
  ['e2e', 25],
  ['sit', 26],
  ['qa', 30],
  ['qual', 30],
  ['acc', 35],
  ['acceptance', 35],
  ['uat', 36],
  ['demo', 38],
  ['stage', 40],
  ['staging', 40],
  ['stg', 40],
  ['preprod', 45],
  ['preproduction', 45],
  ['pre', 45],
  ['perf', 46],
  ['canary', 50],
  ['prod', 60],
  ['prd', 60],
  ['production', 60],
  ['live', 60],
  ['dr', 70],
  // What comes and goes with a pull request takes no part in promotion: it stands behind.
  ['preview', 90],
  ['previews', 90],
  ['review', 90],
  ['ephemeral', 90],
]);

/** Words that mean something else in front of others: `local-storage`, `pre-sync`. */
const weakWords: ReadonlySet<string> = new Set(['local', 'kind', 'pre', 'test', 'live', 'review', 'preview', 'perf', 'int', 'ci', 'acc', 'demo', 'dr']);

const productionRank = 60;
const previewRank = 90;

/** Behind all that have a name: an environment that nothing names. */
const namelessRank = 95;

/** Between the stages before production and production: where an unknown name stands. */
const unknownRank = 48;

/** Folders that say how things are arranged, not what they are; in small letters. */
export const arrangingNames: ReadonlySet<string> = new Set([
  'apps',
  'app',
  'applications',
  'services',
  'projects',
  'overlays',
  'overlay',
  'environments',
  'environment',
  'envs',
  'env',
  'variants',
  'components',
  'clusters',
  'cluster',
  'kustomize',
  'k8s',
  'kubernetes',
  'deploy',
  'deployment',
  'deployments',
  'manifests',
  'gitops',
  'argocd',
  'flux',
  'src',
  'tenants',
  'infrastructure',
  'infra',
  'config',
  'configs',
  'charts',
  'chart',
  'helm',
  'values',
  'base',
  'stages',
  'regions',
]);

/** Folders whose children are environments. */
const environmentParents: ReadonlySet<string> = new Set([
  'overlays',
  'overlay',
  'environments',
  'environment',
  'envs',
  'env',
  'variants',
  'stages',
  'clusters',
  'cluster',
  'regions',
]);

/** The place of an environment's name in the order of promotion: of `prod-eu` that of `prod`. Unknown names stand before production. */
export function rankOf(name: string): number {
  const known = wordsOf(name).flatMap((word) => ranks.get(word) ?? (/^(pr|mr)-?\d*$/.test(word) ? previewRank : []));
  return known.length === 0 ? unknownRank : Math.max(...known);
}

/** The place of an environment that nothing names: behind all others. */
export function rankOfNameless(): number {
  return namelessRank;
}

/** True for names of environments that serve users. */
export function isProduction(name: string): boolean {
  const rank = rankOf(name);
  return rank >= productionRank && rank < previewRank;
}

/** True for `pr-42`. */
export function isPullRequestName(name: string | undefined): boolean {
  return name !== undefined && /^(?:pr|mr)-\d+$/i.test(name);
}

/** True for environments that come and go with a pull request, and take no part in promotion. */
export function isPreview(name: string): boolean {
  return rankOf(name) === previewRank;
}

/** True for `dev`, `prod-eu`, `pr-42`. */
export function isEnvironmentName(name: string): boolean {
  const [first = '', ...others] = name.toLowerCase().split(/[-_.]/);
  const words =
    others.length === 0 ? wordsOf(name) : [...wordsOf(others.at(-1) ?? ''), ...[first, ...others.slice(0, -1)].flatMap((word) => (weakWords.has(word) ? [] : wordsOf(word)))];
  return words.some((word) => ranks.has(word)) || /^(pr|mr)-\d+$/i.test(name);
}

function wordsOf(name: string): readonly string[] {
  const lower = name.toLowerCase();
  return [lower, ...lower.split(/[-_./]/), ...lower.split(/[-_./]/).map((word) => word.replace(/\d+$/, ''))];
}

/** What a path says: `apps/orders/overlays/prod` is the app `orders` in `prod`; undefined parts where it doesn't say. */
export interface NamesInPath {
  readonly app: string | undefined;
  readonly environment: string | undefined;
}

/** Reads app and environment out of a path within its repository. */
export function namesInPath(path: string): NamesInPath {
  const parts = partsOf(path);
  const at = environmentAt(parts);
  const isTelling = (part: string, index: number): boolean => index !== at && !arrangingNames.has(part.toLowerCase());
  const telling = parts.filter(isTelling);
  // What stands behind the environment is the app of `environments/prod/orders`; else what stands before it.
  const behind = at < 0 ? [] : parts.filter((part, index) => index > at && isTelling(part, index));
  const own = telling.at(-1 - behind.length);
  // Overlays are the app's that they stand in: `dex/overlays/eu/blue` is the app `dex` in `eu/blue`.
  if (own !== undefined && behind.length > 0 && /^(overlays?|variants)$/i.test(parts[at - 1] ?? '')) return { app: own, environment: [parts[at], ...behind].join('/') };
  return { app: behind.at(-1) ?? telling.at(-1), environment: at < 0 ? undefined : parts[at] };
}

/** The way to an app's folder, without what says where it runs and how things are arranged: ends with `app`. Undefined where the path doesn't name it. */
export function appPathOf(path: string, app: string): readonly string[] | undefined {
  const parts = partsOf(path);
  const at = environmentAt(parts);
  const telling = parts.filter((part, index) => index !== at && !arrangingNames.has(part.toLowerCase()));
  const last = telling.lastIndexOf(app);
  return last < 0 ? undefined : telling.slice(0, last + 1);
}

/** The app that a folder's own name says; undefined for one among environments. */
export function appOfFolderName(path: string): string | undefined {
  const [parent = '', name] = [partsOf(path).at(-2), partsOf(path).at(-1)];
  if (name === undefined || environmentParents.has(parent.toLowerCase())) return undefined;
  return splitName(name).app;
}

/** True for folders that hold what is not delivered: hidden ones, and data of tests. */
export function isAside(path: string): boolean {
  return partsOf(path).some((part) => part.startsWith('.') || part === 'testdata');
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** The index of the part that names the environment: below a folder of environments, or the last with an environment's name. */
function environmentAt(parts: readonly string[]): number {
  const below = parts.findIndex((part, index) => index > 0 && environmentParents.has((parts[index - 1] ?? '').toLowerCase()) && !arrangingNames.has(part.toLowerCase()));
  if (below >= 0) return below;
  for (let index = parts.length - 1; index >= 0; index--) if (isEnvironmentName(parts[index] ?? '')) return index;
  return -1;
}

/** `orders-prod` and `prod-orders` into app and environment; the whole name is the app where no end of it is an environment. */
export function splitName(name: string): NamesInPath {
  const pullRequest = /^(.*?)-((?:pr|mr)-\d+)$/.exec(name);
  if (pullRequest) return { app: pullRequest[1], environment: pullRequest[2] };
  const parts = name.split('-');
  if (parts.length < 2) return ranks.has(name.toLowerCase()) ? { app: undefined, environment: name } : { app: name, environment: undefined };
  // `orders-prod-eu`: from the first word that is an environment on.
  const from = parts.findIndex((part, index) => index > 0 && isRanked(part));
  if (from > 0) return { app: parts.slice(0, from).join('-'), environment: parts.slice(from).join('-') };
  const first = parts[0] ?? '';
  if (isRanked(first)) return { app: parts.slice(1).join('-'), environment: first };
  return { app: name, environment: undefined };
}

function isRanked(word: string): boolean {
  return ranks.has(word.toLowerCase()) || ranks.has(word.toLowerCase().replace(/\d+$/, ''));
}

/** The environment that a values file is for: `values-prod.yaml`, `values.prod.yaml`, `prod/values.yaml`, `prod-values.yaml`. */
export function environmentOfValuesFile(path: string): string | undefined {
  const parts = path.split('/');
  const file = (parts.at(-1) ?? '').replace(/\.ya?ml$/, '');
  const named = /^values[-._](.+)$/.exec(file)?.[1] ?? /^(.+)[-._]values$/.exec(file)?.[1];
  if (named !== undefined && isEnvironmentName(named)) return named;
  if (isEnvironmentName(file)) return file;
  const folder = parts.at(-2);
  return file === 'values' && folder !== undefined && isEnvironmentName(folder) ? folder : undefined;
}
