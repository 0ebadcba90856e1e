/** The user's values: the layers of a chart's inputs laid over one another (pkg/cli/values/options.go MergeValues v3.22). */
import type { Place } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import { valueOfNode } from '../template/data.js';
import { fromBytes } from '../template/goText.js';
import { MapValue } from '../template/values.js';
import { embeddedSource } from '../yaml/embed.js';
import type { ScalarNode } from '../yaml/nodes.js';
import type { ValuesLayer } from '../objects/chartInputs.js';
import { copyMap, emptyMap, layValues } from './coalesceValues.js';
import type { ChartMistake, ChartSources } from './loadChart.js';
import { readJsonValue } from './readJsonValue.js';
import { setValues } from './setValues.js';

/** What the layers say together, or why they can't be read. @param fallback where a mistake without a place of its own is told */
export function readUserValues(layers: readonly ValuesLayer[], sources: ChartSources, fallback: Place): MapValue | ChartMistake {
  let values = emptyMap();
  for (const layer of layers) {
    const next = layer.kind === 'set' ? setLayer(layer, values, sources) : readLayer(layer, sources, fallback);
    if (!(next instanceof MapValue)) return next;
    values = layer.kind === 'set' ? next : layValues(values, next);
  }
  return values;
}

/** The map that one layer of values says; an empty one where it says nothing. */
function readLayer(layer: Exclude<ValuesLayer, { kind: 'set' }>, { tree, parse }: ChartSources, fallback: Place): MapValue | ChartMistake {
  switch (layer.kind) {
    case 'map': {
      const value = valueOfNode(layer.node);
      return value.kind === 'map' ? value : emptyMap();
    }
    case 'text':
      return readMap(embeddedSource(layer.node), 'values', layer.node, parse);
    case 'file': {
      const source = tree.kind(layer.path) === 'file' ? tree.read(layer.path) : undefined;
      if (source) return readMap(source, layer.path, layer.node ?? { source, start: 0, end: 0 }, parse);
      if (layer.isOptional) return emptyMap();
      return { code: 'helm/missing-values-file', message: `The values file ${layer.node?.value ?? layer.path} isn't there.`, place: layer.node ?? fallback };
    }
  }
}

function readMap(source: SourceText, name: string, place: Place, parse: ChartSources['parse']): MapValue | ChartMistake {
  const parsed = parse(source);
  const wrong = parsed.problems.find(({ severity }) => severity === 'error');
  if (wrong) {
    const { range } = wrong.location;
    const isOwn = wrong.location.path === source.path && !source.isEmbedded;
    const where: Place = isOwn ? { source, start: source.offsetAt(range.start), end: source.offsetAt(range.end) } : place;
    return { code: 'helm/invalid-yaml', message: `failed to parse ${name}: error converting YAML to JSON: yaml: line ${range.start.line + 1}: ${wrong.message}`, place: where };
  }
  const root = parsed.documents[0]?.root;
  if (!root || (root.kind === 'scalar' && root.tag === '!!null')) return emptyMap();
  const value = valueOfNode(root);
  if (value.kind === 'map') return value;
  const kind = value.kind === 'list' ? 'array' : value.kind === 'bool' ? 'bool' : value.kind === 'float' ? 'number' : 'string';
  const message = `failed to parse ${name}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
  return { code: 'helm/invalid-yaml', message, place: root };
}

function setLayer({ path, value, as }: Extract<ValuesLayer, { kind: 'set' }>, values: MapValue, { tree }: ChartSources): MapValue | ChartMistake {
  const copy = copyMap(values);
  // A file is named by its path, which may hold what the language of --set reads in its own way.
  const expression = as === 'file' ? `${path.value}=file` : path.value === '' ? value.value : `${path.value}=${value.value}`;
  const reader = {
    typed: as === 'typed',
    ...(as === 'file' && { file: () => readText(value, tree) }),
    ...(as === 'json' && { json: (text: string) => readJsonValue(text, value) }),
  };
  const mistake = setValues(expression, copy, reader, value);
  return mistake ? { code: 'helm/invalid-set', message: `failed parsing --set data: ${mistake.mistake}`, place: value } : copy;
}

function readText({ value }: ScalarNode, tree: ChartSources['tree']): string | undefined {
  const bytes = tree.kind(value) === 'file' ? tree.readBytes(value) : undefined;
  return bytes && fromBytes(bytes);
}
