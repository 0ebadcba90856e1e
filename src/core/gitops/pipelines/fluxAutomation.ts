/**
 * Flux's image automation as a part of the flow: which image each policy is for, and which files an automation writes,
 * told by the markers in them (image-automation-controller v1.2.0, internal/update and pkg/update).
 */
import type { FileTree } from '../../base/fileTree.js';
import { isInside, joinPath } from '../../base/path.js';
import type { Place } from '../../base/problem.js';
import type { DeliveryObject } from '../delivery.js';
import { findSourceFolder } from '../matchRepository.js';
import { constantText, describeText, splitImage } from './symbolicText.js';
import { mapField, scalarField, textField } from './yamlFields.js';

/** One ImageUpdateAutomation. */
export interface FluxAutomation {
  readonly namespace: string;
  readonly name: string;
  readonly place: Place;
  /** The branch that it starts from, and whose environments are meant; undefined where it isn't said. */
  readonly branch: string | undefined;
  /** Another branch that it pushes to, for somebody to merge. */
  readonly pushBranch: string | undefined;
  /** The folder that it looks through; undefined where its repository isn't open. */
  readonly folder: string | undefined;
}

/** A marker of a policy in a file. */
export interface PolicyMarker {
  /** `namespace:name`. */
  readonly policy: string;
  readonly place: Place;
}

/** The automations among the objects. */
export function readFluxAutomations(objects: readonly DeliveryObject[], tree: FileTree, where: Parameters<typeof findSourceFolder>[1]): readonly FluxAutomation[] {
  return objects.flatMap(({ id, root }) => {
    if (id.group !== 'image.toolkit.fluxcd.io' || id.kind !== 'ImageUpdateAutomation') return [];
    const spec = mapField(root, 'spec');
    const reference = mapField(spec, 'sourceRef');
    const source = findObject(objects, 'GitRepository', textField(reference, 'namespace') ?? id.namespace, textField(reference, 'name'));
    const git = mapField(spec, 'git');
    const checkout = textField(mapField(mapField(git, 'checkout'), 'ref'), 'branch') ?? textField(mapField(mapField(source?.root, 'spec'), 'ref'), 'branch');
    const path = textField(mapField(spec, 'update'), 'path') ?? '.';
    const url = textField(mapField(source?.root, 'spec'), 'url');
    const pushBranch = textField(mapField(git, 'push'), 'branch');
    return [
      {
        namespace: id.namespace,
        name: id.name,
        place: scalarField(mapField(root, 'metadata'), 'name') ?? root,
        branch: checkout,
        pushBranch: pushBranch === checkout ? undefined : pushBranch,
        folder: findSourceFolder(tree, where, url, path)?.folder,
      },
    ];
  });
}

/** The image that each policy is for, by `namespace:name`. */
export function readPolicyImages(objects: readonly DeliveryObject[]): ReadonlyMap<string, string> {
  return new Map(
    objects.flatMap(({ id, root }) => {
      if (id.group !== 'image.toolkit.fluxcd.io' || id.kind !== 'ImagePolicy') return [];
      const reference = mapField(mapField(root, 'spec'), 'imageRepositoryRef');
      const repository = findObject(objects, 'ImageRepository', textField(reference, 'namespace') ?? id.namespace, textField(reference, 'name'));
      const image = textField(mapField(repository?.root, 'spec'), 'image');
      return image === undefined ? [] : [[`${id.namespace}:${id.name}`, describeText(splitImage(constantText(image)).name)] as const];
    }),
  );
}

function findObject(objects: readonly DeliveryObject[], kind: string, namespace: string, name: string | undefined): DeliveryObject | undefined {
  const same = objects.filter(({ id }) => id.kind === kind && id.name === name);
  return same.find(({ id }) => id.namespace === namespace) ?? same.find(({ id }) => id.namespace === '');
}

/** The markers in those files that the automation looks through and that are among `files`. */
export function findMarkers(automation: FluxAutomation, files: Iterable<string>, tree: FileTree): readonly PolicyMarker[] {
  const { folder } = automation;
  if (folder === undefined) return [];
  const markers: PolicyMarker[] = [];
  for (const path of [...files].sort()) {
    if (!isInside(path, joinPath(folder, '.')) || !/\.ya?ml$/.test(path)) continue;
    const source = tree.read(path);
    if (!source?.text.includes('"$imagepolicy"')) continue;
    for (const match of source.text.matchAll(/#\s*\{"\$imagepolicy":\s*"([\w.-]+:[\w.-]+)(?::\w+)?"\}/g)) {
      markers.push({ policy: match[1] ?? '', place: { source, start: match.index, end: match.index + match[0].length } });
    }
  }
  return markers;
}
