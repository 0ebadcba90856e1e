/** The kinds of Argo CD, Flux and External Secrets as definitions of our own: they keep whatever is in an object, and check nothing. */
import type { JsonObject } from '../../core/live/json.js';
import type { LiveObject } from '../../core/live/liveObject.js';
import type { SandboxStore } from '../api/store.js';

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  /** Argo CD's own kinds have their status without a subresource. */
  readonly hasStatus: boolean;
  readonly isClusterScoped?: true;
  readonly columns: readonly (readonly [name: string, path: string])[];
}

const argo = { group: 'argoproj.io', version: 'v1alpha1', hasStatus: false };
const ready = [
  ['Ready', '.status.conditions[?(@.type=="Ready")].status'],
  ['Status', '.status.conditions[?(@.type=="Ready")].message'],
] as const;

const kinds: readonly Kind[] = [
  {
    ...argo,
    kind: 'Application',
    plural: 'applications',
    shortNames: ['app', 'apps'],
    columns: [
      ['Sync Status', '.status.sync.status'],
      ['Health Status', '.status.health.status'],
    ],
  },
  { ...argo, kind: 'ApplicationSet', plural: 'applicationsets', shortNames: ['appset', 'appsets'], hasStatus: true, columns: [] },
  { ...argo, kind: 'AppProject', plural: 'appprojects', shortNames: ['appproj', 'appprojs'], columns: [] },
  {
    group: 'source.toolkit.fluxcd.io',
    version: 'v1',
    kind: 'GitRepository',
    plural: 'gitrepositories',
    shortNames: ['gitrepo'],
    hasStatus: true,
    columns: [['URL', '.spec.url'], ...ready],
  },
  { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization', plural: 'kustomizations', shortNames: ['ks'], hasStatus: true, columns: ready },
  { group: 'image.toolkit.fluxcd.io', version: 'v1', kind: 'ImageRepository', plural: 'imagerepositories', hasStatus: true, columns: ready },
  { group: 'image.toolkit.fluxcd.io', version: 'v1', kind: 'ImagePolicy', plural: 'imagepolicies', hasStatus: true, columns: ready },
  { group: 'image.toolkit.fluxcd.io', version: 'v1', kind: 'ImageUpdateAutomation', plural: 'imageupdateautomations', hasStatus: true, columns: ready },
  { group: 'external-secrets.io', version: 'v1', kind: 'ExternalSecret', plural: 'externalsecrets', shortNames: ['es'], hasStatus: true, columns: ready },
];

/** Makes the definitions that aren't there; those that are stay as they are. */
export function ensureDefinitions(store: SandboxStore): void {
  for (const kind of kinds) {
    const definition = definitionOf(kind);
    const id = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', namespace: '', name: definition.metadata.name };
    if (!store.get(id)) store.create(definition, 'sandbox');
  }
}

function definitionOf({ group, version, kind, plural, shortNames = [], hasStatus, isClusterScoped, columns }: Kind): LiveObject {
  const anything: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, annotations: { 'sandbox.gitops-workbench/simulated': 'true' } },
    spec: {
      group,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List`, shortNames },
      scope: isClusterScoped ? 'Cluster' : 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything, ...(kind === 'Application' && { operation: anything }) } } },
          ...(hasStatus && { subresources: { status: {} } }),
          ...(columns.length > 0 && { additionalPrinterColumns: columns.map(([name, jsonPath]) => ({ name, jsonPath, type: 'string' })) }),
        },
      ],
    },
  };
}
