/**
 * What the extension and the server say to each other beyond the language server protocol: names, parameters, answers.
 * Types only, so that the extension takes nothing of the server into its bundle. A preview's URI is made by the server
 * and opaque to the extension, but for its scheme.
 */

/** A URI as text, in the form that the editor uses. */
export type UriText = string;

/** 0-based, in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** A place in a file, for a jump. */
export interface Place {
  readonly uri: UriText;
  readonly range: TextRange;
  /** `overlays/prod/kustomization.yaml:24`, for people. */
  readonly label: string;
}

/** A kustomization that can be previewed, or a chart with the inputs of an environment. */
export interface EnvironmentInfo {
  /** `orders prod`: short, unique in the workspace as far as folders allow. */
  readonly label: string;
  /** The folder, relative to its workspace folder. */
  readonly description: string;
  readonly folderUri: UriText;
  readonly previewUri: UriText;
  /** False for a base or component that other kustomizations build on. */
  readonly isEnvironment: boolean;
}

/** A chart, for choosing what it is rendered with. */
export interface ChartInfo {
  /** `orders`. */
  readonly name: string;
  readonly folderUri: UriText;
  /** True for a library chart, which isn't rendered by itself. */
  readonly isLibrary: boolean;
  /** Values files that belong to it but its own values.yaml. */
  readonly valuesFiles: readonly { readonly uri: UriText; readonly label: string }[];
}

export interface ChartPreviewRequest {
  readonly folderUri: UriText;
  /** In ascending precedence. */
  readonly values: readonly UriText[];
  readonly releaseName: string;
  readonly namespace: string;
}

/** Lines of a preview that the previewed kustomization added or changed, against what its bases give; of a chart, what the values of its environment did. */
export interface ChangeMark {
  /** First and last line, both 0-based and part of it. */
  readonly first: number;
  readonly last: number;
  readonly kind: 'added' | 'changed';
}

/** Why there is no rendering of the present input. */
export interface BrokenState {
  readonly message: string;
  readonly place: Place | undefined;
  /** How many errors there are in all. */
  readonly errors: number;
  /** Remote entries that would have to be fetched. */
  readonly lacks: readonly string[];
}

/** All about a preview but its text. */
export interface PreviewState {
  readonly uri: UriText;
  /** Counts up with every change of text or state. */
  readonly version: number;
  readonly label: string;
  readonly folderUri: UriText;
  /** The kustomization file, or the folder where there is none. */
  readonly kustomizationUri: UriText;
  /** A git revision; undefined for the files as they stand in the editor. */
  readonly revision: string | undefined;
  readonly objects: number;
  readonly warnings: number;
  /** Time that the engine took, in milliseconds. */
  readonly milliseconds: number;
  readonly marks: readonly ChangeMark[];
  readonly secrets: 'none' | 'masked' | 'revealed';
  /** Set while the input can't be rendered; the text is then the last good one, or a comment where there never was one. */
  readonly broken: BrokenState | undefined;
  /** True when the text is a rendering (if perhaps an older one). */
  readonly isRendered: boolean;
}

export interface PreviewText extends PreviewState {
  readonly text: string;
}

/** A step from the version before: at most one replaced range of the text. */
export interface PreviewChange extends PreviewState {
  readonly baseVersion: number;
  /** Offsets in the text of `baseVersion`; undefined where only the state changed. */
  readonly edit: { readonly start: number; readonly end: number; readonly text: string } | undefined;
}

export interface Revision {
  /** What git takes: `main`, `v1.2.0`, a commit's hash. */
  readonly name: string;
  readonly kind: 'head' | 'branch' | 'tag' | 'commit';
  readonly description: string;
}

/** Why something outside (git, network) could not be done, in words. */
export interface FailureWords {
  readonly code: string;
  readonly message: string;
}

export interface FetchAnswer {
  readonly fetched: readonly { readonly spec: string; readonly commit: string | undefined }[];
  readonly failures: readonly (FailureWords & { readonly spec: string })[];
}

/** Requests of the extension to the server. */
export interface ServerRequests {
  /** The kustomizations that show `uri`: itself for a kustomization or its folder, else all that use the file. */
  'gitops/environments/of': { params: { readonly uri: UriText }; result: readonly EnvironmentInfo[] };
  'gitops/environments/all': { params: Record<string, never>; result: readonly EnvironmentInfo[] };
  /** The address of a kustomization's preview, or of what `previewUri` shows, at a git revision or now. */
  'gitops/preview/uri': { params: { readonly folderUri: UriText; readonly previewUri?: UriText; readonly revision?: string }; result: { readonly uri: UriText } };
  /** The chart that a file belongs to; null outside of charts. */
  'gitops/charts/of': { params: { readonly uri: UriText }; result: ChartInfo | null };
  /** The address of the preview of a chart with inputs of one's own choice. */
  'gitops/charts/preview': { params: ChartPreviewRequest; result: { readonly uri: UriText } };
  /** The lines of a preview (0-based) that come out of a line of a file: of a template, or of values. */
  'gitops/preview/linesFrom': { params: { readonly previewUri: UriText; readonly uri: UriText; readonly line: number }; result: readonly number[] };
  /** Begins to follow a preview; changes come as notifications until it is closed. */
  'gitops/preview/open': { params: { readonly uri: UriText }; result: PreviewText };
  'gitops/preview/showSecrets': { params: { readonly uri: UriText; readonly show: boolean }; result: null };
  'gitops/revisions': { params: { readonly folderUri: UriText }; result: readonly Revision[] | FailureWords };
  /** Fetches one remote entry, or all that are missing. */
  'gitops/remote/fetch': { params: { readonly spec?: string }; result: FetchAnswer };
}

/** Notifications of the extension to the server. */
export interface ServerNotifications {
  'gitops/preview/close': { readonly uri: UriText };
  'gitops/settings': ServerSettings;
}

/** Notifications of the server to the extension. */
export interface ClientNotifications {
  'gitops/preview/changed': PreviewChange;
  'gitops/workspace/changed': WorkspaceFacts;
}

/** What the extension needs to know of the workspace for its menus and for the YAML extension. */
export interface WorkspaceFacts {
  /** Folders with a kustomization. */
  readonly folders: readonly UriText[];
  /** Folders with a chart. */
  readonly charts: readonly UriText[];
  /** Every file that some kustomization uses. */
  readonly usedFiles: readonly UriText[];
  /** Files that are patches, values of generators' configurations and the like: not whole Kubernetes objects. */
  readonly partialFiles: readonly UriText[];
}

/** What the server needs to know of the user's settings. Sent at the start and when they change. */
export interface ServerSettings {
  readonly maskSecrets: boolean;
  readonly codeLens: boolean;
  readonly diagnostics: 'workspace' | 'openFiles';
  readonly loadRestrictor: 'rootOnly' | 'none';
  /** Fields of `.gitops-workbench.yaml` from the editor's settings, as JSON; empty where there are none. */
  readonly workspace: string;
  /** True when another extension reports YAML syntax in open YAML files. */
  readonly yamlIsValidatedElsewhere: boolean;
  /** False in Restricted Mode: nothing from git, nothing from the network. */
  readonly isTrusted: boolean;
  /** Kubeconfig files as in KUBECONFIG, which then isn't read; empty for what kubectl reads. */
  readonly kubeconfig: string;
  /** The kubeconfig of a sandbox that the extension runs, read besides the others; empty where none runs. */
  readonly sandboxKubeconfig: string;
  /** False where nothing is to be compared with clusters. */
  readonly drift: boolean;
  /** Registries of images that may be asked, as hosts: `docker.io`, `ghcr.io`, `localhost:5000`. None where it is missing. */
  readonly allowedRegistries?: readonly string[];
  /** Hosts that may be spoken to without encryption, or with a certificate that can't be checked; those on this machine always may. */
  readonly insecureRegistries?: readonly string[];
}

/** What the extension passes when it starts the server. */
export interface InitializationOptions {
  readonly settings: ServerSettings;
  /** Absolute path of a folder for fetched bases, outside every workspace. */
  readonly cacheFolder: string;
}

/** Commands of the extension that the server puts into code lenses and code actions. */
export interface ClientCommands {
  'gitops.preview.openToSide': [uri: UriText];
  'gitops.environments.compare': [uri: UriText];
  'gitops.remote.fetch': [spec?: string];
  'gitops.charts.chooseValues': [uri: UriText];
  '_gitops.rules.show': [rule: string];
  '_gitops.rules.accept': [uri: UriText, line: number, rule: string];
  '_gitops.preview.pick': [uri: UriText];
  '_gitops.place.show': [uri: UriText, range: TextRange];
  /** Asks the user whether a registry may be contacted, and remembers a yes. */
  '_gitops.registries.allow': [host: string];
}

export type ClientCommandId = keyof ClientCommands;

/** The scheme of previews' URIs. */
export type PreviewScheme = 'gitops-preview';
