/**
 * Takes secrets out of texts that leave the engine: values that are known to be secret (of Secrets, of variables and
 * annotations that are named like one), and what looks like a credential wherever it stands.
 */
import { isJsonObject, type JsonValue } from '../live/json.js';
import type { LiveObject } from '../live/liveObject.js';
import { manifestOf } from '../live/manifestJson.js';
import { mapAt, mapsAt, textAt } from '../live/readFields.js';
import type { Rendering } from '../objects/rendering.js';

const mask = '••••••••';
/** Shorter ones stand in any text by chance. */
const shortest = 5;

const secretName = /pass(?:wd|word|phrase)?|secret|token|api[-_.]?key|private[-_.]?key|credential|auth(?:orization)?$|access[-_.]?key|connection[-_.]?string|dsn$/i;

/** What looks like a credential; the groups around it stay. */
const patterns: readonly RegExp[] = [
  // Kubernetes and others put keys in front of values.
  /((?:pass(?:wd|word|phrase)?|secret|token|api[-_]?key|access[-_]?key|client[-_]?secret|signature|sig|credential)["']?\s*[=:]\s*["']?)([^\s"'&,;}\])]{3,})/gi,
  /((?:authorization|proxy-authorization)["']?\s*[:=]\s*["']?(?:basic|bearer|token|digest)\s+)([\w+/=.~-]{4,})/gi,
  /(\b(?:bearer|basic)\s+)([\w+/=.~-]{12,})/gi,
  /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi,
  // A token in the place of a user.
  /([a-z][a-z0-9+.-]*:\/\/)([^\s/:@]{12,})(?=@)/gi,
  /()(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g,
  /()(gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|dckr_pat_[\w-]{16,}|npm_\w{30,}|sk-[\w-]{20,})/g,
  /()(-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))/g,
];

export type MaskText = (text: string) => string;

/** Masks with what is known of an environment: the Secrets that it renders, and what its live objects carry. */
export function maskOf(rendering: Rendering, live: readonly LiveObject[]): MaskText {
  const values = new Set<string>();
  const add = (value: JsonValue | undefined): void => {
    if (typeof value !== 'string') return;
    for (const part of [value, ...value.split('\n')]) if (part.trim().length >= shortest) values.add(part.trim());
  };
  for (const object of rendering.objects) if (object.id.group === '' && object.id.kind === 'Secret') addSecret(manifestOf(object)['data'], add);
  for (const object of live) {
    if (object.kind === 'Secret') addSecret(object['data'], add);
    for (const [key, value] of Object.entries(object.metadata.annotations ?? {})) if (secretName.test(key.split('/').at(-1) ?? '')) add(value);
    addVariables(object, add);
  }
  const known = [...values].sort((a, b) => b.length - a.length);
  return (text) => maskPatterns(known.reduce((masked, value) => masked.replaceAll(value, mask), text));
}

function maskPatterns(text: string): string {
  return patterns.reduce(
    (masked, pattern) => masked.replaceAll(pattern, (whole: string, before: string, secret: string) => (secret.startsWith(mask) ? whole : `${before}${mask}`)),
    text,
  );
}

function addSecret(data: JsonValue | undefined, add: (value: JsonValue | undefined) => void): void {
  if (!isJsonObject(data)) return;
  for (const value of Object.values(data)) {
    add(value);
    if (typeof value === 'string') add(decodeBase64(value));
  }
}

/** Variables of pods and templates whose names say what they are. */
function addVariables(object: LiveObject, add: (value: JsonValue | undefined) => void): void {
  const spec = mapAt(object, 'spec', 'template', 'spec') ?? mapAt(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec') ?? mapAt(object, 'spec');
  if (!spec) return;
  for (const list of ['containers', 'initContainers']) {
    for (const container of mapsAt(spec, list)) for (const variable of mapsAt(container, 'env')) if (secretName.test(textAt(variable, 'name') ?? '')) add(variable['value']);
  }
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): string | undefined {
  const clean = text.replaceAll(/\s/g, '').replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(clean)) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of clean) {
    bits = (bits << 6) | digits.indexOf(character);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 255);
    bits &= (1 << held) - 1;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
