/**
 * Gives environments their final names and order: what the settings say is applied, labels are made unique, and each app's
 * environments stand in the order in which changes are promoted.
 */
import type { Environment } from './delivery.js';
import { appPathOf, isProduction, rankOf, rankOfNameless } from './conventions.js';
import type { EnvironmentSetting, WorkspaceSettings } from './settings.js';

/** An environment as it was found. */
export interface NamedEnvironment extends Pick<Environment, 'id' | 'app' | 'name' | 'operator' | 'sources' | 'destination' | 'declaration' | 'declaredAt'> {
  /** True where nothing says which environment it is. */
  readonly isNameGuessed: boolean;
  /** True where nothing says which app it is: then it is called as the workspace folder. */
  readonly isAppGuessed: boolean;
  /** The rendered folder relative to its workspace folder, for entries of the settings. */
  readonly folderLabel: string;
}

interface Arranged extends NamedEnvironment {
  readonly setting: EnvironmentSetting | undefined;
}

/** Environments by app, then in the order of promotion; hidden ones are left out. */
export function arrangeEnvironments(found: readonly NamedEnvironment[], settings: WorkspaceSettings): readonly Environment[] {
  const named = found.map((environment) => applySetting(environment, settings));
  const shown = tellApart(widenApps(named.filter(({ setting }) => setting?.isHidden !== true)));
  const labels = new Map<string, number>();
  const arranged = shown.map((environment) => {
    const { id, app, name, operator, sources, destination, declaration, declaredAt, setting } = environment;
    const plain = environment.isNameGuessed || name === app ? app : environment.isAppGuessed ? name : `${app} ${name}`;
    const kind = declaration && labels.has(plain) && declaration.id.kind !== 'Application' ? ` (${declaration.id.kind})` : '';
    const wanted = `${plain}${kind}`;
    const count = (labels.get(wanted) ?? 0) + 1;
    labels.set(wanted, count);
    const isProtected = setting?.isProtected ?? settings.protectedNames?.includes(name) ?? isProduction(name);
    const order = setting?.order ?? (environment.isNameGuessed ? settings.order.length + rankOfNameless() : orderOf(name, settings));
    return { id, app, name, label: count === 1 ? wanted : `${wanted} (${count})`, order, isProtected, operator, sources, destination, declaration, declaredAt };
  });
  return arranged.sort((a, b) => compareTexts(a.app, b.app) || a.order - b.order || compareTexts(a.name, b.name) || compareTexts(a.id, b.id));
}

function orderOf(name: string, { order }: WorkspaceSettings): number {
  const at = order.indexOf(name);
  if (at >= 0) return at;
  // Names that the list leaves out come after it, in the usual order.
  return order.length + rankOf(name);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The last entry of the settings that names the environment. */
function applySetting(environment: NamedEnvironment, { environments }: WorkspaceSettings): Arranged {
  const setting = environments.filter((entry) => isMeant(entry, environment)).at(-1);
  if (!setting) return { ...environment, setting };
  return {
    ...environment,
    app: setting.app ?? environment.app,
    name: setting.name ?? environment.name,
    isNameGuessed: setting.name === undefined && environment.isNameGuessed,
    isAppGuessed: setting.app === undefined && environment.isAppGuessed,
    setting,
  };
}

function isMeant({ path, declaration }: EnvironmentSetting, environment: NamedEnvironment): boolean {
  if (declaration !== undefined) {
    const id = environment.declaration?.id;
    if (!id || (declaration !== id.name && declaration !== `${id.namespace}/${id.name}`)) return false;
  }
  return path === undefined || matchesPath(path, environment.folderLabel);
}

/** `*` stands for any part of one name in a path. */
function matchesPath(pattern: string, path: string): boolean {
  const patterns = pattern.split('/');
  const parts = path.split('/');
  return patterns.length === parts.length && patterns.every((each, index) => matchesName(each, parts[index] ?? ''));
}

function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const middle of rest) {
    const found = name.indexOf(middle, at);
    if (found < 0) return false;
    at = found + middle.length;
  }
  return name.length - at >= last.length && name.endsWith(last);
}

/** Folders of one name in different places are different apps: `logging/instance` and `mesh/instance`. */
function widenApps(environments: readonly Arranged[]): readonly Arranged[] {
  const ways = new Map<string, Map<string, readonly string[]>>();
  const wayOf = ({ operator, setting, isAppGuessed, folderLabel, app }: Arranged): readonly string[] | undefined =>
    operator !== 'none' || isAppGuessed || setting?.app !== undefined ? undefined : appPathOf(folderLabel, app);
  for (const environment of environments) {
    const way = wayOf(environment);
    if (!way) continue;
    const same = ways.get(environment.app) ?? new Map<string, readonly string[]>();
    ways.set(environment.app, same.set(way.join('/'), way));
  }
  return environments.map((environment) => {
    const way = wayOf(environment);
    const others = [...(ways.get(environment.app)?.values() ?? [])];
    if (!way || others.length < 2) return environment;
    const longest = Math.max(...others.map(({ length }) => length));
    for (let count = 2; count <= longest; count++) {
      const ends = new Set(others.map((other) => other.slice(-count).join('/')));
      if (ends.size === others.length) return { ...environment, app: way.slice(-count).join('/') };
    }
    return environment;
  });
}

/** Several environments of an app with one name are told apart by their cluster, by the name of their declaration, or by their folder. */
function tellApart(environments: readonly Arranged[]): readonly Arranged[] {
  const groups = new Map<string, Arranged[]>();
  for (const environment of environments) {
    const key = `${environment.app}\0${environment.name}`;
    groups.set(key, [...(groups.get(key) ?? []), environment]);
  }
  return environments.map((environment) => {
    const all = groups.get(`${environment.app}\0${environment.name}`) ?? [];
    const group = all.filter(({ operator }) => operator === environment.operator);
    if (all.length === 1 || environment.setting?.name !== undefined) return environment;
    // A HelmRelease and the Kustomization that delivers it are one environment in two steps.
    const kinds = new Set(group.map(({ declaration }) => declaration?.id.kind));
    if (environment.declaration && kinds.size === group.length) return environment;
    const name = tellings.map((tell) => group.map(tell)).find((names) => isTelling(names))?.[group.indexOf(environment)];
    return name === undefined ? environment : { ...environment, name: environment.isNameGuessed ? name : joinNames(environment.name, name), isNameGuessed: false };
  });
}

/** What may tell environments of one name apart, the best first. */
const tellings: readonly ((environment: Arranged) => string | undefined)[] = [
  ({ destination }) => destination.cluster?.value,
  ({ declaration, app }) => declaration && withoutWord(declaration.id.name, app),
  ({ destination }) => destination.namespace?.value,
  ({ declaration }) => declaration && folderName(declaration.root.source.path),
  ({ folderLabel }) => folderLabel,
];

function isTelling(names: readonly (string | undefined)[]): names is readonly string[] {
  return names.every((name) => name !== undefined && name !== '') && new Set(names).size === names.length;
}

function joinNames(name: string, telling: string): string {
  return telling.includes(name) ? telling : `${name} ${telling}`;
}

function withoutWord(name: string, word: string): string {
  const without = name.startsWith(`${word}-`) ? name.slice(word.length + 1) : name.endsWith(`-${word}`) ? name.slice(0, -word.length - 1) : name;
  return without;
}

function folderName(path: string): string | undefined {
  return path.split('/').at(-2);
}
