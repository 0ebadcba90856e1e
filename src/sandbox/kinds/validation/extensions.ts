/** Autoscalers, webhooks and what extends the API (k8s.io/kubernetes v1.34, apiextensions-apiserver and kube-aggregator v0.34). */
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { mapsAt, numberAt, objectAt, stringAt, textsAt, valueAt } from '../../../core/live/readFields.js';
import { checkSchema } from '../definitions/checkSchema.js';
import { filled, immutable, named, oneOf, type Errors } from './checks.js';
import { invalid, notSupported, required } from './fieldErrors.js';
import { checkOldLabel, checkSubdomain } from './names.js';
import { checkTarget, type Check } from './workloads.js';

const checkAutoscaler: Check = ({ spec: value }) => {
  const spec = objectAt(value);
  const [least, most] = [numberAt(spec, 'minReplicas'), numberAt(spec, 'maxReplicas') ?? 0];
  const target = objectAt(spec, 'scaleTargetRef');
  const metrics = mapsAt(spec, 'metrics');
  const scalesToZero = metrics.some((each) => each['type'] === 'Object' || each['type'] === 'External');
  return [
    ...(least !== undefined && least < 1 ? [invalid('spec.minReplicas', least, 'must be greater than or equal to 1')] : []),
    ...(most < 1 ? [invalid('spec.maxReplicas', most, 'must be greater than 0')] : []),
    ...(least !== undefined && most < least ? [invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')] : []),
    ...checkTarget(target, 'spec.scaleTargetRef'),
    ...(stringAt(target, 'apiVersion') === '' ? [invalid('spec.scaleTargetRef.apiVersion', '', 'apiVersion must specify API group')] : []),
    ...metrics.flatMap((each, index) => checkMetric(each, `spec.metrics[${index}]`)),
    ...(least === 0 && !scalesToZero
      ? [{ field: 'spec.metrics', reason: 'FieldValueForbidden', message: 'Forbidden: must specify at least one Object or External metric to support scaling to zero replicas' }]
      : []),
    ...['scaleUp', 'scaleDown'].flatMap((name) => checkScaling(valueAt(spec, 'behavior', name), `spec.behavior.${name}`)),
  ];
};

const metricFields: Readonly<Record<string, string>> = { ContainerResource: 'containerResource', External: 'external', Object: 'object', Pods: 'pods', Resource: 'resource' };

function checkMetric(metric: JsonObject, path: string): Errors {
  const type = stringAt(metric, 'type');
  const name = metricFields[type];
  if (name === undefined) return [notSupported(`${path}.type`, type, Object.keys(metricFields))];
  const source = metric[name];
  if (!isJsonObject(source)) return [required(`${path}.${name}`, 'must populate information for the given metric source')];
  const at = `${path}.${name}`;
  const target = objectAt(source, 'target');
  const utilization = numberAt(target, 'averageUtilization');
  const isTold = utilization !== undefined || target['averageValue'] !== undefined || target['value'] !== undefined;
  if (type === 'Resource' || type === 'ContainerResource') {
    return [
      ...filled(`${at}.name`, stringAt(source, 'name'), 'must specify a resource name'),
      ...(utilization !== undefined && utilization < 1 ? [invalid(`${at}.target.averageUtilization`, utilization, 'must be greater than 0')] : []),
      ...(isTold ? [] : [required(`${at}.target.averageUtilization`, 'must set either a target raw value or a target utilization')]),
    ];
  }
  return [
    ...filled(`${at}.metric.name`, stringAt(source, 'metric', 'name'), 'must specify a metric name'),
    ...(type === 'Pods' && target['averageValue'] === undefined ? [required(`${at}.target.averageValue`, 'must specify a positive target averageValue')] : []),
  ];
}

function checkScaling(rules: JsonValue | undefined, path: string): Errors {
  const window = numberAt(rules, 'stabilizationWindowSeconds');
  return [
    ...(window !== undefined && window < 0 ? [invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero')] : []),
    ...oneOf(`${path}.selectPolicy`, valueAt(rules, 'selectPolicy'), ['Disabled', 'Max', 'Min']),
    ...mapsAt(rules, 'policies').flatMap((policy, index) => [
      ...oneOf(`${path}.policies[${index}].type`, policy['type'], ['Percent', 'Pods']),
      ...['value', 'periodSeconds'].flatMap((name) => {
        const number = numberAt(policy, name) ?? 0;
        return number <= 0 ? [invalid(`${path}.policies[${index}].${name}`, number, 'must be greater than zero')] : [];
      }),
    ]),
  ];
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

const checkWebhooks: Check = (object) =>
  mapsAt(object, 'webhooks').flatMap((webhook, index) => {
    const at = `webhooks[${index}]`;
    const name = stringAt(webhook, 'name');
    const effects = webhook['sideEffects'];
    const timeout = numberAt(webhook, 'timeoutSeconds');
    return [
      ...(name === ''
        ? [required(`${at}.name`)]
        : name.split('.').length < 3
          ? [invalid(`${at}.name`, name, 'should be a domain with at least three segments separated by dots')]
          : named(`${at}.name`, name, checkSubdomain)),
      ...(textsAt(webhook, 'admissionReviewVersions').length === 0 ? [required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1')] : []),
      ...mapsAt(webhook, 'rules').flatMap((rule, place) =>
        textsAt(rule, 'operations').flatMap((each, number) => oneOf(`${at}.rules[${place}].operations[${number}]`, each, operations)),
      ),
      ...oneOf(`${at}.failurePolicy`, webhook['failurePolicy'], ['Fail', 'Ignore']),
      ...oneOf(`${at}.matchPolicy`, webhook['matchPolicy'], ['Equivalent', 'Exact']),
      ...(effects === undefined || effects === null
        ? [required(`${at}.sideEffects`, 'must specify one of None, NoneOnDryRun')]
        : oneOf(`${at}.sideEffects`, effects, ['None', 'NoneOnDryRun'])),
      ...(timeout !== undefined && (timeout < 1 || timeout > 30) ? [invalid(`${at}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds')] : []),
      ...checkClient(objectAt(webhook, 'clientConfig'), `${at}.clientConfig`),
    ];
  });

function checkClient(client: JsonObject, path: string): Errors {
  const { url, service } = client;
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')];
  if (typeof url !== 'string' || url.startsWith('https://')) return [];
  return [invalid(`${path}.url`, url.split(':')[0] ?? '', "'https' is the only allowed URL scheme; desired format: https://host[/path]")];
}

const checkService: Check = ({ metadata, spec: value }) => {
  const spec = objectAt(value);
  const name = `${stringAt(spec, 'version')}.${stringAt(spec, 'group')}`;
  const [group, version] = [numberAt(spec, 'groupPriorityMinimum') ?? 0, numberAt(spec, 'versionPriority') ?? 0];
  const service = spec['service'];
  return [
    ...(metadata.name === name ? [] : [invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`)]),
    ...(group <= 0 || group > 20000 ? [invalid('spec.groupPriorityMinimum', group, 'must be positive and less than 20000')] : []),
    ...(version <= 0 || version > 1000 ? [invalid('spec.versionPriority', version, 'must be positive and less than 1000')] : []),
    ...(isJsonObject(service) ? [...filled('spec.service.namespace', stringAt(service, 'namespace')), ...filled('spec.service.name', stringAt(service, 'name'))] : []),
  ];
};

const checkDefinition: Check = ({ metadata, spec: value }, before) => {
  const spec = objectAt(value);
  const names = objectAt(spec, 'names');
  const versions = mapsAt(spec, 'versions');
  const group = stringAt(spec, 'group');
  const wanted = `${stringAt(names, 'plural')}.${group}`;
  const stored = versions.filter((each) => each['storage'] === true).length;
  return [
    ...(metadata.name === wanted || before ? [] : [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...(group === ''
      ? [required('spec.group')]
      : group.includes('.')
        ? named('spec.group', group, checkSubdomain)
        : [invalid('spec.group', group, 'should be a domain with at least one dot')]),
    ...(stringAt(spec, 'scope') === '' ? [required('spec.scope')] : oneOf('spec.scope', spec['scope'], ['Cluster', 'Namespaced'])),
    ...checkNames(names),
    ...(stored === 1 ? [] : [invalid('spec.versions', versions.map(versionForm), 'must have exactly one version marked as storage version')]),
    ...(textsAt(before ?? { status: { storedVersions: stored === 0 ? [] : [''] } }, 'status', 'storedVersions').length === 0
      ? [invalid('status.storedVersions', null, 'must have at least one stored version')]
      : []),
    ...versions.flatMap((version, index) => checkVersion(version, index, versions.length === 1)),
    ...oneOf('spec.conversion.strategy', valueAt(spec, 'conversion', 'strategy'), ['None', 'Webhook']),
    ...(before ? checkFixed(spec, objectAt(before, 'spec')) : []),
  ];
};

/** What an established definition can't change. */
function checkFixed(spec: JsonObject, before: JsonObject): Errors {
  const paths = [['group'], ['scope'], ['names', 'kind'], ['names', 'plural']];
  return paths.flatMap((path) => immutable(`spec.${path.join('.')}`, valueAt(spec, ...path), valueAt(before, ...path)));
}

function versionForm(version: JsonObject): JsonObject {
  return {
    Name: stringAt(version, 'name'),
    Served: version['served'] === true,
    Storage: version['storage'] === true,
    Deprecated: version['deprecated'] === true,
    DeprecationWarning: version['deprecationWarning'] ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  };
}

function checkNames(names: JsonObject): Errors {
  const path = 'spec.names';
  const [kind, listKind] = [stringAt(names, 'kind'), stringAt(names, 'listKind')];
  const low = (field: string): Errors => {
    const text = stringAt(names, field);
    return text === '' ? [required(`${path}.${field}`)] : named(`${path}.${field}`, text, checkOldLabel);
  };
  const high = (field: string, text: string): Errors =>
    text === ''
      ? [required(`${path}.${field}`)]
      : checkOldLabel(text.toLowerCase()).map((words) => invalid(`${path}.${field}`, text, `may have mixed case, but should otherwise match: ${words}`));
  return [
    ...low('plural'),
    ...low('singular'),
    ...high('kind', kind),
    ...high('listKind', listKind),
    ...textsAt(names, 'shortNames').flatMap((each, index) => named(`${path}.shortNames[${index}]`, each, checkOldLabel)),
    ...(kind !== '' && kind === listKind ? [invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same')] : []),
    ...textsAt(names, 'categories').flatMap((each, index) => named(`${path}.categories[${index}]`, each, checkOldLabel)),
  ];
}

/** @param isOnly of a definition with one version, whose schema the server tells as the whole definition's */
function checkVersion(version: JsonObject, index: number, isOnly: boolean): Errors {
  const at = `spec.versions[${index}]`;
  const above = isOnly ? 'spec' : at;
  const schema = valueAt(version, 'schema', 'openAPIV3Schema');
  const scale = valueAt(version, 'subresources', 'scale');
  const name = stringAt(version, 'name');
  return [
    ...named(`${at}.name`, name, checkOldLabel),
    ...(isOnly ? named('spec.version', name, checkOldLabel) : []),
    ...(isJsonObject(schema)
      ? checkStructure(schema, isOnly ? 'spec.validation.openAPIV3Schema' : `${at}.schema.openAPIV3Schema`, true)
      : [required(`${at}.schema.openAPIV3Schema`)]),
    ...mapsAt(version, 'additionalPrinterColumns').flatMap((column, place) => checkColumn(column, `${above}.additionalPrinterColumns[${place}]`)),
    ...(isJsonObject(scale) ? ['specReplicasPath', 'statusReplicasPath'].flatMap((field) => filled(`${above}.subresources.scale.${field}`, stringAt(scale, field))) : []),
  ];
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];

function checkColumn(column: JsonObject, path: string): Errors {
  const [type, jsonPath] = [stringAt(column, 'type'), stringAt(column, 'jsonPath')];
  return [
    ...filled(`${path}.name`, stringAt(column, 'name')),
    ...(type === ''
      ? [required(`${path}.type`, `must be one of ${columnTypes.join(',')}`)]
      : columnTypes.includes(type)
        ? []
        : [invalid(`${path}.type`, type, `must be one of ${columnTypes.join(',')}`)]),
    ...(jsonPath === '' ? [required(`${path}.JSONPath`)] : jsonPath.startsWith('.') ? [] : [invalid(`${path}.JSONPath`, jsonPath, 'must be a simple json path starting with .')]),
  ];
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** What makes a schema structural: a type everywhere, items of lists, keys of lists that are maps, defaults that fit. */
function checkStructure(schema: JsonObject, path: string, isRoot: boolean): Errors {
  const type = stringAt(schema, 'type');
  const isFree = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const own: Errors[number][] = [];
  if (isRoot && type === '') own.push(required(`${path}.type`, 'must not be empty at the root'));
  else if (isRoot && type !== 'object') own.push(invalid(`${path}.type`, type, 'must be object at the root'));
  else if (type === '' && !isFree) own.push(required(`${path}.type`, `must not be empty for specified ${path.endsWith('.items') ? 'array items' : 'object fields'}`));
  else if (type !== '' && !types.includes(type)) own.push(notSupported(`${path}.type`, type, types));
  const items = schema['items'];
  if (type === 'array' && items === undefined) own.push(required(`${path}.items`, 'must be specified'));
  if (schema['x-kubernetes-list-type'] === 'map' && textsAt(schema, 'x-kubernetes-list-map-keys').length === 0) {
    own.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  }
  const given = schema['default'];
  if (given !== undefined && types.includes(type)) own.push(...checkGiven(given, schema, `${path}.default`));
  const others = schema['additionalProperties'];
  return [
    ...own,
    ...Object.entries(objectAt(schema, 'properties')).flatMap(([name, each]) => (isJsonObject(each) ? checkStructure(each, `${path}.properties[${name}]`, false) : [])),
    ...(isJsonObject(items) ? checkStructure(items, `${path}.items`, false) : []),
    ...(isJsonObject(others) ? checkStructure(others, `${path}.additionalProperties`, false) : []),
  ];
}

/** A default is checked as if it were an object of its own: its errors don't name the field in their words. */
function checkGiven(given: JsonValue, schema: JsonObject, path: string): Errors {
  const { default: _default, ...rest } = schema;
  return checkSchema(given, rest, '').map((error) => ({ ...error, field: error.field === '' || jsonEquals(error.field, '<nil>') ? path : `${path}.${error.field}` }));
}

export const extensionChecks: Readonly<Record<string, Check>> = {
  'autoscaling/HorizontalPodAutoscaler': checkAutoscaler,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': checkWebhooks,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': checkWebhooks,
  'apiregistration.k8s.io/APIService': checkService,
  'apiextensions.k8s.io/CustomResourceDefinition': checkDefinition,
};
