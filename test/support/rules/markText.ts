/** Marks a finding in a fixture that is there already, so that one text serves as the example and the test. */
import assert from 'node:assert/strict';

/** The fixture with a mark below the first line that holds `text`, under that text. */
export function markText(fixture: string, text: string, message: string): string {
  const lines = fixture.split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  assert.ok(at >= 0, `no line holds ${text}`);
  const column = (lines[at] ?? '').indexOf(text);
  lines.splice(at + 1, 0, `${column >= 2 ? `${' '.repeat(column - 2)}# ` : ''}${'^'.repeat(text.length)} ${message}`);
  return lines.join('\n');
}
