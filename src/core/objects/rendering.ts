/**
 * What comes out of a build: the objects with the text that they print to, what was wrong, and what was read on the way.
 * And the questions that everything above asks of it: which node is on this line, where does it come from.
 */
import type { Problem } from '../base/problem.js';
import type { Location } from '../base/source.js';
import type { ResId } from './resId.js';
import type { MapNode, StepKind, YamlNode } from '../yaml/nodes.js';
import type { PrintedDocument, PrintedLine } from '../yaml/print.js';

/** Something outside the snapshot that the build would need. A service fetches it and builds again. */
export interface Lack {
  readonly kind: 'remote-file' | 'remote-folder' | 'chart';
  /** The entry as it stands in the kustomization: a URL, perhaps with `?ref=`; for a chart what formatRemoteChart writes. */
  readonly spec: string;
  readonly location: Location;
}

/** Where something remote was fetched to. */
export interface FetchedEntry {
  /** The folder or file that the entry names, in the tree that is rendered from. */
  readonly path: string;
  /** The folder of the whole repository, which nothing in it may leave; for a file or a chart its own folder. */
  readonly root: string;
}

export interface RenderedObject {
  readonly id: ResId;
  readonly root: MapNode;
  readonly printed: PrintedDocument;
  /** The 0-based line in the whole output on which the object begins (after its `---`). */
  readonly firstLine: number;
}

export interface Rendering {
  /** The folder that was built. */
  readonly folder: string;
  /** True when there is output; false when an error stopped the build, and then `objects` is empty. */
  readonly ok: boolean;
  /** In the order of the output. */
  readonly objects: readonly RenderedObject[];
  readonly problems: readonly Problem[];
  readonly lacks: readonly Lack[];
  /** Every path that was read or looked for, absolute: a change to one of them may change the rendering. */
  readonly dependencies: ReadonlySet<string>;
  /** The whole output, where it is more than its objects one after the other: helm keeps comments and empty documents. */
  readonly text?: string;
}

/**
 * The whole output, as `kustomize build` or `helm template` prints it. Empty where the build failed.
 * @param textOf what is shown of an object in the place of its own text, with as many lines: secrets masked
 */
export function renderingText({ text, objects }: Rendering, textOf: (object: RenderedObject) => string = ({ printed }) => printed.text): string {
  if (text === undefined) return objects.map(textOf).join('---\n');
  const lines = text.split('\n');
  for (const object of objects) {
    const shown = textOf(object);
    if (shown === object.printed.text) continue;
    const own = shown.replace(/\n$/, '').split('\n');
    lines.splice(object.firstLine, own.length, ...own);
  }
  return lines.join('\n');
}

/** What stands on a 0-based line of the output; undefined on a `---` and beyond the end. */
export function lineOfRendering(rendering: Rendering, line: number): { readonly object: RenderedObject; readonly printed: PrintedLine } | undefined {
  const { objects } = rendering;
  let low = 0;
  let high = objects.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((objects[middle]?.firstLine ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  const object = objects[low];
  const printed = object?.printed.lines[line - object.firstLine];
  return object && printed ? { object, printed } : undefined;
}

/** One link of the chain of what set a field. */
export interface OriginLink {
  readonly location: Location;
  readonly step: StepKind;
  /** The way to the directive for people (`images[0]`), and where it stands; undefined for a field as read from a file. */
  readonly directive: { readonly field: string; readonly location: Location } | undefined;
  /** The text of a scalar; undefined for maps and lists. */
  readonly value: string | undefined;
}

/** Where a node comes from: the first link is what set it, the following ones what that overrode. */
export function originChain(node: YamlNode): readonly OriginLink[] {
  const chain: OriginLink[] = [];
  for (let at: YamlNode | undefined = node; at; at = at.was) {
    chain.push({
      location: at.source.locate(at.start, at.end),
      step: at.step?.kind ?? 'resource',
      directive: at.step && { field: at.step.field, location: at.step.source.locate(at.step.start, at.step.end) },
      value: at.kind === 'scalar' ? at.value : undefined,
    });
  }
  return chain;
}
