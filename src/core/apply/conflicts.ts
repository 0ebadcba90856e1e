/** Conflicts in the server's words (apimachinery v0.34, pkg/util/managedfields/internal/conflict.go). */
import { compareTexts, formatElementPath, stepsOf } from '../live/fieldElement.js';
import { elementPathsOf, type FieldSet } from '../live/fieldSet.js';
import type { ApplyConflict } from './applying.js';
import type { Manager, Managers } from './managers.js';

/** One conflict per manager, ordered as the server's message has them. */
export function describeConflicts(conflicts: ReadonlyMap<string, FieldSet>, managers: Managers): readonly ApplyConflict[] {
  return [...conflicts]
    .sort(([a], [b]) => compareTexts(a, b))
    .flatMap(([id, fields]) => {
      const manager = managers.get(id);
      return manager ? [describeConflict(manager, fields)] : [];
    });
}

function describeConflict(manager: Manager, fields: FieldSet): ApplyConflict {
  return {
    manager: manager.manager,
    description: describeManager(manager),
    fields: elementPathsOf(fields).map((path) => ({ path: stepsOf(path), text: formatElementPath(path) })),
  };
}

/** `"kubectl-edit" with subresource "status" using apps/v1`; one that applies has no version there. */
function describeManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const name = `${JSON.stringify(manager)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/** The message of the answer: `Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a`. */
export function formatConflicts(conflicts: readonly ApplyConflict[]): string {
  const count = conflicts.reduce((sum, { fields }) => sum + fields.length, 0);
  const [first] = conflicts;
  if (count === 1 && first) return `Apply failed with 1 conflict: conflict with ${first.description}: ${first.fields[0]?.text ?? ''}`;
  const lines = conflicts.flatMap(({ description, fields }) => [`conflicts with ${description}:`, ...fields.map(({ text }) => `- ${text}`)]);
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`;
}
