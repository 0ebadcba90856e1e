/**
 * Checks an origin: the text it points at, taken through the step it names (and what that step overrode), has to give
 * the node's value. One verifier per kind of step; each works the value out anew from the files, without the engine.
 */
import type { ScalarNode, Step, StepKind, YamlNode } from '../../../src/core/yaml/nodes.js';
import { applyImage, imageEntryOf } from './imageStep.js';
import { dataAt, textsAt } from './readSource.js';
import type { RenderingFacts } from './renderingFacts.js';
import { replaceParts, replacementOptionsOf } from './replacementStep.js';

/** Undefined where the origin holds; else why it doesn't. */
type Verifier = (node: ScalarNode, step: Step, facts: RenderingFacts) => string | undefined;

/** Verifies one scalar and, down its chain, everything that it overrode. */
export function verifyOrigin(node: ScalarNode, facts: RenderingFacts): { readonly kind: StepKind; readonly reason: string } | undefined {
  const kind = node.step?.kind ?? 'resource';
  const reason = node.step ? verifiers[kind](node, node.step, facts) : isRead(node);
  return reason === undefined ? undefined : { kind, reason };
}

const verifiers: Readonly<Record<StepKind, Verifier>> = {
  resource: isRead,
  strategicMerge: isRead,
  jsonPatch: isReadOrCopied,
  namespace: isRead,
  namePrefix: (node, step) => isJoined(node, step, (affix, old) => affix + old),
  nameSuffix: (node, step) => isJoined(node, step, (affix, old) => old + affix),
  labels: isRead,
  annotations: isRead,
  images: isImage,
  replicas: isRead,
  generator: isGenerated,
  hashSuffix: isHashed,
  nameReference: isName,
  replacement: isReplaced,
  variable: isExpanded,
  buildMetadata: isMetadata,
  valueAdd: isRead,
  convert: isConverted,
  helm: isRead,
};

/** The value stands in the source as it is. */
function isRead(node: ScalarNode): string | undefined {
  const texts = textsAt(node);
  if (texts.includes(node.value)) return undefined;
  // A key that a patch's path creates is one part of that path.
  if (texts.some((text) => pathParts(text).includes(node.value))) return undefined;
  return `the source has ${quote(texts[0])}`;
}

function isReadOrCopied(node: ScalarNode): string | undefined {
  const reason = isRead(node);
  if (reason === undefined) return undefined;
  return node.was && scalarText(node.was) === node.value ? undefined : reason;
}

function pathParts(text: string): readonly string[] {
  if (!text.includes('/')) return [];
  return text.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isJoined(node: ScalarNode, step: Step, join: (affix: string, old: string) => string): string | undefined {
  const old = scalarText(node.was);
  if (old === undefined) return 'nothing was overridden';
  const affixes = [...textsAt(node), ...textsAt(step)];
  return affixes.some((affix) => join(affix, old) === node.value) ? undefined : `${quote(old)} and ${quote(affixes[0])} don't make it`;
}

function isImage(node: ScalarNode, step: Step): string | undefined {
  const old = scalarText(node.was);
  if (old === undefined) return 'nothing was overridden';
  const entry = imageEntryOf(dataAt(step));
  if (!entry) return `the step is no images entry: ${quote(step.source.text.slice(step.start, step.end))}`;
  const texts = textsAt(node);
  if (![entry.newName, entry.newTag, entry.digest, entry.tagSuffix].some((text) => text !== undefined && texts.includes(text))) return `the source has ${quote(texts[0])}`;
  const once = applyImage(old, entry);
  // The reference runs two filters over the same field, so a tagSuffix comes twice.
  return once === node.value || applyImage(once, entry) === node.value ? undefined : `${quote(old)} becomes ${quote(once)}`;
}

function isGenerated(node: ScalarNode): string | undefined {
  const plain = node.value;
  const texts = textsAt(node);
  const candidates = texts.flatMap((text) => [text, ...valuesOfPair(text)]);
  if (candidates.includes(plain)) return undefined;
  if (candidates.some((text) => toBase64(text) === plain || toBase64(withoutMark(text)) === plain || withoutMark(text) === plain)) return undefined;
  // The file's bytes may be no text: then the value is their base64.
  if (/^[A-Za-z0-9+/=\n]*$/.test(plain) && node.start === 0 && node.end === node.source.text.length) return undefined;
  const isKey = texts.some((text) => keysOfPair(text).includes(plain)) || node.source.path.endsWith(`/${plain}`);
  return isKey || generatedConstants.has(plain) ? undefined : `the source has ${quote(texts[0])}`;
}

/** What a generator writes without a text to take it from. */
const generatedConstants: ReadonlySet<string> = new Set(['v1', 'ConfigMap', 'Secret', 'Opaque', 'true', '']);

function valuesOfPair(text: string): readonly string[] {
  const at = text.indexOf('=');
  if (at < 0) return [];
  const value = text.slice(at + 1);
  const unquoted = /^(["'])(.*)\1$/s.exec(value)?.[2];
  return unquoted === undefined ? [value] : [value, unquoted];
}

function keysOfPair(text: string): readonly string[] {
  const at = text.indexOf('=');
  const file = text.slice(text.lastIndexOf('/') + 1);
  return at < 0 ? [text, file] : [text.slice(0, at), text.slice(0, at).trimStart(), file];
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Base64 as kustomize writes it: long values in lines of 70. */
function toBase64(text: string): string {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  return encoded.length > 70 ? `${(encoded.match(/.{1,70}/g) ?? []).join('\n')}\n` : encoded;
}

function isHashed(node: ScalarNode, _step: Step, facts: RenderingFacts): string | undefined {
  const old = scalarText(node.was);
  if (old === undefined || !node.value.startsWith(`${old}-`)) return `${quote(old)} is not its beginning`;
  const hash = node.value.slice(old.length + 1);
  return facts.hashes.has(hash) ? undefined : `${quote(hash)} is the hash of no object`;
}

function isName(node: ScalarNode, _step: Step, facts: RenderingFacts): string | undefined {
  if (!node.was && !facts.names.has(node.value)) return 'nothing was overridden';
  return facts.names.has(node.value) ? undefined : 'no object of the output has this name';
}

function isReplaced(node: ScalarNode, step: Step): string | undefined {
  const texts = textsAt(node);
  if (texts.includes(node.value)) return undefined;
  const options = replacementOptionsOf(dataAt(step));
  const old = scalarText(node.was) ?? '';
  const made = texts.flatMap((text) => replaceParts(text, old, options));
  return made.includes(node.value) ? undefined : `the source has ${quote(texts[0])}, the options make ${quote(made[0])} of it`;
}

function isExpanded(node: ScalarNode): string | undefined {
  const old = scalarText(node.was);
  if (old === undefined) return 'nothing was overridden';
  const fixed = old.split(/\$\([^)]*\)/);
  const pattern = fixed.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\$\\$', '\\$\\$?')).join('.*');
  return new RegExp(`^${pattern}$`, 's').test(node.value) ? undefined : `${quote(old)} with other text in place of its variables does not give it`;
}

function isMetadata(node: ScalarNode): string | undefined {
  const known = /^(?:config\.kubernetes\.io\/origin|alpha\.config\.kubernetes\.io\/transformations|app\.kubernetes\.io\/managed-by|kustomize-v5\.8\.2)$/;
  return known.test(node.value) || /^(?:- )?(?:path|repo|ref|configuredIn|configuredBy):/.test(node.value) ? undefined : 'not what buildMetadata writes';
}

function isConverted(node: ScalarNode): string | undefined {
  if (isRead(node) === undefined) return undefined;
  return scalarText(node.was) === node.value ? undefined : `the source has ${quote(textsAt(node)[0])}`;
}

function scalarText(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.value : undefined;
}

function quote(text: string | undefined): string {
  return text === undefined ? 'nothing' : JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
