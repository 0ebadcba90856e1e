/**
 * How commits reach environments, as a picture: events start builds, builds push images, automations write their tags
 * into sources, operators follow sources, environments run in clusters. Only what is joined by facts is joined: names
 * of images, files that a rendering read, branches that an operator follows.
 */
import type { FileTree } from '../base/fileTree.js';
import { parentPath } from '../base/path.js';
import type { Place } from '../base/problem.js';
import { findMarkers, readFluxAutomations, readPolicyImages } from './pipelines/fluxAutomation.js';
import { isFollowed } from './pipelines/followedBranch.js';
import { describeBranches } from './pipelines/branchLimit.js';
import { imageKey, isImageNamed, normalizeImageName } from './pipelines/imageName.js';
import type { Pipeline, PipelineEvent, TagWrite } from './pipelines/pipeline.js';
import { constantOf, constantText, describeText, type SymbolicText } from './pipelines/symbolicText.js';
import type { DeliveryModel, Environment, EnvironmentSource } from './delivery.js';
import type { EnvironmentImage } from './environmentImages.js';
import { repositoryKey } from './gitUrl.js';

/** In the order of the flow. */
export type TopologyKind = 'event' | 'build' | 'registry' | 'automation' | 'source' | 'operator' | 'environment' | 'cluster';

export interface TopologyNode {
  readonly id: string;
  readonly kind: TopologyKind;
  readonly label: string;
  readonly detail: string;
  /** Undefined for what stands in no file. */
  readonly place: Place | undefined;
}

export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export interface Topology {
  /** In the order of the flow, then by label. */
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

export interface TopologyInput {
  readonly model: DeliveryModel;
  readonly pipelines: readonly Pipeline[];
  readonly tree: FileTree;
  /** The workspace's folders, absolute. */
  readonly folders: readonly string[];
  readonly imagesOf: (environment: Environment) => readonly EnvironmentImage[];
  /** Every file that the environment's rendering read. */
  readonly filesOf: (environment: Environment) => ReadonlySet<string>;
  /** What opens when a source is clicked: its kustomization or chart. */
  readonly placeOf: (source: EnvironmentSource) => Place | undefined;
}

const kindOrder: readonly TopologyKind[] = ['event', 'build', 'registry', 'automation', 'source', 'operator', 'environment', 'cluster'];
const operatorNames = { argocd: 'Argo CD', flux: 'Flux', none: '' } as const;
const systemNames = { argo: 'Argo Workflows', github: 'GitHub Actions', gitlab: 'GitLab CI' } as const;

/** Draws the picture of a workspace's delivery. */
export function describeTopology(input: TopologyInput): Topology {
  const drawing = new Drawing(input);
  for (const environment of input.model.environments) drawing.environment(environment);
  for (const pipeline of input.pipelines) drawing.pipeline(pipeline);
  drawing.fluxAutomations();
  drawing.pulledImages();
  return drawing.finish();
}

class Drawing {
  readonly #input: TopologyInput;
  readonly #nodes = new Map<string, TopologyNode>();
  readonly #edges = new Map<string, TopologyEdge>();
  /** Images that reach an environment by way of a commit: `<environment> <image>`. */
  readonly #committed = new Set<string>();
  readonly #images: ReadonlyMap<string, readonly EnvironmentImage[]>;

  constructor(input: TopologyInput) {
    this.#input = input;
    this.#images = new Map(input.model.environments.map((environment) => [environment.id, input.imagesOf(environment)]));
  }

  finish(): Topology {
    const rank = (node: TopologyNode): number => kindOrder.indexOf(node.kind);
    const nodes = [...this.#nodes.values()].sort((a, b) => rank(a) - rank(b) || compare(a.label, b.label) || compare(a.id, b.id));
    const edges = [...this.#edges.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to) || compare(a.label, b.label));
    return { nodes, edges };
  }

  #node(id: string, kind: TopologyKind, label: string, detail: string, place: Place | undefined): string {
    if (!this.#nodes.has(id)) this.#nodes.set(id, { id, kind, label, detail, place });
    return id;
  }

  /** One edge between two nodes; what it stands for is gathered in its label. */
  #edge(from: string, to: string, label = ''): void {
    const key = `${from}\n${to}`;
    const known = this.#edges.get(key)?.label ?? '';
    const labels = known === '' ? [] : known.split(', ');
    const all = label === '' || labels.includes(label) ? labels : [...labels, label];
    this.#edges.set(key, { from, to, label: all.join(', ') });
  }

  environment(environment: Environment): void {
    const { id, label, operator, declaration, declaredAt, destination, sources } = environment;
    const namespace = destination.namespace?.value;
    const node = this.#node(`environment/${id}`, 'environment', label, namespace === undefined ? '' : `namespace ${namespace}`, declaredAt);
    const kind = declaration?.id.kind;
    const before = kind ? this.#node(`operator/${id}`, 'operator', `${kind} ${declaration.id.name}`, operatorNames[operator], declaredAt) : node;
    for (const source of sources) this.#edge(this.#source(source), before);
    if (before !== node) this.#edge(before, node);
    if (operator === 'none') return;
    const where = destination.cluster?.value ?? destination.server?.value ?? '';
    const isOwn = where === '' || where === 'in-cluster' || where === 'https://kubernetes.default.svc';
    this.#edge(
      node,
      this.#node(`cluster/${isOwn ? 'in-cluster' : where}`, 'cluster', isOwn ? 'in-cluster' : where, isOwn ? `the cluster that ${operatorNames[operator]} runs in` : '', undefined),
    );
  }

  #source(source: EnvironmentSource): string {
    const { repoURL, revision, path, folder } = source;
    const repository = repoURL ? repositoryKey(repoURL.value) : '';
    const detail = [repository, revision?.value].filter((part) => part !== undefined && part !== '').join(' @ ');
    const place = this.#input.placeOf(source) ?? source.pathNode;
    return this.#node(`source/${repository === '' ? (folder ?? '') : repository}@${revision?.value ?? ''}/${path}`, 'source', path, detail, place);
  }

  /** A pipeline that pushes images or writes tags; one that does neither is not a part of the flow. */
  pipeline(pipeline: Pipeline): void {
    const { node, automation } = this.#pipelineNodes(pipeline);
    if (node === undefined) return;
    for (const starter of this.#startersOf(pipeline, new Set())) this.#edge(starter.id, node, starter.label);
    for (const { image, tags, isPushed } of pipeline.builds) {
      if (!isPushed) continue;
      const registry = this.#registry(image);
      for (const tag of tags.length === 0 ? [undefined] : tags) this.#edge(node, registry, tag ? describeText(tag) : '');
    }
    if (automation !== undefined) for (const write of pipeline.writes) this.#write(write, pipeline, node, automation);
  }

  #pipelineNodes({ id, name, place, system, builds, writes }: Pipeline): { readonly node: string | undefined; readonly automation: string | undefined } {
    const pushes = builds.some(({ isPushed }) => isPushed);
    const automation = writes.length > 0 ? this.#node(`automation/${id}`, 'automation', name, `${systemNames[system]}: writes tags`, writes[0]?.place ?? place) : undefined;
    const node = pushes ? this.#node(`build/${id}`, 'build', name, systemNames[system], place) : automation;
    return { node, automation };
  }

  /** The events of a pipeline, or the pipelines whose end starts it. */
  #startersOf(pipeline: Pipeline, seen: Set<Pipeline>): readonly { readonly id: string; readonly label: string }[] {
    if (seen.has(pipeline)) return [];
    seen.add(pipeline);
    const hasOther = pipeline.events.some(({ kind }) => kind !== 'manual');
    return pipeline.events.flatMap((event) => {
      if (event.kind === 'manual' && hasOther) return [];
      const before = event.kind === 'pipeline' ? this.#input.pipelines.filter(({ root, name }) => root === pipeline.root && event.pipelines.includes(name)) : [];
      if (before.length === 0) return [{ id: this.#event(event, pipeline), label: '' }];
      return before.flatMap((other) => {
        const { node } = this.#pipelineNodes(other);
        return node === undefined ? this.#startersOf(other, seen) : [{ id: node, label: describeBranches(event.branches) }];
      });
    });
  }

  #event(event: PipelineEvent, pipeline: Pipeline): string {
    const own = this.#input.model.repositories.find(({ top }) => top === pipeline.root)?.remotes[0]?.url;
    const repository = event.repository ?? (own === undefined ? '' : repositoryKey(own));
    const label = describeEvent(event);
    const paths = event.paths.length === 0 ? '' : event.paths.join(', ');
    const detail = [repository, paths].filter((part) => part !== '').join(': ');
    return this.#node(`event/${repository === '' ? (pipeline.root ?? '') : repository}/${label}/${paths}`, 'event', label, detail, event.place);
  }

  #registry(image: SymbolicText): string {
    const known = [...this.#images.values()].flat().find(({ name }) => isImageNamed(image, name));
    const name = known ? normalizeImageName(known.name) : imageKey(image);
    return this.#node(`registry/${name}`, 'registry', name.slice(name.lastIndexOf('/') + 1), name, undefined);
  }

  #write(write: TagWrite, pipeline: Pipeline, node: string, automation: string): void {
    const environments = this.#environmentsOf(write);
    const images = this.#imagesOf(write, environments);
    const built = pipeline.builds.some(({ isPushed }) => isPushed);
    const tag = describeText(write.tag);
    for (const image of images) {
      const registry = `registry/${normalizeImageName(image)}`;
      const isBuilt = this.#input.pipelines.some(({ builds }) => builds.some((build) => build.isPushed && isImageNamed(build.image, image)));
      if (isBuilt) this.#edge(this.#registry(constantText(image)), automation, tag);
      else if (this.#nodes.has(registry)) this.#edge(registry, automation, tag);
    }
    if (built && node !== automation) this.#edge(node, automation);
    const label = [write.field ?? '', write.byPullRequest ? 'by pull request' : ''].filter((part) => part !== '').join(' ');
    if (environments.length === 0) this.#edge(automation, this.#writtenElsewhere(write, pipeline), label);
    for (const environment of environments) {
      for (const source of environment.sources) this.#edge(automation, this.#source(source), label);
      for (const image of images) this.#committed.add(`${environment.id} ${normalizeImageName(image)}`);
    }
  }

  /** The environments that are rendered from the written file on the branch that it is pushed to. */
  #environmentsOf({ file, branch, branches }: TagWrite): readonly Environment[] {
    if (file === undefined) return [];
    return this.#input.model.environments.filter((environment) => this.#input.filesOf(environment).has(file) && isFollowed(environment, branch, branches));
  }

  /** Images by the command's own word, or those whose version is set in the written field. */
  #imagesOf({ image, targets }: TagWrite, environments: readonly Environment[]): readonly string[] {
    const said = image && constantOf(image);
    const run = environments.flatMap(({ id }) => this.#images.get(id) ?? []);
    const set = run.filter(({ setAt }) => targets.some((node) => node.source.path === setAt.source.path && node.start <= setAt.start && setAt.end <= node.end));
    if (set.length > 0) return [...new Set(set.map(({ name }) => name))];
    const named = run.filter(({ name }) => said !== undefined && (normalizeImageName(said) === normalizeImageName(name) || (image && isImageNamed(image, name))));
    return [...new Set(named.length > 0 ? named.map(({ name }) => name) : said === undefined ? [] : [said])];
  }

  #writtenElsewhere(write: TagWrite, pipeline: Pipeline): string {
    const own = this.#input.model.repositories.find(({ top }) => top === pipeline.root)?.remotes[0]?.url;
    const repository = write.repository ?? (own === undefined ? '' : repositoryKey(own));
    const branch = write.branch ? describeText(write.branch) : '';
    const path = parentPath(write.path);
    const detail = [repository, branch].filter((part) => part !== '').join(' @ ');
    const [target] = write.targets;
    return this.#node(`source/${repository === '' ? (pipeline.root ?? '') : repository}@${branch}/${path}`, 'source', path, detail, target);
  }

  /** Flux's automations, by the markers in the files that environments are rendered from. */
  fluxAutomations(): void {
    const { model, tree, filesOf, folders } = this.#input;
    const policies = readPolicyImages(model.objects);
    for (const automation of readFluxAutomations(model.objects, tree, { repositories: model.repositories, folders })) {
      const id = `automation/flux/${automation.namespace}/${automation.name}`;
      for (const environment of model.environments) {
        if (!isFollowed(environment, automation.branch === undefined ? undefined : constantText(automation.branch))) continue;
        for (const { policy } of findMarkers(automation, filesOf(environment), tree)) {
          const image = policies.get(policy);
          if (image === undefined || !policy.startsWith(`${automation.namespace}:`)) continue;
          this.#node(id, 'automation', `ImageUpdateAutomation ${automation.name}`, 'Flux', automation.place);
          this.#edge(this.#registry(constantText(image)), id, policy);
          for (const source of environment.sources) this.#edge(id, this.#source(source), automation.pushBranch === undefined ? '' : `by way of ${automation.pushBranch}`);
          this.#committed.add(`${environment.id} ${normalizeImageName(image)}`);
        }
      }
    }
  }

  /** Images that are built here and that no commit leads to: the environment pulls them by a tag that stays. */
  pulledImages(): void {
    for (const { id } of this.#input.model.environments) {
      for (const { name, tag } of this.#images.get(id) ?? []) {
        const key = normalizeImageName(name);
        if (this.#nodes.has(`registry/${key}`) && !this.#committed.has(`${id} ${key}`)) this.#edge(`registry/${key}`, `environment/${id}`, tag ?? '');
      }
    }
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function describeEvent({ kind, word, branches }: PipelineEvent): string {
  const names = describeBranches(branches);
  switch (kind) {
    case 'push':
      return names === '' ? 'push' : `push to ${names}`;
    case 'pullRequest':
      return names === '' ? 'pull request' : `pull request to ${names}`;
    case 'tag':
      return names === '' ? 'tag' : `tag ${names}`;
    case 'schedule':
      return word === 'schedule' ? 'schedule' : `schedule ${word}`;
    case 'manual':
      return 'by hand';
    case 'pipeline':
      return 'another pipeline';
    case 'webhook':
    case 'other':
      return word;
  }
}
