/**
 * What follows from content, and is no change of its own: a generated object is renamed when it changes, and all who refer
 * to it say so; checksums that templates print; values that are random, or from the clock.
 */
import { isTemplateStep } from '../helm/manifestOrigins.js';
import type { FieldChange } from '../objects/compare.js';
import type { StepKind, YamlNode } from '../yaml/nodes.js';

const renamingSteps: ReadonlySet<StepKind> = new Set(['hashSuffix', 'nameReference']);

/** True where a field differs as something else does. */
export function isConsequence({ path, left, right }: FieldChange): boolean {
  if (left?.kind === 'sequence' && right?.kind === 'sequence') {
    // Lists of plain values are compared as a whole.
    const { items } = right;
    return left.items.length === items.length && left.items.every((item, index) => isSameScalar(item, items[index]) || isConsequence({ path, left: item, right: items[index] }));
  }
  if (left?.kind !== 'scalar' || right?.kind !== 'scalar') return false;
  if (isRenamed(left) && isRenamed(right)) return true;
  if (left.step?.isGenerated === true && right.step?.isGenerated === true) return true;
  const last = path.at(-1);
  const isNamedSo = typeof last === 'string' && /checksum|hash|sha/i.test(last);
  return left.value.length === right.value.length && [left, right].every(({ value, step }) => isTemplateStep(step) && isDigest(value, isNamedSo));
}

function isRenamed({ step }: YamlNode): boolean {
  return step !== undefined && renamingSteps.has(step.kind);
}

function isDigest(text: string, mayBeCut: boolean): boolean {
  return /^[0-9a-f]+$/.test(text) && text.length >= (mayBeCut ? 8 : 32);
}

function isSameScalar(left: YamlNode, right: YamlNode | undefined): boolean {
  return left.kind === 'scalar' && right?.kind === 'scalar' && left.value === right.value && left.tag === right.tag;
}
