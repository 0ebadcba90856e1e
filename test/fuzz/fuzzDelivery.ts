/**
 * Edits workspaces at random, as authors do and as accidents do, and compares after each edit what a workspace that was
 * kept up has found with what one that is opened now finds: environments, renderings, problems, findings.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { chartTools } from '../../src/adapters/charts/chartTools.js';
import { gitRepositories } from '../../src/adapters/git/gitRepositories.js';
import type { DeliveryObject, Environment } from '../../src/core/gitops/delivery.js';
import { renderingText } from '../../src/core/objects/rendering.js';
import type { YamlNode } from '../../src/core/yaml/nodes.js';
import { chartRenderer } from '../../src/core/helm/renderChart.js';
import { Differences, makeBoard } from '../../src/server/delivery/board.js';
import { describeGenerated } from '../../src/server/delivery/generated.js';
import { describeEnvironment, type SummarySource } from '../../src/server/delivery/summaries.js';
import { drawTopology } from '../../src/server/delivery/topology.js';
import { openWorkspace } from '../../src/server/openWorkspace.js';
import { Checks } from '../../src/services/checks.js';
import { Workspace } from '../../src/services/workspace.js';
import { EditableTree } from '../support/editableTree.js';
import { projectFolder } from '../support/projectFolder.js';
import { mutateText } from './mutate.js';
import { describePlaces } from './nodePlaces.js';
import type { Random } from './random.js';

/** Where the files of every workspace stand. */
export const top = '/workspace';

export interface DeliverySeed {
  readonly id: string;
  /** By path below {@link top}. */
  readonly files: ReadonlyMap<string, string>;
}

/** The sample repositories, each with a remote, a chart, settings and whatever else decides on environments. */
export function loadDeliverySeeds(): readonly DeliverySeed[] {
  return ['argocd-kustomize', 'argocd-branches', 'argocd-helm', 'flux-images', 'build-in-cluster'].map((id) => {
    const folder = path.join(projectFolder, 'samples', id);
    const files = new Map<string, string>();
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      files.set(path.relative(folder, file).split(path.sep).join('/'), fs.readFileSync(file, 'utf8'));
    }
    const url = [...files.values()].map((text) => /(?:repoURL|\burl): (\S+\.git)/.exec(text)?.[1]).find((each) => each !== undefined) ?? '';
    for (const [name, text] of extras(url)) files.set(name, text);
    return { id, files };
  });
}

function extras(url: string): readonly (readonly [string, string])[] {
  return [
    ['.git/config', `[remote "origin"]\n\turl = ${url}\n`],
    ['.git/HEAD', 'ref: refs/heads/main\n'],
    [
      '.gitops-workbench.yaml',
      'order: [dev, stage, staging, prod]\npullRequests:\n  - number: 7\n    branch: feature\n    headSha: 0123456789abcdef0123456789abcdef01234567\nenvironments:\n  - path: extra/plain\n    app: extra\n    name: qa\n',
    ],
    ['chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n'],
    ['chart/values.yaml', 'replicas: 1\n'],
    ['chart/values-dev.yaml', 'replicas: 1\n'],
    ['chart/templates/deployment.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n'],
    ['extra/plain/settings.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  level: info\n'],
    ['extra/teams/a/config.json', '{"team": "a", "path": "extra/plain"}\n'],
    ['extra/teams/b/config.json', '{"team": "b", "path": "extra/generated/one"}\n'],
    ['extra/generated/one/kustomization.yaml', 'resources: [map.yaml]\n'],
    ['extra/generated/one/map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  a: b\n'],
    ['extra/generated/two/map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\n'],
    [
      'extra/sets/sets.yaml',
      `${applicationSet('folders', url, '    - git:\n        repoURL: URL\n        revision: HEAD\n        directories:\n          - path: extra/generated/*\n', 'folder-{{ .path.basename }}', '"{{ .path.path }}"')}---\n${applicationSet('files', url, '    - git:\n        repoURL: URL\n        revision: HEAD\n        files:\n          - path: extra/teams/**/config.json\n', 'team-{{ .team }}', '"{{ .path.path }}"')}`,
    ],
    [
      'extra/sets/root.yaml',
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: root\n  namespace: argocd\nspec:\n  project: default\n  source:\n    repoURL: ${url}\n    path: extra/sets\n    directory:\n      recurse: true\n  destination:\n    server: https://kubernetes.default.svc\n    namespace: argocd\n`,
    ],
    [
      'extra/flux/late.yaml',
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: late\n  namespace: flux-system\nspec:\n  interval: 10m\n  prune: true\n  path: ./extra/late\n  targetNamespace: late\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n  postBuild:\n    substituteFrom:\n      - kind: ConfigMap\n        name: late-settings\n`,
    ],
    ['extra/flux/values.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: late-settings\n  namespace: flux-system\ndata:\n  color: red\n'],
    ['extra/late/map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: late\ndata:\n  color: ${color}\n  size: ${size:=big}\n'],
  ];
}

function applicationSet(name: string, url: string, generators: string, application: string, source: string): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: ${name}\nspec:\n  goTemplate: true\n  generators:\n${generators.replaceAll('URL', url)}  template:\n    metadata:\n      name: ${application}\n    spec:\n      project: default\n      source:\n        repoURL: ${url}\n        targetRevision: main\n        path: ${source}\n      destination:\n        server: https://kubernetes.default.svc\n        namespace: ${name}\n`;
}

/** A workspace whose files can be edited at random. */
export class EditedWorkspace {
  readonly workspace: Workspace;
  readonly #disk: Map<string, string>;
  readonly #original: ReadonlyMap<string, string>;
  readonly #checks: Checks;
  readonly #readTable: () => string | undefined;
  #tree: EditableTree;

  constructor(seed: DeliverySeed, readTable: () => string | undefined) {
    this.#disk = new Map([...seed.files].map(([name, text]) => [`${top}/${name}`, text]));
    this.#original = new Map(this.#disk);
    this.#tree = new EditableTree(this.#disk);
    this.#readTable = readTable;
    this.#checks = new Checks({ onFailure, readTable });
    this.workspace = open(this.#tree);
  }

  get tree(): EditableTree {
    return this.#tree;
  }

  /** Does something to a file or folder and says what. */
  edit(random: Random): string {
    const { paths } = this.#tree;
    const file = random.pick(paths);
    const text = this.#tree.read(file)?.text ?? '';
    const folder = file.slice(0, file.lastIndexOf('/'));
    switch (random.below(20)) {
      case 0:
        return this.#write([file], () => this.#disk.delete(file), `delete ${file}`);
      case 1: {
        const target = `${folder}/${random.pick(['renamed.yaml', 'kustomization.yaml', 'values-prod.yaml', 'config.json', 'kustomization.yml', 'Chart.yaml'])}`;
        return this.#write([file, target], () => (this.#disk.delete(file), this.#disk.set(target, text)), `rename ${file} to ${target}`);
      }
      case 2: {
        const target = `${folder}/${random.pick(['new.yaml', 'new/kustomization.yaml', 'values-stage.yaml', 'deep/er/config.json', '.argocd-source.yaml', 'notes.txt', 'jsonnetfile.jsonnet'])}`;
        return this.#write([target], () => this.#disk.set(target, random.pick([text, this.#pickText(random), '{}\n'])), `create ${target}`);
      }
      case 3:
        if (folder === top || folder.endsWith('/.git')) return 'nothing';
        return this.#write([folder], () => this.#each(folder, (each) => this.#disk.delete(each)), `delete folder ${folder}`);
      case 4: {
        if (folder === top || folder.endsWith('/.git')) return 'nothing';
        const target = `${folder}-${random.pick(['prod', 'moved', 'base'])}`;
        const move = (): void => this.#each(folder, (each, content) => (this.#disk.delete(each), this.#disk.set(target + each.slice(folder.length), content)));
        return this.#write([folder, target], move, `move folder ${folder} to ${target}`);
      }
      case 5:
      case 6:
      case 7:
        return this.#restore(random);
      case 8:
      case 9:
        return this.#type(file, mutateText(text, random, [...this.#original.values()]), 'mutate');
      case 10:
        return this.#write([file], () => this.#disk.set(file, mutateText(text, random, [this.#pickText(random)])), `mutate on disk ${file}`);
      case 11: {
        const branch = random.pick(['main', 'dev', 'x']);
        return this.#write([`${top}/.git/HEAD`], () => this.#disk.set(`${top}/.git/HEAD`, `ref: refs/heads/${branch}\n`), `check out ${branch}`);
      }
      case 12: {
        const url = random.pick([this.#original.get(`${top}/.git/config`) ?? '', '[remote "origin"]\n\turl = https://elsewhere.example/x.git\n', '']);
        return this.#write([`${top}/.git/config`], () => this.#disk.set(`${top}/.git/config`, url), `remote ${url}`);
      }
      default:
        return this.#type(file, changeValue(text, random), 'change a value in');
    }
  }

  #pickText(random: Random): string {
    return random.pick([...this.#original.values()]);
  }

  #each(folder: string, change: (path: string, text: string) => void): void {
    for (const [each, content] of [...this.#disk]) if (each.startsWith(`${folder}/`)) change(each, content);
  }

  #type(file: string, text: string, words: string): string {
    if (file.includes('/.git/')) return 'nothing';
    this.#tree = this.#tree.withBuffer(file, text);
    this.workspace.setBuffer(file, text);
    return `${words} ${file}`;
  }

  #write(paths: readonly string[], change: () => unknown, words: string): string {
    change();
    this.#tree = this.#tree.withChanges(paths);
    this.workspace.noteChanges(paths);
    return words;
  }

  /** Closes a buffer, or puts back what stood there at first. */
  #restore(random: Random): string {
    const { buffers } = this.#tree;
    if (buffers.length > 0 && random.below(2) === 0) {
      const file = random.pick(buffers);
      this.#tree = this.#tree.withBuffer(file, undefined);
      this.workspace.setBuffer(file, undefined);
      return `close ${file}`;
    }
    const paths = [...new Set([...this.#original.keys(), ...this.#disk.keys()])].filter((each) => this.#original.get(each) !== this.#disk.get(each));
    if (paths.length === 0) return 'nothing';
    const some = random.below(3) === 0 ? paths : [random.pick(paths)];
    const put = (): void => {
      for (const each of some) {
        const text = this.#original.get(each);
        if (text === undefined) this.#disk.delete(each);
        else this.#disk.set(each, text);
      }
    };
    return this.#write(some, put, `restore ${some.join(', ')}`);
  }

  /** False while a kustomization can't be read: then it goes on to be what it was, which a new workspace can't know. */
  get isComparable(): boolean {
    const { state } = this.workspace;
    return state.roots.every(({ file }) => state.parse(file)?.documents[0]?.root !== undefined);
  }

  /** Fails where the workspace says anything else than one that is opened now. */
  compare(): void {
    const kept = describeWorkspace(this.workspace, this.#checks);
    const fresh = describeWorkspace(open(this.#tree), new Checks({ onFailure, readTable: this.#readTable }));
    for (const [key, value] of Object.entries(fresh)) assert.deepEqual((kept as Record<string, unknown>)[key], value, key);
  }

  /** What the workspace says now; only that it says something matters. */
  look(): void {
    describeWorkspace(this.workspace, this.#checks);
  }

  /** Mutates one of the files that decide on delivery. */
  mutate(random: Random): string {
    const file = random.pick(this.#tree.paths.filter((each) => !/\/(?:overlays|base|components|templates|README)/.test(each)));
    const text = mutateText(this.#tree.read(file)?.text ?? '', random, [...this.#original.values()]);
    return this.#write([file], () => this.#disk.set(file, text), `mutate ${file}`);
  }

  /** Everything that tree, board, topology and previews of sets show. */
  showAll(): void {
    this.look();
    const model = openWorkspace(this.workspace).model();
    const label = (file: string): string => file;
    const source: SummarySource = { model, label, problemsOf: (environment) => model.delivery.render(environment).rendering.problems, unsaved: [], gitState: () => undefined };
    for (const environment of model.delivery.model.environments) describeEnvironment(environment, source);
    makeBoard(source, new Differences());
    drawTopology(model, label);
    for (const file of model.yamlFiles) describeGenerated(model, file, 0, label);
  }
}

function open(tree: EditableTree): Workspace {
  return new Workspace({ tree, folders: [top], repositories: gitRepositories, remoteBases: undefined, now: () => 0, renderChart: chartRenderer(chartTools) });
}

function onFailure({ id }: { readonly id: string }, error: unknown): void {
  throw new Error(`The rule ${id} threw.`, { cause: error });
}

/** Types a character into a value, deletes one, or puts another value of the repository in its place. */
function changeValue(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  const value = /^(\s*(?:- )?[\w./-]+:\s+)(\S.*)$/.exec(line) ?? /^(\s*- )(\S.*)$/.exec(line);
  if (!value) return text;
  const [, before = '', old = ''] = value;
  const place = random.below(old.length + 1);
  const changed = [
    (): string => `${old.slice(0, place)}${random.pick(['a', '-', '/', '1', '.', '*', '{', '}', '$'])}${old.slice(place)}`,
    (): string => old.slice(0, place) + old.slice(place + 1),
    (): string =>
      random.pick([
        'dev',
        'prod',
        'main',
        'argocd',
        'extra/plain',
        './cluster/overlays/dev',
        'extra/generated/*',
        '"1.10"',
        'cluster-settings',
        'late-settings',
        'flux-system',
        'https://elsewhere.example/x.git',
        'Kustomization',
        'ConfigMap',
      ]),
  ];
  lines[at] = before + random.pick(changed)();
  return lines.join('\n');
}

function describeWorkspace(workspace: Workspace, checks: Checks): object {
  const { state } = workspace;
  const { delivery } = state;
  const { model } = delivery;
  const rendered = model.environments.map((environment) => {
    const { rendering } = delivery.render(environment);
    return {
      id: environment.id,
      ok: rendering.ok,
      text: renderingText(rendering),
      problems: rendering.problems,
      dependencies: [...rendering.dependencies].sort(),
      standIns: delivery.standInsOf(environment),
      variables: delivery.variablesOf(environment) !== undefined,
    };
  });
  const findings = checks.run({
    tree: state.tree,
    delivery,
    kustomizations: state.roots.map(({ folder }) => folder),
    yamlFiles: state.yamlFiles,
    parse: (file) => state.parse(file),
  });
  return {
    files: state.yamlFiles,
    environments: model.environments.map(describeWhole),
    objects: model.objects.map(describeObject),
    repositories: model.repositories,
    problems: model.problems,
    rendered,
    findings: findings.map(({ problem, environments }) => ({ problem, environments: environments.map(({ id }) => id) })),
    users: state.yamlFiles.map((file) => delivery.usersOf(file).map(({ id }) => id)),
  };
}

function describeWhole({ declaration, declaredAt, sources, destination, ...rest }: Environment): object {
  return {
    ...rest,
    declaration: declaration && describeObject(declaration),
    declaredAt: `${declaredAt.source.path}:${declaredAt.start}-${declaredAt.end}`,
    sources: sources.map(({ repoURL, revision, pathNode, ...source }) => ({ ...source, repoURL: describe(repoURL), revision: describe(revision), pathNode: describe(pathNode) })),
    destination: { server: describe(destination.server), cluster: describe(destination.cluster), namespace: describe(destination.namespace) },
  };
}

function describeObject({ id, root, foundIn }: DeliveryObject): object {
  return { id, root: describe(root), foundIn: foundIn.kind === 'applicationSet' ? { set: foundIn.set.id, at: foundIn.set.root.start } : foundIn };
}

function describe(node: YamlNode | undefined): readonly string[] | undefined {
  return node && describePlaces(node);
}
