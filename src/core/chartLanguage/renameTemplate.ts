/** What renaming a named template changes: its definitions and all calls. Refused where calls compute names, or the new name is taken. */
import type { TextChange } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import type { ChartIndex } from './chartIndex.js';
import type { Renaming } from './renameKey.js';

/** Changes that give a named template another name. @param placeOf a place for people */
export function renameTemplate(index: ChartIndex, name: string, newName: string, placeOf: (source: SourceText, start: number) => string): Renaming {
  if (newName === '' || /["`\\\n\r{}]/.test(newName)) return { refusal: 'A name of a template has no quotes, backslashes or braces.' };
  if (index.allDefinitions.has(newName)) return { refusal: `There is a template ${newName} already.` };
  const changes = new Map<string, TextChange>();
  const places = [
    ...(index.allDefinitions.get(name) ?? []).map(({ tree, nameRange }) => ({ source: tree.source, ...nameRange })),
    ...index.calls.flatMap((call) => (call.name === name ? [{ source: call.source, start: call.nameStart, end: call.nameEnd }] : [])),
  ];
  for (const { source, start, end } of places) {
    if (source.path.includes('.tgz/')) return { refusal: `A chart in an archive names it, at ${placeOf(source, start)}.` };
    if (source.text.slice(start + 1, end - 1) !== name) return { refusal: `The name at ${placeOf(source, start)} is written with escapes.` };
    changes.set(`${source.path} ${start}`, { location: source.locate(start + 1, end - 1), newText: newName });
  }
  const computed = index.calls.find((call) => call.name === undefined && !call.source.text.slice(call.nameStart, call.nameEnd + 40).includes('BasePath'));
  if (computed) return { refusal: `The name of a template is computed at ${placeOf(computed.source, computed.nameStart)}, and may be this one.` };
  return { changes: [...changes.values()] };
}
