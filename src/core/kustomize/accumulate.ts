/**
 * Gathers what a kustomization makes: its resources and bases, generators, components, then its transformers and
 * validators, in kustomize's order (api/internal/target/kusttarget.go v0.21.2). Names that follow other names, vars and
 * the order of the output are the driver's last steps (build.ts).
 */
import { Problems, type Place } from '../base/problem.js';
import type { SourceText } from '../base/source.js';
import { formatResId } from '../objects/resId.js';
import { embeddedSource } from '../yaml/embed.js';
import { addTransformation, originOf, setOrigin } from './annotations.js';
import { Accumulator } from './accumulator.js';
import type { Build } from './buildState.js';
import type { Transformer } from './context.js';
import { readChartEntry } from './charts/chartEntry.js';
import { absorbAll } from './generators/absorbAll.js';
import { generateResources } from './generators/generateResources.js';
import type { Text, TransformerConfig } from './kustomization.js';
import type { Loader } from './loader.js';
import { pluginGenerator } from './plugins/pluginGenerator.js';
import { pluginTransformer } from './plugins/pluginTransformer.js';
import { readResources } from './resourceFile.js';
import type { BuildOrigin, Resource } from './resource.js';
import { kustomizationTransformers } from './steps.js';
import { loadTarget, type Target } from './target.js';
import { defaultTransformerConfig } from './facts/defaultConfig.js';
import { decodeTransformerConfig, mergeTransformerConfigs } from './transformerConfig.js';
import { loadConfigFromCrds } from './crdConfig.js';
import { reportLoadFailure } from './loadFailure.js';

/**
 * Accumulates one kustomization into `accumulator`: an empty one, or for a component that of its parent.
 * Stops at the first stage with errors; they are in `build.problems`.
 */
export function accumulateTarget(build: Build, target: Target, accumulator: Accumulator): void {
  const { kustomization } = target;
  const stages: readonly (() => void)[] = [
    () => accumulateResources(build, target, accumulator, kustomization.resources),
    () => accumulator.mergeConfig(transformerConfigOf(build, target), build.mergeConfigs, build.problems),
    () => runGenerators(build, target, accumulator),
    () => accumulateComponents(build, target, accumulator),
    () => runTransformers(build, target, accumulator),
    () => runValidators(build, target, accumulator),
    () => accumulator.mergeVars(kustomization.vars, build.problems),
  ];
  for (const stage of stages) {
    stage();
    if (build.problems.hasErrors) return;
  }
}

/** Adds the objects of each entry: a file of manifests, a folder with a kustomization, or something remote. */
function accumulateResources(build: Build, target: Target, accumulator: Accumulator, entries: readonly Text[]): void {
  for (const entry of entries) accumulateResource(build, target, accumulator, entry);
}

function accumulateResource(build: Build, target: Target, accumulator: Accumulator, entry: Text): void {
  const remote = build.findRemote(target.loader, entry);
  if (remote === 'lacking') return;
  if (remote) {
    if (remote.kind === 'file') addFile(build, target, accumulator, entry, remote.source);
    else accumulateFolder(build, target, accumulator, entry, remote.loader);
    return;
  }
  const path = target.loader.filePath(entry.value);
  if (typeof path === 'string') {
    const source = build.tree.read(path);
    if (source) addFile(build, target, accumulator, entry, source);
    else reportLoadFailure(build.problems, entry, { kind: 'missing' });
    return;
  }
  if (path.kind !== 'directory') {
    reportLoadFailure(build.problems, entry, path);
    return;
  }
  const loader = target.loader.enter(entry.value);
  if ('kind' in loader) reportLoadFailure(build.problems, entry, loader);
  else accumulateFolder(build, target, accumulator, entry, loader);
}

function addFile(build: Build, target: Target, accumulator: Accumulator, entry: Text, source: SourceText): void {
  const resources = readResources(build.cache.parse(source), build.problems);
  if (target.origin) {
    const origin = target.origin.append(entry.value);
    for (const resource of resources) setOrigin(resource, origin.asResourceOrigin(), origin.step);
  }
  reportConflicts(build.problems, accumulator, accumulator.map.appendAll(resources), entry);
}

/** Accumulates a base into an accumulator of its own and takes that over; a base that was built before is used again. */
function accumulateFolder(build: Build, target: Target, accumulator: Accumulator, entry: Text, loader: Loader): void {
  const base = build.canShareBases(target) ? sharedBase(build, target, entry, loader) : freshBase(build, target, entry, loader);
  if (!base) return;
  reportConflicts(build.problems, accumulator, accumulator.merge(base, build.mergeConfigs, build.problems), entry);
}

function sharedBase(build: Build, target: Target, entry: Text, loader: Loader): Accumulator | undefined {
  const key = build.baseKey(loader);
  // A base whose charts take the namespace of what includes it is another one for each.
  const ownKey = `${key} ${innerNamespace(target)?.value ?? ''}`;
  const kept = build.cache.base(key, build.tree.tree) ?? build.cache.base(ownKey, build.tree.tree);
  if (kept && !loader.referrer?.wouldCycle(kept.roots)) {
    build.takeOver(kept);
    return kept.accumulator.copy();
  }
  const inner = build.startBase();
  const accumulator = freshBase(inner, target, entry, loader);
  const base = {
    accumulator: accumulator ?? new Accumulator(),
    problems: inner.problems.list,
    lacks: inner.lacks,
    seen: inner.tree.seen,
    roots: inner.roots,
    usesOuterNamespace: inner.usesOuterNamespace,
  };
  build.takeOver(base);
  if (!accumulator || inner.problems.hasErrors) return undefined;
  if (base.lacks.length === 0 && !inner.setsSchema) build.cache.keepBase(inner.usesOuterNamespace ? ownKey : key, build.tree.tree, { ...base, accumulator: accumulator.copy() });
  return accumulator;
}

function freshBase(build: Build, target: Target, entry: Text, loader: Loader): Accumulator | undefined {
  const sub = enterTarget(build, target, entry, loader);
  if (!sub) return undefined;
  if (sub.kustomization.kind === 'Component') {
    build.problems.error('kustomize/component-as-resource', `${entry.value} is a Component; list it under components instead of resources.`, entry);
    return undefined;
  }
  const accumulator = new Accumulator();
  accumulateTarget(build, sub, accumulator);
  return build.problems.hasErrors ? undefined : accumulator;
}

/** Components work on their parent's accumulator: they see and change all that was gathered before them. */
function accumulateComponents(build: Build, target: Target, accumulator: Accumulator): void {
  for (const entry of target.kustomization.components) {
    const remote = build.findRemote(target.loader, entry);
    if (remote === 'lacking') continue;
    const loader = remote ? (remote.kind === 'folder' ? remote.loader : ({ kind: 'no-directory' } as const)) : target.loader.enter(entry.value);
    if ('kind' in loader) {
      reportLoadFailure(build.problems, entry, loader);
      continue;
    }
    const sub = enterTarget(build, target, entry, loader);
    if (!sub) continue;
    if (sub.kustomization.kind !== 'Component') {
      build.problems.error('kustomize/not-a-component', `${entry.value} is not a Component; set kind: Component in it, or list it under resources.`, entry);
      continue;
    }
    accumulateTarget(build, sub, accumulator);
    if (build.problems.hasErrors) return;
  }
}

function enterTarget(build: Build, target: Target, entry: Text, loader: Loader): Target | undefined {
  build.roots.add(loader.root);
  const entered = loadTarget(build, loader, entry, target.origin?.append(entry.value));
  const outerNamespace = innerNamespace(target);
  return entered && outerNamespace ? { ...entered, outerNamespace } : entered;
}

/** The namespace that charts of what a kustomization includes are released into where nothing else is said. */
function innerNamespace({ kustomization, outerNamespace }: Target): Text | undefined {
  return kustomization.namespace ?? outerNamespace;
}

/** The field specifications of the kustomization: kustomize's own, those of `configurations` and those of `crds`. */
function transformerConfigOf(build: Build, target: Target): TransformerConfig {
  const { kustomization, loader } = target;
  const context = build.contextOf(loader);
  let config = defaultTransformerConfig;
  for (const entry of kustomization.configurations) {
    const source = context.load(loader.root, entry.value, entry);
    const root = source && context.parse(source).documents[0]?.root;
    if (source) build.problems.addAll(context.parse(source).problems);
    if (root) config = mergeTransformerConfigs(config, decodeTransformerConfig(root, build.problems), build.problems);
  }
  return kustomization.crds.length === 0 ? config : mergeTransformerConfigs(config, loadConfigFromCrds(kustomization.crds, loader.root, context), build.problems);
}

function runGenerators(build: Build, target: Target, accumulator: Accumulator): void {
  const { kustomization, loader } = target;
  const context = build.contextOf(loader);
  for (const args of [...kustomization.configMapGenerator, ...kustomization.secretGenerator]) {
    const resources = generateResources(args, context, loader.root);
    const kind = args.field === 'configMapGenerator' ? 'ConfigMapGenerator' : 'SecretGenerator';
    setOrigins(resources, target.origin?.builtin(target.fileName, kind), target);
    absorbAll(accumulator.map, resources, build.problems, args.name ?? args.node);
  }
  for (const [index, chart] of kustomization.helmCharts.entries()) {
    if (!kustomization.namespace) build.usesOuterNamespace = true;
    const resources = context.inflateChart(readChartEntry(chart, index, kustomization.helmGlobals, kustomization.namespace ?? target.outerNamespace)) ?? [];
    setOrigins(resources, target.origin?.builtin(target.fileName, 'HelmChartInflationGenerator'), target);
    absorbAll(accumulator.map, resources, build.problems, chart);
  }
  if (kustomization.generators.length === 0 || build.problems.hasErrors) return;
  for (const config of pluginConfigs(build, target, kustomization.generators)) {
    const resources = pluginGenerator(config, context, loader.root);
    if (!resources) continue;
    setOrigins(resources, originOfPlugin(config), target);
    absorbAll(accumulator.map, resources, build.problems, config.root);
  }
}

function runTransformers(build: Build, target: Target, accumulator: Accumulator): void {
  const { kustomization, loader } = target;
  const context = build.contextOf(loader);
  for (const { transformer, kind } of kustomizationTransformers(kustomization, accumulator.config, loader.root, build.problems)) {
    transformer.transform(accumulator.map, context);
    if (build.problems.hasErrors) return;
    noteTransformation(accumulator, target.origin?.builtin(target.fileName, kind), target);
  }
  for (const { transformer, config } of pluginTransformers(build, target, kustomization.transformers)) {
    transformer.transform(accumulator.map, context);
    if (build.problems.hasErrors) return;
    noteTransformation(accumulator, originOfPlugin(config), target);
  }
}

/** A validator is a transformer that must leave everything as it is. */
function runValidators(build: Build, target: Target, accumulator: Accumulator): void {
  const context = build.contextOf(target.loader);
  for (const { transformer, config } of pluginTransformers(build, target, target.kustomization.validators)) {
    const copy = accumulator.map.copy();
    transformer.transform(copy, context);
    if (build.problems.hasErrors) return;
    const { resources } = accumulator.map;
    const isSame = copy.resources.length === resources.length && copy.resources.every((resource, index) => isUnchanged(resource, resources[index]));
    if (!isSame) build.problems.error('kustomize/validator-changes-objects', 'A validator must not change objects; list this under transformers instead.', config.root);
  }
}

/** Kustomize keeps an object's history in its annotations, so a history that grew is a change too. */
function isUnchanged(resource: Resource, before: Resource | undefined): boolean {
  return (
    resource.root === before?.root &&
    resource.previousNames === before.previousNames &&
    resource.namePrefixes === before.namePrefixes &&
    resource.nameSuffixes === before.nameSuffixes
  );
}

function pluginTransformers(build: Build, target: Target, entries: readonly Text[]): readonly { readonly transformer: Transformer; readonly config: Resource }[] {
  if (entries.length === 0) return [];
  const context = build.contextOf(target.loader);
  const result: { transformer: Transformer; config: Resource }[] = [];
  for (const config of pluginConfigs(build, target, entries)) {
    const transformer = pluginTransformer(config, context, target.loader.root);
    if (transformer) result.push({ transformer, config });
  }
  return build.problems.hasErrors ? [] : result;
}

/** The configurations that `generators`, `transformers` and `validators` name: YAML in place, files, or folders. */
function pluginConfigs(build: Build, target: Target, entries: readonly Text[]): readonly Resource[] {
  const accumulator = new Accumulator();
  const paths: Text[] = [];
  for (const entry of entries) {
    const inline = readInline(build, entry);
    if (!inline) {
      paths.push(entry);
      continue;
    }
    setOrigins(inline, target.origin?.append(target.fileName).asResourceOrigin(), target);
    reportConflicts(build.problems, accumulator, accumulator.map.appendAll(inline), entry);
  }
  accumulateResources(build, target, accumulator, paths);
  return build.problems.hasErrors ? [] : accumulator.map.resources;
}

/** The objects that a text holds, or undefined where it isn't such YAML and so must be a path. */
function readInline(build: Build, entry: Text): readonly Resource[] | undefined {
  const problems = new Problems();
  const resources = readResources(build.cache.parseInline(entry, embeddedSource), problems);
  return problems.hasErrors ? undefined : resources;
}

function reportConflicts(problems: Problems, accumulator: Accumulator, conflicts: readonly Resource[], place: Place): void {
  for (const resource of conflicts) {
    const other = accumulator.map.byAnyId(resource.id)[0];
    const related = [resource, other].flatMap((each) => {
      const name = each && nameNode(each);
      return name ? [{ location: name.source.locate(name.start, name.end), message: `${each.id.kind} ${each.id.name}` }] : [];
    });
    problems.error('kustomize/name-conflict', `${formatResId(resource.id)} is there twice; remove one, or give one another name or namespace.`, place, { related });
  }
}

function nameNode(resource: Resource): Place | undefined {
  const metadata = resource.root.get('metadata');
  return metadata?.kind === 'map' ? metadata.get('name') : undefined;
}

/** Notes an origin on what has none. */
function setOrigins(resources: readonly Resource[], origin: BuildOrigin | undefined, target: Target): void {
  if (!origin || !target.origin) return;
  for (const resource of resources) if (!originOf(resource.root)) setOrigin(resource, origin, target.origin.step);
}

function noteTransformation(accumulator: Accumulator, origin: BuildOrigin | undefined, target: Target): void {
  if (!origin || !target.origin) return;
  for (const resource of accumulator.map.resources) addTransformation(resource, origin, target.origin.step);
}

function originOfPlugin({ root, id }: Resource): BuildOrigin | undefined {
  const origin = originOf(root);
  if (!origin) return undefined;
  const { path = '', ...rest } = origin;
  return {
    ...rest,
    configuredIn: path,
    configuredBy: { apiVersion: id.group === '' ? id.version : `${id.group}/${id.version}`, kind: id.kind, name: id.name, namespace: id.namespace },
  };
}
