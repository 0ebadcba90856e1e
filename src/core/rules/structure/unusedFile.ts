/** Manifests beside a kustomization that does not list them. */
import { baseName, joinPath, parentPath } from '../../base/path.js';
import type { SourceText } from '../../base/source.js';
import { isDeliveryObject, mapAt, scalarAt } from '../../gitops/declarations.js';
import { parseApiVersion } from '../../objects/resId.js';
import { kustomizationFileNames } from '../../kustomize/target.js';
import type { MapNode } from '../../yaml/nodes.js';
import { defineWorkspaceRule, type RuleContext } from '../rule.js';

const workspace = (resources: string): string => `#- shop/kustomization.yaml
resources: [${resources}]
#- shop/service.yaml
apiVersion: v1
kind: Service
metadata: {name: shop}
#- shop/ingress.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
`;

export const unusedFile = defineWorkspaceRule({
  id: 'structure/unused-file',
  title: 'Manifest that no kustomization lists',
  severity: 'info',
  what: 'A YAML file with a Kubernetes object, in the folder of a kustomization that is delivered, which no environment reads and no kustomization names, not even in a comment. Examples and templates, charts, values, tests and hidden folders are left alone, and so are Secrets and the declarations for Argo CD and Flux, which are often applied by hand.',
  why: 'The object looks as if it were delivered and is not: the entry in `resources` was forgotten, or the file was when its entry went.',
  mend: 'List it under `resources` (or `patches`, `components`), or delete the file.',
  examples: { bad: workspace('service.yaml'), good: workspace('service.yaml, ingress.yaml') },
  hasFix: false,
  gather: () => undefined,
  check: (_, workspace, report, context) => {
    const { kustomizations, yamlFiles, usersOf } = workspace;
    const found = context.ofFiles(context.ofValue(kustomizations, possibleFiles), readMentions).flatMap((each) => each ?? []);
    const filesOf = context.ofValue(yamlFiles, groupByFolder);
    const isMentioned = context.ofValue(yamlFiles, rememberMentions)(found);
    for (const kustomization of found) {
      // The questions that are answered fastest for most files come first.
      const unmentioned = kustomization.unmentioned(filesOf.get(parentPath(kustomization.source.path)) ?? noFiles);
      if (unmentioned.length === 0 || usersOf(kustomization.source.path).length === 0) continue;
      for (const { name, path } of unmentioned) {
        if (usersOf(path).length > 0 || isMentioned(name)) continue;
        const object = firstObject(path, context);
        const place = object && (scalarAt(mapAt(object, 'metadata'), 'name') ?? object.pairs[0]?.key);
        const kind = scalarAt(object, 'kind')?.value ?? 'this object';
        if (place) report(place, `${name} is not listed in ${baseName(kustomization.source.path)} beside it, nor anywhere else: ${kind} is not delivered.`);
      }
    }
  },
});

interface NamedFile {
  readonly name: string;
  readonly path: string;
}

const noFiles: readonly NamedFile[] = [];

/** The files that may be manifests, by their folder. */
function groupByFolder(files: readonly string[]): ReadonlyMap<string, readonly NamedFile[]> {
  const groups = new Map<string, NamedFile[]>();
  for (const path of files) {
    if (isLeftAlone(path)) continue;
    const folder = parentPath(path);
    const group = groups.get(folder);
    const file = { name: baseName(path), path };
    if (group) group.push(file);
    else groups.set(folder, [file]);
  }
  return groups;
}

function isLeftAlone(path: string): boolean {
  const name = baseName(path);
  if ((kustomizationFileNames as readonly string[]).includes(name) || /example|sample|template|tmpl|dist\.|\.enc\.|^values|^Chart|^\.|skaffold|test/i.test(name)) return true;
  return /\/(\.[^/]+|charts|templates|crds|examples?|samples?|tests?|testdata|e2e|docs|node_modules|hack)\//.test(path);
}

/** Whether a kustomization names a file. */
type Mentions = (name: string) => boolean;

/** A kustomization, by what its text mentions. */
interface Mentioning {
  readonly source: SourceText;
  readonly mentions: Mentions;
  /** Of these files, the ones that it doesn't name. */
  readonly unmentioned: (files: readonly NamedFile[]) => readonly NamedFile[];
}

function possibleFiles(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => kustomizationFileNames.map((name) => joinPath(folder, name)));
}

/**
 * Whether any kustomization names a file. Who did so the last time is asked first, and of those that didn't only the ones whose
 * text is another since.
 */
function rememberMentions(): (by: readonly Mentioning[]) => (name: string) => boolean {
  const witnesses = new Map<string, Mentioning>();
  const silent = new Map<string, ReadonlySet<Mentioning>>();
  return (by) => {
    const all = new Set(by);
    return (name) => {
      const known = witnesses.get(name);
      if (known && all.has(known)) return true;
      const asked = silent.get(name);
      if (asked === all) return false;
      const witness = by.find((each) => !asked?.has(each) && each.mentions(name));
      if (witness) witnesses.set(name, witness);
      else silent.set(name, all);
      return witness !== undefined;
    };
  };
}

/** Each name is looked for once in a text, and each list of files is gone through once. */
function readMentions(source: SourceText): Mentioning {
  const known = new Map<string, boolean>();
  const mentions: Mentions = (name) => {
    let isMentioned = known.get(name);
    if (isMentioned === undefined) known.set(name, (isMentioned = source.text.includes(name)));
    return isMentioned;
  };
  let latest: { readonly files: readonly NamedFile[]; readonly unmentioned: readonly NamedFile[] } | undefined;
  const unmentioned = (files: readonly NamedFile[]): readonly NamedFile[] => {
    if (latest?.files !== files) latest = { files, unmentioned: files.filter(({ name }) => !mentions(name)) };
    return latest.unmentioned;
  };
  return { source, mentions, unmentioned };
}

/** The first object of a file that an API server would take; undefined where anything in it is of another kind. */
function firstObject(path: string, { parse }: RuleContext): MapNode | undefined {
  const roots = (parse(path)?.documents ?? []).flatMap(({ root }) => (root ? [root] : []));
  const objects = roots.flatMap((root) => (root.kind === 'map' && isObject(root) ? [root] : []));
  return objects.length === roots.length ? objects[0] : undefined;
}

function isObject(root: MapNode): boolean {
  const [kind, apiVersion, name] = [scalarAt(root, 'kind'), scalarAt(root, 'apiVersion'), scalarAt(mapAt(root, 'metadata'), 'name')];
  if (!kind || !apiVersion || !name || /\{\{|<|\$/.test(name.value)) return false;
  const { group, version } = parseApiVersion(apiVersion.value);
  const isTool =
    /(^|\.)(config\.k8s\.io|kustomize\.config\.k8s\.io|kind\.x-k8s\.io|k3d\.io|eksctl\.io|talos\.dev|viaduct\.ai)$/.test(group) ||
    kind.value === 'Kustomization' ||
    kind.value === 'Component';
  return !isTool && kind.value !== 'Secret' && !isDeliveryObject({ group, version, kind: kind.value, name: name.value, namespace: '' });
}
