/**
 * Where a line of a source ends up: the lines of all environments whose value comes from it. A line of a template ends up
 * in what its actions wrote, and a call of another template in all that this one wrote.
 */
import { isTemplateStep } from '../../core/helm/manifestOrigins.js';
import type { Place } from '../../core/base/problem.js';
import type { Rendering } from '../../core/objects/rendering.js';
import type { Origin } from '../../core/yaml/nodes.js';

export interface SourceLine {
  readonly path: string;
  /** 0-based. */
  readonly line: number;
}

/** The 0-based lines of the output that come from a line of a source, each once. */
export function findLinesFrom(rendering: Rendering, source: SourceLine): readonly number[] {
  const lines: number[] = [];
  for (const object of rendering.objects) {
    object.printed.lines.forEach(({ key, value }, index) => {
      const previous = object.printed.lines[index - 1];
      if (previous?.value === value && previous.key === key) return;
      // A map or list is known by its key: where its own text begins is its first field.
      if (comesFrom(value.kind === 'scalar' ? value : (key ?? value), source)) lines.push(object.firstLine + index);
    });
  }
  return lines;
}

function comesFrom(origin: Origin, line: SourceLine): boolean {
  if (isOn(origin, line)) return true;
  const { step } = origin;
  if (!isTemplateStep(step)) return false;
  // A template's own text goes over many lines, of which each ends up in one.
  const isText = origin.source.file.path === step.source.file.path;
  return (!isText && isOn(step, line)) || step.calls.some((call) => isOn(call, line)) || step.also.some((value) => isOn(value, line));
}

function isOn({ source, start }: Place, { path, line }: SourceLine): boolean {
  const { file } = source;
  return file.path === path && file.lineAt(source.toFileOffset(start)) === line;
}
