/** An origin as programs read it: the shape that all commands share. */
import { assert } from '../core/base/assert.js';
import type { Location } from '../core/base/source.js';
import { originChain, type OriginLink } from '../core/objects/rendering.js';
import type { StepKind, YamlNode } from '../core/yaml/nodes.js';
import type { OpenFiles } from './openFiles.js';

export interface PlaceFields {
  /** Empty for what the command line says. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface OriginFields extends PlaceFields {
  readonly step: StepKind;
  /** The directive of the step: `images[0]`; not there for a field as read from a file. */
  readonly directive?: string;
  /** The text of a scalar. */
  readonly value?: string;
  /** What the command line says, where that is what the value comes from: `image.tag=v2`. */
  readonly argument?: string;
}

/** A node and what it overrode, as {@link originChain} has them. */
export function chainOf(node: YamlNode): readonly YamlNode[] {
  const chain: YamlNode[] = [];
  for (let at: YamlNode | undefined = node; at; at = at.was) chain.push(at);
  return chain;
}

/** One link of that. */
export function formatNode(node: YamlNode, label: OpenFiles['label']): OriginFields {
  const [link] = originChain(node);
  assert(link, 'a node has an origin');
  return { ...formatOrigin(link, label), ...(node.source.path === '' && { argument: node.source.text }) };
}

export function formatPlace({ path, range }: Location, label: OpenFiles['label']): PlaceFields {
  return { file: path === '' ? '' : label(path), line: range.start.line + 1, column: range.start.character + 1 };
}

export function formatOrigin({ location, step, directive, value }: OriginLink, label: OpenFiles['label']): OriginFields {
  return {
    ...formatPlace(location, label),
    step,
    ...(directive && { directive: directive.field }),
    ...(value !== undefined && { value }),
  };
}
