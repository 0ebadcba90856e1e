/** Notes at the lines of a source file on what is live instead of what they say. */
import { formatFieldPath } from '../../core/objects/compare.js';
import type { LiveEnvironment } from '../../services/liveEnvironments.js';
import type { LiveHint } from '../clusterProtocol.js';
import { codeSpan, escapeMarkdown } from '../markdown.js';
import { describeOwner, type DescribeContext } from './describeDrift.js';
import { describeValue, shortName } from './words.js';

interface Note {
  readonly environment: string;
  readonly live: string;
  readonly by: string;
  readonly what: string;
  readonly forecast: string;
}

/**
 * @param path of the file, absolute
 * @returns one per line, with the environments that differ there
 */
export function liveHintsOf(path: string, environments: readonly LiveEnvironment[], context: DescribeContext): readonly LiveHint[] {
  const lines = new Map<number, Note[]>();
  for (const { environment, drift } of environments) {
    for (const { id, fields } of drift?.objects ?? []) {
      for (const field of fields) {
        const { declaredBy, state, live, isSecret } = field;
        if (declaredBy?.source.path !== path || state === 'removed' || state === 'foreign') continue;
        const { line } = declaredBy.source.locate(declaredBy.start, declaredBy.end).range.start;
        const note: Note = {
          environment: environment.label,
          live: describeValue(live, isSecret, context.fingerprint) ?? 'missing',
          by: describeOwner(field.owner, context.now),
          what: `${shortName(id)} ${formatFieldPath(field.path)}`,
          forecast: field.forecast.message,
        };
        lines.set(line, [...(lines.get(line) ?? []), note]);
      }
    }
  }
  return [...lines].sort(([a], [b]) => a - b).map(([line, notes]) => ({ line, text: textOf(notes), tooltip: notes.map(tooltipOf).join('\n\n') }));
}

/** `live: 5, by kubectl-scale, 12 min ago`; with the environments where they differ from each other. */
function textOf(notes: readonly Note[]): string {
  const values = new Set(notes.map(({ live, by }) => `${live}${by === '' ? '' : `, by ${by}`}`));
  const names = new Set(notes.map(({ environment }) => environment));
  const [only] = values;
  if (values.size === 1) return `live: ${only ?? ''}${names.size > 1 ? ` (${names.size} environments)` : ''}`;
  return notes.map(({ environment, live }) => `live in ${environment}: ${live}`).join('; ');
}

function tooltipOf({ environment, what, live, by, forecast }: Note): string {
  return [`**${escapeMarkdown(environment)}** ${escapeMarkdown(what)}`, `Live: ${codeSpan(live)}${by === '' ? '' : `, by ${escapeMarkdown(by)}`}`, escapeMarkdown(forecast)]
    .filter((line) => line !== '')
    .join('\n\n');
}
