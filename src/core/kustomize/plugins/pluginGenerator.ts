/** Runs a built-in generator that is configured by an object (kustomize api v0.21.2 internal/builtins). */
import { makeMap, makeScalar, Pair, type MapNode, type ScalarNode, type Step } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import { readChartConfig } from '../charts/chartEntry.js';
import type { BuildContext, GeneratorContext } from '../context.js';
import { decodeGenerator } from '../decode/decodeEntries.js';
import { normalizeConfig } from '../decode/decodeFiles.js';
import { mapAt, textAt, valueAt } from '../decode/readNormal.js';
import { pluginTypes } from '../fields/pluginFields.js';
import { generateResources } from '../generators/generateResources.js';
import { Resource } from '../resource.js';
import { pluginKindOf, placeOfKind } from './pluginKind.js';

/**
 * The objects that the generator configured by `config` makes; undefined where it can't, which is reported.
 * @param folder that of the kustomization which lists the generator: what its paths are relative to
 */
export function pluginGenerator(config: Resource, context: GeneratorContext, folder: string): readonly Resource[] | undefined {
  const kind = pluginKindOf(config, 'generator', context.problems);
  switch (kind) {
    case 'ConfigMapGenerator':
    case 'SecretGenerator':
      return generate(kind, config, context, folder);
    case 'IAMPolicyGenerator':
      return generateServiceAccount(config, context);
    case 'HelmChartInflationGenerator':
      return context.inflateChart(readChartConfig(normalizeConfig(config.root, pluginTypes[kind], context.problems)));
    default:
      return undefined;
  }
}

function generate(kind: 'ConfigMapGenerator' | 'SecretGenerator', config: Resource, context: BuildContext, folder: string): readonly Resource[] {
  const node = normalizeConfig(config.root, pluginTypes[kind], context.problems);
  const metadata = mapAt(node, 'metadata');
  // `env` is moved to `envs` in kustomizations only; here kustomize never looks at it.
  const args = decodeGenerator(node.without('env'), kind === 'ConfigMapGenerator' ? 'configMapGenerator' : 'secretGenerator', 0, undefined);
  const name = args.name ?? (metadata && textAt(metadata, 'name'));
  const namespace = args.namespace ?? (metadata && textAt(metadata, 'namespace'));
  return generateResources({ ...args, ...(name && { name }), ...(namespace && { namespace }) }, context, folder, kind);
}

/** The ServiceAccount of a cluster that is bound to one of Google Cloud. */
function generateServiceAccount(config: Resource, context: BuildContext): readonly Resource[] | undefined {
  const { problems } = context;
  const node = normalizeConfig(config.root, pluginTypes.IAMPolicyGenerator, problems);
  const cloud = textAt(node, 'cloud');
  if (cloud?.value !== 'gke') {
    problems.error('kustomize/unknown-cloud', 'The cloud of an IAMPolicyGenerator must be gke.', cloud ?? placeOfKind(config.root));
    return undefined;
  }
  const account = partsOf(node, 'serviceAccount', 'projectId');
  const service = partsOf(node, 'kubernetesService', 'namespace');
  const isPlain = (text: ScalarNode | undefined): boolean => text !== undefined && /^[a-zA-Z0-9][-.\w]*$/.test(text.value);
  if (!account.name || !service.name || !isPlain(account.name) || !isPlain(account.other) || !isPlain(service.name) || (service.other && !isPlain(service.other))) {
    problems.error(
      'kustomize/iam-policy-unsupported',
      'An IAMPolicyGenerator needs a name in kubernetesService, and a name and projectId in serviceAccount, of letters, digits, dashes and dots.',
      placeOfKind(config.root),
    );
    return undefined;
  }
  const step: Step = { kind: 'generator', field: 'IAMPolicyGenerator', source: node.source, start: node.start, end: node.end };
  const email = `${account.name.value}@${account.other?.value ?? ''}.iam.gserviceaccount.com`;
  const annotations = makeMap([constant('iam.gke.io/gcp-service-account', makeScalar(email, account.name, step), step)], account.name, step);
  const metadata = [constant('annotations', annotations, step), constant('name', copyText(service.name, step), step)];
  if (service.other) metadata.push(constant('namespace', copyText(service.other, step), step));
  const fields = [
    constant('apiVersion', makeScalar('v1', step, step), step),
    constant('kind', makeScalar('ServiceAccount', step, step), step),
    constant('metadata', makeMap(metadata, service.name, step), step),
  ];
  return [new Resource(makeMap(fields, step, step))];
}

function partsOf(node: MapNode, field: string, other: string): { readonly name?: ScalarNode | undefined; readonly other?: ScalarNode | undefined } {
  const map = mapAt(node, field);
  if (!map) return {};
  return { name: valueAt(map, 'name') === '' ? undefined : textAt(map, 'name'), other: textAt(map, other) };
}

function constant(key: string, value: Pair['value'], step: Step): Pair {
  return new Pair(makeScalar(key, step, step), value);
}

/** kustomize writes the text into YAML and reads that: a number stays one. */
function copyText(text: ScalarNode, step: Step): ScalarNode {
  return makeScalar(text.value, text, step, undefined, resolveTag(text.value));
}
