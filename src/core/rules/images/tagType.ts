/**
 * images/tag-type: a tag in a chart's values that YAML reads as something else than a text. Kustomizations are looked at
 * only for what kustomize takes without a word; what it refuses (kustomize/wrong-type) is said there.
 */
import { baseName } from '../../base/path.js';
import type { Fix } from '../../base/problem.js';
import { quoteScalar } from '../../yaml/edit.js';
import type { MapNode, Pair, ScalarNode, YamlNode } from '../../yaml/nodes.js';
import { readInteger, resolveTagYaml11 } from '../../yaml/scalars.js';
import type { FileRule, Report } from '../rule.js';

const valuesFile = /(^|\/)[^/]*values[^/]*\.ya?ml$|\/values\/[^/]+\.ya?ml$/i;
const kustomizationFile = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;

export const tagType: FileRule = {
  id: 'images/tag-type',
  title: 'Tag that is not read as a text',
  severity: 'error',
  scope: 'file',
  looksAt: (path) => valuesFile.test(path) || kustomizationFile.test(path) || baseName(path) === 'Chart.yaml',
  what: 'A tag in the values of a chart (or `appVersion` in Chart.yaml) stands without quotes, and YAML reads it as a number or truth value whose text is another one; or `newTag` in a kustomization is empty.',
  why: '`1.10` becomes 1.1, `0123` becomes 83, `1e3` becomes 1000, `20240115` becomes 2.0240115e+07 and `yes` becomes true. The chart renders without a complaint; the cluster finds no such image, or runs an older one. About one short commit in twenty looks like a number. An empty `newTag` leaves the tag that was there before.',
  mend: 'Put the tag into quotes.',
  examples: {
    bad: `#- chart/values.yaml
image:
  repository: ghcr.io/example/web
  tag: 1.10`,
    good: `#- chart/values.yaml
image:
  repository: ghcr.io/example/web
  tag: "1.10"`,
  },
  hasFix: true,
  check({ source, parsed }, report) {
    const isKustomization = kustomizationFile.test(source.path);
    for (const { root } of parsed.documents) {
      if (root?.kind !== 'map') continue;
      if (isKustomization) checkKustomization(root, report);
      else if (baseName(source.path) === 'Chart.yaml') checkChart(root, report);
      else checkValues(root, false, report);
    }
  },
};

function checkKustomization(root: MapNode, report: Report): void {
  const images = root.get('images');
  for (const entry of images?.kind === 'sequence' ? images.items : []) {
    const tag = entry.kind === 'map' ? entry.pair('newTag') : undefined;
    if (tag?.value.kind !== 'scalar') continue;
    const isEmpty = tag.value.value === '' || (tag.value.style === 'plain' && tag.value.tag === '!!null');
    if (isEmpty)
      report(tag.value.start === tag.value.end ? tag.key : tag.value, 'This newTag is empty, so the image keeps the tag that it had: write a tag, or leave the field out.');
  }
}

function checkChart(root: MapNode, report: Report): void {
  const version = root.get('appVersion');
  if (version?.kind === 'scalar') checkTag(version, 'appVersion', report);
}

function checkValues(node: YamlNode, isImage: boolean, report: Report): void {
  if (node.kind === 'sequence') for (const item of node.items) checkValues(item, isImage, report);
  if (node.kind !== 'map') return;
  const looksLikeImage = isImage || ['repository', 'registry', 'pullPolicy', 'imagePullPolicy', 'digest'].some((key) => node.get(key) !== undefined);
  for (const pair of node.pairs) {
    if (pair.value.kind === 'scalar') {
      if (isTagKey(pair, looksLikeImage)) checkTag(pair.value, 'tag', report);
    } else checkValues(pair.value, /image/i.test(pair.key.value), report);
  }
}

function isTagKey({ key }: Pair, isInImage: boolean): boolean {
  return /image_?tag$/i.test(key.value) || (isInImage && key.value.toLowerCase() === 'tag');
}

function checkTag(node: ScalarNode, what: string, report: Report): void {
  if (node.style !== 'plain') return;
  const written = node.source.text.slice(node.start, node.end);
  const read = textAsRead(written, what);
  if (written !== node.value || read === undefined || read === written) return;
  const changes = quoteScalar(node);
  const fix: Fix | undefined = changes && { title: what === 'tag' ? 'Quote the tag' : 'Quote the version', changes };
  report(node, `Helm reads this ${what} as ${read}, not as the text ${written}: put it into quotes.`, fix && { fix });
}

/** What a template prints for a plain scalar; undefined for a text and for nothing. */
function textAsRead(written: string, what: string): string | undefined {
  switch (resolveTagYaml11(written)) {
    case '!!bool':
      return /^(y|yes|on|true)$/i.test(written) ? 'true' : 'false';
    case '!!int': {
      const value = readInteger(written.replaceAll('_', ''));
      if (value === undefined) return undefined;
      // Numbers of values are floats to Helm; those of Chart.yaml stay what they are.
      return what === 'tag' ? printFloat(Number(value)) : value.toString();
    }
    case '!!float':
      return printFloat(Number(written.replaceAll('_', '')));
    default:
      return undefined;
  }
}

/** A float as Go prints it with %v: with an exponent from the seventh digit on (strconv/ftoa.go). */
function printFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return value.toString();
  return `${mantissa}e${power < 0 ? '-' : '+'}${Math.abs(power).toString().padStart(2, '0')}`;
}
