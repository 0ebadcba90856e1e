/** Every setting of the extension, as package.json describes it (a test compares the two). They are read through bindings.ts. */

export interface SettingInfo {
  readonly type: 'boolean' | 'string' | 'array' | 'object';
  readonly default: boolean | string | readonly unknown[] | Readonly<Record<string, unknown>>;
  readonly scope: 'window' | 'resource' | 'machine-overridable';
  readonly enum?: readonly string[];
  /** Not taken from an untrusted workspace. */
  readonly restricted?: true;
  readonly description: string;
}

export const settings = {
  'gitops.preview.maskSecrets': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Hide the values of Secrets in previews and comparisons until you reveal them. A masked value ends in a tag that changes with the value.',
  },
  'gitops.preview.markChanges': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Mark the lines of a preview that the overlay adds or changes, against what its bases give, in the gutter and the overview ruler.',
  },
  'gitops.charts.detectTemplates': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Take YAML files in the templates of a chart for Helm templates, wherever the chart stands. Entries for templates in files.associations go before this.',
  },
  'gitops.codeLens.enabled': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Show “Preview” and “Compare with …” above kustomizations and charts, and which environments a file affects above resources and patches.',
  },
  'gitops.explorer.markProtectedFiles': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Mark files that belong to a protected environment, such as production, in the explorer and in tabs.',
  },
  'gitops.environments': {
    type: 'array',
    default: [],
    scope: 'window',
    description: 'Environments to add, rename, order, protect or hide: entries as in `.gitops-workbench.yaml`, which goes before this setting.',
  },
  'gitops.rules': {
    type: 'object',
    default: {},
    scope: 'window',
    description: 'How grave the findings of a rule or a group of rules are: `error`, `warning`, `info` or `off`, by `images/latest-tag` or `workload`.',
  },
  'gitops.kubernetes.version': {
    type: 'string',
    default: '',
    scope: 'window',
    description: 'The Kubernetes version that is delivered to, such as 1.34: rules check fields and deprecated APIs against it.',
  },
  'gitops.diagnostics.scope': {
    type: 'string',
    default: 'workspace',
    enum: ['workspace', 'openFiles'],
    scope: 'window',
    description: 'Report problems for every kustomization of the workspace, or only for those that use an open file.',
  },
  'gitops.kustomize.loadRestrictor': {
    type: 'string',
    default: 'rootOnly',
    enum: ['rootOnly', 'none'],
    scope: 'window',
    restricted: true,
    description: 'Which files a kustomization may read: those in and below its folder, as kustomize does by default, or any, as with --load-restrictor LoadRestrictionsNone.',
  },
  'gitops.cluster.kubeconfig': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    restricted: true,
    description: 'The kubeconfig to read instead of KUBECONFIG and ~/.kube/config; several are separated as in KUBECONFIG. Empty for what kubectl reads.',
  },
  'gitops.cluster.reconnect': {
    type: 'boolean',
    default: false,
    scope: 'machine-overridable',
    restricted: true,
    description: 'Connect again, when a workspace is opened, to the clusters that you connected there before. Others are never contacted by themselves.',
  },
  'gitops.drift.enabled': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Compare environments with the clusters that you connect. Where this is off, health, operators and syncs are shown all the same.',
  },
  'gitops.drift.hints': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Show at the lines of source files what is live where that is something else, who set it and when.',
  },
  'gitops.drift.notifications': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description: 'Tell about drift and failures in protected environments of connected clusters. Others are shown in the tree only.',
  },
  'gitops.pullRequests.allowed': {
    type: 'array',
    default: [],
    scope: 'machine-overridable',
    restricted: true,
    description: "Forges, as hosts such as github.com, that may be asked which pull requests are open, with the editor's session. Others are never contacted.",
  },
  'gitops.registries.allowed': {
    type: 'array',
    default: [],
    scope: 'machine-overridable',
    restricted: true,
    description: 'Registries of images, as hosts such as ghcr.io, that may be asked which tags and digests they have. Others are never contacted.',
  },
  'gitops.registries.insecure': {
    type: 'array',
    default: [],
    scope: 'machine-overridable',
    restricted: true,
    description: 'Registries, as hosts such as registry.local:5000, that are asked over plain HTTP. Those on this machine may be so without being named.',
  },
  'gitops.trace.server': {
    type: 'string',
    default: 'off',
    enum: ['off', 'messages', 'verbose'],
    scope: 'window',
    description: 'Write the messages between the editor and the GitOps server to the log.',
  },
} as const satisfies Readonly<Record<string, SettingInfo>>;

export type SettingId = keyof typeof settings;

/** The type of a setting's value: one of its words where it has a list of them. */
export type SettingValue<Id extends SettingId> = (typeof settings)[Id] extends { readonly enum: readonly (infer Word)[] }
  ? Word
  : (typeof settings)[Id]['type'] extends 'boolean'
    ? boolean
    : (typeof settings)[Id]['type'] extends 'array' | 'object'
      ? unknown
      : string;
