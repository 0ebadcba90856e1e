/**
 * What Argo CD hands to helm for a source that is a chart (Argo CD v3.2.11 reposerver/repository helmTemplate and
 * util/helm/cmd.go): values files, then values in place, then parameters; names, versions and flags.
 */
import type { FileTree } from '../../base/fileTree.js';
import { isInside, joinPath } from '../../base/path.js';
import type { Problems } from '../../base/problem.js';
import type { ChartInputs, ValuesLayer } from '../../objects/chartInputs.js';
import { makeScalar, type ScalarNode } from '../../yaml/nodes.js';
import type { HelmOptions } from './application.js';
import { expandVariables, type BuildVariables } from './variables.js';

/** What a `ref` means: a repository's top folder, a repository that isn't open here, or nothing. */
export type RefTop = { readonly kind: 'here'; readonly top: string } | { readonly kind: 'elsewhere' } | { readonly kind: 'unknown' };

export interface ChartContext {
  readonly tree: FileTree;
  readonly problems: Problems;
  /** The chart's folder, and the top of its repository. */
  readonly folder: string;
  readonly top: string;
  readonly appName: string;
  /** Of the destination. */
  readonly namespace: string;
  readonly variables: BuildVariables;
  /** The way to the options, for people: `spec.source.helm`. */
  readonly way: string;
  /**
   * What `$name` refers to. Undefined where the Application has a single source: then nothing is referred to.
   */
  readonly topOfRef: ((name: string) => RefTop) | undefined;
}

/** The inputs of a chart; what can't be found or read is reported. */
export function chartInputs(helm: HelmOptions | undefined, context: ChartContext): ChartInputs {
  const version = given(helm?.kubeVersion);
  return {
    releaseName: given(helm?.releaseName) ?? context.appName,
    namespace: given(helm?.namespace) ?? context.namespace,
    values: helm ? valuesLayers(helm, context) : [],
    includeCrds: !(helm?.skipCrds ?? false),
    skipHooks: false,
    skipTests: helm?.skipTests ?? false,
    skipSchemaValidation: helm?.skipSchemaValidation ?? false,
    kubeVersion: version === undefined ? undefined : version.startsWith('v') ? version : `v${version}`,
    apiVersions: helm?.apiVersions.map((each) => each.value) ?? [],
  };
}

/** An empty text says nothing. */
function given(node: ScalarNode | undefined): string | undefined {
  return node === undefined || node.value === '' ? undefined : node.value;
}

function valuesLayers(helm: HelmOptions, context: ChartContext): readonly ValuesLayer[] {
  const files = helm.valueFiles.flatMap((node, index): ValuesLayer[] => {
    const path = resolveFile(node, `${context.way}.valueFiles[${index}]`, context);
    if (path === undefined) return [];
    const isMissing = context.tree.kind(path) === 'none';
    if (isMissing && helm.ignoreMissingValueFiles) return [];
    return [{ kind: 'file', path, node, isOptional: helm.ignoreMissingValueFiles }];
  });
  return [...files, ...valuesInPlace(helm), ...setLayers(helm, context)];
}

/** `valuesObject` alone where it is given: `values` counts for nothing then. */
function valuesInPlace({ values, valuesObject }: HelmOptions): readonly ValuesLayer[] {
  if (valuesObject?.kind === 'map') return [{ kind: 'map', node: valuesObject }];
  return values ? [{ kind: 'text', node: values }] : [];
}

/** Parameters in the order in which helm takes them: typed ones, strings, files; of the same name the last. */
function setLayers(helm: HelmOptions, context: ChartContext): readonly ValuesLayer[] {
  const typed = new Map<string, ValuesLayer>();
  const strings = new Map<string, ValuesLayer>();
  helm.parameters.forEach(({ node, name, value, forceString }, index) => {
    if (!name) return;
    const given = value ?? makeScalar('', node, undefined);
    const expanded = expandVariables(given, context.variables, context.problems, `${context.way}.parameters[${index}]`);
    if (!expanded) return;
    (forceString ? strings : typed).set(name.value, { kind: 'set', path: name, value: escapeCommas(expanded), as: forceString ? 'string' : 'typed' });
  });
  const files = helm.fileParameters.flatMap(({ name, path }, index): ValuesLayer[] => {
    const file = path && resolveFile(path, `${context.way}.fileParameters[${index}]`, context);
    return name && path && file !== undefined ? [{ kind: 'set', path: name, value: makeScalar(file, path, undefined), as: 'file' }] : [];
  });
  return [...typed.values(), ...strings.values(), ...files];
}

/** Helm takes a comma for the end of a value, so Argo CD escapes it, but for lists in braces. */
function escapeCommas(value: ScalarNode): ScalarNode {
  if (!value.value.includes(',') || (value.value.startsWith('{') && value.value.endsWith('}'))) return value;
  return makeScalar(value.value.replace(/(^|[^\\]),/g, '$1\\,').replace(/(^|[^\\]),/g, '$1\\,'), value, value.step, value.was);
}

/** Where a values file is: beside the chart, from the top of the repository with a slash, or in another source with `$name/`. */
function resolveFile(node: ScalarNode, field: string, context: ChartContext): string | undefined {
  const { problems, topOfRef } = context;
  const ref = topOfRef && /^\$([^/]*)(\/.*)?$/.exec(node.value);
  if (ref) {
    const name = ref[1] ?? '';
    const top = topOfRef(name);
    if (top.kind === 'unknown') {
      problems.error('argocd/unknown-ref', `No source of this Application has ref: ${name}; give one of them that name.`, node);
      return undefined;
    }
    if (top.kind === 'elsewhere') {
      problems.error('argocd/source-not-fetched', `The repository that $${name} refers to is not open here, so this file can't be read.`, node);
      return undefined;
    }
    const rest = expandVariables(makeScalar(ref[2] ?? '', node, undefined, node), context.variables, problems, field);
    return rest && insideOf(top.top, top.top, rest.value, node, problems);
  }
  const expanded = expandVariables(node, context.variables, problems, field);
  if (!expanded) return undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(expanded.value)) {
    problems.error('argocd/remote-values-not-fetched', 'Values files of URLs are not fetched; what this chart renders to is unknown.', node);
    return undefined;
  }
  return insideOf(context.folder, context.top, expanded.value, node, problems);
}

function insideOf(folder: string, top: string, path: string, node: ScalarNode, problems: Problems): string | undefined {
  const resolved = path.startsWith('/') ? joinPath(top, `.${path}`) : joinPath(folder, `./${path}`);
  if (isInside(resolved, top)) return resolved;
  problems.error('argocd/outside-repository', 'This file lies outside of the repository, which Argo CD refuses.', node);
  return undefined;
}
