/**
 * Ways to give one image of an environment another version, by editing the text that sets it, wherever that is; or by the
 * smallest entry in the environment's own kustomization or declaration, where a file of others sets it. Each is a
 * proposal: moveImage.ts renders it and takes the first that does what was asked.
 */
import { isInside } from '../base/path.js';
import type { Place } from '../base/problem.js';
import { mapAt } from '../gitops/declarations.js';
import { insertField, removeField, replaceScalar, type Edit } from '../yaml/edit.js';
import { writeScalar, type EditValue } from '../yaml/editText.js';
import { scalarValue, type MapNode, type ScalarNode, type Step, type YamlNode } from '../yaml/nodes.js';
import { resolveTag, resolveTagYaml11 } from '../yaml/scalars.js';
import { findWrittenMap, findWrittenScalar, isValuesFile, mapsAt, rootMapOf, type EditSources, type EditTarget } from './editSources.js';
import { readImage, rewriteVersion, writeImage, type ImageVersion } from './imageVersion.js';
import { addToList } from './addToList.js';
import { furtherValues, proposeValues } from './helmEdits.js';
import type { Proposal } from './setHere.js';

/** A proposal with what it edits. */
export interface ImageProposal extends Proposal {
  /** `in place` is the text that sets the version now; `entry` a new one that goes over it. */
  readonly kind: 'in place' | 'entry';
  readonly place: Place;
}

/**
 * The most natural first: the environment's own files, a new entry in them, its declaration, then files of others. A new
 * entry goes to the declaration first where others are rendered from the same folder.
 * @param together ids of environments that are to get the same version
 */
export function proposeImageEdits(image: ScalarNode, version: ImageVersion, target: EditTarget, sources: EditSources, together: ReadonlySet<string>): readonly ImageProposal[] {
  const own: ImageProposal[] = [];
  const others: ImageProposal[] = [];
  for (let link: YamlNode | undefined = image; link; link = link.was) {
    if (link.kind !== 'scalar') continue;
    (isOwn(link, target, sources) ? own : others).push(...entryProposals(link.step, version, sources), ...textProposals(link, image, version, sources));
    for (const value of furtherValues(link))
      (isOwn(value, target, sources) && !isDefault(value, target, sources) ? own : others).push(...textProposals(value, image, version, sources));
  }
  const entries = [overlayProposals(image, version, target, sources), [...proposeValues(image, version, target, sources), ...declarationProposals(image, version, target)]];
  const isShared = sources.targets.some(({ id, folder }) => folder === target.folder && id !== target.id && !together.has(id));
  return dropRepeated([...own, ...(isShared ? entries.reverse() : entries).flat(), ...others]);
}

/** True where what set the text is the environment's own: in its folder, or what its operator lays over it. */
function isOwn({ step, source }: ScalarNode, target: EditTarget, sources: EditSources): boolean {
  const { folder, declaration } = target;
  if (isValuesFile(source.path, target, sources)) return true;
  if (folder !== undefined && isInside((step ?? { source }).source.path, folder)) return true;
  if (step && (step.kind === 'applicationSet' || step.kind === 'substitution' || /^spec\b/.test(step.field))) return true;
  return declaration?.root.source.path === source.path;
}

/** True for what a chart says for all who use it. */
export function isDefault({ source }: Pick<YamlNode, 'source'>, target: EditTarget, sources: EditSources): boolean {
  const { folder } = target;
  const isOfChart = folder !== undefined && (source.path === `${folder}/values.yaml` || isInside(source.path, `${folder}/templates`) || isInside(source.path, `${folder}/charts`));
  return isOfChart && !isValuesFile(source.path, target, sources);
}

/** The entry of `images` that set the version, in a kustomization or a Flux Kustomization. */
function entryProposals(step: Step | undefined, version: ImageVersion, { parse }: EditSources): readonly ImageProposal[] {
  const entry = step?.kind === 'images' ? findWrittenMap(step, parse) : undefined;
  const edit = entry && editEntry(entry, version);
  return entry && edit && edit.length > 0
    ? [{ title: `${step?.field.replace(/\.\w+$/, '') ?? 'images'}`, kind: 'in place', place: entry.get('newTag') ?? entry, changes: edit }]
    : [];
}

/** Sets tag and digest of an entry; what the version doesn't have goes. */
function editEntry(entry: MapNode, { tag, digest }: ImageVersion): Edit {
  const [newTag, oldDigest] = [entry.pair('newTag'), entry.pair('digest')];
  if (newTag && !oldDigest && tag === undefined && digest !== undefined) return rewriteField(entry, 'newTag', 'digest', digest);
  if (oldDigest && !newTag && digest === undefined && tag !== undefined) return rewriteField(entry, 'digest', 'newTag', tag);
  const edits: (Edit | 'none')[] = [
    tag !== undefined ? setVersionField(entry, 'newTag', tag) : newTag ? removeField(entry, 'newTag') : 'none',
    digest !== undefined ? setVersionField(entry, 'digest', digest) : oldDigest ? removeField(entry, 'digest') : 'none',
  ];
  const changes: NonNullable<Edit>[number][] = [];
  for (const edit of edits) {
    if (edit === undefined) return undefined;
    if (edit !== 'none') changes.push(...edit);
  }
  return changes;
}

function setVersionField(entry: MapNode, key: string, value: string): Edit | 'none' {
  const present = entry.get(key);
  if (!present) return insertField(entry, key, value);
  if (present.kind !== 'scalar') return undefined;
  if (present.value === value && present.tag === '!!str') return 'none';
  return replaceVersion(present, value);
}

/** `digest: …` becomes `newTag: …` in its place. */
function rewriteField(entry: MapNode, from: string, to: string, value: string): Edit {
  const pair = entry.pair(from);
  const { source } = entry;
  const [key, old] = [pair?.key, pair?.value];
  if (key?.style !== 'plain' || old?.kind !== 'scalar' || old.source !== source || source.isEmbedded || !replaceScalar(old, value)) return undefined;
  return [{ location: source.locate(key.start, old.end), newText: `${to}: ${writeScalar(value, old.style)}` }];
}

/** The text that a link of the chain was read from, with the version exchanged. */
function textProposals(link: ScalarNode, image: ScalarNode, version: ImageVersion, { parse }: EditSources): readonly ImageProposal[] {
  const written = findWrittenScalar(link, parse);
  if (!written) return [];
  // What a later step made of the version is undone in the text of an earlier one by what the text itself says.
  const readings = [image, link].flatMap((node) => {
    const { name, version: before } = readImage(node.value);
    return rewriteVersion(written.value, name, before, version);
  });
  return [...new Set(readings)].flatMap((text) => {
    const edit = replaceVersion(written, text);
    return edit ? [{ title: titleOf(link), kind: 'in place' as const, place: written, changes: edit }] : [];
  });
}

function titleOf({ step }: ScalarNode): string {
  if (!step) return 'image';
  if (step.kind === 'strategicMerge' || step.kind === 'jsonPatch') return 'image of the patch';
  if (step.kind === 'applicationSet') return 'parameter of the ApplicationSet';
  if (step.kind === 'substitution') return 'substituted variable';
  return step.field;
}

/** In the quotes of the old one, and without where it had none and every reader takes the new one for a text. */
function replaceVersion(node: ScalarNode, value: string): Edit {
  const edit = replaceScalar(node, value) ?? replaceAnchored(node, value);
  const isText = /^[\w.-]+$/.test(value) && resolveTag(value) === '!!str' && resolveTagYaml11(value) === '!!str';
  const [change, another] = edit ?? [];
  return change && !another && isText && node.style === 'plain' && change.newText === `"${value}"` ? [{ ...change, newText: value }] : edit;
}

/** Another value for a text that an anchor names, which changes all who refer to it; or in the place of a reference, which changes nobody else. */
function replaceAnchored(node: ScalarNode, value: string): Edit {
  const { source, start, end, style } = node;
  if (source.isEmbedded || style === 'literal' || style === 'folded' || start === end) return undefined;
  const before = source.text.slice(Math.max(0, start - 200), start);
  if (/(^|[\s,[{:])![^\s]*\s+$/.test(before) || !/(^|[\s,[{:])&[^\s,[\]{}]+\s+$/.test(before)) return undefined;
  return [{ location: source.locate(start, end), newText: writeScalar(value, style) }];
}

/** An entry of `images` in the environment's own kustomization, for the image as it comes there. */
function overlayProposals(image: ScalarNode, version: ImageVersion, { folder }: EditTarget, { parse, kustomizationFileOf }: EditSources): readonly ImageProposal[] {
  const file = folder === undefined ? undefined : kustomizationFileOf(folder);
  const root = file === undefined ? undefined : rootMapOf(parse(file));
  if (!root) return [];
  return namesOf(image).flatMap((name) => {
    const entry = mapsAt(root, 'images').find((each) => scalarValue(each.get('name')) === name);
    const edit = entry ? editEntry(entry, version) : addToList(root, 'images', entryOf(name, version));
    return edit && edit.length > 0 ? [{ title: 'new entry of images', kind: 'entry' as const, place: entry ?? root, changes: edit }] : [];
  });
}

/** An entry in the Application or the Flux Kustomization, over whatever the folder says. */
function declarationProposals(image: ScalarNode, version: ImageVersion, { declaration }: EditTarget): readonly ImageProposal[] {
  if (declaration?.foundIn.kind !== 'file') return [];
  const { root, id } = declaration;
  const spec = mapAt(root, 'spec');
  const { name } = readImage(image.value);
  if (id.group === 'kustomize.toolkit.fluxcd.io' && spec) {
    const edit = addToList(spec, 'images', entryOf(name, version));
    return edit ? [{ title: `images of Kustomization ${id.name}`, kind: 'entry', place: spec, changes: edit }] : [];
  }
  const source = id.group === 'argoproj.io' && id.kind === 'Application' && spec ? mapAt(spec, 'source') : undefined;
  if (!source) return [];
  const options = source.get('kustomize');
  const text = writeImage(name, version);
  const edit = options?.kind === 'map' ? addToList(options, 'images', text) : options ? undefined : insertField(source, 'kustomize', { images: [text] });
  return edit ? [{ title: `kustomize.images of Application ${id.name}`, kind: 'entry', place: source, changes: edit }] : [];
}

function entryOf(name: string, { tag, digest }: ImageVersion): EditValue {
  return { name, ...(tag !== undefined && { newTag: tag }), ...(digest !== undefined && { digest }) };
}

/** The names that the image had on its way, the last one first. */
function namesOf(image: ScalarNode): readonly string[] {
  const names = new Set<string>();
  for (let link: YamlNode | undefined = image; link; link = link.was) if (link.kind === 'scalar') names.add(readImage(link.value).name);
  names.delete('');
  return [...names];
}

function dropRepeated(proposals: readonly ImageProposal[]): readonly ImageProposal[] {
  const known = new Set<string>();
  return proposals.filter(({ changes }) => {
    const key = JSON.stringify(changes);
    return !known.has(key) && known.add(key);
  });
}
