/**
 * Reads a configuration of GitLab CI: files that it includes from its own repository, templates (`extends`), variables,
 * rules and the scripts of its jobs. Remote includes, components and triggered pipelines are not followed.
 */
import { baseName, joinPath } from '../../base/path.js';
import type { Place } from '../../base/problem.js';
import { embeddedSource } from '../../yaml/embed.js';
import { Pair, type MapNode, type ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import { repositoryKey } from '../gitUrl.js';
import { joinBranches, meetBranches } from './branchLimit.js';
import { readCommand } from './commands.js';
import { Job } from './job.js';
import { joinFound, singleBranch, splitBranches, type Found } from './perBranch.js';
import { anyBranch, type BranchLimit, type EventKind, type Pipeline, type PipelineEvent, type PipelineInput } from './pipeline.js';
import { applyExpansion } from './shellValues.js';
import { runShell, type ShellHost, type ShellState } from './runShell.js';
import { parseShell } from './shellSyntax.js';
import { constantText, holeText, joinTexts, type SymbolicText } from './symbolicText.js';
import { workspaceFolder } from './workingDirectory.js';
import { itemsOf, mapField, scalarField, textField, textsOf } from './yamlFields.js';

const fileName = '.gitlab-ci.yml';
const mostIncludes = 60;
const mostLevels = 11;
/** Keys of the top that are no jobs (https://docs.gitlab.com/ci/yaml/). */
const globalKeys: ReadonlySet<string> = new Set('default include stages variables workflow image services cache before_script after_script spec'.split(' '));

/** The pipeline of a repository; none where it has no configuration. */
export function readGitlabPipeline(input: PipelineInput, root: string): readonly Pipeline[] {
  const merged = new Map<string, Pair>();
  const path = joinPath(root, fileName);
  collect(input, root, path, merged, new Set());
  const configuration = input.parse(path)?.documents[0]?.root;
  if (configuration?.kind !== 'map') return [];
  const run = new GitlabRun(input, root, merged);
  const jobs = [...merged.values()].filter(({ key, value }) => !globalKeys.has(key.value) && !key.value.startsWith('.') && value.kind === 'map');
  const results = jobs.map(({ key }) => run.job(key));
  const first = configuration.pairs[0]?.key ?? configuration;
  return [
    {
      id: `gitlab/${fileName}`,
      system: 'gitlab',
      name: fileName,
      root,
      place: first,
      events: joinEvents(results.filter(({ job }) => job.builds.length + job.writes.length > 0).flatMap(({ events }) => events)),
      builds: results.flatMap(({ job }) => job.builds),
      writes: results.flatMap(({ job }) => job.writes),
      unresolved: results.flatMap(({ job }) => job.unresolved),
    },
  ];
}

/** Everything of a file, below what it includes: the file itself wins. */
function collect(input: PipelineInput, root: string, path: string, into: Map<string, Pair>, seen: Set<string>): void {
  if (seen.has(path) || seen.size >= mostIncludes) return;
  seen.add(path);
  for (const document of input.parse(path)?.documents ?? []) {
    const top = document.root;
    if (top?.kind !== 'map') continue;
    for (const entry of itemsOf(top.get('include'))) {
      const local = entry.kind === 'scalar' ? entry.value : textField(entry, 'local');
      if (local !== undefined && !local.includes('://')) for (const file of filesOf(input, root, local)) collect(input, root, file, into, seen);
    }
    for (const pair of top.pairs) {
      const known = into.get(pair.key.value);
      into.set(pair.key.value, known ? new Pair(pair.key, mergeNodes(known.value, pair.value)) : pair);
    }
  }
}

/** `include: local` may name files with `*`. */
function filesOf({ tree }: PipelineInput, root: string, local: string): readonly string[] {
  const path = joinPath(root, `./${local}`);
  if (!baseName(path).includes('*')) return [path];
  const folder = path.slice(0, path.lastIndexOf('/'));
  const [before = '', ...after] = baseName(path).split(/\*+/);
  const ending = after.at(-1) ?? '';
  return tree
    .list(folder)
    .filter((name) => name.startsWith(before) && name.endsWith(ending))
    .map((name) => joinPath(folder, name));
}

/** Maps are merged key by key, anything else is replaced (https://docs.gitlab.com/ci/yaml/#extends). */
function mergeNodes(below: YamlNode, above: YamlNode): YamlNode {
  if (below.kind !== 'map' || above.kind !== 'map') return above;
  const kept = below.pairs.map(({ key, value }) => {
    const own = above.pair(key.value);
    return own ? new Pair(own.key, mergeNodes(value, own.value)) : new Pair(key, value);
  });
  return above.withPairs([...kept, ...above.pairs.filter(({ key }) => !below.get(key.value))]);
}

interface JobResult {
  readonly job: Found;
  readonly events: readonly PipelineEvent[];
}

class GitlabRun {
  readonly #input: PipelineInput;
  readonly #root: string;
  readonly #configuration: ReadonlyMap<string, Pair>;
  readonly #remote: string | undefined;

  constructor(input: PipelineInput, root: string, configuration: ReadonlyMap<string, Pair>) {
    this.#input = input;
    this.#root = root;
    this.#configuration = configuration;
    const remotes = input.repositories.find(({ top }) => top === root)?.remotes ?? [];
    const remote = remotes.find(({ name }) => name === 'origin') ?? remotes[0];
    this.#remote = remote && repositoryKey(remote.url);
  }

  job(key: ScalarNode): JobResult {
    const node = this.#extended(key.value, 0);
    const { branches, events } = node ? this.#occasions(node, key) : { branches: undefined, events: [] };
    if (!node || !branches) return { job: joinFound([]), events: [] };
    return { job: joinFound(splitBranches(branches).map((limit) => this.#walk(node, limit))), events };
  }

  #walk(node: MapNode, branches: BranchLimit): Job {
    const job = new Job(this.#input, this.#root);
    job.addCheckout('.', undefined, holeText('branch', '$CI_COMMIT_BRANCH'));
    const branch = singleBranch(branches);
    const own: ReadonlyMap<string, SymbolicText> = new Map(branch === undefined ? [] : ['CI_COMMIT_BRANCH', 'CI_COMMIT_REF_NAME'].map((name) => [name, constantText(branch)]));
    const defaults = mapOf(this.#global('default'));
    const scripts = ['before_script', 'script', 'after_script'].flatMap((name) => {
      const given = node.get(name) ?? defaults?.get(name) ?? (name === 'script' ? undefined : this.#global(name));
      return scalarsIn(given, 0);
    });
    for (const combination of this.#combinations(node)) {
      const variables = new Map([...own, ...this.#variables(node, combination)]);
      let state: ShellState = { variables, cwd: '.', branches };
      for (const script of scripts) state = { ...this.#script(script, state, job), branches };
    }
    return job;
  }

  #script(script: ScalarNode, state: ShellState, job: Job): ShellState {
    const source = embeddedSource(script);
    const host: ShellHost = {
      expand: (_, written) => holeText('unknown', written),
      predefined: (name) => this.#predefined(name),
      call: (call) => readCommand(call, { source: call.script ?? source, start: call.start, end: call.end }, job),
      readScript: (path) => job.readFile(path),
    };
    return runShell(parseShell(script.value, 'plain'), state, host);
  }

  #global(name: string): YamlNode | undefined {
    return this.#configuration.get(name)?.value;
  }

  /** A job with what it extends laid under it. */
  #extended(name: string, level: number): MapNode | undefined {
    const node = this.#global(name);
    if (node?.kind !== 'map') return undefined;
    const parents = level < mostLevels ? textsOf(node.get('extends')) : [];
    return parents.reduce<MapNode>((child, _, index) => {
      const parent = this.#extended(parents[parents.length - 1 - index] ?? '', level + 1);
      const merged = parent ? mergeNodes(parent, child) : child;
      return merged.kind === 'map' ? merged : child;
    }, node);
  }

  #variables(job: MapNode, combination: ReadonlyMap<string, SymbolicText>): ReadonlyMap<string, SymbolicText> {
    const variables = new Map<string, SymbolicText>();
    const lookUp = (name: string): SymbolicText | undefined => variables.get(name) ?? this.#predefined(name);
    for (const layer of [this.#global('variables'), job.get('variables')]) {
      if (layer?.kind !== 'map') continue;
      for (const { key, value } of layer.pairs) {
        const text = value.kind === 'scalar' ? value.value : textField(value, 'value');
        if (text !== undefined) variables.set(key.value, expandVariables(text, lookUp));
      }
    }
    for (const [name, value] of combination) variables.set(name, value);
    return variables;
  }

  /** `parallel: matrix`. */
  #combinations(job: MapNode): readonly ReadonlyMap<string, SymbolicText>[] {
    const entries = itemsOf(mapField(job, 'parallel')?.get('matrix'));
    const combinations = entries.flatMap((entry) => {
      let found: ReadonlyMap<string, SymbolicText>[] = [new Map()];
      for (const { key, value } of entry.kind === 'map' ? entry.pairs : []) {
        found = found.flatMap((combination) => textsOf(value).map((text) => new Map([...combination, [key.value, constantText(text)]]))).slice(0, 64);
      }
      return found;
    });
    return combinations.length === 0 ? [new Map()] : combinations.slice(0, 64);
  }

  /** The branches and events that a job runs for; no branches where it never runs. */
  #occasions(job: MapNode, place: Place): { readonly branches: BranchLimit | undefined; readonly events: readonly PipelineEvent[] } {
    const workflow = mapOf(this.#global('workflow'))?.get('rules');
    const rules = job.get('rules') ?? (job.get('only') || job.get('except') ? undefined : workflow);
    if (rules) return this.#rules(itemsOf(rules), place);
    const only = job.get('only') && namesOf(job.get('only'));
    const except = job.get('except') ? namesOf(job.get('except')) : [];
    const isBranch = (name: string): boolean => !keywords.has(name) && !name.startsWith('/');
    const kinds = (only ?? ['branches', 'tags']).map((name): EventKind =>
      name === 'merge_requests' ? 'pullRequest' : name === 'tags' ? 'tag' : name === 'schedules' ? 'schedule' : 'push',
    );
    const branches: BranchLimit = { only: (only ?? []).filter(isBranch), except: except.filter(isBranch) };
    return { branches, events: [...new Set(kinds)].map((kind) => eventOf(kind, kind === 'tag' ? anyBranch : branches, [], place)) };
  }

  #rules(rules: readonly YamlNode[], place: Place): { readonly branches: BranchLimit | undefined; readonly events: readonly PipelineEvent[] } {
    let branches: BranchLimit | undefined;
    const events: PipelineEvent[] = [];
    const excluded: string[] = [];
    for (const rule of rules) {
      const found = this.#rule(textField(rule, 'if'));
      if (textField(rule, 'when') === 'never') {
        excluded.push(...found.limit.only);
        continue;
      }
      const limit = meetBranches(found.limit, { only: [], except: excluded });
      if (!limit) continue;
      branches = branches ? joinBranches(branches, limit) : limit;
      const changes = rule.kind === 'map' ? rule.get('changes') : undefined;
      const paths = textsOf(changes?.kind === 'map' ? changes.get('paths') : changes);
      events.push(eventOf(found.kind, limit, paths, scalarField(rule, 'if') ?? place));
    }
    return { branches, events };
  }

  /** `$CI_COMMIT_BRANCH == "main"`, `$CI_COMMIT_TAG`, `$CI_PIPELINE_SOURCE == "merge_request_event"`, joined by `&&` or `||`. */
  #rule(condition: string | undefined): { readonly kind: EventKind; readonly limit: BranchLimit } {
    const text = condition ?? '';
    const names = [...text.matchAll(/\$CI_COMMIT_(?:BRANCH|REF_NAME)\s*==\s*(?:"([^"]*)"|'([^']*)'|\$(\w+))/g)].flatMap(([, double, single, variable]) => {
      if (variable === undefined) return [double ?? single ?? ''];
      return variable === 'CI_DEFAULT_BRANCH' ? ['<default branch>'] : [];
    });
    const except = text.includes('||') ? [] : [...text.matchAll(/\$CI_COMMIT_(?:BRANCH|REF_NAME)\s*!=\s*["']([^"']*)["']/g)].flatMap(([, name]) => name ?? []);
    const isTag = /\$CI_COMMIT_TAG\b(?!\s*==\s*null)/.test(text) && names.length === 0;
    const isMerge = /merge_request_event|\$CI_MERGE_REQUEST/.test(text);
    const isChild = /==\s*["'](?:pipeline|parent_pipeline)["']/.test(text);
    const kind: EventKind = isChild
      ? 'pipeline'
      : isTag
        ? 'tag'
        : isMerge
          ? 'pullRequest'
          : /==\s*["']schedule["']/.test(text)
            ? 'schedule'
            : /==\s*["'](?:web|api|trigger)["']/.test(text)
              ? 'manual'
              : 'push';
    return { kind, limit: { only: names, except } };
  }

  #predefined(name: string): SymbolicText | undefined {
    const written = `$${name}`;
    const [host, ...path] = this.#remote?.split('/') ?? [];
    const project = path.length === 0 ? undefined : path.join('/');
    switch (name) {
      case 'CI_COMMIT_SHA':
        return holeText('commit', written);
      case 'CI_COMMIT_SHORT_SHA':
        return holeText('shortCommit', written, 8);
      case 'CI_COMMIT_BRANCH':
      case 'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME':
      case 'CI_COMMIT_REF_NAME':
      case 'CI_COMMIT_REF_SLUG':
        return holeText('branch', written);
      case 'CI_COMMIT_TAG':
        return holeText('gitTag', written);
      case 'CI_DEFAULT_BRANCH':
        return holeText('defaultBranch', written);
      case 'CI_PIPELINE_ID':
      case 'CI_PIPELINE_IID':
      case 'CI_JOB_ID':
        return holeText('number', written);
      case 'CI_PROJECT_DIR':
        return constantText(workspaceFolder);
      case 'CI_PROJECT_PATH':
        return project === undefined ? holeText('repository', written) : constantText(project);
      case 'CI_PROJECT_NAME':
        return path.length === 0 ? undefined : constantText(path.at(-1) ?? '');
      case 'CI_PROJECT_NAMESPACE':
        return path.length === 0 ? holeText('owner', written) : constantText(path.slice(0, -1).join('/'));
      case 'CI_REGISTRY':
        return host === 'gitlab.com' ? constantText('registry.gitlab.com') : undefined;
      case 'CI_REGISTRY_IMAGE':
        return host === 'gitlab.com' && project !== undefined ? constantText(`registry.gitlab.com/${project}`) : undefined;
      default:
        return undefined;
    }
  }
}

/** Words of `only` and `except` that are no branches. */
const keywords: ReadonlySet<string> = new Set('api branches chat external external_pull_requests merge_requests pipelines pushes schedules tags triggers web'.split(' '));

function namesOf(node: YamlNode | undefined): readonly string[] {
  return textsOf(node?.kind === 'map' ? node.get('refs') : node);
}

function mapOf(node: YamlNode | undefined): MapNode | undefined {
  return node?.kind === 'map' ? node : undefined;
}

/** The commands of a script; lists may stand in lists, five levels deep at most. */
function scalarsIn(node: YamlNode | undefined, level: number): readonly ScalarNode[] {
  if (node?.kind === 'scalar') return node.tag === '!!null' ? [] : [node];
  return node?.kind === 'sequence' && level < 10 ? node.items.flatMap((item) => scalarsIn(item, level + 1)) : [];
}

function eventOf(kind: EventKind, branches: BranchLimit, paths: readonly string[], place: Place): PipelineEvent {
  const word = kind === 'pullRequest' ? 'merge_request_event' : kind;
  return { kind, word, repository: undefined, branches, paths, pipelines: [], place };
}

/** One event per kind and limit. */
function joinEvents(events: readonly PipelineEvent[]): readonly PipelineEvent[] {
  const byKey = new Map<string, PipelineEvent>();
  for (const event of events) {
    const key = JSON.stringify([event.kind, event.branches, event.paths]);
    if (!byKey.has(key)) byKey.set(key, event);
  }
  return [...byKey.values()];
}

/** Variables in the value of a variable: `$NAME`, `${NAME}`; `$$` is a dollar. */
function expandVariables(text: string, lookUp: (name: string) => SymbolicText | undefined): SymbolicText {
  const parts = text.split(/(\$\$|\$\{\w+\}|\$\w+)/);
  return joinTexts(
    ...parts.map((part) => {
      if (part === '$$') return constantText('$');
      const name = /^\$\{?(\w+)\}?$/.exec(part)?.[1];
      return name === undefined ? constantText(part) : applyExpansion(lookUp(name), '', part, lookUp);
    }),
  );
}
