/**
 * Exchanges names, tags and digests of container images (kustomize's ImageTagTransformer and api/filters/imagetag
 * v0.21.2): first of every `image` in a list called containers or initContainers, wherever it stands, then in the fields
 * that field specifications name. A field that both find is changed twice, which shows in a `tagSuffix`.
 */
import { makeScalar, type MapNode, type ScalarNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { BuildContext, Transformer } from '../context.js';
import { FieldPathSet, updateAtFieldSpec, type FieldPath, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
import type { FieldSpec, ImageEntry } from '../kustomization.js';
import type { Resource } from '../resource.js';
import { imageMatcher, joinImage, splitImage, type ImageReference } from './imageReference.js';
import { mismatchReporter } from './reportMismatch.js';
import { overwriteScalar } from './overwriteScalar.js';

export interface ImagesArgs {
  readonly entries: readonly { readonly entry: ImageEntry; /** The way to the entry, for people. */ readonly field: string }[];
  readonly fieldSpecs: readonly FieldSpec[];
}

type ImagePart = 'newName' | 'newTag' | 'digest' | 'tagSuffix';

/** A transformer that applies the entries one after the other. One that changes no image is reported as a warning. */
export function imagesTransformer(args: ImagesArgs): Transformer {
  const paths = new FieldPathSet(args.fieldSpecs);
  const changes = args.entries.map(({ entry, field }) => new ImageChange(entry, field));
  return {
    transform(map, context) {
      for (const resource of map.resources) if (resource.id.kind !== 'CustomResourceDefinition') changeImages(resource, changes, paths, context);
      for (const change of changes) change.reportUnused(context);
    },
  };
}

function changeImages(resource: Resource, changes: readonly ImageChange[], paths: FieldPathSet, context: BuildContext): void {
  const matching = paths.matching(resource.gvk);
  let images = visitImages(resource, matching, changes, context);
  for (const change of changes) {
    if (!images.some((image) => change.matches(image))) continue;
    const update = change.updateFor(context);
    resource.root = updateFields(resource.root, matching, update);
    images = visitImages(resource, matching, changes, context);
  }
}

/** The texts of all images of an object. What is not as it should be is reported, and lists that are null become empty. */
function visitImages(resource: Resource, paths: readonly FieldPath[], [first]: readonly ImageChange[], { problems }: BuildContext): readonly string[] {
  const found: string[] = [];
  if (!first) return found;
  const { step } = first;
  const onMismatch = mismatchReporter(problems, step);
  const set = (node: YamlNode): YamlNode => {
    if (node.kind === 'scalar') found.push(node.value);
    else onMismatch(node, 'An image is expected here, but this is no single value.');
    return node;
  };
  resource.root = updateFields(resource.root, paths, { place: step, step, onMismatch, set: (node) => (node ? set(node) : makeScalar('', step, step)) });
  return found;
}

function updateFields(root: MapNode, paths: readonly FieldPath[], update: FieldUpdate): MapNode {
  let result = updateContainers(root, update);
  for (const path of paths) result = updateAtFieldSpec(result, path, update);
  return result;
}

/** Updates `image` in the items of every list with the key containers or initContainers (imagetag.LegacyFilter). */
function updateContainers(map: MapNode, update: FieldUpdate): MapNode {
  let result = map;
  for (const { key, value } of map.pairs) {
    if (value.kind === 'scalar') continue;
    let next = updateInside(value, update);
    if (next.kind === 'sequence' && (key.value === 'containers' || key.value === 'initContainers')) {
      next = next.mapItems((item) => updateImageOf(item, update));
    }
    if (next !== value) result = result.with(key.value, next);
  }
  return result;
}

function updateInside(node: YamlNode, update: FieldUpdate): YamlNode {
  switch (node.kind) {
    case 'scalar':
      return node;
    case 'map':
      return updateContainers(node, update);
    case 'sequence':
      return node.mapItems((item) => updateInside(item, update));
  }
}

function updateImageOf(container: YamlNode, update: FieldUpdate): YamlNode {
  if (container.kind === 'map') {
    const image = container.get('image');
    return image ? container.with('image', update.set(image)) : container;
  }
  if (container.kind === 'sequence' || container.tag !== '!!null') update.onMismatch(container, 'A container with an image is expected here, but this is no map.');
  return container;
}

/** One entry of `images`. */
class ImageChange {
  readonly matches: (image: string) => boolean;
  readonly step: Step;
  readonly #entry: ImageEntry;
  readonly #steps: Readonly<Record<ImagePart, Step>>;
  #isUsed = false;

  constructor(entry: ImageEntry, field: string) {
    const { node } = entry;
    const stepOf = (part: string): Step => ({ kind: 'images', field: part, source: node.source, start: node.start, end: node.end });
    this.#entry = entry;
    this.matches = imageMatcher(entry.name?.value ?? '');
    this.step = stepOf(field);
    this.#steps = { newName: stepOf(`${field}.newName`), newTag: stepOf(`${field}.newTag`), digest: stepOf(`${field}.digest`), tagSuffix: stepOf(`${field}.tagSuffix`) };
  }

  updateFor(context: BuildContext): FieldUpdate {
    return { place: this.step, step: this.step, onMismatch: mismatchReporter(context.problems, this.step), set: (node) => this.#change(node) };
  }

  reportUnused({ problems }: BuildContext): void {
    if (this.#isUsed) return;
    const name = this.#entry.name?.value ?? '';
    problems.warning('kustomize/image-matches-nothing', `No image here is named ${name === '' ? 'like this entry' : name}; the entry has no effect.`, this.#entry.name ?? this.#entry.node);
  }

  #change(image: YamlNode = makeScalar('', this.step, this.step)): YamlNode {
    if (image.kind !== 'scalar' || !this.matches(image.value)) return image;
    this.#isUsed = true;
    return this.#parts(splitImage(image.value)).reduce((old, [part, reference]) => {
      const text = this.#entry[part] ?? this.#entry.node;
      return overwriteScalar(old, joinImage(reference), undefined, text, this.#steps[part]);
    }, this.#normalized(image));
  }

  /** What the image becomes, part by part: one node for each part of the entry that has a say. */
  #parts(old: ImageReference): readonly (readonly [ImagePart, ImageReference])[] {
    const [newName, newTag, digest, tagSuffix] = [this.#entry.newName, this.#entry.newTag, this.#entry.digest, this.#entry.tagSuffix].map((text) => text?.value ?? '');
    const parts: [ImagePart, ImageReference][] = [];
    let reference = old;
    const add = (part: ImagePart, change: Partial<ImageReference>): void => {
      reference = { ...reference, ...change };
      parts.push([part, reference]);
    };
    if (newName) add('newName', { name: newName });
    if (newTag) add('newTag', { tag: newTag, digest: '' });
    if (digest) add('digest', newTag ? { digest } : { tag: '', digest });
    if (tagSuffix && !newTag && !digest) add('tagSuffix', { tag: reference.tag + tagSuffix, digest: '' });
    return parts;
  }

  /** Kustomize writes every image that matches anew: an empty tag or digest goes even where the entry changes nothing. */
  #normalized(image: ScalarNode): ScalarNode {
    const text = joinImage(splitImage(image.value));
    return text === image.value ? image : overwriteScalar(image, text, undefined, this.#entry.name ?? this.#entry.node, this.step);
  }
}
