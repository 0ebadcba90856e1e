/** The Markdown of the tree's tooltips: where an environment comes from, where it goes, what runs in it, what is wrong. */
import type { DriftField, DriftRow, EnvironmentLive } from '../../server/clusterProtocol.js';
import type { EnvironmentSummary, ImageSummary } from '../../server/deliveryProtocol.js';
import { countOf, describeDelivery, nameOfOperator, stateSentence, versionOf, wordsOfFindings } from '../delivery/words.js';
import { isCompared, nameOf, wordsOfCounts, wordsOfHealth, wordsOfMethod, wordsOfObjectState, wordsOfOperator } from '../live/words.js';

/** More images than these are only counted. */
const maximumImages = 8;

export function environmentTooltip(environment: EnvironmentSummary, live?: EnvironmentLive): string {
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
    ...liveLines(live),
    ...(shown.length > 0 ? [['Images:', ...shown, ...more].join('\n')] : []),
    ...(words === '' ? [] : [`$(${findings.errors > 0 ? 'error' : findings.warnings > 0 ? 'warning' : 'info'}) ${words}`]),
    describeDelivery(environment.delivery, environment.revision)
      .map(({ sentence, icon }) => `$(${icon}) ${escapeMarkdown(sentence)}`)
      .join('  \n'),
  ].join('\n\n');
}

function liveLines(live: EnvironmentLive | undefined): readonly string[] {
  if (live?.context === undefined || !isCompared(live)) return [];
  const { context, counts, health, operator, method } = live;
  const drift = wordsOfCounts(counts);
  const lines = [
    `Live in ${asCode(context)}: ${drift === '' ? 'in sync' : drift}, ${wordsOfHealth(health)}${method === undefined ? '' : ` (${escapeMarkdown(wordsOfMethod(method))})`}`,
    ...(operator ? [escapeMarkdown(wordsOfOperator(operator)), ...operator.disagreements.map((sentence) => `$(info) ${escapeMarkdown(sentence)}`)] : []),
    ...(live.isReconciled ? ['Reconciled continuously from this window'] : []),
  ];
  return [lines.join('  \n')];
}

export function driftRowTooltip({ object, state, reason, forecast, method, fields }: DriftRow): string {
  const where = object.namespace === '' ? '' : ` in ${asCode(object.namespace)}`;
  return [
    `**${escapeMarkdown(nameOf(object))}**${where}: ${wordsOfObjectState(state)}${state === 'changed' ? ` in ${countOf(fields.length, 'field')}` : ''}`,
    escapeMarkdown(reason),
    forecast === '' ? '' : `$(clock) ${escapeMarkdown(forecast)}`,
    escapeMarkdown(wordsOfMethod(method)),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

export function driftFieldTooltip({ path, desired, live, by, forecast, place }: DriftField): string {
  const values = [`git: ${desired === undefined ? '_says nothing_' : asCode(desired)}`, `live: ${live === undefined ? '_nothing_' : asCode(live)}`];
  return [
    asCode(path),
    values.join('  \n'),
    by === '' ? 'Nobody is noted for the live value.' : `$(person) ${escapeMarkdown(by)}`,
    forecast === '' ? '' : `$(clock) ${escapeMarkdown(forecast)}`,
    place === undefined ? '' : `Declared in ${asCode(place.label)}`,
  ]
    .filter((line) => line !== '')
    .join('\n\n');
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
