/**
 * The post-renderers of a HelmRelease: each lays patches and images over the objects that the chart gave, as
 * helm-controller lets kustomize do (internal/postrender/kustomize.go). Names don't change here, so nothing has to follow them.
 */
import { MemoryTree } from '../../base/fileTree.js';
import type { BuildContext } from '../../kustomize/context.js';
import { decodeImage, decodeSelector } from '../../kustomize/decode/decodeEntries.js';
import { defaultTransformerConfig } from '../../kustomize/facts/defaultConfig.js';
import type { PatchEntry } from '../../kustomize/kustomization.js';
import { patchTransformer } from '../../kustomize/patches/patchTransformers.js';
import { ResMap } from '../../kustomize/resMap.js';
import { Resource } from '../../kustomize/resource.js';
import { imagesTransformers } from '../../kustomize/transformers/images.js';
import type { MapNode, YamlNode } from '../../yaml/nodes.js';
import { mapAt, scalarAt } from '../declarations.js';
import type { FinishContext, FinishStep } from '../renderPlan.js';

/** One step per post-renderer, in their order. */
export function postRendererSteps(spec: MapNode): readonly FinishStep[] {
  return itemsOf(spec.get('postRenderers')).flatMap((node, index) => {
    const kustomize = node.kind === 'map' ? mapAt(node, 'kustomize') : undefined;
    return kustomize ? [postRendererStep(kustomize, `spec.postRenderers[${index}].kustomize`)] : [];
  });
}

function postRendererStep(kustomize: MapNode, way: string): FinishStep {
  return (objects, context) => {
    const map = new ResMap(objects.map((root) => new Resource(root)));
    const build = contextOf(context);
    for (const transformer of [...patchesOf(kustomize, way), ...imagesOf(kustomize, way)]) {
      transformer.transform(map, build);
      if (context.problems.hasErrors) return objects;
    }
    return map.resources.map(({ root }) => root);
  };
}

function patchesOf(kustomize: MapNode, way: string): readonly ReturnType<typeof patchTransformer>[] {
  return itemsOf(kustomize.get('patches')).flatMap((node, index) => {
    if (node.kind !== 'map') return [];
    const patch = scalarAt(node, 'patch');
    const target = mapAt(node, 'target');
    const entry: PatchEntry = {
      node,
      field: 'patches',
      index,
      ...(patch && { patch }),
      ...(target && { target: decodeSelector(target) }),
      allowNameChange: false,
      allowKindChange: false,
      directive: `${way}.patches[${index}]`,
    };
    return [patchTransformer(entry, '/')];
  });
}

function imagesOf(kustomize: MapNode, way: string): ReturnType<typeof imagesTransformers> {
  const entries = itemsOf(kustomize.get('images')).flatMap((node, index) => (node.kind === 'map' ? [{ entry: decodeImage(node), field: `${way}.images[${index}]` }] : []));
  return entries.length === 0 ? [] : imagesTransformers({ entries, fieldSpecs: defaultTransformerConfig.images });
}

/** Everything stands in the HelmRelease itself: no file is read. */
function contextOf({ problems, cache }: FinishContext): BuildContext {
  return {
    problems,
    schema: cache.schema,
    parse: (source) => cache.parse(source),
    parseInline: (scalar, embed) => cache.parseInline(scalar, embed),
    load: () => undefined,
    loadBytes: () => undefined,
    tree: new MemoryTree({}),
  };
}

function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}
