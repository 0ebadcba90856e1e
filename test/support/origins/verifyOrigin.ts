/**
 * Checks an origin: the text it points at, taken through the step it names (and what that step overrode), has to give
 * the node's value. One verifier per kind of step; each works the value out anew from the files, without the engine.
 */
import { parse } from 'yaml';
import { isTemplateStep, type TemplateStep } from '../../../src/core/helm/manifestOrigins.js';
import type { Place } from '../../../src/core/base/problem.js';
import type { ScalarNode, Step, StepKind, YamlNode } from '../../../src/core/yaml/nodes.js';
import { applyImage, imageEntryOf, imageParts } from './imageStep.js';
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
  labels: (node, step) => (step.field.startsWith('buildMetadata') ? isMetadata(node) : isRead(node)),
  annotations: isRead,
  images: isImage,
  replicas: isRead,
  generator: isGenerated,
  hashSuffix: isHashed,
  nameReference: isName,
  replacement: isReplaced,
  variable: isExpanded,
  buildMetadata: isMetadata,
  // A field that is missing is created empty before the value is added.
  valueAdd: (node) => (node.value === '' && !node.was ? undefined : isRead(node)),
  convert: isConverted,
  helm: (node, step) => (isTemplateStep(step) ? isFromTemplate(node, step) : isRead(node)),
  substitution: isRead,
  destination: isRead,
  applicationSet: isRead,
};

/** The value stands in the source as it is. */
function isRead(node: ScalarNode): string | undefined {
  const texts = textsAt(node);
  if (texts.includes(node.value)) return undefined;
  // A key that a patch's path creates is one part of that path.
  if (texts.some((text) => pathParts(text).includes(node.value))) return undefined;
  // Some steps carry values through JSON, which keeps what a scalar means and not how it was written.
  if (node.tag !== '!!str' && texts.some((text) => sameMeaning(text, node.value))) return undefined;
  // go-yaml gives a block scalar at the very end of a text no final line break where the text has none.
  if (!node.source.text.endsWith('\n') && texts.some((text) => text === `${node.value}\n`)) return undefined;
  return `the source has ${quote(texts[0])}`;
}

/**
 * A field of a chart stands for the value that it is, or that is a part of it, else for the action of the template that computed
 * it. That it changes with the value is held by test/corpus/chartOrigins.test.ts.
 */
function isFromTemplate(node: ScalarNode, step: TemplateStep): string | undefined {
  const reason = isRead(node);
  if (reason === undefined || textsAt(node).some((text) => text !== '' && isMadeOf(node.value, text))) return undefined;
  // What a checksum is made of can't be seen in it; that an action on the way to it makes one can.
  if (/^[0-9a-f]{64}$/.test(node.value) && [step, ...step.calls].some((place) => lineOf(place).includes('sha256sum'))) return undefined;
  const before = node.source.text.slice(0, node.start);
  const isInAction = (node.source.path.includes('/templates/') || node.source.path === '') && before.lastIndexOf('{{') > before.lastIndexOf('}}');
  // An action that printed nothing leaves the quotes around it.
  const isEmptied = node.value === '' && /}}["']$/.test(node.source.text.slice(0, node.end));
  return isInAction || isEmptied || node.source.text.startsWith('{{', node.start) ? undefined : reason;
}

/** The lines that a place is in. */
function lineOf({ source, start, end }: Place): string {
  const from = source.text.lastIndexOf('\n', start) + 1;
  const to = source.text.indexOf('\n', end);
  return source.text.slice(from, to < 0 ? undefined : to);
}

/** One is a part of the other, or its base64. */
function isMadeOf(value: string, text: string): boolean {
  const [a, b] = [value.toLowerCase(), text.toLowerCase()];
  return a.includes(b) || (a.length > 1 && b.includes(a)) || toBase64(text) === value;
}

function isReadOrCopied(node: ScalarNode): string | undefined {
  const reason = isRead(node);
  if (reason === undefined) return undefined;
  return node.was && scalarText(node.was) === node.value ? undefined : reason;
}

/** True when two plain scalars are the same number or truth value in YAML 1.1. */
function sameMeaning(a: string, b: string): boolean {
  const meaning = (text: string): unknown => parse(text, { version: '1.1', schema: 'yaml-1.1' });
  return meaning(a) === meaning(b);
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

/** Each part of an images entry that has a say leaves one link in the chain: the node is what the entry makes of the image with the parts so far. */
function isImage(node: ScalarNode, step: Step): string | undefined {
  const part = imageParts.findIndex((each) => step.field.endsWith(`.${each}`));
  const entry = imageEntryOf(dataAt(step));
  if (part < 0 || !entry) return `the step is no part of an images entry: ${step.field}`;
  const texts = textsAt(node);
  const own = entry[imageParts[part] ?? 'newTag'];
  if (own === undefined || !texts.includes(own)) return `the source has ${quote(texts[0])}`;
  const soFar = Object.fromEntries(imageParts.slice(0, part + 1).map((each) => [each, entry[each]]));
  const made: string[] = [];
  // A field that two of the reference's filters find is changed twice, so the image as it was may lie deeper.
  for (let old = node.was; old; old = old.was) {
    const text = scalarText(old) ?? '';
    made.push(applyImage(text, soFar));
    if (made.includes(node.value)) return undefined;
    if (old.step?.source !== step.source || old.step.start !== step.start) break;
  }
  return `${quote(scalarText(node.was))} becomes ${quote(made[0])}`;
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

/** The new name is one that an object of the output has; for an object that is left out of the output it is put together from the old one. */
function isName(node: ScalarNode, _step: Step, facts: RenderingFacts): string | undefined {
  if (facts.names.has(node.value)) return undefined;
  const old = scalarText(node.was);
  if (old === undefined) return 'nothing was overridden, and no object of the output has this name';
  const rest = node.value.split(old);
  return rest.length > 1 && textsAt(node).some((text) => node.value.includes(text)) ? undefined : 'no object of the output has this name';
}

function isReplaced(node: ScalarNode, step: Step, facts: RenderingFacts): string | undefined {
  // The source field may be one that a generator made of a literal.
  const texts = textsAt(node).flatMap((text) => [text, ...valuesOfPair(text)]);
  if (texts.includes(node.value)) return undefined;
  const options = replacementOptionsOf(dataAt(step));
  const old = scalarText(node.was) ?? '';
  const made = texts.flatMap((text) => replaceParts(text, old, options));
  if (made.includes(node.value)) return undefined;
  // The source field may be one that other steps had changed by then: it stands in the output, with the text as a part.
  const sources = [...facts.texts()].filter((each) => texts.some((text) => text !== '' && each.includes(text)));
  return sources.some((each) => replaceParts(each, old, options).includes(node.value)) ? undefined : `the source has ${quote(texts[0])}, the options make ${quote(made[0])} of it`;
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
