/** Pods and their templates (k8s.io/kubernetes v1.34, pkg/apis/core/validation). Left out: what only some platforms or gates bring. */
import { isIP } from 'node:net';
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { mapsAt, objectAt, stringAt, valueAt } from '../../../core/live/readFields.js';
import { between, filled, named, oneOf, selector, type Errors } from './checks.js';
import { checkContainer } from './containers.js';
import { duplicate, forbidden, invalid, required } from './fieldErrors.js';
import { checkAnnotations, checkLabels } from './metadata.js';
import { checkLabel, checkQualifiedName, checkSubdomain } from './names.js';
import { checkVolumes } from './volumes.js';

/** @param claims names of volumes that come from elsewhere */
export function checkPodSpec(spec: JsonObject, path: string, claims: readonly string[] = []): Errors {
  const own = mapsAt(spec, 'volumes');
  const volumes = new Set([...own.map((each) => stringAt(each, 'name')), ...claims]);
  return [
    ...checkVolumes(own, `${path}.volumes`),
    ...checkContainers(spec, path, volumes),
    ...oneOf(`${path}.restartPolicy`, spec['restartPolicy'], ['Always', 'OnFailure', 'Never']),
    ...oneOf(`${path}.dnsPolicy`, spec['dnsPolicy'], ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
    ...(spec['dnsPolicy'] === 'None' && spec['dnsConfig'] === undefined ? [required(`${path}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None')] : []),
    ...between(`${path}.activeDeadlineSeconds`, spec['activeDeadlineSeconds'], 1, 2147483647),
    ...checkLabels(objectAt(spec, 'nodeSelector'), `${path}.nodeSelector`),
    ...named(`${path}.serviceAccountName`, spec['serviceAccountName'], checkSubdomain),
    ...named(`${path}.nodeName`, spec['nodeName'], checkSubdomain),
    ...named(`${path}.priorityClassName`, spec['priorityClassName'], checkSubdomain),
    ...named(`${path}.hostname`, spec['hostname'], checkLabel),
    ...named(`${path}.subdomain`, spec['subdomain'], checkLabel),
    ...['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((name) => between(`${path}.securityContext.${name}`, valueAt(spec, 'securityContext', name), 0, 2147483647)),
    ...mapsAt(spec, 'tolerations').flatMap((each, index) => checkToleration(each, `${path}.tolerations[${index}]`)),
    ...mapsAt(spec, 'hostAliases').flatMap((each, index) => checkAddress(stringAt(each, 'ip'), `${path}.hostAliases[${index}].ip`)),
    ...mapsAt(spec, 'topologySpreadConstraints').flatMap((each, index) => checkSpread(each, `${path}.topologySpreadConstraints[${index}]`)),
    ...checkAffinity(objectAt(spec, 'affinity'), `${path}.affinity`),
  ];
}

/** An address as the server words it. */
export function checkAddress(text: string, path: string): Errors {
  return isIP(text) > 0 ? [] : [invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

function checkContainers(spec: JsonObject, path: string, volumes: ReadonlySet<string>): Errors {
  const errors: Errors[number][] = [];
  const names = new Set<string>();
  const containers = mapsAt(spec, 'containers');
  const check = (container: JsonObject, at: string): void => {
    const name = stringAt(container, 'name');
    errors.push(...checkContainer(container, at, volumes));
    if (name !== '' && names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  };
  if (containers.length === 0) errors.push(required(`${path}.containers`));
  for (const [index, container] of containers.entries()) check(container, `${path}.containers[${index}]`);
  for (const [index, container] of mapsAt(spec, 'initContainers').entries()) {
    const at = `${path}.initContainers[${index}]`;
    check(container, at);
    if (container['restartPolicy'] === 'Always') continue;
    for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (container[name] !== undefined) errors.push(forbidden(`${at}.${name}`, 'may not be set for init containers without restartPolicy=Always'));
    }
  }
  return errors;
}

function checkToleration(toleration: JsonObject, path: string): Errors {
  const [key, operator, value] = [stringAt(toleration, 'key'), stringAt(toleration, 'operator'), stringAt(toleration, 'value')];
  const own = key === '' ? [] : checkQualifiedName(key).map((words) => invalid(`${path}.key`, key, words));
  const errors: Errors[number][] = [...own];
  if (key === '' && operator !== 'Exists')
    errors.push(invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
  if (toleration['tolerationSeconds'] !== undefined && toleration['effect'] !== 'NoExecute')
    errors.push(invalid(`${path}.effect`, stringAt(toleration, 'effect'), "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  if (operator === 'Exists' && value !== '') errors.push(invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"));
  if (operator !== '' && operator !== 'Equal' && operator !== 'Exists') errors.push(...oneOf(`${path}.operator`, operator, ['Equal', 'Exists']));
  if (stringAt(toleration, 'effect') !== '') errors.push(...oneOf(`${path}.effect`, toleration['effect'], ['NoSchedule', 'PreferNoSchedule', 'NoExecute']));
  return errors;
}

function checkSpread(constraint: JsonObject, path: string): Errors {
  const skew = constraint['maxSkew'];
  return [
    ...(typeof skew === 'number' && skew <= 0 ? [invalid(`${path}.maxSkew`, skew, 'must be greater than zero')] : []),
    ...filled(`${path}.topologyKey`, stringAt(constraint, 'topologyKey'), 'can not be empty'),
    ...oneOf(`${path}.whenUnsatisfiable`, stringAt(constraint, 'whenUnsatisfiable'), ['DoNotSchedule', 'ScheduleAnyway']),
    ...selector(`${path}.labelSelector`, constraint['labelSelector']),
  ];
}

const needed = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function checkAffinity(affinity: JsonObject, path: string): Errors {
  const nodes = valueAt(affinity, 'nodeAffinity', needed);
  const hasTerms = !isJsonObject(nodes) || mapsAt(nodes, 'nodeSelectorTerms').length > 0;
  const pods = ['podAffinity', 'podAntiAffinity'].flatMap((name) => [
    ...mapsAt(affinity, name, needed).flatMap((term, index) => checkTerm(term, `${path}.${name}.${needed}[${index}]`)),
    ...mapsAt(affinity, name, preferred).flatMap((term, index) => {
      const at = `${path}.${name}.${preferred}[${index}]`;
      return [...checkWeight(term['weight'], `${at}.weight`), ...checkTerm(objectAt(term, 'podAffinityTerm'), `${at}.podAffinityTerm`)];
    }),
  ]);
  return [...(hasTerms ? [] : [required(`${path}.nodeAffinity.${needed}.nodeSelectorTerms`, 'must have at least one node selector term')]), ...pods];
}

function checkWeight(weight: JsonValue | undefined, path: string): Errors {
  return typeof weight === 'number' && (weight < 1 || weight > 100) ? [invalid(path, weight, 'must be in the range 1-100')] : [];
}

function checkTerm(term: JsonObject, path: string): Errors {
  const key = stringAt(term, 'topologyKey');
  return [
    ...selector(`${path}.labelSelector`, term['labelSelector']),
    ...filled(`${path}.topologyKey`, key, 'can not be empty'),
    ...checkQualifiedName(key).map((words) => invalid(`${path}.topologyKey`, key, words)),
  ];
}

/** What may change in a pod that is there: its images, its deadline, tolerations that are added. */
export function checkPodUpdate(spec: JsonObject, before: JsonObject): Errors {
  const names = (of: JsonObject, field: string): readonly string[] => mapsAt(of, field).map((each) => stringAt(each, 'name'));
  for (const field of ['containers', 'initContainers']) {
    if (names(spec, field).length !== names(before, field).length) return [forbidden(`spec.${field}`, 'pod updates may not add or remove containers')];
  }
  const images = ['containers', 'initContainers'].flatMap((field) =>
    mapsAt(spec, field).flatMap((each, index) => (stringAt(each, 'image') === '' ? [required(`spec.${field}[${index}].image`)] : [])),
  );
  const words =
    'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  return [...images, ...(jsonEquals(fixedPart(spec), fixedPart(before)) ? [] : [forbidden('spec', words)])];
}

/** A pod's spec without what may change; the scheduler sets the node of one that has none. */
function fixedPart(spec: JsonObject): JsonObject {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec;
  const withoutImages = (field: string): JsonValue => mapsAt(spec, field).map(({ image: _image, ...container }) => container);
  return { ...rest, containers: withoutImages('containers'), initContainers: withoutImages('initContainers') };
}

/** A template of pods: its labels and what the pods are. @param claims names of volumes that come from elsewhere */
export function checkTemplate(template: JsonObject, path: string, claims: readonly string[] = []): Errors {
  return [
    ...checkLabels(objectAt(template, 'metadata', 'labels'), `${path}.labels`),
    ...checkAnnotations(objectAt(template, 'metadata', 'annotations'), `${path}.annotations`),
    ...checkPodSpec(objectAt(template, 'spec'), `${path}.spec`, claims),
  ];
}
