/** The containers of pods (k8s.io/kubernetes v1.34, pkg/apis/core/validation). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { mapsAt, objectAt, stringAt, textsAt, valueAt } from '../../../core/live/readFields.js';
import { millisOf } from '../quantity.js';
import { between, filled, named, notNegative, oneOf, portOrName, quantityNotNegative, type Errors } from './checks.js';
import { duplicate, forbidden, invalid, notFound, notSupported, required } from './fieldErrors.js';
import { checkKey, checkLabel, checkPort, checkPortName, checkQualifiedName, checkVariable } from './names.js';
import { checkLocalPath } from './volumes.js';

const protocols = ['SCTP', 'TCP', 'UDP'];
const lifecycleMoments = ['preStop', 'postStart'];

/** One container, but for its name, which must differ from those of others. @param volumes the names of the pod's volumes */
export function checkContainer(container: JsonObject, path: string, volumes: ReadonlySet<string>): Errors {
  const image = stringAt(container, 'image');
  return [
    ...filled(`${path}.name`, stringAt(container, 'name')),
    ...named(`${path}.name`, container['name'], checkLabel),
    ...filled(`${path}.image`, image),
    ...(image !== image.trim() ? [invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')] : []),
    ...oneOf(`${path}.imagePullPolicy`, container['imagePullPolicy'], ['Always', 'IfNotPresent', 'Never']),
    ...checkPorts(mapsAt(container, 'ports'), `${path}.ports`),
    ...mapsAt(container, 'env').flatMap((each, index) => checkEnv(each, `${path}.env[${index}]`)),
    ...mapsAt(container, 'envFrom').flatMap((each, index) => checkEnvFrom(each, `${path}.envFrom`, index)),
    ...checkMounts(mapsAt(container, 'volumeMounts'), `${path}.volumeMounts`, volumes),
    ...checkDevices(mapsAt(container, 'volumeDevices'), `${path}.volumeDevices`, volumes),
    ...checkResources(objectAt(container, 'resources'), `${path}.resources`),
    ...['livenessProbe', 'startupProbe', 'readinessProbe'].flatMap((name) => checkProbe(container[name], `${path}.${name}`, name)),
    ...lifecycleMoments.flatMap((name) => checkHandler(valueAt(container, 'lifecycle', name), `${path}.lifecycle.${name}`)),
    ...checkSecurity(container['securityContext'], `${path}.securityContext`),
  ];
}

function checkPorts(ports: readonly JsonObject[], path: string): Errors {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${path}[${index}]`;
    const name = stringAt(port, 'name');
    const isRepeated = name !== '' && names.has(name);
    names.add(name);
    const number = port['containerPort'];
    return [
      ...named(`${at}.name`, name, checkPortName),
      ...(isRepeated ? [duplicate(`${at}.name`, name)] : []),
      ...(number === undefined || number === 0
        ? [required(`${at}.containerPort`)]
        : typeof number === 'number'
          ? checkPort(number).map((words) => invalid(`${at}.containerPort`, number, words))
          : []),
      ...between(`${at}.hostPort`, port['hostPort'], 1, 65535),
      ...oneOf(`${at}.protocol`, port['protocol'], protocols),
    ];
  });
}

const fieldPaths = /^(metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName)|status\.(hostIP|hostIPs|podIP|podIPs))$/;
const keyedPath = /^metadata\.(labels|annotations)\['(.+)'\]$/;
const resources = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];

function checkEnv(variable: JsonObject, path: string): Errors {
  const source = variable['valueFrom'];
  return [
    ...filled(`${path}.name`, stringAt(variable, 'name')),
    ...named(`${path}.name`, variable['name'], checkVariable),
    ...(isJsonObject(source) ? checkSource(variable, source, `${path}.valueFrom`) : []),
  ];
}

function checkSource(variable: JsonObject, source: JsonObject, path: string): Errors {
  const given = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'].filter((name) => source[name] !== undefined);
  const errors: Errors[number][] = [];
  if (given.length === 0) errors.push(invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'));
  else if (stringAt(variable, 'value') !== '') errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  if (given.length > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  if (source['fieldRef'] !== undefined) errors.push(...checkFieldRef(stringAt(source, 'fieldRef', 'fieldPath'), `${path}.fieldRef.fieldPath`));
  const resource = stringAt(source, 'resourceFieldRef', 'resource');
  if (source['resourceFieldRef'] !== undefined) {
    errors.push(...filled(`${path}.resourceFieldRef.resource`, resource));
    if (resource !== '' && !resources.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource))
      errors.push(notSupported(`${path}.resourceFieldRef.resource`, resource, resources));
  }
  for (const name of ['configMapKeyRef', 'secretKeyRef']) {
    if (source[name] === undefined) continue;
    errors.push(
      ...filled(`${path}.${name}.name`, stringAt(source, name, 'name')),
      ...filled(`${path}.${name}.key`, stringAt(source, name, 'key')),
      ...named(`${path}.${name}.key`, stringAt(source, name, 'key'), checkKey),
    );
  }
  return errors;
}

function checkFieldRef(field: string, path: string): Errors {
  if (field === '') return [required(path)];
  if (fieldPaths.test(field) || keyedPath.test(field)) return [];
  const isWhole = /^metadata\.(labels|annotations)$/.test(field);
  return isWhole
    ? [
        notSupported(path, field, [
          'metadata.name',
          'metadata.namespace',
          'metadata.uid',
          'spec.nodeName',
          'spec.serviceAccountName',
          'status.hostIP',
          'status.hostIPs',
          'status.podIP',
          'status.podIPs',
        ]),
      ]
    : [invalid(path, field, `error converting fieldPath: field label not supported: ${field}`)];
}

function checkEnvFrom(source: JsonObject, path: string, index: number): Errors {
  const given = ['configMapRef', 'secretRef'].filter((name) => source[name] !== undefined);
  if (given.length === 0) return [invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')];
  const names = given.flatMap((name) => filled(`${path}[${index}].${name}.name`, stringAt(source, name, 'name')));
  return given.length > 1 ? [...names, invalid(path, '', 'may not have more than one field specified at a time')] : names;
}

function checkMounts(mounts: readonly JsonObject[], path: string, volumes: ReadonlySet<string>): Errors {
  const places = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const at = `${path}[${index}]`;
    const [name, place] = [stringAt(mount, 'name'), stringAt(mount, 'mountPath')];
    const isRepeated = place !== '' && places.has(place);
    places.add(place);
    return [
      ...filled(`${at}.name`, name),
      ...(volumes.has(name) ? [] : [notFound(`${at}.name`, name)]),
      ...filled(`${at}.mountPath`, place),
      ...(isRepeated ? [invalid(`${at}.mountPath`, place, 'must be unique')] : []),
      ...checkLocalPath(`${at}.subPath`, stringAt(mount, 'subPath')),
    ];
  });
}

function checkDevices(devices: readonly JsonObject[], path: string, volumes: ReadonlySet<string>): Errors {
  return devices.flatMap((device, index) => {
    const at = `${path}[${index}]`;
    const name = stringAt(device, 'name');
    return [...filled(`${at}.name`, name), ...filled(`${at}.devicePath`, stringAt(device, 'devicePath')), ...(volumes.has(name) ? [] : [notFound(`${at}.name`, name)])];
  });
}

const ownResources = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** Quantities of a container; of requests no more than their limits. */
export function checkResources(value: JsonObject, path: string): Errors {
  const limits = objectAt(value, 'limits');
  const requests = objectAt(value, 'requests');
  const each = (part: string, amounts: JsonObject): Errors =>
    Object.entries(amounts).flatMap(([name, amount]) => {
      const at = `${path}.${part}[${name}]`;
      const isOwn = ownResources.test(name);
      return [
        ...checkQualifiedName(name).map((words) => invalid(at, name, words)),
        ...(isOwn || name.includes('/')
          ? []
          : [
              ...(/^[A-Za-z0-9._-]+$/.test(name) ? [invalid(at, name, 'must be a standard resource type or fully qualified')] : []),
              invalid(at, name, 'must be a standard resource for containers'),
            ]),
        ...quantityNotNegative(at, amount),
      ];
    });
  const tooMuch = Object.entries(requests).flatMap(([name, amount]) => {
    const limit = limits[name];
    const [wanted, most] = [amount, limit].map((text) => (typeof text === 'string' ? millisOf(text) : undefined));
    return wanted !== undefined && most !== undefined && wanted > most
      ? [invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${stringAt(limits, name)}`)]
      : [];
  });
  return [...each('limits', limits), ...each('requests', requests), ...tooMuch];
}

function checkProbe(probe: JsonValue | undefined, path: string, name: string): Errors {
  if (!isJsonObject(probe)) return [];
  const times = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
  const success = probe['successThreshold'];
  const isOnce = name !== 'readinessProbe' && typeof success === 'number' && success !== 1 && success >= 0;
  const grace = probe['terminationGracePeriodSeconds'];
  return [
    ...checkHandler(probe, path),
    ...times.flatMap((each) => notNegative(`${path}.${each}`, probe[each])),
    ...(isOnce ? [invalid(`${path}.successThreshold`, success, 'must be 1')] : []),
    ...(name === 'readinessProbe' && grace !== undefined ? [invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')] : []),
    ...(name !== 'readinessProbe' && typeof grace === 'number' && grace <= 0 ? [invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')] : []),
  ];
}

/** What a probe or a moment of the life cycle does: exactly one thing. */
function checkHandler(handler: JsonValue | undefined, path: string): Errors {
  if (!isJsonObject(handler)) return [];
  const given = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'].filter((name) => isJsonObject(handler[name]));
  const [first, ...others] = given;
  if (first === undefined) return [required(path, 'must specify a handler type')];
  return [...checkAction(first, objectAt(handler, first), `${path}.${first}`), ...others.map((name) => forbidden(`${path}.${name}`, 'may not specify more than 1 handler type'))];
}

function checkAction(name: string, action: JsonObject, path: string): Errors {
  switch (name) {
    case 'exec':
      return textsAt(action, 'command').length === 0 ? [required(`${path}.command`)] : [];
    case 'httpGet':
      return [...filled(`${path}.path`, action['path']), ...portOrName(`${path}.port`, action['port']), ...oneOf(`${path}.scheme`, action['scheme'], ['HTTP', 'HTTPS'])];
    case 'tcpSocket':
    case 'grpc':
      return portOrName(`${path}.port`, action['port']);
    default:
      return [];
  }
}

function checkSecurity(context: JsonValue | undefined, path: string): Errors {
  if (!isJsonObject(context)) return [];
  const isAtOdds = context['privileged'] === true && context['allowPrivilegeEscalation'] === false;
  return [
    ...['runAsUser', 'runAsGroup'].flatMap((name) => between(`${path}.${name}`, context[name], 0, 2147483647)),
    ...(isAtOdds ? [invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')] : []),
  ];
}
