/** Small pieces of Markdown for hovers. What stands in a user's file is never taken for Markdown. */
import type { Location } from '../core/base/source.js';
import { labelLocation, type FileLabel } from './fileLabels.js';
import { pathToUri } from './uris.js';

/** A code span that shows `text` as it is; long text and line breaks are shortened. */
export function codeSpan(text: string, maximum = 80): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const short = line.length > maximum ? `${line.slice(0, maximum - 1)}…` : line;
  if (short === '') return '`""`';
  const longest = Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = short.startsWith('`') || short.endsWith('`') ? ' ' : '';
  return `${fence}${space}${short}${space}${fence}`;
}

/** A link to a place, named by file and line. */
export function placeLink(location: Location, label: FileLabel): string {
  const { line, character } = location.range.start;
  const text = escapeMarkdown(labelLocation(location, label));
  return `[${text}](${pathToUri(location.path)}#L${line + 1},${character + 1})`;
}

/** Text that is shown as it is. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\[\]`*_<>&]/g, (mark) => `\\${mark}`);
}
