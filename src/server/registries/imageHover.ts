/** The hover of a tag, digest or image: what the registry has there, and what runs of it. Asked when somebody looks, and only where that is allowed. */
import type { Range } from 'vscode-languageserver';
import { durationWords } from '../../core/live/time.js';
import { imageFieldAt, type ImageField } from '../../core/registry/imageAt.js';
import type { ImageDetails } from '../../core/registry/imageFacts.js';
import { canonicalHost } from '../../core/registry/registryHost.js';
import type { ParsedYaml } from '../../core/yaml/parse.js';
import { RegistryFailure } from '../../services/failure.js';
import type { Aged, Registries } from '../../services/registries.js';
import { codeSpan, escapeMarkdown } from '../markdown.js';
import { nodeAtOffset } from '../nodePath.js';

export interface ImageHover {
  readonly markdown: string;
  readonly range: Range;
}

/** The part of an image at an offset of a parsed file, with its place. */
export function imageFieldOf(parsed: ParsedYaml, offset: number, isKustomization: boolean): { readonly field: ImageField; readonly range: Range } | undefined {
  for (const { root } of parsed.documents) {
    const found = root && nodeAtOffset(root, offset);
    if (!found || found.isKey || found.node.kind !== 'scalar' || found.node.source !== parsed.source) continue;
    const { node, path, parents } = found;
    const map = parents.at(-1);
    const siblings = new Map(map?.kind === 'map' ? map.pairs.flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key.value, value.value] as const] : [])) : []);
    const field = imageFieldAt({ path, value: node.value, siblings }, isKustomization);
    return field && { field, range: parsed.source.locate(node.start, node.end).range };
  }
  return undefined;
}

/**
 * Markdown on an image; undefined where nothing is named.
 * @param running sentences on what runs of it
 * @param mayPull false where nothing is to be read that a registry counts as a pull
 */
export async function describeImage(
  { name, part, reference }: ImageField,
  registries: Registries,
  running: readonly string[],
  now: number,
  signal: AbortSignal,
  { mayPull } = { mayPull: true },
): Promise<string | undefined> {
  if (reference === '' && part !== 'image') return undefined;
  const host = canonicalHost(name.registry);
  const title = `**${escapeMarkdown(`${host}/${name.repository}`)}** ${codeSpan(reference === '' ? 'latest' : reference)}`;
  const lines = await describeAnswer(name, reference === '' ? 'latest' : reference, registries, now, signal, mayPull);
  return [title, ...lines, ...running.map(escapeMarkdown)].join('\n\n');
}

async function describeAnswer(name: ImageField['name'], reference: string, registries: Registries, now: number, signal: AbortSignal, mayPull: boolean): Promise<readonly string[]> {
  const host = canonicalHost(name.registry);
  if (!registries.isAllowed(host)) return [`${escapeMarkdown(host)} is not contacted before you allow it: complete the tag, or run “GitOps: Allow Registries…”.`];
  try {
    const look = mayPull ? undefined : await registries.look(name, reference, signal);
    if (look?.value.found) return [`- digest ${codeSpan(look.value.digest)}`];
    const found = mayPull ? await registries.details(name, reference, signal) : undefined;
    if (found) return describeDetails(found, now);
    const verdict = await registries.tagVerdict(
      { ...name, name: name.repository, tag: reference.includes(':') ? undefined : reference, digest: reference.includes(':') ? reference : undefined },
      signal,
    );
    const nearest = verdict.kind === 'missing' && verdict.nearest.length > 0 ? ` Near it are ${verdict.nearest.map((tag) => codeSpan(tag)).join(', ')}.` : '';
    return [`${escapeMarkdown(host)} has no such image: pods can't pull it.${nearest}`];
  } catch (error) {
    if (error instanceof RegistryFailure) return [escapeMarkdown(`${error.message} ${error.action}`)];
    throw error;
  }
}

function describeDetails({ value, at }: Aged<ImageDetails>, now: number): readonly string[] {
  const { digest, kind, platforms, size, config } = value;
  const facts = [`digest ${codeSpan(digest)}`];
  if (config?.created !== undefined) facts.push(`built ${durationWords(now - config.created)} ago (${new Date(config.created).toISOString().slice(0, 10)})`);
  if (kind === 'artifact') facts.push('no image, but something else that is kept in a registry');
  if (platforms.length > 0) facts.push(`for ${platforms.map((platform) => codeSpan(platform)).join(', ')}`);
  if (size !== undefined) facts.push(`${describeSize(size)} compressed${platforms.length > 1 ? ` (${platforms[0] ?? ''})` : ''}`);
  if (config?.version !== undefined) facts.push(`version ${codeSpan(config.version)}`);
  if (config?.revision !== undefined) facts.push(`from commit ${codeSpan(config.revision)}`);
  return [facts.map((fact) => `- ${fact}`).join('\n'), `Asked ${durationWords(now - at)} ago.`];
}

/** `12.3 MB`, as registries' pages say it. */
export function describeSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ''}`;
}
