/**
 * What the rules find in a workspace, and where it stands. Rules run when asked and look again only at what changed;
 * which settings hold is told by the workspace's file and the editor.
 */
import type { Problem } from '../core/base/problem.js';
import type { Environment } from '../core/gitops/delivery.js';
import { isFinding } from '../core/gitops/renderSource.js';
import type { WorkspaceSettings } from '../core/gitops/settings.js';
import type { FileTree } from '../core/base/fileTree.js';
import type { SourceText } from '../core/base/source.js';
import { readKubernetesTypes, type KubernetesTypes } from '../core/objects/kubernetesTypes.js';
import { allRules } from '../core/rules/allRules.js';
import { keepSame } from '../core/rules/keepSame.js';
import type { RuleContext } from '../core/rules/rule.js';
import { RuleRunner, type Finding, type OnRuleFailure } from '../core/rules/runRules.js';
import { defaultRuleSettings, type RuleSettings } from '../core/rules/settings.js';
import type { ParsedYaml } from '../core/yaml/parse.js';
import type { DeliveryState } from './delivery.js';
import { CustomTypes } from './customTypes.js';

/** What is checked. */
export interface CheckedState {
  readonly tree: FileTree;
  readonly delivery: DeliveryState;
  /** All folders with a kustomization, absolute. */
  readonly kustomizations: readonly string[];
  readonly yamlFiles: readonly string[];
  readonly parse: (path: string) => ParsedYaml | undefined;
  /** A file as it was last committed; missing where nothing is known of commits. */
  readonly committed?: (path: string) => SourceText | undefined;
  /** What registries said of images; missing where none was asked. */
  readonly tagVerdict?: RuleContext['tagVerdict'];
}

export class Checks {
  readonly #runner: RuleRunner;
  #settings: { readonly of: WorkspaceSettings; readonly rules: RuleSettings } | undefined;

  readonly #customTypes = new CustomTypes();
  readonly #readTable: () => string | undefined;
  #kustomizations: readonly string[] = [];
  #kubernetes: { readonly types: KubernetesTypes | undefined } | undefined;

  /** @param readTable the text of the table of Kubernetes' types: asked for at the first run, where it is needed */
  constructor({ onFailure, readTable }: { readonly onFailure: OnRuleFailure; readonly readTable: () => string | undefined }) {
    this.#runner = new RuleRunner(allRules, onFailure);
    this.#readTable = readTable;
  }

  /** What the rules find. Every environment is rendered for it. */
  run({ tree, delivery, kustomizations, yamlFiles, parse, committed, tagVerdict }: CheckedState): readonly Finding[] {
    const { model } = delivery;
    // The same list for the same folders: what rules made of it is kept with it.
    this.#kustomizations = keepSame(kustomizations, this.#kustomizations);
    const environments = model.environments.map((environment) => ({ environment, rendering: delivery.render(environment).rendering }));
    const base = environments.length > 0 ? this.#typesOfKubernetes() : undefined;
    const kubernetes =
      base &&
      this.#customTypes.typesOf(
        base,
        environments.map(({ rendering }) => rendering),
      );
    return this.#runner.run(
      {
        model,
        environments,
        kustomizations: this.#kustomizations,
        yamlFiles,
        usersOf: (path) => delivery.usersOf(path),
        usersStamp: delivery.usersStamp(),
      },
      { tree, parse, settings: this.#settingsOf(delivery.settings), ...(committed && { committed }), ...(tagVerdict && { tagVerdict }), ...(kubernetes && { kubernetes }) },
    );
  }

  #typesOfKubernetes(): KubernetesTypes | undefined {
    if (!this.#kubernetes) {
      const text = this.#readTable();
      this.#kubernetes = { types: text === undefined ? undefined : readKubernetesTypes(text) };
    }
    return this.#kubernetes.types;
  }

  /** The same object for the same settings: results stand on it. */
  #settingsOf(settings: WorkspaceSettings): RuleSettings {
    if (this.#settings?.of !== settings) this.#settings = { of: settings, rules: ruleSettingsOf(settings) };
    return this.#settings.rules;
  }
}

/** What rules are told of the workspace's settings. */
export function ruleSettingsOf(settings: WorkspaceSettings): RuleSettings {
  return {
    severities: settings.severities,
    kubernetesVersion: settings.kubernetesVersion ?? defaultRuleSettings.kubernetesVersion,
    fluxStrictSubstitution: settings.fluxStrictSubstitution ?? defaultRuleSettings.fluxStrictSubstitution,
    tagFormats: settings.tagFormats,
    protectedBranches: settings.protectedBranches,
  };
}

/** The problems that an environment has: those of its rendering, then what rules found in it. */
export function problemsOfEnvironment(environment: Environment, delivery: DeliveryState, findings: readonly Finding[]): readonly Problem[] {
  const found = findings.flatMap(({ problem, environments }) => (environments.includes(environment) ? [problem] : []));
  return [...delivery.render(environment).rendering.problems.filter(isFinding), ...found];
}
