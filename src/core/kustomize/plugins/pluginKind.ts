/**
 * Which built-in plugin an object is the configuration of (kustomize api v0.21.2 internal/plugins/loader). Anything else
 * would have to be executed - a program, a Go library, a container - which kustomize refuses unless told otherwise, and
 * this renderer always.
 */
import type { Place, Problems } from '../../base/problem.js';
import { formatGvk } from '../../objects/resId.js';
import type { MapNode } from '../../yaml/nodes.js';
import { generatorKinds, isPluginKind, type PluginKind } from '../fields/pluginFields.js';
import type { Resource } from '../resource.js';

/**
 * The kind of built-in plugin that `config` configures, or undefined where it is none of the wanted role; that is reported.
 */
export function pluginKindOf(config: Resource, role: 'generator' | 'transformer', problems: Problems): PluginKind | undefined {
  const { group, version, kind } = config.id;
  const place = placeOfKind(config.root);
  if (group !== '' || version !== 'builtin') {
    problems.error(
      'kustomize/external-plugin-unsupported',
      `${formatGvk(config.id)} is no built-in plugin: it would have to be executed, which kustomize refuses unless alpha plugins are enabled, and which is not done here.`,
      place,
    );
    return undefined;
  }
  if (!isPluginKind(kind)) {
    problems.error('kustomize/unknown-plugin', `There is no built-in plugin ${kind}.`, place);
    return undefined;
  }
  if (generatorKinds.has(kind) === (role === 'generator')) return kind;
  const field = role === 'generator' ? 'transformers' : 'generators';
  problems.error('kustomize/wrong-plugin-role', `${kind} is no ${role}; list it under ${field}.`, place);
  return undefined;
}

/** Where an object says what it is. */
export function placeOfKind(root: MapNode): Place {
  return root.get('kind') ?? root;
}
