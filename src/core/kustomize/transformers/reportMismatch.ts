/** Reports that an object is not as a step's field path needs it. */
import type { Problems } from '../../base/problem.js';
import type { Step, YamlNode } from '../../yaml/nodes.js';

/** A function for {@link FieldUpdate.onMismatch}: the problem stands at the object's node and points at the directive. */
export function mismatchReporter(problems: Problems, step: Step): (node: YamlNode, message: string) => void {
  return (node, message) => {
    const related = [{ location: step.source.locate(step.start, step.end), message: `${step.field} changes this field` }];
    problems.error('kustomize/field-path-mismatch', message, node, { related });
  };
}
