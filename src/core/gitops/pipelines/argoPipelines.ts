/**
 * Pipelines inside a cluster: every trigger of a Sensor that starts a Workflow, every CronWorkflow, and workflows and
 * templates that build something and that nothing here starts.
 */
import type { Place } from '../../base/problem.js';
import { embeddedSource } from '../../yaml/embed.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';
import { parseYaml } from '../../yaml/parse.js';
import type { DeliveryObject } from '../delivery.js';
import { branchesOfDependencies, dependenciesOf, readDependencies, readParameters, type SensorDependency, type TriggerParameter } from './argoEvents.js';
import { findTemplate, followWorkflow, type WorkflowRun } from './argoWorkflows.js';
import { Job } from './job.js';
import { anyBranch, type BranchLimit, type Pipeline, type PipelineEvent, type PipelineInput } from './pipeline.js';
import { constantText, joinTexts, type SymbolicText } from './symbolicText.js';
import { itemsOf, mapField, scalarField, textField, textsOf } from './yamlFields.js';

/** The pipelines among the workspace's objects. */
export function readArgoPipelines(input: PipelineInput): readonly Pipeline[] {
  const objects = input.objects.filter(({ id }) => id.group === 'argoproj.io');
  const used = new Set<MapNode>();
  const of = (kind: string): readonly DeliveryObject[] => objects.filter(({ id }) => id.kind === kind);
  const start = (branches: BranchLimit): WorkflowRun => ({ objects, job: new Job(input, undefined), branches, used });
  const triggered = of('Sensor').flatMap((sensor) => readSensor(sensor, objects, start));
  const scheduled = of('CronWorkflow').map((cron) => readCron(cron, start(anyBranch)));
  const alone = [...of('Workflow'), ...of('WorkflowTemplate'), ...of('ClusterWorkflowTemplate')]
    .filter(({ root }) => !used.has(root))
    .map((object) => readAlone(object, start(anyBranch)))
    .filter(({ builds, writes }) => builds.length + writes.length > 0);
  return [...triggered, ...scheduled, ...alone];
}

function pipelineOf(object: DeliveryObject, name: string, place: Place, events: readonly PipelineEvent[], { job }: WorkflowRun): Pipeline {
  const { id } = object;
  const suffix = name === id.name ? '' : `/${name}`;
  return {
    id: `argo/${id.kind}/${id.namespace}/${id.name}${suffix}`,
    system: 'argo',
    name,
    root: undefined,
    place,
    events,
    builds: job.builds,
    writes: job.writes,
    unresolved: job.unresolved,
  };
}

function namePlace(object: DeliveryObject): Place {
  return scalarField(mapField(object.root, 'metadata'), 'name') ?? object.root;
}

function readAlone(object: DeliveryObject, run: WorkflowRun): Pipeline {
  const spec = mapField(object.root, 'spec');
  if (spec) followWorkflow(spec, new Map(), object.id.namespace, run);
  return pipelineOf(object, object.id.name, namePlace(object), [], run);
}

function readCron(cron: DeliveryObject, run: WorkflowRun): Pipeline {
  const spec = mapField(cron.root, 'spec');
  const workflow = mapField(spec, 'workflowSpec');
  if (workflow) followWorkflow(workflow, new Map(), cron.id.namespace, run);
  const place = scalarField(spec, 'schedule') ?? namePlace(cron);
  const word = [...textsOf(spec?.get('schedules')), ...textsOf(spec?.get('schedule'))].join(', ');
  const event: PipelineEvent = { kind: 'schedule', word, repository: undefined, branches: anyBranch, paths: [], pipelines: [], place };
  return pipelineOf(cron, cron.id.name, namePlace(cron), [event], run);
}

function readSensor(sensor: DeliveryObject, objects: readonly DeliveryObject[], start: (branches: BranchLimit) => WorkflowRun): readonly Pipeline[] {
  const all = readDependencies(sensor, objects);
  return itemsOf(mapField(sensor.root, 'spec')?.get('triggers')).flatMap((trigger) => {
    const template = mapField(trigger, 'template');
    const action = mapField(template, 'argoWorkflow') ?? mapField(template, 'k8s');
    const resource = action && readResource(mapField(action, 'source'));
    if (!template || !action || !resource) return [];
    const dependencies = dependenciesOf(template, all);
    const run = start(branchesOfDependencies(dependencies));
    const parameters = [...templateParameters(trigger, dependencies), ...readParameters(action.get('parameters'), dependencies)];
    submit(sensor, action, resource, parameters, run);
    const name = textField(template, 'name') ?? sensor.id.name;
    return [
      pipelineOf(
        sensor,
        name,
        scalarField(template, 'name') ?? template,
        dependencies.flatMap(({ events }) => events),
        run,
      ),
    ];
  });
}

/** Parameters of the trigger's template reach its resource through the way to it. */
function templateParameters(trigger: YamlNode, dependencies: readonly SensorDependency[]): readonly TriggerParameter[] {
  const list = trigger.kind === 'map' ? trigger.get('parameters') : undefined;
  return readParameters(list, dependencies).flatMap((parameter) => {
    const destination = /^(?:argoWorkflow|k8s)\.source\.resource\.(.+)$/.exec(parameter.destination)?.[1];
    return destination === undefined ? [] : [{ ...parameter, destination }];
  });
}

/** The object that a trigger makes: given as it is or as text. */
function readResource(source: MapNode | undefined): MapNode | undefined {
  const resource = mapField(source, 'resource');
  if (resource) return resource;
  const inline = scalarField(source, 'inline');
  const root = inline && parseYaml(embeddedSource(inline)).documents[0]?.root;
  return root?.kind === 'map' ? root : undefined;
}

/** `submit` and `create` start the resource itself, `submit-from` the template or CronWorkflow that it names (argo-workflow.go). */
function submit(sensor: DeliveryObject, action: MapNode, resource: MapNode, parameters: readonly TriggerParameter[], run: WorkflowRun): void {
  const metadata = mapField(resource, 'metadata');
  const namespace = textField(metadata, 'namespace') ?? sensor.id.namespace;
  const kind = textField(resource, 'kind') ?? '';
  const given = new Map([...overridden(resource, parameters), ...commandLineParameters(action)]);
  if (textField(action, 'operation') !== 'submit-from') {
    const spec = mapField(resource, 'spec');
    const held = kind === 'CronWorkflow' ? mapField(spec, 'workflowSpec') : spec;
    if (held && /^(?:Cron)?Workflow$/.test(kind)) followWorkflow(held, given, namespace, run);
    return;
  }
  if (!metadata) return;
  const template = kind === 'WorkflowTemplate' ? findTemplate(run, metadata, namespace) : findCron(run, textField(metadata, 'name'), namespace);
  const spec = mapField(template, 'spec');
  const held = kind === 'CronWorkflow' ? mapField(spec, 'workflowSpec') : spec;
  if (held) followWorkflow(held, given, namespace, run);
}

function findCron({ objects }: WorkflowRun, name: string | undefined, namespace: string): MapNode | undefined {
  const same = objects.filter(({ id }) => id.kind === 'CronWorkflow' && id.name === name);
  return (same.find(({ id }) => id.namespace === namespace) ?? same[0])?.root;
}

/** Arguments of the workflow that parameters of the trigger set, by name. */
function overridden(resource: MapNode, parameters: readonly TriggerParameter[]): ReadonlyMap<string, SymbolicText> {
  const list = itemsOf(mapField(mapField(resource, 'spec'), 'arguments')?.get('parameters'));
  const given = new Map<string, SymbolicText>();
  for (const { destination, operation, value } of parameters) {
    const index = /^spec\.arguments\.parameters\.(\d+)\.value$/.exec(destination)?.[1];
    const argument = index === undefined ? undefined : list[Number(index)];
    const name = textField(argument, 'name');
    if (name === undefined) continue;
    const before = given.get(name) ?? constantText(textField(argument, 'value') ?? '');
    given.set(name, operation === 'append' ? joinTexts(before, value) : operation === 'prepend' ? joinTexts(value, before) : value);
  }
  return given;
}

/** `args: [-p, name=value]`. */
function commandLineParameters(action: MapNode): ReadonlyMap<string, SymbolicText> {
  const given = new Map<string, SymbolicText>();
  const args = textsOf(action.get('args'));
  args.forEach((arg, index) => {
    const before = args[index - 1];
    const text = before === '-p' || before === '--parameter' ? arg : /^--parameter=(.+)$/.exec(arg)?.[1];
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text ?? '') ?? [];
    if (name !== undefined && value !== undefined) given.set(name, constantText(value));
  });
  return given;
}
