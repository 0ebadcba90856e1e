/**
 * Which lines of a rendering the rendered kustomization itself made: read out of the origins. What its bases give is
 * unmarked; what its own resources add and what its own directives (and those of its components) set is marked.
 */
import type { RenderedObject, Rendering } from '../../core/objects/rendering.js';
import type { PrintedLine } from '../../core/yaml/print.js';
import type { ChangeMark } from '../protocol.js';

/** What a kustomization calls its own. */
export interface OwnFiles {
  /** Its file, and those of its components: a directive that stands there is its own. */
  readonly directives: ReadonlySet<string>;
  /** The resource files that these name. */
  readonly resources: ReadonlySet<string>;
  /** True when there is a base to differ from; without one nothing is marked. */
  readonly hasBase: boolean;
}

/** Runs of lines that are the kustomization's own, in the order of the output. */
export function findChangeMarks(rendering: Rendering, own: OwnFiles): readonly ChangeMark[] {
  if (!own.hasBase) return [];
  const marks: ChangeMark[] = [];
  for (const object of rendering.objects) {
    kindsOfLines(object, own).forEach((kind, index) => {
      if (!kind) return;
      const at = object.firstLine + index;
      const previous = marks.at(-1);
      if (previous?.kind === kind && previous.last === at - 1) marks[marks.length - 1] = { ...previous, last: at };
      else marks.push({ first: at, last: at, kind });
    });
  }
  return marks;
}

type Kind = ChangeMark['kind'] | undefined;

function kindsOfLines(object: RenderedObject, own: OwnFiles): readonly Kind[] {
  const { lines } = object.printed;
  if (isOwnObject(object, own)) return lines.map(() => 'added');
  const kinds = lines.map((line) => kindOfLine(line, own));
  const isNew = lines.every((line, index) => kinds[index] !== undefined || line.value.kind !== 'scalar');
  return isNew ? lines.map(() => 'added') : kinds.map((kind, index) => kindInMerged(kind, lines[index]));
}

function kindOfLine({ value, key }: PrintedLine, own: OwnFiles): Kind {
  const setsValue = value.step && own.directives.has(value.step.source.file.path);
  // A map that a step rebuilt is the step's only if its key is: its unchanged fields answer for themselves.
  if (setsValue && value.kind === 'scalar') return value.was ? 'changed' : 'added';
  return key?.step && own.directives.has(key.step.source.file.path) ? 'added' : undefined;
}

/** A generator that merges into what a base has sets the object's frame again, which changes nothing, and with the hash its name. */
function kindInMerged(kind: Kind, line: PrintedLine | undefined): Kind {
  const step = line?.value.step?.kind ?? line?.key?.step?.kind;
  if (kind !== 'added' || !line || (step !== 'generator' && step !== 'hashSuffix')) return kind;
  if (step === 'hashSuffix') return 'changed';
  const isEntry = line.path.length > 1 && (line.path[0] === 'data' || line.path[0] === 'binaryData');
  return isEntry ? kind : undefined;
}

/** An object that came from a file of its own. What a generator made answers line by line: it may add to what a base has. */
function isOwnObject(object: RenderedObject, own: OwnFiles): boolean {
  const kind = object.root.get('kind') ?? object.root;
  return !kind.step && own.resources.has(kind.source.file.path);
}
