/**
 * Ways to give an image of a chart another version: the value that the template takes, where it is set; else a key in the
 * environment's last values file, a parameter of the Application, or the values of the HelmRelease.
 */
import { joinPath } from '../base/path.js';
import { isTemplateStep } from '../helm/manifestOrigins.js';
import { insertField, type Edit } from '../yaml/edit.js';
import type { EditValue } from '../yaml/editText.js';
import { scalarValue, type MapNode, type ScalarNode, type YamlNode } from '../yaml/nodes.js';
import { resolveTag } from '../yaml/scalars.js';
import { addToList } from './addToList.js';
import { findWrittenScalar, rootMapOf, type EditSources, type EditTarget } from './editSources.js';
import { readImage, rewriteVersion, type ImageVersion } from './imageVersion.js';
import type { ImageProposal } from './imageEdits.js';

/** The values that went into a field, besides the one that it stands for. */
export function furtherValues({ step }: YamlNode): readonly ScalarNode[] {
  return isTemplateStep(step) ? step.also.flatMap((node) => (node.kind === 'scalar' ? [node] : [])) : [];
}

/** New entries for the values that a template takes the version from. */
export function proposeValues(image: ScalarNode, version: ImageVersion, target: EditTarget, sources: EditSources): readonly ImageProposal[] {
  if (!isTemplateStep(image.step)) return [];
  const { name, version: before } = readImage(image.value);
  return [image, ...furtherValues(image)].flatMap((node) => {
    const written = findWrittenScalar(node, sources.parse);
    const way = written && wayTo(written, sources);
    if (!written || !way || way.length === 0) return [];
    return rewriteVersion(written.value, name, before, version).flatMap((text) => entriesFor(way, text, target, sources));
  });
}

function entriesFor(way: readonly string[], text: string, { declaration, folder }: EditTarget, { parse }: EditSources): readonly ImageProposal[] {
  if (declaration?.foundIn.kind !== 'file') return [];
  const { id, root } = declaration;
  const spec = mapIn(root, 'spec');
  const proposals: ImageProposal[] = [];
  const propose = (title: string, place: MapNode, edit: Edit): void => {
    if (edit && edit.length > 0) proposals.push({ title, kind: 'entry', place, changes: edit });
  };
  if (id.group === 'helm.toolkit.fluxcd.io' && spec) propose(`values of HelmRelease ${id.name}`, spec, setNested(spec, ['values', ...way], text));
  const source = id.group === 'argoproj.io' && id.kind === 'Application' && spec ? mapIn(spec, 'source') : undefined;
  if (!source) return proposals;
  const helm = mapIn(source, 'helm');
  const files = helm?.get('valueFiles');
  const last = files?.kind === 'sequence' ? scalarValue(files.items.at(-1)) : undefined;
  const values = last === undefined || folder === undefined ? undefined : rootMapOf(parse(joinPath(folder, last)));
  if (values) propose(`value ${way.join('.')} of ${last ?? ''}`, values, setNested(values, way, text));
  const parameter = { name: way.map((key) => key.replaceAll('.', '\\.')).join('.'), value: text, ...(resolveTag(text) !== '!!str' && { forceString: true }) };
  const edit = helm ? addToList(helm, 'parameters', parameter) : insertField(source, 'helm', { parameters: [parameter] });
  propose(`helm.parameters of Application ${id.name}`, source, edit);
  return proposals;
}

/** The keys from the top of a file to one of its scalars; undefined where a list is on the way. */
function wayTo(written: ScalarNode, { parse }: EditSources): readonly string[] | undefined {
  const visit = (node: YamlNode): readonly string[] | undefined => {
    if (node === written || (node.kind === 'scalar' && node.start === written.start && node.end === written.end)) return [];
    if (node.kind !== 'map') return undefined;
    for (const { key, value } of node.pairs) {
      const rest = value.start <= written.start && value.end >= written.end ? visit(value) : undefined;
      if (rest) return [key.value, ...rest];
    }
    return undefined;
  };
  const root = written.source.isEmbedded ? undefined : rootMapOf(parse(written.source.path));
  return root && visit(root);
}

/** Adds a field below maps that are there as far as they are; undefined where it is there, or something else is. */
function setNested(map: MapNode, way: readonly string[], value: string): Edit {
  const [key, ...rest] = way;
  if (key === undefined) return undefined;
  const inner = map.get(key);
  if (inner?.kind === 'map' && rest.length > 0) return setNested(inner, rest, value);
  return inner ? undefined : insertField(map, key, nest(rest, value));
}

function nest(way: readonly string[], value: string): EditValue {
  return way.reduceRight<EditValue>((inner, key) => ({ [key]: inner }), value);
}

function mapIn(map: MapNode, key: string): MapNode | undefined {
  const value = map.get(key);
  return value?.kind === 'map' ? value : undefined;
}
