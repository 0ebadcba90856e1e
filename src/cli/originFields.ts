/** An origin as programs read it: the shape that all commands share. */
import type { StepKind } from '../core/yaml/nodes.js';
import type { OriginLink } from '../core/objects/rendering.js';
import type { OpenFiles } from './openFiles.js';

export interface OriginFields {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly step: StepKind;
  /** The directive of the step: `images[0]`; not there for a field as read from a file. */
  readonly directive?: string;
  /** The text of a scalar. */
  readonly value?: string;
}

export function formatOrigin({ location: { path, range }, step, directive, value }: OriginLink, label: OpenFiles['label']): OriginFields {
  return {
    file: label(path),
    line: range.start.line + 1,
    column: range.start.character + 1,
    step,
    ...(directive && { directive: directive.field }),
    ...(value !== undefined && { value }),
  };
}
