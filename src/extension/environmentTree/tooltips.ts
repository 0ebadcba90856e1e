/** The Markdown of the tree's tooltips: where an environment comes from, where it goes, what runs in it, what is wrong. */
import type { EnvironmentSummary, ImageSummary } from '../../server/deliveryProtocol.js';
import { describeDelivery, nameOfOperator, stateSentence, versionOf, wordsOfFindings } from '../delivery/words.js';

/** More images than these are only counted. */
const maximumImages = 8;

export function environmentTooltip(environment: EnvironmentSummary): string {
  const { images, state, findings, isProtected } = environment;
  const operator = nameOfOperator(environment.operator);
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Source', sourceText(environment)],
    ['Destination', destinationText(environment)],
    ['Delivered by', operator === '' ? 'nothing that this workspace declares' : `${operator}, declared in ${asCode(environment.declaredAt.label)}`],
  ];
  const shown = images.slice(0, maximumImages).map((image) => `- ${asCode(nameWithVersion(image))} set in ${asCode(image.setAt.label)}`);
  const more = images.length > maximumImages ? [`- and ${images.length - maximumImages} more`] : [];
  const words = wordsOfFindings(findings);
  return [
    `**${escapeMarkdown(environment.label)}**${isProtected ? ' $(shield) protected' : ''}`,
    ...(state.kind === 'rendered' ? [] : [`${state.kind === 'broken' ? '$(error)' : '$(info)'} ${escapeMarkdown(stateSentence(state))}`]),
    facts.flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`])).join('  \n'),
    ...(shown.length > 0 ? [['Images:', ...shown, ...more].join('\n')] : []),
    ...(words === '' ? [] : [`$(${findings.errors > 0 ? 'error' : findings.warnings > 0 ? 'warning' : 'info'}) ${words}`]),
    describeDelivery(environment.delivery, environment.revision)
      .map(({ sentence, icon }) => `$(${icon}) ${escapeMarkdown(sentence)}`)
      .join('  \n'),
  ].join('\n\n');
}

export function imageTooltip(image: ImageSummary): string {
  return `${asCode(nameWithVersion(image))}\n\nSet in ${asCode(image.setAt.label)}`;
}

function nameWithVersion(image: ImageSummary): string {
  return versionOf(image) === undefined ? image.name : `${image.name}${image.tag === undefined ? '' : `:${image.tag}`}${image.digest === undefined ? '' : `@${image.digest}`}`;
}

function sourceText({ repoURL, revision, path }: EnvironmentSummary): string {
  if (repoURL === undefined) return asCode(path);
  return `${asCode(revision === undefined ? repoURL : `${repoURL}@${revision}`)} ${asCode(path)}`;
}

function destinationText({ cluster, server, namespace }: EnvironmentSummary): string {
  const where = cluster ?? server;
  const parts = [where === undefined ? undefined : `cluster ${asCode(where)}`, namespace === undefined ? undefined : `namespace ${asCode(namespace)}`];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** Text as it is, in Markdown. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, String.raw`\$&`).replaceAll('\n', ' ');
}

/** A span of code; the fence is longer than any run of backticks in it. */
function asCode(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${text.replaceAll('\n', ' ')}${padding}${fence}`;
}
