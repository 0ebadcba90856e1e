/**
 * What a Flux Kustomization lays over the kustomization in its path before it is built (fluxcd/pkg/kustomize v1.35.6
 * kustomize_generator.go GenerateManifest). Flux reads that file leniently and writes it anew, so it passes over fields
 * that kustomize refuses; here they stay errors at their place.
 */
import { joinPath } from '../../base/path.js';
import type { Problems } from '../../base/problem.js';
import { decodeSelector } from '../../kustomize/decode/decodeEntries.js';
import type { ImageEntry, Kustomization, PatchEntry, Text } from '../../kustomize/kustomization.js';
import { makeScalar, ScalarNode, type MapNode, type YamlNode } from '../../yaml/nodes.js';
import { mapAt, scalarAt } from '../declarations.js';
import type { Amend } from '../renderPlan.js';

/**
 * The change that `spec` of a Flux Kustomization makes.
 * @param isGenerated the kustomization is one that Flux wrote itself
 */
export function amendKustomization(spec: MapNode, isGenerated: boolean): Amend {
  return (kustomization, { problems, tree, folder }) => {
    const asked = itemsAt(spec, 'buildMetadata').flatMap((item) => (item.kind === 'scalar' ? [item] : []));
    // Flux keeps a kustomization without resources from being refused as empty by asking for origins.
    const isBare = !isGenerated && kustomization.resources.length === 0;
    const origins = isBare ? [makeScalar('originAnnotations', kustomization.node, undefined)] : kustomization.buildMetadata;
    const present = (path: string): boolean => tree.kind(joinPath(folder, path)) !== 'none';
    return {
      ...withNames(kustomization, spec),
      patches: [...kustomization.patches, ...patchEntries(spec, kustomization.patches.length)],
      components: [...kustomization.components, ...componentEntries(spec, present, problems)],
      images: mergeImages(kustomization.images, spec),
      buildMetadata: asked.length > 0 ? asked : origins,
      // Unlike the command line, Flux leaves objects in their order unless the kustomization asks otherwise.
      sortOptions: kustomization.sortOptions ?? { node: kustomization.node, order: 'fifo' },
    };
  };
}

function withNames(kustomization: Kustomization, spec: MapNode): Kustomization {
  const named = [
    ['namespace', 'targetNamespace'],
    ['namePrefix', 'namePrefix'],
    ['nameSuffix', 'nameSuffix'],
  ] as const;
  let result = kustomization;
  for (const [name, field] of named) {
    const text = scalarAt(spec, field);
    if (text) result = { ...result, [name]: asText(text), nameDirectives: { ...result.nameDirectives, [name]: `spec.${field}` } };
  }
  return result;
}

function patchEntries(spec: MapNode, before: number): readonly PatchEntry[] {
  return itemsAt(spec, 'patches').flatMap((node, index) => {
    if (node.kind !== 'map') return [];
    const patch = scalarAt(node, 'patch');
    const target = mapAt(node, 'target');
    return [
      {
        node,
        field: 'patches' as const,
        index: before + index,
        ...(patch && { patch }),
        ...(target && { target: decodeSelector(target) }),
        allowNameChange: false,
        allowKindChange: false,
        directive: `spec.patches[${index}]`,
      },
    ];
  });
}

function componentEntries(spec: MapNode, isPresent: (path: string) => boolean, problems: Problems): readonly Text[] {
  const ignoresMissing = scalarAt(spec, 'ignoreMissingComponents')?.value === 'true';
  return itemsAt(spec, 'components').flatMap((node) => {
    if (node.kind !== 'scalar') return [];
    if (!isLocal(node.value)) {
      problems.error('flux/remote-component', `The component ${node.value} must be a folder of the same source, as a path relative to spec.path.`, node);
      return [];
    }
    return ignoresMissing && !isPresent(node.value) ? [] : [asText(node)];
  });
}

/** False for URLs and absolute paths. */
function isLocal(path: string): boolean {
  const lower = path.toLowerCase();
  const remote = ['git::', 'gh:', 'ssh://', 'https://', 'http://', 'git@', 'github.com:', 'github.com/'];
  return !remote.some((prefix) => lower.startsWith(prefix) && lower.length > prefix.length) && !/^(?:file:\/\/)?\//.test(lower);
}

/** Each field by itself over an entry of the same name; tag and digest as a pair, since they both say which version is meant. */
function mergeImages(present: readonly ImageEntry[], spec: MapNode): readonly ImageEntry[] {
  const images = [...present];
  itemsAt(spec, 'images').forEach((node, index) => {
    if (node.kind !== 'map') return;
    const directive = `spec.images[${index}]`;
    const [name, newName, newTag, digest] = ['name', 'newName', 'newTag', 'digest'].map((field) => textAt(node, field));
    const at = images.findIndex((entry) => (entry.name?.value ?? '') === (name?.value ?? ''));
    const before = images[at];
    if (!before) {
      images.push({ node, ...(name && { name }), ...(newName && { newName }), ...(newTag && { newTag }), ...(digest && { digest }), directive });
      return;
    }
    const { newTag: oldTag, digest: oldDigest, ...rest } = before;
    const version = newTag || digest ? { newTag, digest } : { newTag: oldTag, digest: oldDigest };
    images[at] = {
      ...rest,
      ...(newName && { newName }),
      ...(version.newTag && { newTag: version.newTag }),
      ...(version.digest && { digest: version.digest }),
      ...((newName ?? newTag ?? digest) && { node, directive }),
    };
  });
  return images;
}

function textAt(node: MapNode, field: string): Text | undefined {
  const text = scalarAt(node, field);
  return text && asText(text);
}

/** The API server has seen to it that these are texts. */
function asText(node: ScalarNode): Text {
  return node.tag === '!!str' ? node : new ScalarNode(node.value, '!!str', node.style, node.source, node.start, node.end, node.step, node.was);
}

function itemsAt(node: MapNode, field: string): readonly YamlNode[] {
  const list = node.get(field);
  return list?.kind === 'sequence' ? list.items : [];
}
