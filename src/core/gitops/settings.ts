/**
 * What a workspace says about its delivery itself: the file `.gitops-workbench.yaml` at its top, and the same fields in
 * the editor's settings. Environments that were found can be renamed, ordered, protected and hidden; what wasn't found
 * can be added. schemas/gitops-workbench.schema.json describes the same for completion.
 */
import { Problems, type Problem, type Severity } from '../base/problem.js';
import { scalarValue, type MapNode, type YamlNode } from '../yaml/nodes.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { PullRequestSample } from './argocd/applicationSet/world.js';
import { subjectWords, unknownSubjectWords, type CommitSettings } from './commitSubject.js';

/** The file's name, at the top of a workspace folder. */
export const settingsFileName = '.gitops-workbench.yaml';

/** What is said of environments: those that an entry names are changed; a path that was not found is added. */
export interface EnvironmentSetting {
  /** The folder that is rendered, relative to the workspace folder; `*` stands for any part of a name. */
  readonly path: string | undefined;
  /** `name` or `namespace/name` of the Application, Kustomization or HelmRelease. */
  readonly declaration: string | undefined;
  readonly app: string | undefined;
  readonly name: string | undefined;
  readonly order: number | undefined;
  readonly isProtected: boolean | undefined;
  readonly isHidden: boolean | undefined;
  /** For a chart: its values files, relative to the chart. */
  readonly values: readonly string[];
  /** The namespace that it goes to. */
  readonly namespace: string | undefined;
  readonly node: MapNode;
}

export interface WorkspaceSettings {
  readonly environments: readonly EnvironmentSetting[];
  /** Names of environments in the order of promotion. */
  readonly order: readonly string[];
  /** Names of protected environments; undefined where nothing is said (then production is). */
  readonly protectedNames: readonly string[] | undefined;
  /** For generators that would ask a forge, where it wasn't asked. */
  readonly pullRequests: readonly PullRequestSample[];
  /** What forges said of pull requests, by {@link PullRequestSource}'s `key`: no text of the workspace, and the truth where there is some. */
  readonly forgePullRequests: ReadonlyMap<string, readonly PullRequestSample[]>;
  readonly severities: ReadonlyMap<string, Severity | 'off'>;
  readonly kubernetesVersion: string | undefined;
  readonly fluxStrictSubstitution: boolean | undefined;
  readonly tagFormats: ReadonlyMap<string, string>;
  readonly protectedBranches: readonly string[];
  /** Values for variables that only the cluster has, by Flux Kustomization (`namespace/name`); null for one that is not defined there. */
  readonly standIns: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
  /** Differences between git and the cluster that are left out. */
  readonly driftIgnore: readonly DriftIgnoreSetting[];
  /** How commits of promotions, rollbacks and registry moves are worded. */
  readonly commits: CommitSettings;
}

/** A field that is left out of comparisons with the cluster; what is undefined fits every object. */
export interface DriftIgnoreSetting {
  readonly group: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  /** A JSON pointer, or a path of jq that begins with a dot. */
  readonly path: string;
  readonly reason: string | undefined;
}

export const noSettings: WorkspaceSettings = {
  environments: [],
  order: [],
  protectedNames: undefined,
  pullRequests: [],
  forgePullRequests: new Map(),
  severities: new Map(),
  kubernetesVersion: undefined,
  fluxStrictSubstitution: undefined,
  tagFormats: new Map(),
  protectedBranches: [],
  standIns: new Map(),
  driftIgnore: [],
  commits: { subject: undefined, skipCi: undefined },
};

/** Reads the settings; what is wrong is reported at its place and left out. */
export function readWorkspaceSettings(parsed: ParsedYaml): { readonly settings: WorkspaceSettings; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  problems.addAll(parsed.problems);
  const root = parsed.documents[0]?.root;
  if (!root || isNull(root)) return { settings: noSettings, problems: problems.list };
  if (root.kind !== 'map') {
    problems.error('settings/wrong-type', 'The settings must be a map of fields, such as `environments:`.', root);
    return { settings: noSettings, problems: problems.list };
  }
  const reader = new SettingsReader(problems);
  return { settings: reader.read(root), problems: problems.list };
}

/** `first` where it says something, else `second`: the workspace's file goes before the editor's settings. */
export function mergeSettings(first: WorkspaceSettings, second: WorkspaceSettings): WorkspaceSettings {
  return {
    environments: [...second.environments, ...first.environments],
    order: first.order.length > 0 ? first.order : second.order,
    protectedNames: first.protectedNames ?? second.protectedNames,
    pullRequests: [...first.pullRequests, ...second.pullRequests],
    forgePullRequests: new Map([...second.forgePullRequests, ...first.forgePullRequests]),
    severities: new Map([...second.severities, ...first.severities]),
    kubernetesVersion: first.kubernetesVersion ?? second.kubernetesVersion,
    fluxStrictSubstitution: first.fluxStrictSubstitution ?? second.fluxStrictSubstitution,
    tagFormats: new Map([...second.tagFormats, ...first.tagFormats]),
    protectedBranches: first.protectedBranches.length > 0 ? first.protectedBranches : second.protectedBranches,
    standIns: new Map([...second.standIns, ...first.standIns]),
    driftIgnore: [...first.driftIgnore, ...second.driftIgnore],
    commits: { subject: first.commits.subject ?? second.commits.subject, skipCi: first.commits.skipCi ?? second.commits.skipCi },
  };
}

const fieldNames = [
  'environments',
  'order',
  'protected',
  'pullRequests',
  'rules',
  'kubernetesVersion',
  'tagFormats',
  'protectedBranches',
  'flux',
  'standIns',
  'drift',
  'commits',
] as const;
const environmentFields = ['path', 'declaration', 'app', 'name', 'order', 'protected', 'hidden', 'values', 'namespace'] as const;
const pullRequestFields = ['number', 'title', 'branch', 'targetBranch', 'headSha', 'author', 'labels'] as const;
const driftIgnoreFields = ['group', 'kind', 'name', 'namespace', 'path', 'reason'] as const;
const severityNames: readonly string[] = ['error', 'warning', 'info', 'off'];

class SettingsReader {
  constructor(private readonly problems: Problems) {}

  read(root: MapNode): WorkspaceSettings {
    this.#refuseOthers(root, fieldNames);
    const flux = this.#map(root.get('flux'));
    if (flux) this.#refuseOthers(flux, ['strictSubstitution']);
    const drift = this.#map(root.get('drift'));
    if (drift) this.#refuseOthers(drift, ['ignore']);
    const commits = this.#map(root.get('commits'));
    if (commits) this.#refuseOthers(commits, ['subject', 'skipCi']);
    return {
      environments: this.#maps(root.get('environments')).flatMap((node) => this.#environment(node) ?? []),
      order: this.#texts(root.get('order')),
      protectedNames: root.get('protected') ? this.#texts(root.get('protected')) : undefined,
      pullRequests: this.#maps(root.get('pullRequests')).flatMap((node) => this.#pullRequest(node) ?? []),
      forgePullRequests: new Map(),
      severities: this.#severities(root.get('rules')),
      kubernetesVersion: this.#kubernetesVersion(root.get('kubernetesVersion')),
      fluxStrictSubstitution: flux && this.#boolean(flux.get('strictSubstitution')),
      tagFormats: this.#patterns(root.get('tagFormats')),
      protectedBranches: this.#texts(root.get('protectedBranches')),
      standIns: new Map((this.#map(root.get('standIns'))?.pairs ?? []).map(({ key, value }) => [key.value, this.#standIns(value)])),
      driftIgnore: this.#maps(drift?.get('ignore')).flatMap((node) => this.#driftIgnore(node) ?? []),
      commits: { subject: this.#commitSubject(commits?.get('subject')), skipCi: this.#boolean(commits?.get('skipCi')) },
    };
  }

  #environment(node: MapNode): EnvironmentSetting | undefined {
    this.#refuseOthers(node, environmentFields);
    const path = this.#text(node.get('path'));
    const declaration = this.#text(node.get('declaration'));
    if (path === undefined && declaration === undefined) {
      this.problems.error('settings/names-nothing', 'Say which environment is meant: `path:` for the folder, or `declaration:` for the Application or Kustomization.', node);
      return undefined;
    }
    return {
      path: path?.replace(/^\.\/|\/$/g, ''),
      declaration,
      app: this.#text(node.get('app')),
      name: this.#text(node.get('name')),
      order: this.#number(node.get('order')),
      isProtected: this.#boolean(node.get('protected')),
      isHidden: this.#boolean(node.get('hidden')),
      values: this.#texts(node.get('values')),
      namespace: this.#text(node.get('namespace')),
      node,
    };
  }

  #pullRequest(node: MapNode): PullRequestSample | undefined {
    this.#refuseOthers(node, pullRequestFields);
    const number = this.#number(node.get('number'));
    if (number === undefined) {
      this.problems.error('settings/missing-field', 'A pull request needs its `number:`.', node);
      return undefined;
    }
    return {
      number,
      title: this.#text(node.get('title')) ?? `Pull request ${number}`,
      branch: this.#text(node.get('branch')) ?? `pull-request-${number}`,
      targetBranch: this.#text(node.get('targetBranch')) ?? 'main',
      headSHA: this.#text(node.get('headSha')) ?? '0123456789abcdef0123456789abcdef01234567',
      author: this.#text(node.get('author')) ?? '',
      labels: this.#texts(node.get('labels')),
      place: node,
    };
  }

  #driftIgnore(node: MapNode): DriftIgnoreSetting | undefined {
    this.#refuseOthers(node, driftIgnoreFields);
    const path = this.#text(node.get('path'));
    if (path === undefined || !/^[/.]/.test(path)) {
      this.problems.error('settings/missing-field', 'Say which field is left out: `path:` with a JSON pointer such as /spec/replicas.', node);
      return undefined;
    }
    const [group, kind, name, namespace, reason] = (['group', 'kind', 'name', 'namespace', 'reason'] as const).map((field) => this.#text(node.get(field)));
    return { group, kind, name, namespace, path, reason };
  }

  #commitSubject(node: YamlNode | undefined): string | undefined {
    if (node?.kind === 'map') {
      this.problems.error('settings/wrong-type', 'A text is expected here; one that begins with a brace stands in quotes.', node);
      return undefined;
    }
    const template = this.#text(node);
    if (template === undefined || !node) return undefined;
    if (template.trim() === '' || /[\r\n]/.test(template.trimEnd())) {
      this.problems.error('settings/wrong-value', 'The subject of a commit is one line of text.', node);
      return undefined;
    }
    const unknown = unknownSubjectWords(template);
    let from = node.start;
    for (const word of unknown) {
      const start = node.source.text.indexOf(word, from);
      const isThere = start >= 0 && start + word.length <= node.end;
      const place = isThere ? { source: node.source, start, end: start + word.length } : node;
      if (isThere) from = place.end;
      this.problems.error('settings/wrong-value', `A subject can't name ${word}; known are ${subjectWords.map((each) => `{${each}}`).join(', ')}.`, place);
    }
    return unknown.length > 0 ? undefined : template;
  }

  #severities(node: YamlNode | undefined): ReadonlyMap<string, Severity | 'off'> {
    const found = new Map<string, Severity | 'off'>();
    for (const { key, value } of this.#map(node)?.pairs ?? []) {
      const severity = scalarValue(value);
      if (severity === 'error' || severity === 'warning' || severity === 'info' || severity === 'off') found.set(key.value, severity);
      // YAML 1.1 reads a bare `off` as a truth value; its text is still `off`, and `false` means the same.
      else if (severity === 'false') found.set(key.value, 'off');
      else this.problems.error('settings/wrong-value', `A severity is one of ${severityNames.join(', ')}.`, value);
    }
    return found;
  }

  #kubernetesVersion(node: YamlNode | undefined): string | undefined {
    const text = this.#text(node);
    if (text === undefined || !node) return undefined;
    const version = /^v?(1\.\d+)(?:\.\d+)?$/.exec(text)?.[1];
    if (version === undefined) this.problems.error('settings/wrong-value', 'A Kubernetes version is written as "1.34".', node);
    return version;
  }

  #patterns(node: YamlNode | undefined): ReadonlyMap<string, string> {
    const patterns = new Map<string, string>();
    for (const { key, value } of this.#map(node)?.pairs ?? []) {
      const pattern = this.#text(value);
      if (pattern !== undefined) patterns.set(key.value, pattern);
    }
    return patterns;
  }

  #standIns(node: YamlNode): ReadonlyMap<string, string | null> {
    return new Map((this.#map(node)?.pairs ?? []).flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key.value, isNull(value) ? null : value.value] as const] : [])));
  }

  #text(node: YamlNode | undefined): string | undefined {
    if (!node || isNull(node)) return undefined;
    if (node.kind === 'scalar') return node.value;
    this.problems.error('settings/wrong-type', 'A text is expected here.', node);
    return undefined;
  }

  #number(node: YamlNode | undefined): number | undefined {
    const text = this.#text(node);
    if (text === undefined || !node) return undefined;
    const number = Number(text);
    if (text.trim() !== '' && Number.isFinite(number)) return number;
    this.problems.error('settings/wrong-type', 'A number is expected here.', node);
    return undefined;
  }

  #boolean(node: YamlNode | undefined): boolean | undefined {
    const text = this.#text(node);
    if (text === undefined || !node) return undefined;
    if (/^(true|yes|on)$/i.test(text)) return true;
    if (/^(false|no|off)$/i.test(text)) return false;
    this.problems.error('settings/wrong-type', 'true or false is expected here.', node);
    return undefined;
  }

  #texts(node: YamlNode | undefined): readonly string[] {
    if (!node || isNull(node)) return [];
    if (node.kind === 'sequence') return node.items.flatMap((item) => this.#text(item) ?? []);
    this.problems.error('settings/wrong-type', 'A list of texts is expected here.', node);
    return [];
  }

  #map(node: YamlNode | undefined): MapNode | undefined {
    if (!node || isNull(node)) return undefined;
    if (node.kind === 'map') return node;
    this.problems.error('settings/wrong-type', 'A map is expected here.', node);
    return undefined;
  }

  #maps(node: YamlNode | undefined): readonly MapNode[] {
    if (!node || isNull(node)) return [];
    if (node.kind === 'sequence') return node.items.flatMap((item) => this.#map(item) ?? []);
    this.problems.error('settings/wrong-type', 'A list is expected here.', node);
    return [];
  }

  #refuseOthers(node: MapNode, known: readonly string[]): void {
    for (const { key } of node.pairs) {
      if (!known.includes(key.value)) this.problems.error('settings/unknown-field', `There is no setting \`${key.value}\` here; known are ${known.join(', ')}.`, key);
    }
  }
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.tag === '!!null';
}
