/**
 * The objects that a kustomization works on: what its bases render to and what its own files hold, before its own
 * directives. Names for completion come from here, so it is lenient: what can't be read is left out.
 */
import { idOfObject } from '../../core/objects/objectId.js';
import type { Rendering } from '../../core/objects/rendering.js';
import type { ResId } from '../../core/objects/resId.js';
import { scalarValue, type MapNode, type YamlNode } from '../../core/yaml/nodes.js';
import { findFileReferences } from '../../core/kustomize/fileReferences.js';

/** How inputs are read. */
export interface InputReader {
  /** The last good rendering of a folder; undefined where there is none. */
  readonly render: (folder: string) => Rendering | undefined;
  /** The documents of a file. */
  readonly documents: (path: string) => readonly YamlNode[];
  readonly kind: (path: string) => 'file' | 'directory' | 'none';
}

export interface InputObject {
  readonly id: ResId;
  readonly root: MapNode;
}

/** The input objects of the kustomization in `folder` with the root node `root`. */
export function listInputObjects(root: YamlNode, folder: string, reader: InputReader): readonly InputObject[] {
  const objects: InputObject[] = [];
  for (const reference of findFileReferences(root, folder)) {
    if (reference.field !== 'resources' && reference.field !== 'bases') continue;
    if (reader.kind(reference.path) === 'directory') objects.push(...(reader.render(reference.path)?.objects ?? []));
    else for (const document of reader.documents(reference.path)) if (document.kind === 'map') objects.push({ id: idOfObject(document), root: document });
  }
  return objects;
}

/** Names of container images in the objects, without tag and digest, sorted. */
export function listImageNames(objects: readonly InputObject[]): readonly string[] {
  const names = new Set<string>();
  const visit = (node: YamlNode): void => {
    if (node.kind === 'sequence') node.items.forEach(visit);
    if (node.kind !== 'map') return;
    for (const { key, value } of node.pairs) {
      if ((key.value === 'containers' || key.value === 'initContainers') && value.kind === 'sequence') {
        for (const container of value.items) {
          const image = container.kind === 'map' ? scalarValue(container.get('image')) : undefined;
          if (image !== undefined && image !== '') names.add(imageName(image));
        }
      } else visit(value);
    }
  };
  for (const object of objects) visit(object.root);
  return [...names].sort();
}

/** `ghcr.io:443/a/b:1.2@sha256:…` without what follows the name. */
function imageName(image: string): string {
  const withoutDigest = image.split('@')[0] ?? image;
  const colon = withoutDigest.indexOf(':', withoutDigest.lastIndexOf('/') + 1);
  return colon < 0 ? withoutDigest : withoutDigest.slice(0, colon);
}

const replicaKinds: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet']);

/** Names of the workloads that `replicas` can scale. */
export function listScalableNames(objects: readonly InputObject[]): readonly string[] {
  return [...new Set(objects.filter((object) => replicaKinds.has(object.id.kind)).map((object) => object.id.name))].sort();
}
