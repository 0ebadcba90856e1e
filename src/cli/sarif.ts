/** Findings in the Static Analysis Results Interchange Format (SARIF 2.1.0), which code hosts show beside the lines. */
import { allRules } from '../core/rules/allRules.js';
import type { Severity } from '../core/base/problem.js';
import type { Finding } from './check.js';
import type { OpenFiles } from './openFiles.js';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** A rule with the words of its page; of a code that is no rule's its name alone. */
function describeRule(id: string): unknown {
  const rule = allRules.find((candidate) => candidate.id === id);
  if (!rule) return { id };
  const { title, what, why, mend, severity } = rule;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: what },
    help: { text: `${why}\n\n${mend}`, markdown: `${why}\n\n${mend}` },
    ...(severity !== 'off' && { defaultConfiguration: { level: levels[severity] } }),
  };
}

/** One run with all findings; file addresses are relative to the workspace. */
export function formatSarif(findings: readonly Finding[], label: OpenFiles['label']): unknown {
  const rules = [...new Set(findings.map(({ problem }) => problem.code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'GitOps Workbench', rules: rules.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { WORKSPACE: { description: { text: 'The folder that was checked.' } } },
        results: findings.map(({ problem: { code, severity, message, location }, environments }) => ({
          ruleId: code,
          ruleIndex: rules.indexOf(code),
          level: levels[severity],
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: label(location.path).replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/'), uriBaseId: 'WORKSPACE' },
                region: {
                  startLine: location.range.start.line + 1,
                  startColumn: location.range.start.character + 1,
                  endLine: location.range.end.line + 1,
                  endColumn: location.range.end.character + 1,
                },
              },
            },
          ],
          properties: { environments },
        })),
      },
    ],
  };
}
