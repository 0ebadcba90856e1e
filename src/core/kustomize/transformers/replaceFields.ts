/** Writes the value of a replacement into the fields of one object (kustomize's api/filters/replacement v0.21.2). */
import type { Problems } from '../../base/problem.js';
import { makeScalar, ScalarNode, stampStep, type Step, type YamlNode } from '../../yaml/nodes.js';
import { resolveTag } from '../../yaml/scalars.js';
import type { BuildContext } from '../context.js';
import { splitDottedPath } from '../fieldSpec/splitPath.js';
import type { FieldOptions, ReplacementTarget, Text } from '../kustomization.js';
import type { Resource } from '../resource.js';
import { isUntagged } from './overwriteScalar.js';
import { updateAtPath, type PathUpdate } from './pathMatcher.js';
import { findsInText, replaceInText } from './replaceInText.js';

/** What is copied: the present value of a field, or a text that stays the same. */
export interface ReplacementValue {
  readonly read: () => YamlNode;
  /** The object that the value is read from, and the path in it. */
  readonly resource?: Resource;
  readonly parts?: readonly string[];
}

/** Writes `value` into every field that the target's paths lead to; a path that leads to none is an error. */
export function replaceFields(resource: Resource, target: ReplacementTarget, value: ReplacementValue, step: Step, context: BuildContext): void {
  const { problems } = context;
  const paths: readonly (Text | undefined)[] = target.fieldPaths.length === 0 ? [undefined] : target.fieldPaths;
  for (const path of paths) {
    const place = path ?? target.node;
    const text = path?.value ?? 'metadata.name';
    const parts = splitDottedPath(text);
    if (value.resource === resource && value.read().kind !== 'scalar' && value.parts?.every((part, index) => parts[index] === part)) {
      problems.error('kustomize/replacement-into-itself-unsupported', 'A map or list is to be copied into itself here, which is not supported.', place);
      return;
    }
    const inText = replaceInText(resource.root, parts, (onFailure) => fieldUpdate(value.read(), target.options, step, context, onFailure), context);
    if (inText === 'unsupported') {
      problems.error('kustomize/replacement-in-yaml-unsupported', `The path ${text} leads into a text that is YAML itself, which is not supported yet; only JSON is.`, place);
      return;
    }
    if (inText) {
      resource.root = inText;
      continue;
    }
    const failures: string[] = [];
    const result = updateAtPath(
      resource.root,
      parts,
      fieldUpdate(value.read(), target.options, step, context, (_node, message) => failures.push(message)),
    );
    const [failure] = failures;
    if (failure !== undefined || result.count === 0) {
      const related = [{ location: resource.root.source.locate(resource.root.start, resource.root.start), message: `${resource.id.kind} ${resource.name}` }];
      const hint = failure === undefined ? (target.options?.create ? '' : ' Mend the path, or set options.create to add the field.') : ` ${failure}`;
      problems.error('kustomize/replacement-target-field', `There is no field ${text} in ${resource.id.kind} ${resource.name}.${hint}`, place, { related });
      return;
    }
    if (result.node.kind === 'map') resource.root = result.node;
    if (resource.name !== '') continue;
    problems.error('kustomize/lost-identity', 'The value is empty, or is no single value, so that this replacement takes the object its name.', place);
    return;
  }
}

/** @param value also what is written from then on, once it was written over itself */
function fieldUpdate(value: YamlNode, options: FieldOptions | undefined, step: Step, context: BuildContext, onFailure: PathUpdate['onFailure']): PathUpdate {
  let present = value;
  return {
    set: (node, isCreated) => {
      const written = writeValue(node, isCreated, present, options, step, onFailure, context.problems);
      if (node === present) present = written;
      return written;
    },
    creates: options?.create ? value.kind : undefined,
    step,
    onFailure,
    findsInText: (text, rest) => findsInText(text, rest, options?.create === true, step, context, onFailure),
  };
}

/** The field with the value in it: of a scalar only the text changes, its type and quotes stay; anything else is replaced. */
function writeValue(
  field: YamlNode,
  isCreated: boolean,
  value: YamlNode,
  options: FieldOptions | undefined,
  step: Step,
  onFailure: PathUpdate['onFailure'],
  problems: Problems,
): YamlNode {
  const part = value.kind === 'scalar' ? value.value : '';
  if (options && options.delimiter !== '' && field.kind !== 'scalar') {
    onFailure(field, 'A delimiter can be used only where the field is a single text.');
    return field;
  }
  if (field.kind !== 'scalar') return stampStep(value, step, isCreated ? undefined : field);
  const text = options && options.delimiter !== '' ? replacePart(field.value, part, options) : part;
  if (isCreated) return makeScalar(text, value, step, undefined, resolveTag(text));
  if (field.style === 'plain' && isUntagged(field)) return new ScalarNode(text, resolveTag(text), 'plain', value.source, value.start, value.end, step, field);
  if (field.style === 'plain' && !keepsType(field, text)) {
    // Kustomize refuses this only when it prints, should the value still be there then.
    const related = [{ location: step.source.locate(step.start, step.end), message: `${step.field} writes '${text}' into it` }];
    problems.warning('kustomize/replacement-type-mismatch', `This field is of the type ${field.tag.slice(2)}, which '${text}' is not; quote its value to make it a text.`, field, {
      related,
    });
  }
  return new ScalarNode(text, field.tag, field.style, value.source, value.start, value.end, step, field);
}

function replacePart(old: string, value: string, { delimiter, index }: FieldOptions): string {
  const parts = old.split(delimiter);
  if (index < 0) parts.unshift(value);
  else if (index >= parts.length) parts.push(value);
  else parts[index] = value;
  return parts.join(delimiter);
}

/** A text can stand in an unquoted scalar of another type only if it reads as that type; an integer is a float too. */
function keepsType({ tag }: ScalarNode, text: string): boolean {
  const read = resolveTag(text);
  return tag === '!!str' || tag === '!!binary' || read === tag || (tag === '!!float' && read === '!!int');
}
