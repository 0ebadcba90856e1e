/**
 * A kustomization file as data: every text is the scalar node that it was read from, so that a step or a problem can
 * point at it. Decoding (decodeKustomization.ts) has already refused what kustomize refuses (unknown fields, wrong
 * types) and moved deprecated fields into the ones that replaced them, as kustomize's FixKustomization does.
 */
import type { Place } from '../base/problem.js';
import type { MapNode, ScalarNode, YamlNode } from '../yaml/nodes.js';
import type { SourceText } from '../base/source.js';

/** A string and its place: the node as decoded (`value` is the string). */
export type Text = ScalarNode;

/** A map of strings, in the order of the text. */
export interface TextMap {
  readonly node: MapNode;
  readonly entries: readonly TextEntry[];
}
export interface TextEntry extends Directed {
  readonly key: Text;
  readonly value: Text;
}

/** What an operator may have put into a kustomization that it found in git. */
export interface Directed {
  /** The way to the directive for people where it stands elsewhere than in the kustomization: `spec.source.kustomize.images[0]`. */
  readonly directive?: string;
}

/** Where a field stands in objects of which kinds (kustomize's types.FieldSpec); empty parts match anything. */
export interface FieldSpec {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Kustomize's own syntax: `/` between keys, `\/` for a slash in a key, `[]` after the key of a list. */
  readonly path: string;
  readonly create: boolean;
  /** Where a user wrote it; missing for the default ones. */
  readonly place?: Place;
}

/** A field specification that names what other kinds refer to a kind (types in kustomize's builtinconfig.NameBackReferences). */
export interface NameBackReferences {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly fieldSpecs: readonly FieldSpec[];
}

/** kustomize's builtinconfig.TransformerConfig: which fields each step touches; defaults, `configurations` and `crds` merged. */
export interface TransformerConfig {
  readonly namePrefix: readonly FieldSpec[];
  readonly nameSuffix: readonly FieldSpec[];
  readonly namespace: readonly FieldSpec[];
  readonly commonLabels: readonly FieldSpec[];
  readonly labels: readonly FieldSpec[];
  readonly templateLabels: readonly FieldSpec[];
  readonly volumeClaimTemplateLabels: readonly FieldSpec[];
  readonly commonAnnotations: readonly FieldSpec[];
  readonly nameReference: readonly NameBackReferences[];
  readonly varReference: readonly FieldSpec[];
  readonly images: readonly FieldSpec[];
  readonly replicas: readonly FieldSpec[];
}

/** Which objects (types.Selector): every given part is an anchored regular expression; missing matches all. */
export interface Selector {
  readonly node: MapNode;
  readonly group?: Text;
  readonly version?: Text;
  readonly kind?: Text;
  readonly name?: Text;
  readonly namespace?: Text;
  readonly labelSelector?: Text;
  readonly annotationSelector?: Text;
}

export interface LabelEntry extends Directed {
  readonly node: MapNode;
  readonly pairs: TextMap;
  readonly includeSelectors: boolean;
  readonly includeTemplates: boolean;
  readonly includeVolumeClaimTemplates: boolean;
  readonly fieldSpecs: readonly FieldSpec[];
}

export interface ImageEntry extends Directed {
  readonly node: MapNode;
  /** Missing counts as the empty string, which kustomize accepts. */
  readonly name?: Text;
  readonly newName?: Text;
  readonly newTag?: Text;
  readonly tagSuffix?: Text;
  readonly digest?: Text;
}

export interface ReplicaEntry extends Directed {
  readonly node: MapNode;
  readonly name?: Text;
  /** The scalar of `count` (an integer); missing counts as 0. */
  readonly count?: ScalarNode;
}

/** An entry of `patches`, `patchesStrategicMerge` (path or patch only) or `patchesJson6902`. */
export interface PatchEntry extends Directed {
  readonly node: YamlNode;
  /** Which field of the kustomization it stood in, and which 0-based index there. */
  readonly field: 'patches' | 'patchesStrategicMerge' | 'patchesJson6902';
  readonly index: number;
  readonly path?: Text;
  readonly patch?: Text;
  readonly target?: Selector;
  readonly allowNameChange: boolean;
  readonly allowKindChange: boolean;
}

export interface GeneratorOptions {
  readonly node: MapNode;
  readonly labels?: TextMap;
  readonly annotations?: TextMap;
  readonly disableNameSuffixHash: boolean;
  readonly immutable: boolean;
}

export interface GeneratorArgs {
  readonly node: MapNode;
  readonly field: 'configMapGenerator' | 'secretGenerator';
  readonly index: number;
  readonly name?: Text;
  readonly namespace?: Text;
  /** `create`, `replace`, `merge`, or anything else (which kustomize takes for unspecified). */
  readonly behavior?: Text;
  /** Secrets only. */
  readonly type?: Text;
  readonly literals: readonly Text[];
  readonly files: readonly Text[];
  readonly envs: readonly Text[];
  /** With the kustomization's generatorOptions already merged in (types.MergeGlobalOptionsIntoLocal). */
  readonly options?: GeneratorOptions;
}

/** types.Replacement: given in place, or by `path` to a file that holds one or a list of them. */
export interface ReplacementEntry {
  readonly node: MapNode;
  readonly index: number;
  readonly path?: Text;
  readonly source?: ReplacementSource;
  readonly sourceValue?: Text;
  readonly targets: readonly ReplacementTarget[];
}
export interface ReplacementSource {
  readonly node: MapNode;
  readonly group?: Text;
  readonly version?: Text;
  readonly kind?: Text;
  readonly name?: Text;
  readonly namespace?: Text;
  readonly fieldPath?: Text;
  readonly options?: FieldOptions;
}
export interface ReplacementTarget {
  readonly node: MapNode;
  readonly select?: Selector;
  readonly reject: readonly Selector[];
  readonly fieldPaths: readonly Text[];
  readonly options?: FieldOptions;
}
export interface FieldOptions {
  readonly delimiter: string;
  readonly index: number;
  readonly encoding: string;
  readonly create: boolean;
}

export interface VarEntry {
  readonly node: MapNode;
  readonly name?: Text;
  readonly objref: { readonly group: string; readonly version: string; readonly kind: string; readonly name: string; readonly namespace: string };
  /** `metadata.name` where none is given. */
  readonly fieldPath: string;
}

/** `legacy` and `fifo` as in sortOptions; undefined where the kustomization says nothing. */
export interface SortOptions {
  readonly node: MapNode;
  readonly order: string;
  readonly legacyOrder?: { readonly orderFirst: readonly string[]; readonly orderLast: readonly string[] };
}

export interface Kustomization {
  readonly source: SourceText;
  readonly node: MapNode;
  readonly kind: 'Kustomization' | 'Component';
  readonly resources: readonly Text[];
  readonly components: readonly Text[];
  readonly crds: readonly Text[];
  readonly configurations: readonly Text[];
  /** Each a path, or YAML given in place. */
  readonly generators: readonly Text[];
  readonly transformers: readonly Text[];
  readonly validators: readonly Text[];
  readonly namespace?: Text;
  readonly namePrefix?: Text;
  readonly nameSuffix?: Text;
  /** The ways to those of the three names that an operator set. */
  readonly nameDirectives?: Readonly<Partial<Record<'namespace' | 'namePrefix' | 'nameSuffix', string>>>;
  readonly commonLabels?: TextMap;
  readonly commonAnnotations?: TextMap;
  readonly labels: readonly LabelEntry[];
  readonly images: readonly ImageEntry[];
  readonly replicas: readonly ReplicaEntry[];
  /** In the text's order; each entry says which of the three fields it stood in. */
  readonly patches: readonly PatchEntry[];
  readonly patchesStrategicMerge: readonly PatchEntry[];
  readonly patchesJson6902: readonly PatchEntry[];
  readonly configMapGenerator: readonly GeneratorArgs[];
  readonly secretGenerator: readonly GeneratorArgs[];
  readonly generatorOptions?: GeneratorOptions;
  readonly replacements: readonly ReplacementEntry[];
  readonly vars: readonly VarEntry[];
  readonly helmCharts: readonly MapNode[];
  readonly helmGlobals?: MapNode;
  readonly openapiPath?: Text;
  readonly openapiVersion?: Text;
  readonly buildMetadata: readonly Text[];
  readonly sortOptions?: SortOptions;
}
