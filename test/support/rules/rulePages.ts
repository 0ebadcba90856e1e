/** The documentation of rules, made from their facts: a page for each, and the table in docs/rules.md. */
import type { Rule } from '../../../src/core/rules/rule.js';
import { groupOfRule } from '../../../src/core/rules/settings.js';

const begin = '<!-- The table of rules is written by `npm run docs:rules`. -->';
const end = '<!-- End of the table of rules. -->';

const groups: Readonly<Record<string, string>> = {
  environments: 'Environments against each other',
  images: 'Images',
  registry: 'Registries',
  argocd: 'Argo CD',
  flux: 'Flux',
  helm: 'Helm',
  structure: 'Structure of the repository',
  schema: 'Fields and versions of Kubernetes',
  references: 'References between objects',
  security: 'Secrets',
  workload: 'Workloads',
  docs: 'Documents',
};

/** Path below docs/rules to the text of a page. */
export function rulePages(rules: readonly Rule[]): ReadonlyMap<string, string> {
  return new Map(rules.map((rule) => [`${rule.id}.md`, writePage(rule)]));
}

/** docs/rules.md with its table of rules written anew, at its end where it has none. */
export function withRuleTable(document: string, rules: readonly Rule[]): string {
  const table = `${begin}\n\n${writeTable(rules)}\n${end}`;
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  return from < 0 ? `${document.trimEnd()}\n\n${table}\n` : document.slice(0, from) + table + document.slice(to + end.length);
}

function writeTable(rules: readonly Rule[]): string {
  const sections = Object.entries(groups).map(([group, title]) => {
    const rows = rules
      .filter(({ id }) => groupOfRule(id) === group)
      .map(({ id, severity, title: what, hasFix }) => `| [\`${id}\`](rules/${id}.md) | ${severity} | ${what}${hasFix ? ' · fix' : ''} |`);
    return rows.length === 0 ? '' : `### ${title}\n\n| rule | severity | what it finds |\n|---|---|---|\n${rows.join('\n')}\n\n`;
  });
  return `## Rules\n\n${sections.join('')}`.trimEnd();
}

function writePage({ id, title, severity, what, why, mend, examples, hasFix }: Rule): string {
  const group = groupOfRule(id);
  const off = severity === 'off' ? ' It is off unless you switch it on.' : '';
  return `# ${title}

\`${id}\` · ${severity}${hasFix ? ' · has a quick fix' : ''}

${what}

## Why

${why}

## What to do

${mend}

## Examples

Found:

\`\`\`yaml
${examples.bad.trim()}
\`\`\`

Not found:

\`\`\`yaml
${examples.good.trim()}
\`\`\`

## Settings
${off === '' ? '' : `\n${off.trim()}\n`}
Another severity (\`error\`, \`warning\`, \`info\`, \`off\`), for this rule or for all of its group, in \`.gitops-workbench.yaml\`:

\`\`\`yaml
rules:
  ${id}: ${severity === 'off' ? 'warning' : severity === 'info' ? 'warning' : 'info'}
  ${group}: ${severity === 'off' ? 'info' : '"off"'}
\`\`\`

One finding that is meant to be so, with the reason, on its line or the line above:

\`\`\`yaml
# gitops-ignore ${id}: the reason
\`\`\`

For a whole file: \`# gitops-ignore-file ${id}: the reason\`.

[All rules](../../rules.md)
`;
}
