/**
 * What becomes of a folded scalar on kustomize's way to JSON: it is written as `>` by go-yaml v3 and read again
 * (kyaml RNode.MarshalJSON v0.21.2), and that writer's rule for line breaks (go.yaml.in/yaml/v3 v3.0.5 emitterc.go
 * yaml_emitter_write_folded_scalar) does not always give back what it was given.
 */
import { blockHints, isBlockAllowed } from './emitString.js';
import { scanBlockScalar } from './scanBlockScalar.js';

/** The value after it was written folded and read again. */
export function refoldedValue(value: string): string {
  if (!value.includes('\n') || !isBlockAllowed(value)) return value;
  const written = `>${blockHints(value)}\n${writeFolded(value)}`;
  return scanBlockScalar(written, 0, written.length, 0, () => undefined)?.value ?? value;
}

function writeFolded(value: string): string {
  // The writer looks at the beginning of the whole value where it means the line that follows.
  const beginsBlank = /^[\n]*(?:[ \t\n]|$)/.test(value);
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
