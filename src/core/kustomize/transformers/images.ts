/**
 * Exchanges names, tags and digests of container images (kustomize's ImageTagTransformer and api/filters/imagetag
 * v0.21.2): first of every `image` in a list called containers or initContainers, wherever it stands, then in the fields
 * that field specifications name. A field that both find is changed twice, which shows in a `tagSuffix`.
 */
import { makeScalar, type MapNode, type ScalarNode, type Step, type YamlNode } from '../../yaml/nodes.js';
import type { BuildContext, Transformer } from '../context.js';
import { FieldPathSet, updateAtFieldSpec, type FieldUpdate } from '../fieldSpec/updateAtFieldSpec.js';
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

/**
 * A transformer for each entry, to be run in their order: they share what they find in objects that no one changes.
 * An entry that changes no image is reported as a warning.
 */
export function imagesTransformers({ entries, fieldSpecs }: ImagesArgs): readonly Transformer[] {
  const images = new ImageFields(fieldSpecs);
  return entries.map(({ entry, field }) => {
    const change = new ImageChange(entry, field);
    return {
      transform(map, context) {
        for (const resource of map.resources) {
          if (resource.id.kind === 'CustomResourceDefinition') continue;
          const texts = images.textsOf(resource, change.step, context);
          if (texts.some((text) => change.matches(text))) images.update(resource, change.updateFor(context));
        }
        change.reportUnused(context);
      },
    };
  });
}

/** The fields with images, and what stands in them as long as an object stays as it is. */
class ImageFields {
  readonly #paths: FieldPathSet;
  readonly #texts = new WeakMap<MapNode, readonly string[]>();

  constructor(fieldSpecs: readonly FieldSpec[]) {
    this.#paths = new FieldPathSet(fieldSpecs);
  }

  /** The texts of all images of an object. What is not as it should be is reported, and lists that are null become empty. */
  textsOf(resource: Resource, step: Step, { problems }: BuildContext): readonly string[] {
    const known = this.#texts.get(resource.root);
    if (known) return known;
    const found: string[] = [];
    const onMismatch = mismatchReporter(problems, step);
    const set = (node: YamlNode): YamlNode => {
      if (node.kind === 'scalar') found.push(node.value);
      else onMismatch(node, 'An image is expected here, but this is no single value.');
      return node;
    };
    this.update(resource, { place: step, step, onMismatch, set: (node) => (node ? set(node) : makeScalar('', step, step)) });
    this.#texts.set(resource.root, found);
    return found;
  }

  /** Updates every image of an object. */
  update(resource: Resource, update: FieldUpdate): void {
    let root = updateContainers(resource.root, update);
    for (const path of this.#paths.matching(resource.gvk)) root = updateAtFieldSpec(root, path, update);
    resource.root = root;
  }
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
    problems.warning(
      'kustomize/image-matches-nothing',
      `No image here is named ${name === '' ? 'like this entry' : name}; the entry has no effect.`,
      this.#entry.name ?? this.#entry.node,
    );
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
