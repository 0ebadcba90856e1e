/** Words on what stands in templates: functions with an example and its result, values in short, comments above named templates. */
import { functionExamples } from '../../core/chartLanguage/functionExamples.js';
import type { ChartIndex, TemplateDefinition } from '../../core/chartLanguage/chartIndex.js';
import { helmFunctions } from '../../core/template/functions/helm.js';
import { renderText } from '../../core/template/renderTemplate.js';
import { nil, type Maybe, type TemplateFunction } from '../../core/template/values.js';
import type { YamlNode } from '../../core/yaml/nodes.js';

/** 2026-03-01T10:00:00Z: what `now` is in examples. */
const exampleNow = 1_772_359_200_000_000_000n;

/** Markdown on a function: how it is written, what it does, an example with its result. */
export function describeFunction({ name, signature, summary }: TemplateFunction): string {
  const example = exampleOf(name);
  const shown = example && `\`\`\`helm\n{{ ${example.text} }}\n\`\`\`\ngives\n\`\`\`text\n${example.result}\n\`\`\``;
  return [`\`${signature}\``, summary, ...(shown === undefined ? [] : [shown])].join('\n\n');
}

/** An example of a function with what this engine makes of it; undefined where there is none. */
export function exampleOf(name: string): { readonly text: string; readonly result: string } | undefined {
  const text = functionExamples.get(name);
  if (text === undefined) return undefined;
  const rendered = renderText(`{{ ${text} }}`, nil, helmFunctions, { now: exampleNow });
  return 'error' in rendered ? undefined : { text, result: rendered.text };
}

const longestValue = 60;

/** A node of the values in a line. */
export function shownValue(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      return cut(node.tag === '!!str' ? JSON.stringify(node.value) : node.value === '' ? 'null' : node.value);
    case 'map':
      return node.pairs.length === 0 ? '{}' : `{${cut(node.pairs.map(({ key }) => key.value).join(', '))}}`;
    case 'sequence':
      return node.items.length === 0 ? '[]' : `${node.items.length} ${node.items.length === 1 ? 'item' : 'items'}`;
  }
}

/** A value that templates see, in a line. */
export function shownData(value: Maybe): string {
  if (value === undefined) return 'null';
  switch (value.kind) {
    case 'nil':
      return 'null';
    case 'string':
      return cut(JSON.stringify(value.text));
    case 'map':
      return value.entries.size === 0 ? '{}' : `{${cut([...value.entries.keys()].join(', '))}}`;
    case 'list':
      return value.items.length === 0 ? '[]' : `${value.items.length} ${value.items.length === 1 ? 'item' : 'items'}`;
    case 'bool':
    case 'int':
    case 'float':
      return String(value.value);
    default:
      return value.goType;
  }
}

function cut(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

/** The comment above a named template, or the first one in it; undefined where there is none. */
export function documentationOfTemplate({ tree, nameRange }: TemplateDefinition, { parsed }: ChartIndex): string | undefined {
  const file = parsed.get(tree.source.path);
  const { text } = tree.source;
  const open = text.lastIndexOf('{{', nameRange.start);
  const above = file?.comments.filter(({ end }) => end <= open).at(-1);
  const inside = file?.comments.find(({ start, end }) => start >= nameRange.end && end <= tree.root.end && text.slice(nameRange.end, start).replaceAll(/[-{}\s]/g, '') === '');
  const comment = above && text.slice(above.end, open).replaceAll(/[-}\s]/g, '') === '' ? above : inside;
  const words = comment?.text
    .replace(/^\/\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim();
  return words === undefined || words === '' ? undefined : words;
}
