/** Names that follow from content: a generated object is renamed when it changes, and all who refer to it say so. */
import type { FieldChange } from '../objects/compare.js';
import type { StepKind, YamlNode } from '../yaml/nodes.js';

const renamingSteps: ReadonlySet<StepKind> = new Set(['hashSuffix', 'nameReference']);

/** True where a generated name changed with its content, and those who refer to it. */
export function isRenaming({ left, right }: FieldChange): boolean {
  const isRenamed = (node: YamlNode | undefined): boolean => node?.kind === 'scalar' && node.step !== undefined && renamingSteps.has(node.step.kind);
  return isRenamed(left) && isRenamed(right);
}
