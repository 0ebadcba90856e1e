/**
 * What templates gave as manifests: cut at `---`, told from hooks, sorted by kind (helm v3.22 pkg/releaseutil/manifest.go,
 * manifest_sorter.go, kind_sorter.go).
 */
import { baseName } from '../base/path.js';
import { SourceText } from '../base/source.js';
import { isSpace } from '../template/goText.js';
import { cutText } from '../template/spans.js';
import type { Text } from '../template/values.js';
import type { MapNode } from '../yaml/nodes.js';
import { parseFirstDocument, type ParsedYaml } from '../yaml/parse.js';
import { jsonScalarOf } from '../yaml/scalars.js';
import type { TemplateOutput } from './runTemplates.js';

export interface Manifest {
  /** `app/templates/deployment.yaml`. */
  readonly name: string;
  /** Without blanks around it. */
  readonly text: Text;
  readonly parsed: ParsedYaml;
  /** Undefined for what says no map: an empty document, or comments alone. */
  readonly root: MapNode | undefined;
  readonly kind: string;
  /** The phases of a hook; undefined for what is none. */
  readonly hook: readonly string[] | undefined;
}

/** What helm refuses in a manifest. */
export interface ManifestMistake {
  readonly message: string;
  readonly output: TemplateOutput;
  /** Where in the output of the template, and how far. */
  readonly start: number;
  readonly end: number;
}

export interface SortedManifests {
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Manifest[];
}

/** Parsed manifests by their texts: of a rendering and of the one before it, so that what didn't change isn't parsed again. */
export class KeptManifests {
  readonly #parsed = new Map<string, ParsedYaml>();

  constructor(private readonly before?: ReadonlyMap<string, ParsedYaml>) {}

  parse(text: string): ParsedYaml {
    let parsed = this.#parsed.get(text) ?? this.before?.get(text);
    // helm puts a line end after each manifest again, which a block scalar at its end then has.
    parsed ??= parseFirstDocument(new SourceText('', `${text}\n`));
    this.#parsed.set(text, parsed);
    return parsed;
  }

  /** For the next rendering. */
  next(): KeptManifests {
    return new KeptManifests(this.#parsed);
  }
}

/** Cuts and sorts what all templates gave; the first manifest that is no YAML stops it. */
export function sortManifests(outputs: readonly TemplateOutput[], parse: (text: string) => ParsedYaml): SortedManifests | ManifestMistake {
  const manifests: Manifest[] = [];
  const hooks: Manifest[] = [];
  const byName = [...outputs].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const output of byName) {
    if (baseName(output.name).startsWith('_') || output.name.endsWith('NOTES.txt')) continue;
    for (const { text, start } of splitManifests(output.text)) {
      const manifest = readManifest(output, text, start, parse);
      if ('message' in manifest) return manifest;
      if (!manifest.hook) manifests.push(manifest);
      else if (manifest.hook.every((phase) => phases.has(phase))) hooks.push(manifest);
    }
  }
  return { manifests: manifests.sort(compareKinds), hooks: hooks.sort(compareKinds) };
}

const phases = new Set('pre-install post-install pre-delete post-delete pre-upgrade post-upgrade pre-rollback post-rollback test test-success'.split(' '));

/** The documents of a text, without blanks around them, and where each begins. */
export function splitManifests(whole: Text): readonly { readonly text: Text; readonly start: number }[] {
  const { text } = whole;
  let [from, end] = trimmedRange(text, 0, text.length);
  const pieces: [start: number, end: number][] = [];
  let at = from;
  for (let next = separatorFrom(text, at, from, end); next; next = separatorFrom(text, at, from, end)) {
    pieces.push([at, next.start]);
    at = next.end;
  }
  pieces.push([at, end]);
  return pieces.flatMap(([start, stop]) => {
    if (start === stop) return [];
    [from, end] = trimmedRange(text, start, stop);
    return [{ text: cutText(whole, from, end), start: from }];
  });
}

/** The next `(?:^|\s*\n)---\s*` from `at` on; Go's \s is ASCII alone. @param first where the whole text begins */
function separatorFrom(text: string, at: number, first: number, end: number): { readonly start: number; readonly end: number } | undefined {
  for (let dashes = text.indexOf('---', at); dashes >= 0 && dashes + 3 <= end; dashes = text.indexOf('---', dashes + 1)) {
    let start = dashes;
    if (dashes !== first) {
      if (dashes === at || text[dashes - 1] !== '\n') continue;
      while (start > at && isSeparatorSpace(text.charCodeAt(start - 1))) start--;
    }
    let stop = dashes + 3;
    while (stop < end && isSeparatorSpace(text.charCodeAt(stop))) stop++;
    return { start, end: stop };
  }
  return undefined;
}

function isSeparatorSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d || code === 0x0c;
}

function trimmedRange(text: string, start: number, end: number): [start: number, end: number] {
  let [from, to] = [start, end];
  while (from < to && isSpace(text.charAt(from))) from++;
  while (to > from && isSpace(text.charAt(to - 1))) to--;
  return [from, to];
}

function readManifest(output: TemplateOutput, text: Text, start: number, parse: (text: string) => ParsedYaml): Manifest | ManifestMistake {
  const parsed = parse(text.text);
  const { source } = parsed;
  const wrong = parsed.problems.find(({ severity }) => severity === 'error');
  const refuse = (message: string, from: number, to: number): ManifestMistake => ({
    message: `YAML parse error on ${output.name}: ${message}`,
    output,
    start: start + from,
    end: start + to,
  });
  if (wrong) {
    const { range } = wrong.location;
    return refuse(`error converting YAML to JSON: yaml: line ${range.start.line + 1}: ${wrong.message}`, source.offsetAt(range.start), source.offsetAt(range.end));
  }
  const root = parsed.documents[0]?.root;
  const base = { name: output.name, text, parsed };
  if (!root || (root.kind === 'scalar' && root.tag === '!!null')) return { ...base, root: undefined, kind: '', hook: undefined };
  if (root.kind !== 'map') {
    const kind = root.kind === 'sequence' ? 'array' : kindOfScalar(root.tag);
    return refuse(`error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type releaseutil.SimpleHead`, root.start, root.end);
  }
  const head = readHead(root);
  if ('field' in head) return refuse(`error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${head.found} into Go struct field ${head.field}`, head.start, head.end);
  return { ...base, root, kind: head.kind, hook: head.hook };
}

interface Head {
  readonly kind: string;
  readonly hook: readonly string[] | undefined;
}

interface HeadMistake {
  readonly field: string;
  readonly found: string;
  readonly start: number;
  readonly end: number;
}

/** helm's SimpleHead; texts take scalars of every type, as sigs.k8s.io/yaml has it. */
function readHead(root: MapNode): Head | HeadMistake {
  for (const [field, name] of [
    ['apiVersion', 'SimpleHead.apiVersion of type string'],
    ['kind', 'SimpleHead.kind of type string'],
  ] as const) {
    const node = root.get(field);
    if (node && node.kind !== 'scalar') return mistakeAt(node, name);
  }
  const metadata = root.get('metadata');
  if (metadata && metadata.kind !== 'map' && !(metadata.kind === 'scalar' && metadata.tag === '!!null')) {
    return mistakeAt(metadata, 'SimpleHead.metadata of type struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }');
  }
  const annotations = metadata?.kind === 'map' ? metadata.get('annotations') : undefined;
  const name = metadata?.kind === 'map' ? metadata.get('name') : undefined;
  if (name && name.kind !== 'scalar') return mistakeAt(name, 'SimpleHead.metadata.name of type string');
  if (annotations && annotations.kind !== 'map' && !(annotations.kind === 'scalar' && annotations.tag === '!!null')) {
    return mistakeAt(annotations, 'SimpleHead.metadata.annotations of type map[string]string');
  }
  for (const { value } of annotations?.kind === 'map' ? annotations.pairs : [])
    if (value.kind !== 'scalar') return mistakeAt(value, 'SimpleHead.metadata.annotations of type string');
  const kind = root.get('kind');
  const hook = annotations?.kind === 'map' ? annotations.get('helm.sh/hook') : undefined;
  return {
    kind: kind?.kind === 'scalar' ? textOf(kind) : '',
    hook:
      hook?.kind === 'scalar'
        ? textOf(hook)
            .split(',')
            .map((phase) => phase.trim().toLowerCase())
        : undefined,
  };
}

function textOf(node: Extract<MapNode['pairs'][number]['value'], { kind: 'scalar' }>): string {
  const read = jsonScalarOf(node);
  if (node.tag === '!!null') return '';
  return read.kind === 'string' ? read.value : read.kind === 'literal' ? read.text : node.value;
}

function mistakeAt(node: MapNode['pairs'][number]['value'], field: string): HeadMistake {
  const found = node.kind === 'map' ? 'object' : node.kind === 'sequence' ? 'array' : kindOfScalar(node.tag);
  return { field, found, start: node.start, end: node.end };
}

function kindOfScalar(tag: string): string {
  return tag === '!!bool' ? 'bool' : tag === '!!int' || tag === '!!float' ? 'number' : 'string';
}

const installOrder = new Map(
  `PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret SecretList ConfigMap StorageClass
  PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding
  RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService`
    .split(/\s+/)
    .map((kind, index) => [kind, index]),
);

/** helm's order of installing: kinds that it doesn't know come last, by their names. */
function compareKinds(a: Manifest, b: Manifest): number {
  const [first, second] = [installOrder.get(a.kind), installOrder.get(b.kind)];
  if (first === undefined && second === undefined) return a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;
  if (first === undefined) return 1;
  if (second === undefined) return -1;
  return first - second;
}
