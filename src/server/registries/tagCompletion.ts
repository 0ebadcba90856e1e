/** Completion of tags and digests from the registry, newest first, where it may be asked; else an offer to allow it. */
import { CompletionItemKind, InsertTextFormat, MarkupKind, type CompletionItem, type CompletionList } from 'vscode-languageserver';
import { durationWords } from '../../core/live/time.js';
import { imageFieldAt, markerOnLine, repositoryOf, type ImageField } from '../../core/registry/imageAt.js';
import type { RepositoryName, TagList } from '../../core/registry/imageFacts.js';
import { newestFirst, undatedTags } from '../../core/registry/nearestTags.js';
import { canonicalHost, makerOf } from '../../core/registry/registryHost.js';
import { choosePolicyTag, findPolicies } from '../../core/registry/policyChoice.js';
import { resolveTagYaml11 } from '../../core/yaml/scalars.js';
import { RegistryFailure } from '../../services/failure.js';
import type { Aged, Registries } from '../../services/registries.js';
import { findYamlCursor, type YamlCursor } from '../features/yamlCursor.js';
import type { Model } from '../model.js';
import type { ClientCommands } from '../protocol.js';
import { describeImage } from './imageHover.js';

export interface TagCompletionContext {
  readonly model: Model;
  readonly registries: Registries;
  readonly lines: readonly string[];
  readonly line: number;
  readonly character: number;
  readonly isKustomization: boolean;
  /** False in Restricted Mode, where nothing is to be allowed. */
  readonly isTrusted: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** More tags than this are cut off: an editor filters as one types, and asks again. */
const mostItems = 300;
/** So many tags are dated, and so long is waited for that, in milliseconds: what comes later is known the next time. */
const mostDated = 40;
const longestWait = 2_000;

/** The image whose tag is written at the cursor; undefined where none is. */
export function tagFieldAt({ model, lines, line, character, isKustomization }: TagCompletionContext): { readonly cursor: YamlCursor; readonly field: ImageField } | undefined {
  const cursor = findYamlCursor(lines, line, character);
  if (cursor?.position !== 'value' || cursor.isItem) return undefined;
  const value = cursor.typed.replace(/^["']/, '');
  const field = imageFieldAt({ path: cursor.path, value, siblings: cursor.siblings }, isKustomization) ?? markedField(model, lines[line] ?? '', value);
  return field && { cursor, field };
}

/** A value that image automation writes: the image is its policy's. */
function markedField(model: Model, line: string, value: string): ImageField | undefined {
  const marker = markerOnLine(line);
  if (marker?.part !== 'tag') return undefined;
  const policy = findPolicies(model.delivery.model.objects).find(({ object: { id } }) => id.name === marker.name && (id.namespace === marker.namespace || id.namespace === ''));
  const name = policy?.image && repositoryOf(policy.image.name);
  return name && { part: 'tag', name, reference: value, before: 0 };
}

/** What can be written at the cursor; undefined where no tag belongs. Failures of the registry are an item that says so. */
export async function completeTag(context: TagCompletionContext, signal: AbortSignal): Promise<CompletionList | undefined> {
  const found = tagFieldAt(context);
  if (!found) return undefined;
  const { field } = found;
  if (!context.registries.isAllowed(field.name.registry)) return context.isTrusted ? { isIncomplete: true, items: [allowItem(field.name, found, context)] } : undefined;
  try {
    const tags = await context.registries.tags(field.name, signal);
    const policyTags = field.part === 'digest' ? undefined : policyChoices(context, field.name, tags.value.tags);
    const dated = field.part === 'digest' ? tags : await withTimes(field.name, tags, context, signal);
    const items = field.part === 'digest' ? await digestItems(found, context, tags, signal) : tagItems(found, context, dated, policyTags ?? new Map());
    return { isIncomplete: items.length >= mostItems, items };
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    return { isIncomplete: true, items: [noteItem(error.message, error.action, found, context)] };
  }
}

/** Tags that only a date can order get one, where they are few and asking for it is no pull that is counted. What isn't known in time is left out. */
async function withTimes(name: RepositoryName, tags: Aged<TagList>, { registries }: TagCompletionContext, signal: AbortSignal): Promise<Aged<TagList>> {
  const undated = undatedTags(tags.value.tags, tags.value.pushed);
  if (undated.length < 2 || undated.length > mostDated || makerOf(name.registry) === 'dockerHub') return tags;
  const times = await Promise.race([
    registries.createdTimes(name, undated, signal),
    new Promise<ReadonlyMap<string, number>>((resolve) => setTimeout(() => resolve(new Map()), longestWait).unref()),
  ]);
  return { ...tags, value: { ...tags.value, pushed: new Map([...tags.value.pushed, ...times]) } };
}

/** Digest, age and platforms of the tag that somebody looks at in the list. */
export async function resolveTag(item: CompletionItem, registries: Registries, now: number, signal: AbortSignal): Promise<CompletionItem> {
  const data: unknown = item.data;
  if (!isTagData(data)) return item;
  const { registry, repository, tag } = data;
  const field: ImageField = { part: 'tag', name: { registry, repository }, reference: tag, before: 0 };
  const markdown = await describeImage(field, registries, [], now, signal, { mayPull: makerOf(registry) !== 'dockerHub' });
  return markdown === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value: markdown } };
}

/** What an item carries to be explained later. */
interface TagData extends RepositoryName {
  readonly tag: string;
}

function isTagData(data: unknown): data is TagData {
  return typeof data === 'object' && data !== null && 'tag' in data && 'registry' in data && 'repository' in data;
}

type Found = NonNullable<ReturnType<typeof tagFieldAt>>;

function tagItems(found: Found, context: TagCompletionContext, { value, at }: Aged<TagList>, chosenBy: ReadonlyMap<string, string>): CompletionItem[] {
  const { field } = found;
  const fitting = value.tags.filter((tag) => tag.includes(field.reference) || field.reference === '' || value.tags.length <= mostItems);
  return newestFirst(fitting, value.pushed)
    .slice(0, mostItems)
    .map((tag, index) => {
      const pushed = value.pushed.get(tag);
      const details = [
        `tag of ${field.name.repository}`,
        ...(pushed === undefined ? [] : [`${durationWords(context.now - pushed)} old`]),
        ...(chosenBy.has(tag) ? [`what ImagePolicy ${chosenBy.get(tag) ?? ''} selects`] : []),
      ];
      return {
        ...insertion(found, context, tag, index),
        label: tag,
        kind: CompletionItemKind.Constant,
        data: { ...field.name, tag } satisfies TagData,
        detail: details.join(' · '),
        documentation: `${canonicalHost(field.name.registry)} was asked ${durationWords(context.now - at)} ago.`,
      };
    });
}

/** The digests of the newest tags: few, as each is a question. */
async function digestItems(found: Found, context: TagCompletionContext, { value }: Aged<TagList>, signal: AbortSignal): Promise<CompletionItem[]> {
  const newest = newestFirst(value.tags, value.pushed).slice(0, 8);
  const looks = await Promise.all(newest.map((tag) => context.registries.look(found.field.name, tag, signal)));
  return looks.flatMap(({ value: look }, index) =>
    look.found
      ? [
          {
            ...insertion(found, context, look.digest, index),
            label: look.digest,
            kind: CompletionItemKind.Constant,
            detail: `digest of ${newest[index] ?? ''}`,
            filterText: `${look.digest} ${newest[index] ?? ''}`,
          },
        ]
      : [],
  );
}

function policyChoices({ model }: TagCompletionContext, name: RepositoryName, tags: readonly string[]): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  for (const policy of findPolicies(model.delivery.model.objects)) {
    const { image } = policy;
    if (image?.repository !== name.repository || canonicalHost(image.registry) !== canonicalHost(name.registry)) continue;
    const choice = choosePolicyTag(policy, tags);
    if (choice.kind === 'selected') chosen.set(choice.tag, policy.object.id.name);
  }
  return chosen;
}

/** Where the text goes, and the quotes that it has or needs. */
function insertion(
  { cursor, field }: Found,
  { line, lines }: TagCompletionContext,
  text: string,
  index: number,
): Pick<CompletionItem, 'textEdit' | 'sortText' | 'filterText' | 'insertTextFormat'> {
  const written = (lines[line] ?? '').slice(cursor.start, cursor.end);
  const quote = /^["']/.exec(written)?.[0] ?? '';
  const isClosed = quote !== '' && written.length > 1 && written.endsWith(quote);
  const start = cursor.start + quote.length + field.before;
  const range = { start: { line, character: start }, end: { line, character: Math.max(start, cursor.end - (isClosed ? 1 : 0)) } };
  // A tag is a text always: without quotes some would be read as numbers.
  const needsQuotes = quote === '' && field.before === 0 && resolveTagYaml11(text) !== '!!str';
  return {
    textEdit: { range, newText: needsQuotes ? `"${text}"` : text },
    filterText: text,
    sortText: String(index).padStart(5, '0'),
    insertTextFormat: InsertTextFormat.PlainText,
  };
}

function allowItem({ registry, repository }: RepositoryName, found: Found, context: TagCompletionContext): CompletionItem {
  const host = canonicalHost(registry);
  const command: keyof ClientCommands = '_gitops.registries.allow';
  const title = `Ask ${host} for tags…`;
  return {
    ...noteItem(title, `${host} is not contacted before you allow it. It would be asked for the tags of ${repository}.`, found, context),
    command: { title, command, arguments: [host] },
  };
}

/** An item that writes nothing. */
function noteItem(label: string, documentation: string, { cursor, field }: Found, { line, lines }: TagCompletionContext): CompletionItem {
  const text = (lines[line] ?? '').slice(cursor.start, cursor.end);
  const range = { start: { line, character: cursor.start }, end: { line, character: cursor.end } };
  return {
    label,
    kind: CompletionItemKind.Text,
    documentation,
    textEdit: { range, newText: text },
    filterText: text === '' ? label : text,
    sortText: '0',
    detail: field.name.repository,
  };
}
