/**
 * Folded scalars as go-yaml v3 writes them and reads them again (go.yaml.in/yaml/v3 v3.0.5 emitterc.go
 * yaml_emitter_analyze_scalar, yaml_emitter_write_folded_scalar): its rule for line breaks does not always give back what
 * it was given.
 */
import { blockHints } from './emitString.js';
import { scanBlockScalar } from './scanBlockScalar.js';

/** What go-yaml v3 takes for printable, and the tab; nothing beyond 16 bits (yamlprivateh.go is_printable). */
const printable = /^[\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

/** True where go-yaml v3 writes a text as a block if its style asks for one; else it puts double quotes around it. */
export function isBlockWritable(value: string): boolean {
  return value !== '' && !/ (?:$|[\n\u2028\u2029])/.test(value) && printable.test(value);
}

/** The value of a folded scalar after it was written and read again. */
export function refoldedValue(value: string): string {
  if (!value.includes('\n') || !isBlockWritable(value)) return value;
  const written = `>${blockHints(value)}\n${writeFolded(value)}`;
  return scanBlockScalar(written, 0, written.length, 0, () => undefined)?.value ?? value;
}

function writeFolded(value: string): string {
  // The writer looks at the beginning of the whole value where it means the line that follows.
  const beginsBlank = /^\n*(?:[ \t]|$)/.test(value);
  let out = '';
  let breaks = true;
  let leadingSpaces = true;
  for (const character of value) {
    if (character === '\n') {
      if (!breaks && !leadingSpaces && !beginsBlank) out += '\n';
      out += '\n';
      breaks = true;
    } else {
      if (breaks) {
        out += '  ';
        leadingSpaces = character === ' ' || character === '\t';
      }
      out += character;
      breaks = false;
    }
  }
  return out;
}
