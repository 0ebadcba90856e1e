/** Services, Ingresses, network policies and what lies behind them (k8s.io/kubernetes v1.34, pkg/apis/core, networking, discovery validation). */
import { isIP } from 'node:net';
import { isJsonObject, jsonEquals, type JsonObject, type JsonValue } from '../../../core/live/json.js';
import { mapsAt, objectAt, stringAt, textsAt, valueAt } from '../../../core/live/readFields.js';
import { isCidr } from '../definitions/formats.js';
import { between, filled, immutable, named, oneOf, portOrName, selector, type Errors } from './checks.js';
import { duplicate, forbidden, invalid, notSupported, required } from './fieldErrors.js';
import { checkLabels } from './metadata.js';
import { checkLabel, checkOldLabel, checkPort, checkPortName, checkSubdomain, checkWildcard } from './names.js';
import { checkAddress } from './podSpecs.js';
import type { Check } from './workloads.js';

const protocols = ['SCTP', 'TCP', 'UDP'];
const policies = ['Cluster', 'Local'];

const checkService: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  const type = stringAt(spec, 'type');
  const addresses = textsAt(spec, 'clusterIPs');
  const address = stringAt(spec, 'clusterIP') || (addresses[0] ?? '');
  const ports = mapsAt(spec, 'ports');
  const isReachable = type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && textsAt(spec, 'externalIPs').length > 0);
  const traffic = spec['externalTrafficPolicy'];
  const timeout = valueAt(spec, 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds');
  return [
    ...(ports.length === 0 && address !== 'None' && type !== 'ExternalName' ? [required('spec.ports')] : []),
    ...checkType(spec, type, address),
    ...checkPorts(ports, type),
    ...checkLabels(objectAt(spec, 'selector'), 'spec.selector'),
    ...oneOf('spec.sessionAffinity', spec['sessionAffinity'], ['ClientIP', 'None']),
    ...(typeof timeout === 'number' && (timeout <= 0 || timeout > 86400)
      ? [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', timeout, 'must be greater than 0 and less than 86400')]
      : []),
    ...textsAt(spec, 'externalIPs').flatMap((each, index) => checkAddress(each, `spec.externalIPs[${index}]`)),
    ...oneOf('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...(isReachable
      ? oneOf('spec.externalTrafficPolicy', traffic, policies)
      : traffic === undefined
        ? []
        : [invalid('spec.externalTrafficPolicy', traffic, 'may only be set for externally-accessible services')]),
    ...oneOf('spec.internalTrafficPolicy', spec['internalTrafficPolicy'], policies),
    ...textsAt(spec, 'loadBalancerSourceRanges').flatMap((each, index) => (isCidr(each.trim()) ? [] : [invalid(`spec.LoadBalancerSourceRanges[${index}]`, each, cidrWords)])),
    ...(spec['loadBalancerClass'] !== undefined && type !== 'LoadBalancer' ? [forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")] : []),
    ...oneOf('spec.ipFamilyPolicy', spec['ipFamilyPolicy'], ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
    ...textsAt(spec, 'ipFamilies').flatMap((each, index) => oneOf(`spec.ipFamilies[${index}]`, each, ['IPv4', 'IPv6'])),
    ...(before ? checkSameAddress(spec, objectAt(before, 'spec')) : []),
  ];
};

const cidrWords = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

function checkType(spec: JsonObject, type: string, address: string): Errors {
  if (type === 'ExternalName') {
    const name = stringAt(spec, 'externalName').replace(/\.$/, '');
    const own = address === '' ? [] : [forbidden('spec.clusterIPs', 'may not be set for ExternalName services')];
    return [...own, ...(name === '' ? [required('spec.externalName')] : named('spec.externalName', name, checkSubdomain))];
  }
  if (address === 'None' && (type === 'NodePort' || type === 'LoadBalancer')) return [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`)];
  return address === '' || address === 'None' || isIP(address) > 0 ? [] : checkAddress(address, 'spec.clusterIPs[0]');
}

function checkPorts(ports: readonly JsonObject[], type: string): Errors {
  const names = new Set<string>();
  const known: string[] = [];
  return ports.flatMap((port, index) => {
    const at = `spec.ports[${index}]`;
    const name = stringAt(port, 'name');
    const isRepeated = name !== '' && names.has(name);
    names.add(name);
    const key = `${stringAt(port, 'protocol')}/${JSON.stringify(port['port'] ?? null)}`;
    const isSame = known.includes(key);
    known.push(key);
    const target = port['targetPort'];
    const form = { Name: '', Protocol: port['protocol'] ?? '', AppProtocol: null, Port: port['port'] ?? 0, TargetPort: 0, NodePort: 0 };
    return [
      ...(name === '' && ports.length > 1 ? [required(`${at}.name`)] : named(`${at}.name`, name, checkLabel)),
      ...(isRepeated ? [duplicate(`${at}.name`, name)] : []),
      ...between(`${at}.port`, port['port'], 1, 65535),
      ...oneOf(`${at}.protocol`, port['protocol'], protocols),
      ...portOrName(`${at}.targetPort`, target),
      ...(type === 'ClusterIP' && port['nodePort'] !== undefined ? [forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'")] : []),
      ...(isSame ? [duplicate(at, form)] : []),
    ];
  });
}

function checkSameAddress(spec: JsonObject, before: JsonObject): Errors {
  const [own, old] = [stringAt(spec, 'clusterIP'), stringAt(before, 'clusterIP')];
  if (stringAt(spec, 'type') === 'ExternalName' || stringAt(before, 'type') === 'ExternalName' || old === '' || own === old) return [];
  return [invalid('spec.clusterIPs[0]', [own], 'may not change once set')];
}

const checkIngress: Check = ({ metadata, spec: value }, before) => {
  const spec = objectAt(value);
  const rules = mapsAt(spec, 'rules');
  const backend = spec['defaultBackend'];
  const isClassed = before === undefined && metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined && spec['ingressClassName'] !== undefined;
  const className = metadata.annotations?.['kubernetes.io/ingress.class'] ?? '';
  return [
    ...(isClassed && className !== spec['ingressClassName']
      ? [invalid('metadata.annotations[kubernetes.io/ingress.class]', className, 'must match `ingressClassName` when both are specified')]
      : []),
    ...(rules.length === 0 && backend === undefined ? [invalid('spec', rules.length === 0 ? null : '', 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(isJsonObject(backend) ? checkBackend(backend, 'spec.defaultBackend') : []),
    ...rules.flatMap((rule, index) => checkRule(rule, `spec.rules[${index}]`)),
    ...mapsAt(spec, 'tls').flatMap((each, index) => [
      ...textsAt(each, 'hosts').flatMap((host, at) => named(`spec.tls[${index}].hosts[${at}]`, host, host.includes('*') ? checkWildcard : checkSubdomain)),
      ...named(`spec.tls[${index}].secretName`, each['secretName'], checkSubdomain),
    ]),
    ...named('spec.ingressClassName', spec['ingressClassName'], checkSubdomain),
  ];
};

function checkRule(rule: JsonObject, path: string): Errors {
  const host = stringAt(rule, 'host');
  const isAddress = isIP(host) > 0;
  return [
    ...(isAddress ? [invalid(`${path}.host`, host, 'must be a DNS name, not an IP address')] : named(`${path}.host`, host, host.includes('*') ? checkWildcard : checkSubdomain)),
    ...(isJsonObject(rule['http']) ? checkPaths(mapsAt(rule, 'http', 'paths'), `${path}.http.paths`) : []),
  ];
}

const wrongInPath = ['//', '/./', '/../', '%2f', '%2F'];

function checkPaths(paths: readonly JsonObject[], path: string): Errors {
  if (paths.length === 0) return [required(path)];
  return paths.flatMap((each, index) => {
    const at = `${path}[${index}]`;
    const [type, text] = [each['pathType'], stringAt(each, 'path')];
    const isStrict = type === 'Exact' || type === 'Prefix';
    const isRelative = !text.startsWith('/') && (isStrict || text !== '');
    return [
      ...(type === undefined || type === null
        ? [required(`${at}.pathType`, 'pathType must be specified')]
        : oneOf(`${at}.pathType`, type, ['Exact', 'ImplementationSpecific', 'Prefix'])),
      ...(isRelative && (isStrict || type === 'ImplementationSpecific') ? [invalid(`${at}.path`, text, 'must be an absolute path')] : []),
      ...(isStrict ? wrongInPath.flatMap((part) => (text.includes(part) ? [invalid(`${at}.path`, text, `must not contain '${part}'`)] : [])) : []),
      ...checkBackend(objectAt(each, 'backend'), `${at}.backend`),
    ];
  });
}

function checkBackend(backend: JsonObject, path: string): Errors {
  const { service, resource } = backend;
  if (service !== undefined && resource !== undefined) return [invalid(path, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) return [];
  if (!isJsonObject(service)) return [invalid(path, '', 'resource or service backend is required')];
  const name = stringAt(service, 'name');
  const port = objectAt(service, 'port');
  const [number, portName] = [valueAt(port, 'number'), stringAt(port, 'name')];
  const at = `${path}.service`;
  return [
    ...filled(`${at}.name`, name),
    ...named(`${at}.name`, name, checkOldLabel),
    ...(portName !== '' && typeof number === 'number' && number !== 0 ? [invalid(path, '', 'cannot set both port name & port number')] : []),
    ...(portName !== '' && !(typeof number === 'number' && number !== 0) ? named(`${at}.port.name`, portName, checkPortName) : []),
    ...(portName === '' && (number === undefined || number === 0) ? [required(path, 'port name or number is required')] : []),
    ...(portName === '' && typeof number === 'number' && number !== 0 ? checkPort(number).map((words) => invalid(`${at}.port.number`, number, words)) : []),
  ];
}

const checkNetworkPolicy: Check = ({ spec: value }) => {
  const spec = objectAt(value);
  const types = textsAt(spec, 'policyTypes');
  const rules = (name: string, peers: string): Errors =>
    mapsAt(spec, name).flatMap((rule, index) => [
      ...mapsAt(rule, 'ports').flatMap((port, at) => checkPolicyPort(port, `spec.${name}[${index}].ports[${at}]`)),
      ...mapsAt(rule, peers).flatMap((peer, at) => checkPeer(peer, `spec.${name}[${index}].${peers}[${at}]`)),
    ]);
  return [
    ...selector('spec.podSelector', spec['podSelector']),
    ...rules('ingress', 'from'),
    ...rules('egress', 'to'),
    ...types.flatMap((type, index) => oneOf(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress'])),
  ];
};

function checkPolicyPort(port: JsonObject, path: string): Errors {
  const { endPort, port: number } = port;
  const end: Errors[number][] = [];
  if (typeof endPort === 'number') {
    if (number === undefined) end.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is not specified'));
    else if (typeof number === 'string') end.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    else if (typeof number === 'number' && endPort < number) end.push(invalid(`${path}.endPort`, number, 'must be greater than or equal to `port`'));
  }
  return [...oneOf(`${path}.protocol`, port['protocol'], ['TCP', 'UDP', 'SCTP']), ...portOrName(`${path}.port`, number), ...end];
}

function checkPeer(peer: JsonObject, path: string): Errors {
  const given = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((name) => peer[name] !== undefined);
  const block = peer['ipBlock'];
  if (given.length === 0) return [required(path, 'must specify a peer')];
  return [
    ...selector(`${path}.podSelector`, peer['podSelector']),
    ...selector(`${path}.namespaceSelector`, peer['namespaceSelector']),
    ...(isJsonObject(block) ? checkBlock(block, `${path}.ipBlock`) : []),
    ...(isJsonObject(block) && given.length > 1 ? [forbidden(path, 'may not specify both ipBlock and another peer')] : []),
  ];
}

function checkBlock(block: JsonObject, path: string): Errors {
  const cidr = stringAt(block, 'cidr');
  if (cidr === '') return [required(`${path}.cidr`)];
  if (!isCidr(cidr)) return [invalid(`${path}.cidr`, cidr, cidrWords)];
  return textsAt(block, 'except').flatMap((each, index) => {
    if (!isCidr(each)) return [invalid(`${path}.except[${index}]`, each, cidrWords)];
    return isWithin(each, cidr) ? [] : [invalid(`${path}.except[${index}]`, each, 'must be a strict subset of `cidr`')];
  });
}

/** Whether a range of IPv4 lies in a larger one; other families are taken as they are. */
function isWithin(inner: string, outer: string): boolean {
  const [one, two] = [inner, outer].map((text) => {
    const [address = '', bits = ''] = text.split('/');
    return { value: address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), bits: Number(bits), isOld: isIP(address) === 4 };
  });
  if (!one?.isOld || !two?.isOld) return true;
  const size = 2 ** (32 - two.bits);
  return one.bits > two.bits && Math.floor(one.value / size) === Math.floor(two.value / size);
}

const checkIngressClass: Check = ({ spec: value }, before) => {
  const spec = objectAt(value);
  const controller = stringAt(spec, 'controller');
  const [prefix = '', ...rest] = controller.split('/');
  const parameters = spec['parameters'];
  const own =
    controller === ''
      ? [required('spec.controller')]
      : rest.join('/') === ''
        ? [invalid('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")')]
        : named('spec.controller', prefix, checkSubdomain);
  return [
    ...own,
    ...(isJsonObject(parameters) ? [...filled('spec.parameters.kind', stringAt(parameters, 'kind')), ...filled('spec.parameters.name', stringAt(parameters, 'name'))] : []),
    ...(before ? immutable('spec.controller', controller, stringAt(before, 'spec', 'controller')) : []),
  ];
};

const checkSlice: Check = (slice, before) => {
  const type = stringAt(slice, 'addressType');
  const isKnown = ['FQDN', 'IPv4', 'IPv6'].includes(type);
  const own: Errors = type === '' ? [required('addressType')] : isKnown ? [] : [notSupported('addressType', type, ['FQDN', 'IPv4', 'IPv6'])];
  if (before && !jsonEquals(slice['addressType'], before['addressType'])) return [...own, invalid('addressType', type, 'field is immutable')];
  return [
    ...own,
    ...mapsAt(slice, 'endpoints').flatMap((each, index) => {
      const addresses = textsAt(each, 'addresses');
      const at = `endpoints[${index}].addresses`;
      return addresses.length === 0
        ? [required(at, 'must contain at least 1 address')]
        : isKnown && type !== 'FQDN'
          ? addresses.flatMap((address, place) => checkAddress(address, `${at}[${place}]`))
          : [];
    }),
    ...mapsAt(slice, 'ports').flatMap((port, index) => oneOf(`ports[${index}].protocol`, port['protocol'], protocols)),
  ];
};

const checkEndpoints: Check = (endpoints) =>
  mapsAt(endpoints, 'subsets').flatMap((subset, index) => [
    ...mapsAt(subset, 'addresses').flatMap((each, at) => {
      const path = `subsets[${index}].addresses[${at}].ip`;
      const errors = checkAddress(stringAt(each, 'ip'), path);
      return errors.length === 0 ? [] : [...errors, invalid(path, stringAt(each, 'ip'), 'must be a valid IP address')];
    }),
    ...mapsAt(subset, 'ports').flatMap((each, at) => portNumber(each['port'], `subsets[${index}].ports[${at}].port`)),
  ]);

function portNumber(value: JsonValue | undefined, path: string): Errors {
  return typeof value === 'number' ? checkPort(value).map((words) => invalid(path, value, words)) : [];
}

export const networkChecks: Readonly<Record<string, Check>> = {
  '/Service': checkService,
  '/Endpoints': checkEndpoints,
  'networking.k8s.io/Ingress': checkIngress,
  'networking.k8s.io/IngressClass': checkIngressClass,
  'networking.k8s.io/NetworkPolicy': checkNetworkPolicy,
  'discovery.k8s.io/EndpointSlice': checkSlice,
};
