/**
 * Reads the workflows of GitHub Actions: jobs in the order of their needs, each combination of a matrix, steps with their
 * outputs and environment, reusable workflows and composite actions of the same repository. Other repositories' are not
 * followed.
 */
import { joinPath } from '../../base/path.js';
import type { Place } from '../../base/problem.js';
import { embeddedSource } from '../../yaml/embed.js';
import type { MapNode, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import { repositoryKey } from '../gitUrl.js';
import { meetBranches } from './branchLimit.js';
import { readCommand } from './commands.js';
import { readAction } from './githubActions.js';
import { branchesOfEvents, readGithubEvents } from './githubEvents.js';
import { evaluateCondition, expandExpression, expandTemplate, type ContextLookUp } from './githubExpression.js';
import { Job } from './job.js';
import { joinFound, singleBranch, splitBranches, type Found } from './perBranch.js';
import type { BranchLimit, Pipeline, PipelineEvent, PipelineInput } from './pipeline.js';
import { runShell, type ShellCall, type ShellHost } from './runShell.js';
import { parseShell } from './shellSyntax.js';
import { constantOf, constantText, cutText, holeText, joinTexts, lineTexts, noText, withoutPrefix, type SymbolicText } from './symbolicText.js';
import { resolveText, workspaceFolder } from './workingDirectory.js';
import { itemsOf, mapField, scalarField, scalarsOf, textField, textsOf } from './yamlFields.js';

const folder = '.github/workflows';
const mostLevels = 6;
const mostCombinations = 64;
/** What stands for the files that a step writes its outputs and environment to. */
const outputFile = '/@output';
const environmentFile = '/@environment';

/** Values by name. */
type Values = ReadonlyMap<string, SymbolicText>;

/** The workflows of a repository that something starts. */
export function readGithubWorkflows(input: PipelineInput, root: string): readonly Pipeline[] {
  const names = input.tree.list(joinPath(root, folder)).filter((name) => /\.ya?ml$/.test(name));
  const files = names.flatMap((name) => {
    const path = joinPath(root, `${folder}/${name}`);
    const workflow = rootMap(input, path);
    return workflow && mapField(workflow, 'jobs') ? [{ name, path, workflow }] : [];
  });
  const called = new Set(files.flatMap(({ workflow }) => callsOf(workflow)).map((uses) => joinPath(root, uses)));
  return files.flatMap(({ name, path, workflow }) => {
    const events = readGithubEvents(workflow);
    const isCalledOnly = events.length > 0 && events.every(({ word }) => word === 'workflow_call');
    if (isCalledOnly && called.has(path)) return [];
    const walks = splitBranches(branchesOfEvents(events)).map((limit) => {
      const run = new WorkflowRun(input, root, events, limit);
      run.workflow(workflow, new Map(), 0);
      return run.result();
    });
    const place = scalarField(workflow, 'name') ?? workflow.pairs[0]?.key ?? workflow;
    return [{ id: `github/${folder}/${name}`, system: 'github', name: textField(workflow, 'name') ?? name, root, place, events, ...joinFound(walks) }];
  });
}

function rootMap(input: PipelineInput, path: string): MapNode | undefined {
  const root = input.parse(path)?.documents[0]?.root;
  return root?.kind === 'map' ? root : undefined;
}

function callsOf(workflow: MapNode): readonly string[] {
  return (mapField(workflow, 'jobs')?.pairs ?? []).flatMap(({ value }) => textField(value, 'uses') ?? []).filter((uses) => uses.startsWith('./'));
}

interface Scope {
  readonly env: Values;
  readonly inputs: Values;
  readonly matrix: ReadonlyMap<string, YamlNode>;
  readonly needs: ReadonlyMap<string, Values>;
  readonly steps: Map<string, Values>;
}

/** One workflow with everything that it calls. */
class WorkflowRun {
  readonly #input: PipelineInput;
  readonly #root: string;
  readonly #events: readonly PipelineEvent[];
  readonly #limit: BranchLimit;
  readonly #repository: string | undefined;
  readonly #jobs: Job[] = [];

  constructor(input: PipelineInput, root: string, events: readonly PipelineEvent[], limit: BranchLimit) {
    this.#input = input;
    this.#root = root;
    this.#events = events;
    this.#limit = limit;
    const remotes = input.repositories.find(({ top }) => top === root)?.remotes ?? [];
    const remote = remotes.find(({ name }) => name === 'origin') ?? remotes[0];
    this.#repository = remote && repositoryKey(remote.url).split('/').slice(1).join('/');
  }

  result(): Found {
    return {
      builds: this.#jobs.flatMap(({ builds }) => builds),
      writes: this.#jobs.flatMap(({ writes }) => writes),
      unresolved: this.#jobs.flatMap(({ unresolved }) => unresolved),
    };
  }

  /** Gives the workflow's outputs, for its caller. */
  workflow(workflow: MapNode, given: Values, level: number, limit: BranchLimit = this.#limit): Values {
    const declared = mapField(mapField(workflow, 'on'), 'workflow_call') ?? mapField(mapField(workflow, 'on'), 'workflow_dispatch');
    const inputs = new Map(given);
    for (const { key, value } of mapField(declared, 'inputs')?.pairs ?? []) {
      const fallback = scalarField(value, 'default');
      if (!inputs.has(key.value) && fallback && level > 0) inputs.set(key.value, constantText(fallback.value));
    }
    const bare: Scope = { env: new Map(), inputs, matrix: new Map(), needs: new Map(), steps: new Map() };
    const env = this.#environment(workflow, bare);
    const done = new Map<string, Values>();
    const jobs = mapField(workflow, 'jobs')?.pairs ?? [];
    const waiting = jobs.map(({ key, value }) => ({ id: key.value, job: value }));
    while (waiting.length > 0) {
      const ready = waiting.findIndex(({ job }) =>
        textsOf(job.kind === 'map' ? job.get('needs') : undefined).every((need) => done.has(need) || !waiting.some(({ id }) => id === need)),
      );
      // A circle of needs never runs; what its jobs do is told all the same.
      const [next] = waiting.splice(Math.max(ready, 0), 1);
      if (next?.job.kind === 'map') done.set(next.id, this.#job(next.job, { ...bare, env, needs: done }, workflow, level, limit));
    }
    const outputs = mapField(mapField(mapField(workflow, 'on'), 'workflow_call'), 'outputs');
    const scope = { ...bare, env, needs: done };
    return new Map((outputs?.pairs ?? []).map(({ key, value }) => [key.value, expandTemplate(textField(value, 'value') ?? '', this.#lookUp(scope))]));
  }

  #job(job: MapNode, outer: Scope, workflow: MapNode, level: number, limit: BranchLimit): Values {
    let outputs: Values = new Map();
    for (const matrix of combinationsOf(mapField(mapField(job, 'strategy'), 'matrix'))) {
      const inner: Scope = { ...outer, matrix, steps: new Map() };
      const branches = this.#within(job, inner, limit);
      if (!branches) continue;
      const scope: Scope = { ...inner, env: new Map([...outer.env, ...this.#environment(job, inner)]) };
      const uses = textField(job, 'uses');
      if (uses !== undefined) outputs = this.#call(uses, job, scope, level, branches);
      else {
        this.#steps(itemsOf(job.get('steps')), scope, [job, workflow], branches);
        const lookUp = this.#lookUp(scope);
        outputs = new Map(scalarsOf(mapField(job, 'outputs')).map(([name, value]) => [name, expandTemplate(value.value, lookUp)]));
      }
    }
    return outputs;
  }

  #call(uses: string, job: MapNode, scope: Scope, level: number, branches: BranchLimit): Values {
    const called = uses.startsWith('./') && level < mostLevels ? rootMap(this.#input, joinPath(this.#root, uses)) : undefined;
    if (!called) return new Map();
    const lookUp = this.#lookUp(scope);
    const given = new Map(scalarsOf(mapField(job, 'with')).map(([name, value]) => [name, expandTemplate(value.value, lookUp)]));
    return this.workflow(called, given, level + 1, branches);
  }

  /** The branches that an `if` leaves; undefined where it never holds. */
  #within(node: MapNode, scope: Scope, limit: BranchLimit): BranchLimit | undefined {
    const text = textField(node, 'if');
    const condition = text === undefined ? true : evaluateCondition(text, this.#lookUp(scope));
    if (condition === false) return undefined;
    return typeof condition === 'object' ? meetBranches(limit, condition.whenTrue) : limit;
  }

  #steps(steps: readonly YamlNode[], scope: Scope, defaults: readonly MapNode[], branches: BranchLimit): void {
    const job = new Job(this.#input, this.#root);
    this.#jobs.push(job);
    new StepsRun(this.#input, this.#root, job, (inner) => this.#lookUp(inner), defaults).run(steps, scope, branches, 0);
  }

  #environment(node: MapNode, scope: Scope): Values {
    const lookUp = this.#lookUp(scope);
    return new Map(scalarsOf(mapField(node, 'env')).map(([name, value]) => [name, expandTemplate(value.value, lookUp)]));
  }

  #lookUp(scope: Scope): ContextLookUp {
    return (path) => {
      const [context, name = '', part, last] = path;
      switch (context) {
        case 'env':
          return scope.env.get(name);
        case 'inputs':
          return scope.inputs.get(name);
        case 'matrix':
          return matrixValue(scope.matrix, path.slice(1));
        case 'steps':
          return part === 'outputs' ? scope.steps.get(name)?.get(last ?? '') : undefined;
        case 'needs':
        case 'jobs':
          return part === 'outputs' ? scope.needs.get(name)?.get(last ?? '') : undefined;
        case 'github':
          return name === 'event' && part === 'inputs' ? scope.inputs.get(last ?? '') : this.#github(path.slice(1).join('.'));
        default:
          return undefined;
      }
    };
  }

  #github(name: string): SymbolicText | undefined {
    const written = `\${{ github.${name} }}`;
    // With pull requests among the events, the branch is another one for some runs.
    const isOnBranch = this.#events.every(({ kind }) => kind !== 'pullRequest' && kind !== 'tag');
    const branch = isOnBranch ? singleBranch(this.#limit) : undefined;
    const isRun = this.#events.some(({ kind }) => kind === 'pipeline');
    const isTag = this.#events.length > 0 && this.#events.every(({ kind }) => kind === 'tag');
    switch (name) {
      case 'sha':
      case 'event.workflow_run.head_sha':
      case 'event.pull_request.head.sha':
      case 'event.after':
      case 'event.head_commit.id':
        return holeText('commit', written);
      case 'ref_name':
        if (branch !== undefined && !isRun) return constantText(branch);
        return holeText(isTag ? 'gitTag' : this.#events.some(({ kind }) => kind === 'tag') ? 'unknown' : 'branch', written);
      case 'ref':
        if (branch !== undefined && !isRun) return constantText(`refs/heads/${branch}`);
        return holeText('ref', written);
      case 'event.workflow_run.head_branch':
        return branch === undefined ? holeText('branch', written) : constantText(branch);
      case 'head_ref':
      case 'base_ref':
      case 'event.pull_request.head.ref':
      case 'event.pull_request.base.ref':
        return holeText('branch', written);
      case 'event.repository.default_branch':
        return holeText('defaultBranch', written);
      case 'event.release.tag_name':
        return holeText('gitTag', written);
      case 'run_number':
      case 'run_id':
      case 'run_attempt':
      case 'event.number':
      case 'event.pull_request.number':
        return holeText('number', written);
      case 'repository':
        return this.#repository === undefined ? holeText('repository', written) : constantText(this.#repository);
      case 'repository_owner':
        return this.#repository === undefined ? holeText('owner', written) : constantText(this.#repository.split('/')[0] ?? '');
      case 'event.repository.name':
        return this.#repository === undefined ? undefined : constantText(this.#repository.split('/').slice(1).join('/'));
      case 'workspace':
        return constantText(workspaceFolder);
      case 'event_name': {
        const [only, ...others] = this.#events;
        return only && others.length === 0 ? constantText(only.word) : undefined;
      }
      case '@checkout':
        return this.#events.some(({ kind }) => kind === 'push' || kind === 'pullRequest') ? holeText('branch', written) : holeText('defaultBranch', written);
      default:
        return undefined;
    }
  }
}

/** The steps of one job, with the files and variables that they share. */
class StepsRun {
  readonly #input: PipelineInput;
  readonly #root: string;
  readonly #job: Job;
  readonly #lookUpIn: (scope: Scope) => ContextLookUp;
  readonly #defaults: readonly MapNode[];
  readonly #written = new Map<string, SymbolicText>();

  constructor(input: PipelineInput, root: string, job: Job, lookUpIn: (scope: Scope) => ContextLookUp, defaults: readonly MapNode[]) {
    this.#input = input;
    this.#root = root;
    this.#job = job;
    this.#lookUpIn = lookUpIn;
    this.#defaults = defaults;
  }

  run(steps: readonly YamlNode[], outer: Scope, limit: BranchLimit, level: number): void {
    for (const step of steps) {
      if (step.kind !== 'map') continue;
      const before: Scope = { ...outer, env: new Map([...outer.env, ...this.#written]) };
      const own = scalarsOf(mapField(step, 'env')).map(([name, value]) => [name, expandTemplate(value.value, this.#lookUpIn(before))] as const);
      const scope: Scope = { ...before, env: new Map([...before.env, ...own]) };
      const lookUp = this.#lookUpIn(scope);
      const condition = evaluateCondition(textField(step, 'if') ?? 'true', lookUp);
      const branches = condition === false ? undefined : typeof condition === 'object' ? meetBranches(limit, condition.whenTrue) : limit;
      if (!branches) continue;
      const script = scalarField(step, 'run');
      const uses = textField(step, 'uses');
      const outputs = script
        ? this.#script(script, step, scope, branches)
        : uses === undefined
          ? new Map<string, SymbolicText>()
          : this.#action(uses, step, scope, branches, level);
      const id = textField(step, 'id');
      if (id !== undefined) outer.steps.set(id, outputs);
    }
  }

  #script(script: ScalarNode, step: MapNode, scope: Scope, branches: BranchLimit): Values {
    const outputs = new Map<string, SymbolicText>();
    const shell = textField(step, 'shell') ?? this.#default('shell') ?? 'bash';
    if (!/\b(?:bash|sh)\b/.test(shell)) return outputs;
    const lookUp = this.#lookUpIn(scope);
    const folderText = textField(step, 'working-directory') ?? this.#default('working-directory') ?? '.';
    const source = embeddedSource(script);
    const host: ShellHost = {
      expand: (text) => expandExpression(text, lookUp),
      predefined: (name) => predefinedVariable(name, lookUp),
      call: (call) => {
        if (!this.#keep(call, outputs)) readCommand(call, { source: call.script ?? source, start: call.start, end: call.end }, this.#job);
      },
      readScript: (path) => this.#job.readFile(path),
    };
    runShell(parseShell(script.value, 'github'), { variables: scope.env, cwd: resolveText('.', expandTemplate(folderText, lookUp)), branches }, host);
    return outputs;
  }

  #default(name: string): string | undefined {
    return this.#defaults.map((node) => textField(mapField(mapField(node, 'defaults'), 'run'), name)).find((value) => value !== undefined);
  }

  /** Outputs and environment that a step leaves: `echo "name=value" >> "$GITHUB_OUTPUT"`. */
  #keep(call: ShellCall, outputs: Map<string, SymbolicText>): boolean {
    const target = call.redirects.map((redirect) => constantOf(redirect.target)).find((file) => file === outputFile || file === environmentFile);
    const program = constantOf(call.words[0] ?? noText);
    if (program !== 'echo' && program !== 'printf' && program !== 'cat') return false;
    const given = call.words.slice(1).filter((word) => !/^-[neE]+$/.test(constantOf(word) ?? ''));
    const said = program === 'cat' ? (call.input ?? noText) : joinTexts(...given.flatMap((word, index) => (index > 0 ? [constantText(' '), word] : [word])));
    const legacy = withoutPrefix(said, '::set-output name=');
    const [name, value] = (legacy && cutText(legacy, '::')) ?? [];
    if (name && value) outputs.set(constantOf(name) ?? '', value);
    if (target === undefined) return true;
    for (const line of lineTexts(said)) {
      const [left, right] = cutText(line, '=') ?? [];
      const key = left && constantOf(left);
      if (key !== undefined && right && !key.includes('<<')) (target === outputFile ? outputs : this.#written).set(key, right);
    }
    return true;
  }

  #action(uses: string, step: MapNode, scope: Scope, branches: BranchLimit, level: number): Values {
    const lookUp = this.#lookUpIn(scope);
    const given = mapField(step, 'with');
    const inputs = new Map(scalarsOf(given).map(([name, value]) => [name, expandTemplate(value.value, lookUp)]));
    if (uses.startsWith('./')) return this.#composite(uses, inputs, scope, branches, level);
    const action = uses.split('@')[0] ?? uses;
    const place: Place = scalarField(step, 'uses') ?? step;
    const placeOf = (name: string): Place => given?.pair(name)?.value ?? place;
    if (action === 'mikefarah/yq') {
      const command = scalarField(given, 'cmd');
      return command ? this.#script(command, step, scope, branches) : new Map();
    }
    const variable = (name: string): SymbolicText | undefined => (name === '@checkout' ? lookUp(['github', name]) : scope.env.get(name));
    return readAction({ action, input: (name) => inputs.get(name), branches, place, placeOf, variable }, this.#job);
  }

  /** An action of the repository itself. */
  #composite(uses: string, given: Values, scope: Scope, branches: BranchLimit, level: number): Values {
    const action = ['action.yml', 'action.yaml'].map((name) => rootMap(this.#input, joinPath(this.#root, `${uses}/${name}`))).find((found) => found !== undefined);
    if (!action || level >= mostLevels) return new Map();
    const defaults = (mapField(action, 'inputs')?.pairs ?? []).map(({ key, value }) => [key.value, constantText(textField(value, 'default') ?? '')] as const);
    const inner: Scope = { ...scope, inputs: new Map([...defaults, ...given]), steps: new Map() };
    this.run(itemsOf(mapField(action, 'runs')?.get('steps')), inner, branches, level + 1);
    const lookUp = this.#lookUpIn(inner);
    return new Map((mapField(action, 'outputs')?.pairs ?? []).map(({ key, value }) => [key.value, expandTemplate(textField(value, 'value') ?? '', lookUp)]));
  }
}

/** Variables that GitHub sets for every step. */
function predefinedVariable(name: string, lookUp: ContextLookUp): SymbolicText | undefined {
  switch (name) {
    case 'GITHUB_OUTPUT':
      return constantText(outputFile);
    case 'GITHUB_ENV':
      return constantText(environmentFile);
    case 'GITHUB_SHA':
    case 'GITHUB_REF':
    case 'GITHUB_REF_NAME':
    case 'GITHUB_HEAD_REF':
    case 'GITHUB_BASE_REF':
    case 'GITHUB_REPOSITORY':
    case 'GITHUB_REPOSITORY_OWNER':
    case 'GITHUB_RUN_NUMBER':
    case 'GITHUB_RUN_ID':
    case 'GITHUB_WORKSPACE':
    case 'GITHUB_EVENT_NAME':
      return lookUp(['github', name.slice('GITHUB_'.length).toLowerCase()]);
    default:
      return undefined;
  }
}

function matrixValue(matrix: ReadonlyMap<string, YamlNode>, path: readonly string[]): SymbolicText | undefined {
  let node = matrix.get(path[0] ?? '');
  for (const key of path.slice(1)) node = node?.kind === 'map' ? node.get(key) : undefined;
  return node?.kind === 'scalar' && !node.value.includes('${{') ? constantText(node.value) : undefined;
}

/** The combinations of a matrix, with what `include` adds and without what `exclude` takes away. */
function combinationsOf(matrix: MapNode | undefined): readonly ReadonlyMap<string, YamlNode>[] {
  if (!matrix) return [new Map()];
  const isListed = (name: string): boolean => name !== 'include' && name !== 'exclude';
  let combinations: Map<string, YamlNode>[] = [new Map<string, YamlNode>()];
  for (const { key, value } of matrix.pairs) {
    if (!isListed(key.value) || value.kind !== 'sequence') continue;
    combinations = combinations.flatMap((combination) => value.items.map((item) => new Map<string, YamlNode>([...combination, [key.value, item]]))).slice(0, mostCombinations);
  }
  const excluded = itemsOf(matrix.get('exclude'));
  combinations = combinations.filter(
    (combination) => !excluded.some((entry) => scalarsOf(entry).length > 0 && scalarsOf(entry).every(([name, value]) => sameText(combination.get(name), value))),
  );
  const own = new Set(matrix.pairs.map(({ key }) => key.value).filter(isListed));
  const originals = combinations.filter((combination) => combination.size > 0);
  const added: Map<string, YamlNode>[] = [];
  for (const entry of itemsOf(matrix.get('include'))) {
    if (entry.kind !== 'map') continue;
    const fitting = originals.filter((combination) => entry.pairs.every(({ key, value }) => !own.has(key.value) || sameText(combination.get(key.value), value)));
    if (fitting.length === 0) added.push(new Map(entry.pairs.map(({ key, value }) => [key.value, value])));
    for (const combination of fitting) for (const { key, value } of entry.pairs) combination.set(key.value, value);
  }
  const all = [...originals, ...added].slice(0, mostCombinations);
  return all.length === 0 ? [new Map()] : all;
}

function sameText(a: YamlNode | undefined, b: YamlNode): boolean {
  return a?.kind === 'scalar' && b.kind === 'scalar' && a.value === b.value;
}
