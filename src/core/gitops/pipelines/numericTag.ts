/** Tags that YAML reads as numbers when they stand there without quotes. */
import { resolveTagYaml11 } from '../../yaml/scalars.js';
import type { TagWrite } from './pipeline.js';
import { constantOf, onlyHole } from './symbolicText.js';

export interface NumericRisk {
  /** Whether every such tag is a number, or some are. */
  readonly how: 'always' | 'sometimes';
  /** Of short commits: how many characters they have. */
  readonly length: number | undefined;
}

/**
 * Whether a written tag may come to stand in YAML as a number: a short commit (all digits, or digits with one `e`), the
 * number of a run, or a constant that is one. Undefined where it can't, or is written as text.
 */
export function numericRiskOf({ tag, quoting }: Pick<TagWrite, 'tag' | 'quoting'>): NumericRisk | undefined {
  if (quoting === 'text') return undefined;
  const constant = constantOf(tag);
  if (constant !== undefined) return ['!!int', '!!float'].includes(resolveTagYaml11(constant)) ? { how: 'always', length: undefined } : undefined;
  const hole = onlyHole(tag);
  if (hole?.meaning === 'number') return { how: 'always', length: undefined };
  const isShort = hole?.meaning === 'shortCommit' && (hole.length ?? 7) <= 12;
  return isShort ? { how: 'sometimes', length: hole.length } : undefined;
}
