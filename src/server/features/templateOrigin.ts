/** The hover of a line of a rendered chart: the values that went into it, what these overrode, and the template that wrote it. */
import type { Place } from '../../core/base/problem.js';
import type { TemplateStep } from '../../core/helm/manifestOrigins.js';
import { originChain, type OriginLink } from '../../core/objects/rendering.js';
import type { YamlNode } from '../../core/yaml/nodes.js';
import { codeSpan, placeLink } from '../markdown.js';
import { pathOfPlace } from '../nodePath.js';
import type { OriginHoverOptions } from './originHover.js';

/** How many further values, and how many calls, are named. */
const most = { values: 6, calls: 8 };

/** Lines of Markdown for a node that a template wrote with `step`. */
export function describeTemplateOrigin(node: YamlNode, step: TemplateStep, options: OriginHoverOptions): string[] {
  const written = describeWriting(step, options);
  const isText = node.source.file.path === step.source.file.path;
  const lines: string[] = [];
  if (step.isGenerated) lines.push('made up anew with each rendering; the preview keeps it still');
  if (isText || node.source.path === '') return [...lines, `written in ${written}`];
  const [first, ...overridden] = originChain(node);
  if (first) lines.push(`${describeValue(first, options)}`);
  for (const link of overridden) lines.push(`was ${describeValue(link, options)}`);
  const others = step.also.filter(({ source, start }) => source.path !== '' && !(source === node.source && start === node.start)).slice(0, most.values);
  for (const other of others) {
    const [link] = originChain(other);
    if (link) lines.push(`with ${describeValue(link, options)}`);
  }
  return [...lines, `written by ${written}`];
}

/** `` `service.replicas` = `2` in charts/orders/values-prod.yaml:7 ``. */
function describeValue({ location, value }: OriginLink, { label, masked, rootOf }: OriginHoverOptions): string {
  const root = rootOf(location.path);
  const path = root && pathOfPlace(root, location);
  const shown = value === undefined || masked ? '' : codeSpan(value);
  const named = path === undefined || path === '' ? shown : `${codeSpan(path)}${shown === '' ? '' : ` = ${shown}`}`;
  return `${named}${named === '' ? 'set' : ''} in ${placeLink(location, label)}`;
}

/** `` `{{ .replicas }}` in templates/_deployment.tpl:12, included in templates/deployment.yaml:1 ``. */
function describeWriting(step: TemplateStep, options: OriginHoverOptions): string {
  const text = step.source.text
    .slice(step.start, step.end)
    .replace(/(?:\s-)?\}\}$/, '')
    .trim();
  const isAction = text !== '' && !text.includes('\n') && !text.includes('{{') && step.source.text.slice(0, step.start).search(/\{\{(?:-\s)?\s*$/) >= 0;
  const action = isAction ? `${codeSpan(`{{ ${text} }}`)} in ` : '';
  const calls = step.calls.filter(({ source }) => source.path !== '').slice(0, most.calls);
  return [`${action}${linkTo(step, options)}`, ...calls.map((call) => linkTo(call, options))].join(', included in ');
}

function linkTo({ source, start, end }: Place, { label }: OriginHoverOptions): string {
  return placeLink(source.locate(start, end), label);
}
