/**
 * Ways to give an image or another field of a chart another value: the value that the template takes, where it is set; else
 * a key in the environment's last values file, a parameter of the Application, or the values of the HelmRelease.
 */
import { baseName } from '../base/path.js';
import { mapAt } from '../gitops/declarations.js';
import { isTemplateStep } from '../helm/manifestOrigins.js';
import type { JsonValue } from '../live/json.js';
import { insertField, replaceScalar, type Edit } from '../yaml/edit.js';
import type { EditValue } from '../yaml/editText.js';
import { embeddedSource } from '../yaml/embed.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../yaml/nodes.js';
import { parseYaml } from '../yaml/parse.js';
import { resolveTag } from '../yaml/scalars.js';
import { addToList } from './addToList.js';
import { findWrittenMap, findWrittenScalar, mapsAt, rootMapOf, type EditSources, type EditTarget } from './editSources.js';
import { readImage, rewriteVersion, type ImageVersion } from './imageVersion.js';
import type { ImageProposal } from './imageEdits.js';
import { nodeAt, type Proposal, type Wish } from './setHere.js';
import { isScalarValue, toEditValue, type ScalarValue } from './wishedValue.js';

/** The values that went into a field, besides the one that it stands for. */
export function furtherValues({ step }: YamlNode): readonly ScalarNode[] {
  return isTemplateStep(step) ? step.also.flatMap((node) => (node.kind === 'scalar' ? [node] : [])) : [];
}

/** New entries for the values that a template takes the version from. */
export function proposeValues(image: ScalarNode, version: ImageVersion, target: EditTarget, sources: EditSources): readonly ImageProposal[] {
  if (!isTemplateStep(image.step)) return [];
  const { name, version: before } = readImage(image.value);
  return [image, ...furtherValues(image)].flatMap((node) =>
    waysTo(node, sources).flatMap(({ way, written }) => rewriteVersion(written.value, name, before, version).flatMap((text) => entriesFor(way, text, target, sources))),
  );
}

/**
 * Ways to make a field of a chart say something else by its values: at the values that the template takes it from, or by
 * new entries over them. Whose a value is, `isOwn` says; a new entry is always the environment's own.
 */
export function proposeFieldValues(
  { object, path, value }: Wish,
  target: EditTarget,
  sources: EditSources,
  isOwn: (node: YamlNode) => boolean,
): { readonly own: readonly Proposal[]; readonly others: readonly Proposal[] } {
  const [own, others, entries]: [Proposal[], Proposal[], Proposal[]] = [[], [], []];
  const node = nodeAt(object.root, path);
  for (const fed of node && isTemplateStep(node.step) ? [node, ...node.step.also] : []) {
    if (fed.kind !== 'scalar' || node?.kind !== 'scalar') continue;
    const written = findWrittenScalar(fed, sources.parse);
    for (const wanted of written ? textsFor(written, node.value, value) : []) {
      const edit = written && replaceScalar(written, wanted);
      if (edit && edit.length > 0) (isOwn(fed) ? own : others).push({ title: 'value where it is set', changes: edit });
    }
    for (const { way, written: there } of waysTo(fed, sources)) {
      const texts = value === undefined ? [null] : textsFor(there, node.value, value);
      entries.push(...texts.flatMap((text) => entriesFor(way, text, target, sources)));
    }
  }
  const last = path.at(-1);
  const parent = node ? undefined : nodeAt(object.root, path.slice(0, -1));
  if (parent?.kind === 'map' && typeof last === 'string' && value !== undefined && isTemplateStep(parent.step)) {
    for (const way of waysToMap(parent, sources)) entries.push(...entriesFor([...way, last], toEditValue(value), target, sources));
  }
  return { own: [...own, ...entries], others };
}

/** What a value of the chart may be, so that a field that is made of it says something else: in the type that it has. */
function textsFor(written: ScalarNode, before: string, after: JsonValue | undefined): readonly ScalarValue[] {
  if (!isScalarValue(after)) return [];
  if (written.value === before) return [...new Set([likeWritten(written, after), after])];
  // The template puts something around it.
  const at = written.value === '' ? -1 : before.indexOf(written.value);
  if (at < 0 || before.lastIndexOf(written.value) !== at) return [];
  const [head, tail, text] = [before.slice(0, at), before.slice(at + written.value.length), String(after)];
  const isAround = text.length > head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
  return isAround ? [likeWritten(written, text.slice(head.length, text.length - tail.length))] : [];
}

/** A number that was written as one stays one, and a text stays a text: what the template makes of it is the same. */
function likeWritten({ tag, style }: ScalarNode, value: ScalarValue): ScalarValue {
  if (tag === '!!str') return value === null ? null : String(value);
  if (typeof value !== 'string' || style !== 'plain' || resolveTag(value) !== tag) return value;
  if (tag === '!!bool') return value === 'true' || value === 'false' ? value === 'true' : value;
  return (tag === '!!int' || tag === '!!float') && String(Number(value)) === value ? Number(value) : value;
}

/** Entries for one value in each place that an environment's values are set in: its last file, values in place, parameters. */
function entriesFor(way: readonly string[], value: EditValue, { id: target, folder, declaration }: EditTarget, sources: EditSources): readonly ImageProposal[] {
  const proposals: ImageProposal[] = [];
  const propose = (title: string, place: MapNode, edit: Edit): void => {
    if (edit && edit.length > 0) proposals.push({ title, kind: 'entry', place, changes: edit });
  };
  const layers = sources.valuesOf(target);
  const file = layers.findLast((layer) => layer.kind === 'file');
  const values = file?.kind === 'file' ? rootMapOf(sources.parse(file.path)) : undefined;
  if (values && file?.kind === 'file') propose(`value ${way.join('.')} of ${file.node?.value ?? baseName(file.path)}`, values, setNested(values, way, value));
  const inPlace = layers.findLast((layer) => layer.kind === 'map' || layer.kind === 'text');
  const map = inPlace?.kind === 'map' ? findWrittenMap(inPlace.node, sources.parse) : inPlace?.kind === 'text' ? rootMapOf(parseYaml(embeddedSource(inPlace.node))) : undefined;
  if (map) propose(`value ${way.join('.')} in place`, map, setNested(map, way, value));
  const kustomization = folder === undefined ? undefined : rootMapOf(sources.parse(sources.kustomizationFileOf(folder) ?? ''));
  for (const chart of kustomization ? mapsAt(kustomization, 'helmCharts') : []) {
    propose(`valuesInline of chart ${scalarValue(chart.get('name')) ?? ''}`, chart, setNested(chart, ['valuesInline', ...way], value));
  }
  if (declaration?.foundIn.kind !== 'file') return proposals;
  const { id, root } = declaration;
  const spec = mapAt(root, 'spec');
  if (id.group === 'helm.toolkit.fluxcd.io' && spec) propose(`values of HelmRelease ${id.name}`, spec, setNested(spec, ['values', ...way], value));
  const source = id.group === 'argoproj.io' && id.kind === 'Application' && spec ? mapAt(spec, 'source') : undefined;
  if (!source || value === null || typeof value === 'object') return proposals;
  const helm = mapAt(source, 'helm');
  const forceString = typeof value === 'string' && resolveTag(value) !== '!!str';
  const parameter = { name: way.map((key) => key.replaceAll('.', '\\.')).join('.'), value: String(value), ...(forceString && { forceString }) };
  const edit = helm ? addToList(helm, 'parameters', parameter) : insertField(source, 'helm', { parameters: [parameter] });
  propose(`helm.parameters of Application ${id.name}`, source, edit);
  return proposals;
}

/** The ways to the value that a scalar of a render stands for, with the scalar as it stands there; several where a chart within a chart may go by another name. */
function waysTo(node: ScalarNode, { parse }: EditSources): readonly { readonly way: readonly string[]; readonly written: ScalarNode }[] {
  const { source } = node;
  // A chart that is packed is no file of the workspace.
  const parsed = source.isEmbedded ? undefined : (parse(source.path) ?? parseYaml(source));
  const written = findWrittenScalar(node, () => parsed);
  const root = rootMapOf(parsed);
  return written && root ? waysWithin(root, written, parse).map((way) => ({ way, written })) : [];
}

/** The ways to the map of the values that a map of a render is, told by a field of it that stands there under the same key. */
function waysToMap({ pairs }: MapNode, sources: EditSources): readonly (readonly string[])[] {
  for (const { key, value } of pairs) {
    const ways = value.kind === 'scalar' && isTemplateStep(value.step) ? waysTo(value, sources).map(({ way }) => way) : [];
    const above = ways.flatMap((way) => (way.at(-1) === key.value ? [way.slice(0, -1)] : []));
    if (above.length > 0) return above;
  }
  return [];
}

/** The keys from the top of the values to a node of a values file. */
function waysWithin(root: MapNode, written: YamlNode, parse: EditSources['parse']): readonly (readonly string[])[] {
  const way = wayWithin(root, written);
  return way && way.length > 0 ? prefixesOf(root.source.path, parse).map((prefix) => [...prefix, ...way]) : [];
}

/** The keys under which a chart above has the values of this file: of a chart in `charts/`, its name or the alias that it goes by. */
function prefixesOf(path: string, parse: EditSources['parse']): readonly (readonly string[])[] {
  const [top = '', ...inner] = path.split('/charts/');
  let prefixes: readonly (readonly string[])[] = [[]];
  let above = top;
  for (const [index, each] of inner.entries()) {
    const folder = each.split('/')[0] ?? '';
    // The first `charts` may be a folder that charts are kept in.
    const metadata = rootMapOf(parse(`${above}/Chart.yaml`));
    above = `${above}/charts/${folder}`;
    if (!metadata && index === 0) continue;
    const name = folder.endsWith('.tgz') ? folder.replace(/-v?\d+\.\d+\.\d+[^/]*\.tgz$/, '') : folder;
    const dependencies = metadata ? mapsAt(metadata, 'dependencies').filter((dependency) => scalarValue(dependency.get('name')) === name) : [];
    const aliases = dependencies.flatMap((dependency) => scalarValue(dependency.get('alias')) ?? []);
    prefixes = prefixes.flatMap((prefix) => [...aliases, ...(aliases.length < dependencies.length || dependencies.length === 0 ? [name] : [])].map((key) => [...prefix, key]));
  }
  return prefixes;
}

/** The keys from the top of a file to one of its nodes; undefined where a list is on the way. */
function wayWithin(root: MapNode, written: YamlNode): readonly string[] | undefined {
  const visit = (node: YamlNode): readonly string[] | undefined => {
    if (node === written || (node.kind === written.kind && node.start === written.start && node.end === written.end)) return [];
    if (node.kind !== 'map') return undefined;
    for (const { key, value } of node.pairs) {
      const rest = value.start <= written.start && value.end >= written.end ? visit(value) : undefined;
      if (rest) return [key.value, ...rest];
    }
    return undefined;
  };
  return visit(root);
}

/** Adds a field below maps that are there as far as they are; undefined where it is there, or something else is. */
function setNested(map: MapNode, way: readonly string[], value: EditValue): Edit {
  const [key, ...rest] = way;
  if (key === undefined) return undefined;
  const inner = map.get(key);
  if (inner?.kind === 'map' && rest.length > 0) return setNested(inner, rest, value);
  return inner ? undefined : insertField(map, key, nest(rest, value));
}

function nest(way: readonly string[], value: EditValue): EditValue {
  return way.reduceRight<EditValue>((inner, key) => ({ [key]: inner }), value);
}
