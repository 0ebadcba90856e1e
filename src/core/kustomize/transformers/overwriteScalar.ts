/** Puts a text into a scalar as kyaml's FieldSetter does (kyaml/yaml/fns.go v0.21.2): the quotes of the old one stay. */
import type { Place } from '../../base/problem.js';
import { ScalarNode, type ScalarTag, type Step, type StepKind, type YamlNode } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';

/**
 * A scalar with `value` in the place of `old`.
 * @param tag what the value is where nothing is quoted; without it the text is read anew, so that `5` becomes a number
 * @param place the text that the value comes from
 */
export function overwriteScalar(old: YamlNode | undefined, value: string, tag: ScalarTag | undefined, place: Place, step: Step): ScalarNode {
  const style = old?.kind === 'scalar' ? old.style : 'plain';
  const effective = style === 'plain' ? (tag ?? resolveTag(value)) : '!!str';
  return new ScalarNode(value, effective, style, place.source, place.start, place.end, step, old);
}

const untaggedSteps: ReadonlySet<StepKind> = new Set(['namePrefix', 'nameSuffix', 'hashSuffix', 'nameReference', 'images']);

/**
 * True for a scalar that kustomize set without saying what it is: names, images, and fields that a replacement created.
 * What takes its place is read anew, and where vars are replaced it is a text.
 */
export function isUntagged({ step, was, style }: ScalarNode): boolean {
  return style === 'plain' && step !== undefined && (untaggedSteps.has(step.kind) || (step.kind === 'replacement' && !was));
}
