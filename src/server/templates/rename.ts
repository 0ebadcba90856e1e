/**
 * Renames of keys of values and of named templates, through all charts that share a file: what one chart's rename changes in a
 * library's template is renamed in every chart that takes the library in.
 */
import type { TextChange } from '../../core/base/problem.js';
import type { Range, SourceText } from '../../core/base/source.js';
import type { KeyPath } from '../../core/chartLanguage/refs.js';
import { refusalOfKey, renameKey } from '../../core/chartLanguage/renameKey.js';
import { renameTemplate } from '../../core/chartLanguage/renameTemplate.js';
import type { OpenChart } from './openCharts.js';
import type { Target } from './targets.js';

export interface RenameOptions {
  /** A place for people. */
  readonly placeOf: (source: SourceText, start: number) => string;
  /** All charts that a file is part of. */
  readonly chartsOf: (path: string) => readonly OpenChart[];
}

/** The range of what is renamed with its name, or why it can't be. Undefined where nothing has a name. */
export function prepareTemplateRename(
  { what, source, start, end }: Target,
  { placeOf }: RenameOptions,
): { readonly range: Range; readonly placeholder: string } | { readonly refusal: string } | undefined {
  if (what.kind === 'function' || what.kind === 'member')
    return { refusal: what.kind === 'function' ? 'Functions have the names that Helm gives them.' : 'What Helm brings has the name that it has.' };
  if (what.kind === 'value') {
    for (const { chart, path } of what.inCharts) {
      const refusal = refusalOfKey({ ...inputsOf(chart), path, placeOf });
      if (refusal !== undefined) return { refusal };
    }
  }
  return { range: source.locate(start, end).range, placeholder: what.kind === 'template' ? what.name : (what.inCharts[0]?.path.at(-1) ?? '') };
}

function inputsOf({ index, sources, environments }: OpenChart): Pick<Parameters<typeof renameKey>[0], 'index' | 'sources' | 'layers'> {
  return { index, sources, layers: environments.flatMap(({ layers }) => layers) };
}

/** The changes of a rename, or why there are none. */
export function renameTarget({ what, source }: Target, newName: string, options: RenameOptions): { readonly changes: readonly TextChange[] } | { readonly refusal: string } {
  if (what.kind === 'template') return renameEverywhere(options.chartsOf(source.path), what.name, newName, options);
  if (what.kind !== 'value') return { refusal: 'Nothing here can be renamed.' };
  const changes = new Map<string, TextChange>();
  const queue: { readonly chart: OpenChart; readonly path: KeyPath }[] = [...what.inCharts];
  const seen = new Set<string>();
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { chart, path } = next;
    const key = `${chart.folder} ${path.join('\0')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const renamed = renameKey({ ...inputsOf(chart), path, newName, placeOf: options.placeOf });
    if ('refusal' in renamed) return renamed;
    for (const change of renamed.changes) {
      const { path: file, range } = change.location;
      changes.set(`${file} ${range.start.line}:${range.start.character}`, change);
      for (const other of options.chartsOf(file)) for (const way of waysAt(other, change)) queue.push({ chart: other, path: way });
    }
  }
  return { changes: [...changes.values()] };
}

/** What a changed name stands for in a chart. */
function waysAt({ index }: OpenChart, { location: { path, range } }: TextChange): readonly KeyPath[] {
  return (index.occurrences.get(path) ?? []).flatMap((each) => {
    if (each.kind !== 'value') return [];
    const { line, character } = each.source.positionAt(each.start);
    return line === range.start.line && character === range.start.character ? [each.path] : [];
  });
}

function renameEverywhere(charts: readonly OpenChart[], name: string, newName: string, options: RenameOptions): ReturnType<typeof renameTarget> {
  const changes = new Map<string, TextChange>();
  const queue = [...charts];
  const seen = new Set<string>();
  for (let chart = queue.shift(); chart; chart = queue.shift()) {
    if (seen.has(chart.folder)) continue;
    seen.add(chart.folder);
    const renamed = renameTemplate(chart.index, name, newName, options.placeOf);
    if ('refusal' in renamed) return renamed;
    for (const change of renamed.changes) {
      changes.set(`${change.location.path} ${change.location.range.start.line}:${change.location.range.start.character}`, change);
      queue.push(...options.chartsOf(change.location.path));
    }
  }
  return { changes: [...changes.values()] };
}
