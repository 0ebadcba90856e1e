/** What users set about rules: how grave each is, and the facts about their platform that rules ask for. */
import type { Severity } from '../base/problem.js';

export interface RuleSettings {
  /** By rule or by group (`workload`, `images/latest-tag`): another severity than the default. */
  readonly severities: ReadonlyMap<string, Severity | 'off'>;
  /** The Kubernetes version that is delivered to, `1.34`. */
  readonly kubernetesVersion: string;
  /** Flux fails on undefined substitution variables: the default since kustomize-controller 1.9 (Flux 2.9). */
  readonly fluxStrictSubstitution: boolean;
  /** By environment name: the form that its image tags must have, as a regular expression. */
  readonly tagFormats: ReadonlyMap<string, string>;
  /** Branches that are written by people and pull requests only. */
  readonly protectedBranches: readonly string[];
}

/** What holds where nothing is set. */
export const defaultRuleSettings: RuleSettings = {
  severities: new Map(),
  kubernetesVersion: '1.34',
  fluxStrictSubstitution: true,
  tagFormats: new Map(),
  protectedBranches: [],
};

/** How grave the findings of a rule are: what is set for it, else for its group, else its default. */
export function severityOf(rule: { readonly id: string; readonly severity: Severity | 'off' }, { severities }: RuleSettings): Severity | 'off' {
  return severities.get(rule.id) ?? severities.get(groupOfRule(rule.id)) ?? rule.severity;
}

/** `images` of `images/latest-tag`. */
export function groupOfRule(id: string): string {
  return id.slice(0, Math.max(id.indexOf('/'), 0));
}
