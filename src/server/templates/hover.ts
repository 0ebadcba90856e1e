/** Hovers in templates and values files: a value in each environment and where it is set, functions, named templates, built-in objects. */
import { builtinAt, keywords } from '../../core/chartLanguage/builtinObjects.js';
import { anyKey, type KeyPath } from '../../core/chartLanguage/refs.js';
import { documentationOf, findKeySites } from '../../core/chartLanguage/valuesKeys.js';
import { nodeOf, type MapValue, type Maybe, type Value } from '../../core/template/values.js';
import type { FileLabel } from '../fileLabels.js';
import { codeSpan, escapeMarkdown, placeLink } from '../markdown.js';
import { formatPath } from '../nodePath.js';
import { templateFunctions } from './completion.js';
import { describeFunction, documentationOfTemplate, shownData } from './describe.js';
import { isSecretValue } from './masking.js';
import type { OpenChart } from './openCharts.js';
import { callsOf, definitionsOf, type Target } from './targets.js';

export interface TemplateHoverOptions {
  readonly label: FileLabel;
  readonly masksSecrets: boolean;
  /** A short text that stands for a secret. */
  readonly fingerprint: (value: string) => string;
}

const mostRows = 24;

/** Markdown on what stands at a place; undefined where nothing is known of it. */
export function describeTarget({ what }: Target, charts: readonly OpenChart[], options: TemplateHoverOptions): string | undefined {
  switch (what.kind) {
    case 'function': {
      const found = templateFunctions.get(what.name);
      return found ? describeFunction(found) : keywords.find(({ name }) => name === what.name)?.documentation;
    }
    case 'member': {
      const member = builtinAt(what.path);
      const shown = `.${what.path.join('.')}${member?.signature?.includes(' ') === true ? member.signature.slice(member.signature.indexOf(' ')) : ''}`;
      return member && `${codeSpan(shown)}\n\n${member.documentation}`;
    }
    case 'template':
      return describeTemplate(what.name, charts, options);
    case 'value': {
      const parts = what.inCharts.slice(0, 4).map(({ chart, path }) =>
        describeValue(
          chart,
          path,
          options,
          what.inCharts.some((other) => other.chart !== chart),
        ),
      );
      return [...new Set(parts)].join('\n\n---\n\n');
    }
  }
}

function describeTemplate(name: string, charts: readonly OpenChart[], { label }: TemplateHoverOptions): string {
  for (const { index } of charts) {
    const [winner, ...others] = definitionsOf(index, name);
    if (!winner) continue;
    const words = documentationOfTemplate(winner, index);
    const calls = callsOf(index, name).length;
    const place = ({ tree, nameRange }: typeof winner): string => placeLink(tree.source.locate(nameRange.start, nameRange.end), label);
    return [
      `${codeSpan(name)} · defined in ${place(winner)}`,
      ...(words === undefined ? [] : [escapeMarkdown(words)]),
      ...(others.length === 0 ? [] : [`It replaces the one of that name in ${others.map(place).join(' and ')}, which helm reads before.`]),
      `Called at ${calls} ${calls === 1 ? 'place' : 'places'}.`,
    ].join('\n\n');
  }
  return `${codeSpan(name)} is defined nowhere in the chart or the charts below it.`;
}

function describeValue(chart: OpenChart, path: KeyPath, options: TemplateHoverOptions, namesChart: boolean): string {
  const { index } = chart;
  const shown = formatPath(path.map((key) => (key === anyKey ? '*' : key)));
  const [site] = findKeySites(path, chart.sources, index.units);
  const words = site && documentationOf(site.pair, path.slice(site.of.prefix.length));
  const title = `${codeSpan(shown, 160)}${namesChart ? ` in ${escapeMarkdown(index.root.chart.metadata.name)}` : ''}`;
  return [title, ...(words === undefined ? [] : [escapeMarkdown(words).replaceAll('\n', '  \n')]), valuesTable(chart, path, options)].join('\n\n');
}

function valuesTable(chart: OpenChart, path: KeyPath, options: TemplateHoverOptions): string {
  if (path.includes(anyKey)) return 'An item of what the template loops over.';
  const hides = options.masksSecrets && isSecretValue(path);
  const rows = [undefined, ...chart.environments].slice(0, mostRows).map((environment) => {
    const name = environment ? escapeMarkdown(environment.label).replaceAll('|', '\\|') : '*chart*';
    const values = chart.valuesFor(environment);
    if (!values) return `| ${name} | *its values can’t be read* | |`;
    const found = valueAt(values, path);
    if (!found) return `| ${name} | *not set* | |`;
    return `| ${name} | ${hides ? maskedValue(found, options) : codeSpan(shownData(found)).replaceAll('|', '\\|')} | ${placeOf(found, values, path, options.label)} |`;
  });
  const more = chart.environments.length + 1 - rows.length;
  return ['| Environment | Value | Set in |', '|---|---|---|', ...rows, ...(more > 0 ? [`| and ${more} more | | |`] : [])].join('\n');
}

function maskedValue(value: Value, { fingerprint }: TemplateHoverOptions): string {
  const data = shownData(value);
  return data === '""' || data === 'null' ? codeSpan(data) : `••••••••${escapeMarkdown(fingerprint(value.kind === 'string' ? value.text : data))}`;
}

/** What stands at the end of a way of keys; undefined where it leads nowhere. */
export function valueAt(values: MapValue, path: KeyPath): Value | undefined {
  let at: Maybe = values;
  for (const key of path) {
    at = at?.kind === 'map' ? at.entries.get(key) : undefined;
    if (!at) return undefined;
  }
  return at;
}

/** Where a value was set: the key of it where that is known. */
function placeOf(value: Value, values: MapValue, path: KeyPath, label: FileLabel): string {
  const own = nodeOf(value);
  const around = valueAt(values, path.slice(0, -1));
  const node = own ?? (around?.kind === 'map' ? around.keyNode(path.at(-1) ?? '') : undefined);
  return node && node.source.path !== '' ? placeLink(node.source.locate(node.start, node.end), label) : '';
}
