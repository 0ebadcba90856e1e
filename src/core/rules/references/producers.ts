/**
 * Who makes Secrets, ConfigMaps and other objects that no manifest holds: operators whose kinds are known, and any
 * custom object that names the missing one. Left out: what Jobs and people make.
 */
import type { RenderedObject } from '../../objects/rendering.js';
import { scalarValue, type YamlNode } from '../../yaml/nodes.js';
import { mapsAt, nodeAt, textAt, type EnvironmentObjects, type Workload } from './environmentObjects.js';

/** True where something in the environment makes an object of that name once it runs, as far as that can be told. */
export function isProduced(objects: EnvironmentObjects, kind: string, namespace: string, name: string): boolean {
  if (alwaysThere.has(`${kind}/${name}`) || objects.workloads.some((workload) => workload.namespace === namespace && isArgument(workload, name))) return true;
  return objects.objects.some((object) => {
    const own = objects.namespaceOf(object);
    const isNear = own === '' || own === namespace;
    if (kind === 'Secret' && secretNamesOf(object).includes(name) && (isNear || object.id.kind === 'ClusterExternalSecret')) return true;
    if (kind === 'ConfigMap' && object.id.kind === 'Bundle' && object.id.name === name) return true;
    return isCustom(object) && (isNear ? name.startsWith(object.id.name) || names(object.root, name) : false);
  });
}

/** The same for one environment, each question worked out once. */
export function rememberProduced(objects: EnvironmentObjects): (kind: string, namespace: string, name: string) => boolean {
  const answers = new Map<string, boolean>();
  return (kind, namespace, name) => {
    const key = `${kind}/${namespace}/${name}`;
    let answer = answers.get(key);
    if (answer === undefined) answers.set(key, (answer = isProduced(objects, kind, namespace, name)));
    return answer;
  };
}

/** True where a container is told the name: it may make the object itself, as Jobs for certificates do. */
function isArgument({ containers }: Workload, name: string): boolean {
  return containers.some(({ node }) =>
    ['command', 'args'].some((field) => {
      const words = node.get(field);
      return words?.kind === 'sequence' && words.items.some((word) => word.kind === 'scalar' && word.value.includes(name));
    }),
  );
}

/** What every namespace has. */
const alwaysThere: ReadonlySet<string> = new Set([
  'ConfigMap/kube-root-ca.crt',
  'ConfigMap/openshift-service-ca.crt',
  'ConfigMap/istio-ca-root-cert',
  'ServiceAccount/default',
  // of OpenShift
  'ServiceAccount/builder',
  'ServiceAccount/deployer',
  'ServiceAccount/pipeline',
]);

/** The Secrets that an object of a known kind brings. */
function secretNamesOf({ id, root }: RenderedObject): readonly string[] {
  const text = (...keys: readonly string[]): readonly string[] => textAt(root, ...keys)?.value.split('\n') ?? [];
  const textOr = (fallback: string, ...keys: readonly string[]): readonly string[] => {
    const found = text(...keys);
    return found.length > 0 ? found : [fallback];
  };
  switch (id.kind) {
    case 'ExternalSecret':
    case 'PushSecret':
      return textOr(id.name, 'spec', 'target', 'name');
    case 'ClusterExternalSecret':
      return textOr(id.name, 'spec', 'externalSecretName');
    case 'SealedSecret':
      return textOr(id.name, 'spec', 'template', 'metadata', 'name');
    case 'Certificate':
      return text('spec', 'secretName');
    case 'Issuer':
    case 'ClusterIssuer':
      return text('spec', 'acme', 'privateKeySecretRef', 'name');
    case 'VaultStaticSecret':
    case 'VaultDynamicSecret':
    case 'VaultPKISecret':
    case 'HCPVaultSecretsApp':
      return text('spec', 'destination', 'name');
    case 'OnePasswordItem':
    case 'KafkaUser':
    case 'ObjectBucketClaim':
      return [id.name];
    case 'SopsSecret':
      return mapsAt(root, 'spec', 'secretTemplates').map((template) => scalarValue(template.get('name')) ?? '');
    case 'InfisicalSecret':
      return [
        ...text('spec', 'managedSecretReference', 'secretName'),
        ...mapsAt(root, 'spec', 'managedKubeSecretReferences').map((each) => scalarValue(each.get('secretName')) ?? ''),
      ];
    case 'SecretProviderClass':
      return mapsAt(root, 'spec', 'secretObjects').map((each) => scalarValue(each.get('secretName')) ?? '');
    case 'Service':
      return [
        ...text('metadata', 'annotations', 'service.beta.openshift.io/serving-cert-secret-name'),
        ...text('metadata', 'annotations', 'service.alpha.openshift.io/serving-cert-secret-name'),
      ];
    case 'Ingress':
      return hasIssuer(root) ? mapsAt(root, 'spec', 'tls').map((each) => scalarValue(each.get('secretName')) ?? '') : [];
    default:
      return [];
  }
}

/** True for an Ingress for which cert-manager's shim asks for a certificate. */
function hasIssuer(root: YamlNode): boolean {
  const annotations = nodeAt(root, 'metadata', 'annotations');
  if (annotations?.kind !== 'map') return false;
  return annotations.pairs.some(({ key }) => /^(cert-manager\.io\/(cluster-)?issuer|certmanager\.k8s\.io\/.*issuer|kubernetes\.io\/tls-acme)$/.test(key.value));
}

/** Groups whose objects name others and make none. */
const naming: ReadonlySet<string> = new Set([
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'traefik.io',
  'traefik.containo.us',
  'route.openshift.io',
  'apps.openshift.io',
  'image.openshift.io',
  'monitoring.coreos.com',
  'keda.sh',
  'argoproj.io',
  'kyverno.io',
  'cilium.io',
  'projectcalico.org',
  'projectcontour.io',
]);

/** True for an object of somebody's operator, which may make anything. */
function isCustom({ id }: RenderedObject): boolean {
  return id.group.includes('.') && !id.group.endsWith('.k8s.io') && !naming.has(id.group);
}

/** True where a text in a node is the name. */
function names(node: YamlNode, name: string): boolean {
  switch (node.kind) {
    case 'scalar':
      return node.value === name;
    case 'map':
      return node.pairs.some(({ value }) => names(value, name));
    case 'sequence':
      return node.items.some((item) => names(item, name));
  }
}

/** Charts and bundles that are installed in the cluster: what they bring isn't known here. */
export function chartNamespacesOf(objects: EnvironmentObjects): ReadonlySet<string> {
  const namespaces = new Set<string>();
  for (const kind of ['HelmRelease', 'HelmChart', 'HelmChartProxy', 'Subscription', 'KfDef', 'PackageInstall']) {
    for (const object of objects.ofKind(kind)) namespaces.add(textAt(object.root, 'spec', 'targetNamespace')?.value ?? objects.namespaceOf(object));
  }
  return namespaces;
}

/**
 * Whether a chart that is installed from within the cluster may bring an object.
 * @param charts what {@link chartNamespacesOf} gave; the empty namespace is one that isn't known
 * @param namespace undefined for an object of the cluster
 */
export function mayComeFromChart(charts: ReadonlySet<string>, namespace: string | undefined): boolean {
  if (namespace === undefined || namespace === '') return charts.size > 0;
  return charts.has(namespace) || charts.has('');
}
