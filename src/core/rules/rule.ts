/**
 * What a rule is. Each stands in a file of its own, with the words of its page beside its check. A rule sees what is
 * rendered and points, through origins, at the source that must change.
 *
 * Three kinds, by what a finding depends on. An environment rule looks at one environment's rendering and runs again
 * only when that changes. A workspace rule gathers a little from each environment (kept in the same way) and compares
 * what was gathered. A file rule looks at one parsed file.
 */
import type { FileTree } from '../base/fileTree.js';
import type { Place, ProblemExtras, Severity } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { DeliveryModel, Environment } from '../gitops/delivery.js';
import type { ImageReference } from '../objects/imageReference.js';
import type { KubernetesTypes } from '../objects/kubernetesTypes.js';
import type { Rendering } from '../objects/rendering.js';
import type { TagVerdict } from '../registry/imageFacts.js';
import type { ParsedYaml } from '../yaml/parse.js';
import type { RuleSettings } from './settings.js';

/** The words of a rule's page, and its default. Sentences, in Markdown. */
export interface RuleFacts {
  /** `<group>/<kebab-case>`: stable. The group is the folder that the rule's file stands in. */
  readonly id: string;
  /** `Image without a tag`: a few words. */
  readonly title: string;
  readonly severity: Severity | 'off';
  /** What is found. */
  readonly what: string;
  /** Why that hurts: what happens, where, and when it is noticed. */
  readonly why: string;
  /** What to do about it. */
  readonly mend: string;
  /** YAML that is found, and the same mended. */
  readonly examples: { readonly bad: string; readonly good: string };
  /** True when findings carry a fix. */
  readonly hasFix: boolean;
}

/** What a finding may carry besides its sentence and place. */
export interface FindingExtras extends ProblemExtras {
  /** The environments that have it, where a workspace rule knows; else those that use the file. */
  readonly environments?: readonly Environment[];
}

/**
 * Reports a finding at the text that must change. The same sentence at the same place, found for several environments,
 * is one finding: the sentence names an environment only where that is the point.
 */
export type Report = (place: Place, message: string, extras?: FindingExtras) => void;

/** What every rule may ask besides what it is about. */
export interface RuleContext {
  readonly tree: FileTree;
  readonly settings: RuleSettings;
  /** The parsed form of a file; undefined where there is none. */
  readonly parse: (path: string) => ParsedYaml | undefined;
  /**
   * What `derive` makes of a file; undefined where there is none. It is kept with the file's text, so that a question to every
   * file of the workspace costs one look at most of them.
   * @param derive depends on its arguments alone; what it is known by
   */
  readonly ofFile: <Value>(path: string, derive: (source: SourceText, parse: () => ParsedYaml | undefined) => Value) => Value | undefined;
  /** The same of many files, in their order; the same list as long as plain data that comes out of them says the same. */
  readonly ofFiles: <Value>(paths: readonly string[], derive: (source: SourceText, parse: () => ParsedYaml | undefined) => Value) => readonly (Value | undefined)[];
  /** What `derive` makes of a value that lives longer than one run, such as the list of files; kept with it. */
  readonly ofValue: <Key extends object, Value>(key: Key, derive: (key: Key) => Value) => Value;
  /** A file as it was last committed, undefined for one that wasn't; missing where nothing is known of commits. Another function once that changes. */
  readonly committed?: (path: string) => SourceText | undefined;
  /** What a registry said of an image, undefined where none was asked; missing where nothing is known of registries. */
  readonly tagVerdict?: (reference: ImageReference) => TagVerdict | undefined;
  /** The types of Kubernetes and of the CustomResourceDefinitions of the workspace; missing while they aren't loaded. */
  readonly kubernetes?: KubernetesTypes;
}

/** One environment with what it renders to. */
export interface CheckedEnvironment {
  readonly environment: Environment;
  /** As its operator would render it; `ok` is false where it can't be (then rules about objects have nothing to look at). */
  readonly rendering: Rendering;
}

export interface CheckedWorkspace {
  readonly model: DeliveryModel;
  readonly environments: readonly CheckedEnvironment[];
  /** All folders with a kustomization, absolute. */
  readonly kustomizations: readonly string[];
  /** All YAML files of the workspace, absolute. */
  readonly yamlFiles: readonly string[];
  /** The environments whose rendering read a path or looked for it. */
  readonly usersOf: (path: string) => readonly Environment[];
  /** The same as long as `usersOf` answers the same for every path; missing where that isn't known. */
  readonly usersStamp?: object;
}

export interface CheckedFile {
  readonly source: SourceText;
  readonly parsed: ParsedYaml;
  /** The environments whose rendering read it. */
  readonly users: readonly Environment[];
}

export interface EnvironmentRule extends RuleFacts {
  readonly scope: 'environment';
  readonly check: (checked: CheckedEnvironment, report: Report, context: RuleContext) => void;
}

export interface WorkspaceRule extends RuleFacts {
  readonly scope: 'workspace';
  /** What is needed of one environment; kept as long as its rendering and declaration stay the same, and longer where it is plain data that comes out the same. */
  readonly gather: (checked: CheckedEnvironment, context: RuleContext) => unknown;
  /**
   * Depends on its arguments alone: what it reported is kept as long as all that it asked of them stays the same.
   * @param gathered what {@link gather} gave for each of the workspace's environments, in their order
   */
  readonly check: (gathered: readonly unknown[], workspace: CheckedWorkspace, report: Report, context: RuleContext) => void;
}

export interface FileRule extends RuleFacts {
  readonly scope: 'file';
  /** Whether it looks at the file at all, by its path. */
  readonly looksAt: (path: string) => boolean;
  readonly check: (file: CheckedFile, report: Report, context: RuleContext) => void;
}

/** What whoever runs rules has to bring: all but what the runner itself keeps. */
export type GivenContext = Omit<RuleContext, 'ofFile' | 'ofFiles' | 'ofValue'>;

export type Rule = EnvironmentRule | WorkspaceRule | FileRule;

/** A workspace rule whose parts agree on what is gathered. */
export function defineWorkspaceRule<Gathered>(
  rule: RuleFacts & {
    readonly gather: (checked: CheckedEnvironment, context: RuleContext) => Gathered;
    readonly check: (gathered: readonly Gathered[], workspace: CheckedWorkspace, report: Report, context: RuleContext) => void;
  },
): WorkspaceRule {
  return { ...rule, scope: 'workspace', check: (gathered, ...rest) => rule.check(gathered as readonly Gathered[], ...rest) };
}
