/** What tells a real secret from a placeholder and from an encrypted text, and which files SOPS is meant to encrypt. */
import { joinPath, parentPath, relativePath } from '../../base/path.js';
import { compilePattern } from '../../base/regexp/program.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../../yaml/nodes.js';
import { nodeAt } from '../fileNodes.js';
import type { RuleContext } from '../rule.js';

/** True for a text that stands for a secret that is put in later, or is encrypted: variables, vault paths, `changeme`. */
export function isPlaceholder(text: string): boolean {
  const value = text.trim();
  if (value === '' || /^ENC\[|^<[^>]*>$|^\$\{?[\w.-]+|^\$\(|\{\{|^ref\+|^vault:|^(op|vault|bao|gcpsm|awssm|azurekv|doppler|infisical):\/\/|^(x+|\*+|\.\.\.+|_+)$/i.test(value))
    return true;
  if (/^[A-Z]+(_[A-Z0-9]+)+$/.test(value)) return true;
  return /^(change[-_ ]?(me|it|this)|replace[-_ ]?(me|this|with.*)?|placeholder|todo|tbd|dummy|example|redacted|fill[-_ ]?me|your[-_ ].*)$/i.test(value);
}

/** The same for a value of `data`, which is base64. */
export function isEncodedPlaceholder(text: string): boolean {
  return isPlaceholder(text) || isPlaceholder(decodeAscii(text));
}

/** Base64 to text as far as that is ASCII; for looking at placeholders only. */
function decodeAscii(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let [bits, count, out] = [0, 0, ''];
  for (const character of text.slice(0, 200).replace(/[\s=]/g, '')) {
    const value = alphabet.indexOf(character);
    if (value < 0) return text;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >> count) & 0xff);
    }
  }
  return out;
}

/** True for a document that SOPS has encrypted: it leaves a map `sops` in it. */
export function isSopsEncrypted(root: YamlNode | undefined): boolean {
  return root?.kind === 'map' && root.get('sops')?.kind === 'map';
}

/** True for a v1 Secret. */
export function isSecret(root: MapNode): boolean {
  return scalarValue(root.get('kind')) === 'Secret' && scalarValue(root.get('apiVersion')) === 'v1';
}

/** A rule of a `.sops.yaml` that covers a file. */
export interface SopsRule {
  /** Undefined for a rule that covers everything. */
  readonly pattern: ScalarNode | undefined;
  /** The path of the `.sops.yaml`. */
  readonly path: string;
}

/** The first rule of the nearest `.sops.yaml` above a file that covers it, as sops picks it (getsops/sops config/config.go v3.11). */
export function findSopsRule(path: string, context: RuleContext): SopsRule | undefined {
  for (let folder = parentPath(path); ; folder = parentPath(folder)) {
    const config = joinPath(folder, '.sops.yaml');
    if (context.tree.kind(config) === 'file') {
      const rules = nodeAt(context.parse(config)?.documents[0]?.root, ['creation_rules']);
      for (const rule of rules?.kind === 'sequence' ? rules.items : []) {
        const pattern = rule.kind === 'map' ? rule.get('path_regex') : undefined;
        if (pattern?.kind !== 'scalar') return { pattern: undefined, path: config };
        const compiled = compilePattern(pattern.value);
        if (!('failure' in compiled) && compiled.matches(relativePath(folder, path)) === true) return { pattern, path: config };
      }
      return undefined;
    }
    if (parentPath(folder) === folder || context.tree.kind(joinPath(folder, '.git')) !== 'none') return undefined;
  }
}

/** True where a `.gitignore` beside or above a file names it; for the simple patterns that people write for secrets. */
export function isGitIgnored(path: string, context: RuleContext): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (let folder = parentPath(path); ; folder = parentPath(folder)) {
    const lines = context.tree.read(joinPath(folder, '.gitignore'))?.text.split(/\r?\n/) ?? [];
    const within = relativePath(folder, path);
    let isIgnored = false;
    for (const line of lines) {
      const pattern = line.trim().replace(/^!/, '');
      if (pattern === '' || pattern.startsWith('#') || !matchesIgnore(pattern, within, name)) continue;
      isIgnored = !line.trim().startsWith('!');
    }
    if (isIgnored) return true;
    if (parentPath(folder) === folder || context.tree.kind(joinPath(folder, '.git')) !== 'none') return false;
  }
}

function matchesIgnore(pattern: string, within: string, name: string): boolean {
  const escaped = pattern
    .replace(/^\/|\/$/g, '')
    .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
    .replaceAll('**', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\u0000', '.*');
  const isAnchored = pattern.replace(/\/$/, '').includes('/');
  return new RegExp(isAnchored ? `^${escaped}(/|$)` : `(^|/)${escaped}(/|$)`).test(within) || (!isAnchored && new RegExp(`^${escaped}$`).test(name));
}
