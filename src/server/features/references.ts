/** Where a line of a source ends up: the lines of all environments whose value comes from it. */
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

function comesFrom(origin: Origin, { path, line }: SourceLine): boolean {
  const { file } = origin.source;
  return file.path === path && file.lineAt(origin.source.toFileOffset(origin.start)) === line;
}
