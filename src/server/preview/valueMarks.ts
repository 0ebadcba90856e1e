/**
 * Which lines of a rendered chart the values of an environment made: read out of the origins. What the chart says by
 * itself is unmarked; what a values file, an Application or a HelmRelease sets is marked.
 */
import { joinPath } from '../../core/base/path.js';
import { isTemplateStep } from '../../core/helm/manifestOrigins.js';
import type { ChartInputs, ValuesLayer } from '../../core/objects/chartInputs.js';
import type { Rendering } from '../../core/objects/rendering.js';
import type { PrintedLine } from '../../core/yaml/print.js';
import type { ChangeMark } from '../protocol.js';

/** The files in which the values stand that a chart is rendered with, but for its own. */
export function filesOfValues({ values }: ChartInputs, folder: string): ReadonlySet<string> {
  const own = joinPath(folder, 'values.yaml');
  return new Set(values.map(fileOfLayer).filter((path) => path !== own));
}

function fileOfLayer(layer: ValuesLayer): string {
  switch (layer.kind) {
    case 'file':
      return layer.path;
    case 'set':
      return layer.value.source.file.path;
    default:
      return layer.node.source.file.path;
  }
}

/** Runs of lines whose values stand in these files, in the order of the output. */
export function findValueMarks(rendering: Rendering, files: ReadonlySet<string>): readonly ChangeMark[] {
  if (files.size === 0) return [];
  const marks: ChangeMark[] = [];
  for (const object of rendering.objects) {
    object.printed.lines.forEach((line, index) => {
      const kind = kindOfLine(line, files);
      if (!kind) return;
      const at = object.firstLine + index;
      const previous = marks.at(-1);
      if (previous?.kind === kind && previous.last === at - 1) marks[marks.length - 1] = { ...previous, last: at };
      else marks.push({ first: at, last: at, kind });
    });
  }
  return marks;
}

function kindOfLine({ value, key }: PrintedLine, files: ReadonlySet<string>): ChangeMark['kind'] | undefined {
  if (value.kind === 'scalar' && files.has(value.source.file.path)) return value.was ? 'changed' : 'added';
  if (isTemplateStep(value.step) && value.step.also.some(({ source }) => files.has(source.file.path))) return 'changed';
  return key && files.has(key.source.file.path) ? 'added' : undefined;
}
