/** What Flux will put in the place of `${...}`, for each environment that uses the file. Values of Secrets are not told. */
import type { Range } from '../../core/base/source.js';
import { findSubstitutions, resultOfSubstitution, visitSubstitutableScalars, type SubstitutionUse } from '../../core/gitops/flux/substitution/findSubstitutions.js';
import type { Environment } from '../../core/gitops/delivery.js';
import { defaultRuleSettings } from '../../core/rules/settings.js';
import type { ParsedYaml } from '../../core/yaml/parse.js';
import { labelLocation, type FileLabel } from '../fileLabels.js';
import { codeSpan } from '../markdown.js';
import type { Model } from '../model.js';

/** The expression at an offset of a file, with its result in every environment; undefined where there is none, or nothing is substituted. */
export function describeSubstitutionAt(model: Model, parsed: ParsedYaml, offset: number, label: FileLabel): { readonly markdown: string; readonly range: Range } | undefined {
  const { delivery } = model;
  const users = delivery.usersOf(parsed.source.path).filter((environment) => delivery.variablesOf(environment));
  if (users.length === 0) return undefined;
  const use = findUse(parsed, offset);
  if (!use) return undefined;
  const lines = users.map((environment) => `- ${environment.label}: ${describeResult(use, environment, model, label)}`);
  return { markdown: [`Flux substitutes \`${use.name}\`:`, '', ...lines].join('\n'), range: use.place.source.locate(use.place.start, use.place.end).range };
}

/** The innermost expression at an offset. */
function findUse({ documents }: ParsedYaml, offset: number): SubstitutionUse | undefined {
  const found: SubstitutionUse[] = [];
  for (const { root } of documents) {
    if (!root || offset < root.start || offset > root.end) continue;
    visitSubstitutableScalars(root, (scalar) => {
      if (offset < scalar.start || offset > scalar.end) return;
      for (const use of findSubstitutions(scalar).uses) {
        const { range } = use.place.source.locate(use.place.start, use.place.end);
        const [start, end] = [scalar.source.offsetAt(range.start), scalar.source.offsetAt(range.end)];
        if (offset >= start && offset <= end) found.push(use);
      }
    });
  }
  return found.at(-1);
}

function describeResult(use: SubstitutionUse, environment: Environment, { delivery }: Model, label: FileLabel): string {
  const variables = delivery.variablesOf(environment);
  if (!variables) return 'nothing is substituted';
  const result = resultOfSubstitution(use, variables, delivery.settings.fluxStrictSubstitution ?? defaultRuleSettings.fluxStrictSubstitution);
  switch (result.kind) {
    case 'value': {
      const { variable } = result;
      if (!variable) return `${codeSpan(result.value)} (the default: ${codeSpan(use.name)} is not defined)`;
      const { source, start, end } = variable.node;
      return `${variable.isSecret ? 'a secret value' : codeSpan(result.value)} from ${labelLocation(source.locate(start, end), label)}`;
    }
    case 'unknown':
      return `only the cluster knows (${variables.open.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(', ')})`;
    case 'failed':
      return `**fails**: ${result.reason}`;
  }
}
