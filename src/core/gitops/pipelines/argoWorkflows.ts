/**
 * Argo Workflows: follows a workflow from its entrypoint through steps, tasks and templates with symbolic parameters, and
 * hands on what its containers run (argo-workflows v3.6.5, pkg/apis/workflow/v1alpha1). What steps give each other
 * at run time stays unknown.
 */
import type { Place } from '../../base/problem.js';
import { embeddedSource } from '../../yaml/embed.js';
import type { MapNode, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import type { DeliveryObject } from '../delivery.js';
import { readCommand } from './commands.js';
import type { Job } from './job.js';
import type { BranchLimit } from './pipeline.js';
import { runShell, type ShellHost } from './runShell.js';
import { parseShell } from './shellSyntax.js';
import { constantOf, constantText, holeText, joinTexts, noText, type SymbolicText } from './symbolicText.js';
import { resolveText } from './workingDirectory.js';
import { itemsOf, mapField, scalarField, textField } from './yamlFields.js';

export type Parameters = ReadonlyMap<string, SymbolicText>;

interface Scope {
  readonly workflow: Parameters;
  readonly inputs: Parameters;
  readonly item: YamlNode | undefined;
  /** Where templates of the same workflow are found. */
  readonly templates: readonly YamlNode[];
  readonly namespace: string;
}

const mostLevels = 20;
const mostTemplates = 500;

/** What a workflow is run with. */
export interface WorkflowRun {
  readonly objects: readonly DeliveryObject[];
  readonly job: Job;
  readonly branches: BranchLimit;
  /** Templates that are used, for telling which are used by nothing. */
  readonly used: Set<MapNode>;
}

/**
 * Follows the `spec` of a Workflow.
 * @param given arguments by name, which go before those of the spec
 */
export function followWorkflow(spec: MapNode, given: Parameters, namespace: string, run: WorkflowRun): void {
  const reference = mapField(spec, 'workflowTemplateRef');
  const base = reference && findTemplate(run, reference, namespace);
  const baseSpec = mapField(base, 'spec');
  const workflow = new Map([...readArguments(baseSpec, undefined), ...readArguments(spec, undefined), ...given]);
  const templates = [...itemsOf(spec.get('templates')), ...itemsOf(baseSpec?.get('templates'))];
  const scope: Scope = { workflow, inputs: new Map(), item: undefined, templates, namespace };
  const entry = textField(spec, 'entrypoint') ?? textField(baseSpec, 'entrypoint');
  const follower = new Follower(run);
  follower.named(entry, [], scope, 0);
  for (const handler of [textField(spec, 'onExit'), textField(baseSpec, 'onExit')]) if (handler !== undefined) follower.named(handler, [], scope, 0);
}

/** The WorkflowTemplate or ClusterWorkflowTemplate that a reference names. */
export function findTemplate({ objects, used }: WorkflowRun, reference: MapNode, namespace: string): MapNode | undefined {
  const kind = textField(reference, 'clusterScope') === 'true' ? 'ClusterWorkflowTemplate' : 'WorkflowTemplate';
  const name = textField(reference, 'name');
  const same = objects.filter(({ id }) => id.group === 'argoproj.io' && id.kind === kind && id.name === name);
  const found = (same.find(({ id }) => id.namespace === namespace) ?? same[0])?.root;
  if (found) used.add(found);
  return found;
}

/** The values of `arguments.parameters`, those that have one. */
function readArguments(holder: MapNode | undefined, scope: Scope | undefined): Parameters {
  return new Map(
    itemsOf(mapField(holder, 'arguments')?.get('parameters')).flatMap((parameter) => {
      const name = textField(parameter, 'name');
      const value = scalarField(parameter, 'value') ?? scalarField(parameter, 'default');
      if (name === undefined || !value) return [];
      return [[name, scope ? expandArgo(value.value, (path, written) => lookUp(path, written, scope)) : constantOrHoles(value.value)] as const];
    }),
  );
}

/** Arguments of a whole workflow have nothing to be filled in from. */
function constantOrHoles(text: string): SymbolicText {
  return expandArgo(text, (_, written) => holeText('unknown', written));
}

/** A text in which each `{{ }}` is replaced by its value. */
function expandArgo(text: string, value: (path: string, written: string) => SymbolicText): SymbolicText {
  return joinTexts(...text.split(/(\{\{[^{}]*\}\})/).map((part) => (part.startsWith('{{') && part.endsWith('}}') ? value(part.slice(2, -2).trim(), part) : constantText(part))));
}

function lookUp(path: string, written: string, scope: Scope): SymbolicText {
  const plain = path.replace(/^=\s*/, '').replace(/\['([^']*)'\]/g, '.$1');
  const named = /^(workflow|inputs)\.parameters\.([\w.-]+)$/.exec(plain);
  if (named) return (named[1] === 'workflow' ? scope.workflow : scope.inputs).get(named[2] ?? '') ?? holeText('unknown', written);
  const field = /^item(?:\.([\w-]+))?$/.exec(plain);
  const item = field?.[1] === undefined ? scope.item : scope.item?.kind === 'map' ? scope.item.get(field[1]) : undefined;
  return field && item?.kind === 'scalar' ? constantText(item.value) : holeText('unknown', written);
}

class Follower {
  readonly #run: WorkflowRun;
  #followed = 0;

  constructor(run: WorkflowRun) {
    this.#run = run;
  }

  named(name: string | undefined, given: readonly (readonly [string, SymbolicText])[], scope: Scope, level: number): void {
    const template = scope.templates.find((candidate) => textField(candidate, 'name') === name);
    if (template?.kind === 'map') this.#template(template, given, scope, level);
  }

  #template(template: MapNode, given: readonly (readonly [string, SymbolicText])[], outer: Scope, level: number): void {
    if (level > mostLevels || ++this.#followed > mostTemplates) return;
    const inputs = new Map<string, SymbolicText>();
    for (const parameter of itemsOf(mapField(template, 'inputs')?.get('parameters'))) {
      const value = scalarField(parameter, 'value') ?? scalarField(parameter, 'default');
      if (value)
        inputs.set(
          textField(parameter, 'name') ?? '',
          expandArgo(value.value, (path, written) => lookUp(path, written, { ...outer, inputs: new Map() })),
        );
    }
    for (const [name, value] of given) inputs.set(name, value);
    const scope: Scope = { ...outer, inputs, item: undefined };
    for (const artifact of itemsOf(mapField(template, 'inputs')?.get('artifacts'))) this.#artifact(artifact, scope);
    const calls = [...itemsOf(template.get('steps')).flatMap(itemsOf), ...itemsOf(mapField(template, 'dag')?.get('tasks'))];
    for (const call of calls) if (call.kind === 'map') this.#call(call, scope, level);
    const containers = [mapField(template, 'container'), ...itemsOf(mapField(template, 'containerSet')?.get('containers'))];
    for (const container of containers) if (container?.kind === 'map') this.#container(container, scope);
    const script = mapField(template, 'script');
    if (script) this.#scriptTemplate(script, scope);
  }

  /** A git artifact is a repository in a folder of the container. */
  #artifact(artifact: YamlNode, scope: Scope): void {
    const git = mapField(artifact, 'git');
    const text = (node: ScalarNode | undefined): SymbolicText | undefined => node && this.#expand(node.value, scope);
    const repository = constantOf(text(scalarField(git, 'repo')) ?? noText);
    const revision = text(scalarField(git, 'revision'));
    const path = text(scalarField(artifact, 'path'));
    if (repository && path) this.#run.job.addCheckout(resolveText('.', path), repository, revision ?? holeText('defaultBranch', 'HEAD'));
  }

  #call(call: MapNode, scope: Scope, level: number): void {
    const items = itemsOf(call.get('withItems'));
    for (const item of items.length === 0 ? [undefined] : items.slice(0, 64)) {
      const inner: Scope = { ...scope, item };
      const given = [...readArguments(call, inner)];
      const inline = mapField(call, 'inline');
      const reference = mapField(call, 'templateRef');
      if (inline) this.#template(inline, given, inner, level + 1);
      else if (reference) {
        const templates = itemsOf(mapField(findTemplate(this.#run, reference, scope.namespace), 'spec')?.get('templates'));
        this.named(textField(reference, 'template'), given, { ...inner, templates }, level + 1);
      } else this.named(textField(call, 'template'), given, inner, level + 1);
    }
  }

  #expand(text: string, scope: Scope): SymbolicText {
    return expandArgo(text, (path, written) => lookUp(path, written, scope));
  }

  #environment(container: MapNode, scope: Scope): ReadonlyMap<string, SymbolicText> {
    return new Map(
      itemsOf(container.get('env')).flatMap((entry) => {
        const value = scalarField(entry, 'value');
        return value ? [[textField(entry, 'name') ?? '', this.#expand(value.value, scope)] as const] : [];
      }),
    );
  }

  #container(container: MapNode, scope: Scope): void {
    const words = [...itemsOf(container.get('command')), ...itemsOf(container.get('args'))].filter((node): node is ScalarNode => node.kind === 'scalar');
    const program = words[0] && /(?:^|\/)(?:ba|a|da|z)?sh$/.test(words[0].value) ? 'shell' : undefined;
    const flag = words.findIndex((word) => /^-\w*c$/.test(word.value));
    const script = program && flag > 0 ? words.slice(flag).find((word) => !word.value.startsWith('-')) : undefined;
    if (script) return this.#script(script, container, scope);
    const texts = words.map((word) => this.#expand(word.value, scope));
    const variables = this.#environment(container, scope);
    const isCommandGiven = itemsOf(container.get('command')).length > 0;
    const all = isCommandGiven ? texts : [constantText(programOfImage(textField(container, 'image') ?? '')), ...texts];
    const telling = words.find((word) => /destination|name=|^-t|^--tag|^push$|^copy$/.test(word.value));
    const place: Place = telling ?? words[0] ?? container;
    const cwd = resolveText('.', this.#expand(textField(container, 'workingDir') ?? '/', scope));
    readCommand({ words: all, cwd, branches: this.#run.branches, variable: (name) => variables.get(name) }, place, this.#run.job);
  }

  #scriptTemplate(script: MapNode, scope: Scope): void {
    const source = scalarField(script, 'source');
    const command = itemsOf(script.get('command'))[0];
    const isShell = command?.kind === 'scalar' && /(?:^|\/)(?:ba|a|da|z)?sh$/.test(command.value);
    if (source && isShell) this.#script(source, script, scope);
  }

  #script(script: ScalarNode, container: MapNode, scope: Scope): void {
    const source = embeddedSource(script);
    const host: ShellHost = {
      expand: (text, written) => lookUp(text, written, scope),
      predefined: () => undefined,
      call: (call) => readCommand(call, { source: call.script ?? source, start: call.start, end: call.end }, this.#run.job),
      readScript: (path) => this.#run.job.readFile(path),
    };
    const cwd = resolveText('.', this.#expand(textField(container, 'workingDir') ?? '/', scope));
    runShell(parseShell(script.value, 'argo'), { variables: this.#environment(container, scope), cwd, branches: this.#run.branches }, host);
  }
}

/** What well-known images run where no command is given. */
function programOfImage(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  if (name.includes('kaniko')) return 'executor';
  return name.slice(name.lastIndexOf('/') + 1);
}
