/**
 * Reads the key-value pairs of a generator from its env files, literals and files, in this order (kustomize api v0.21.2
 * kv/kv.go, internal/generators/utils.go). Keys are not checked against what Kubernetes allows, as in kustomize; an odd
 * one is a warning.
 */
import type { Place } from '../../base/problem.js';
import type { SourceText } from '../../base/source.js';
import type { Step } from '../../yaml/nodes.js';
import type { BuildContext } from '../context.js';
import type { GeneratorArgs, Text } from '../kustomization.js';
import { isDecodedFrom } from './base64.js';

/** A pair and where it comes from. */
export interface DataPair {
  readonly key: string;
  /** A text, or the bytes of a file that isn't valid UTF-8. */
  readonly value: string | Uint8Array;
  readonly keyPlace: Place;
  readonly valuePlace: Place;
  readonly step: Step;
}

/**
 * The pairs of `args`; what can't be read is reported and left out.
 * @param directive the way to the generator, for the steps of the pairs: `configMapGenerator[0]`
 */
export function readPairs(args: GeneratorArgs, directive: string, context: BuildContext, folder: string): readonly DataPair[] {
  const listed = args.node.get('envs');
  const listedCount = listed?.kind === 'sequence' ? listed.items.length : 0;
  const envField = (index: number): string => (index < listedCount ? `envs[${index}]` : 'env');
  const reader = new PairReader(context, folder);
  return [
    ...args.envs.flatMap((text, index) => reader.readEnvFile(text, makeStep(text, `${directive}.${envField(index)}`))),
    ...args.literals.flatMap((text, index) => reader.readLiteral(text, makeStep(text, `${directive}.literals[${index}]`))),
    ...args.files.flatMap((text, index) => reader.readFile(text, makeStep(text, `${directive}.files[${index}]`))),
  ];
}

function makeStep(text: Text, field: string): Step {
  return { kind: 'generator', field, source: text.source, start: text.start, end: text.end };
}

class PairReader {
  constructor(
    readonly context: BuildContext,
    readonly folder: string,
  ) {}

  readLiteral(text: Text, step: Step): readonly DataPair[] {
    const at = text.value.indexOf('=');
    if (at <= 0) {
      this.context.problems.error('kustomize/invalid-literal', `A literal must be key=value, but this is ${text.value === '' ? 'empty' : text.value}.`, text);
      return [];
    }
    return [{ key: text.value.slice(0, at), value: removeQuotes(text.value.slice(at + 1)), keyPlace: text, valuePlace: text, step }];
  }

  readFile(text: Text, step: Step): readonly DataPair[] {
    const named = this.#splitFileSource(text);
    if (!named) return [];
    const { key, path } = named;
    const source = this.context.load(this.folder, path, text);
    if (!source) return [];
    const valuePlace = { source, start: 0, end: source.text.length };
    const bytes = source.text.includes('\ufffd') ? this.context.loadBytes(this.folder, path, text) : undefined;
    const value = bytes && !isDecodedFrom(source.text, bytes) ? bytes : source.text;
    return [{ key, value, keyPlace: text, valuePlace, step }];
  }

  readEnvFile(text: Text, step: Step): readonly DataPair[] {
    const source = this.context.load(this.folder, text.value, text);
    if (!source) return [];
    const bytes = source.text.includes('\ufffd') ? this.context.loadBytes(this.folder, text.value, text) : undefined;
    if (bytes && !isDecodedFrom(source.text, bytes)) {
      this.context.problems.error('kustomize/env-file-not-text', `${text.value} is not valid UTF-8, which an env file must be.`, text);
      return [];
    }
    return source.lineStarts.flatMap((start, line) => this.#readEnvLine(source, start, line, step));
  }

  #readEnvLine(source: SourceText, lineStart: number, line: number, step: Step): readonly DataPair[] {
    const next = source.lineStarts[line + 1];
    const raw = source.text.slice(lineStart, next === undefined ? undefined : next - 1).replace(/\r$/, '');
    if (raw.length > longestLine / 4 && new TextEncoder().encode(raw).length >= longestLine) {
      this.context.problems.error(
        'kustomize/env-line-unsupported',
        'This line is longer than 64 KiB: kustomize drops it and all that follows. Take the value from a file instead.',
        { source, start: lineStart, end: lineStart + 80 },
      );
      return [];
    }
    const withoutMark = line === 0 ? raw.replace(/^\ufeff/, '') : raw;
    const text = withoutMark.replace(leadingSpace, '');
    if (text === '' || text.startsWith('#')) return [];
    const end = lineStart + raw.length;
    const place = { source, start: end - text.length, end };
    const at = text.indexOf('=');
    if (at === 0) {
      this.context.problems.warning('kustomize/env-line-without-key', 'This line has no key, and kustomize skips it silently; write KEY=value.', place);
      return [];
    }
    if (at < 0) {
      this.context.problems.warning('kustomize/env-line-without-value', `This line has no = and gives ${text} an empty value; write ${text}= if that is meant.`, place);
      return [{ key: text, value: '', keyPlace: place, valuePlace: { source, start: end, end }, step }];
    }
    return [{ key: text.slice(0, at), value: text.slice(at + 1), keyPlace: place, valuePlace: place, step }];
  }

  #splitFileSource(text: Text): { readonly key: string; readonly path: string } | undefined {
    const { value } = text;
    const [first = '', second, third] = value.split('=');
    if (second === undefined) return { key: baseOf(value), path: value };
    if (third === undefined && first !== '' && second !== '') return { key: first, path: second };
    const why = third !== undefined ? 'has more than one =' : first === '' ? 'has no key before the =' : 'has no path behind the =';
    this.context.problems.error('kustomize/invalid-file-source', `${value} ${why}; write path or key=path.`, text);
    return undefined;
  }
}

/** Go's bufio.MaxScanTokenSize: a longer line ends the reading of an env file. */
const longestLine = 65536;

/** What Go's unicode.IsSpace takes for white space. */
const leadingSpace = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Takes one pair of equal quotes off. */
function removeQuotes(value: string): string {
  const first = value[0];
  return value.length >= 2 && (first === '"' || first === "'") && value.endsWith(first) ? value.slice(1, -1) : value;
}

/** Go's path.Base. */
function baseOf(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
