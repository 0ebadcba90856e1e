/**
 * How a field of a kustomization, or of a plugin's configuration, is described: its type for decoding, its words for the
 * editor. The tables are in the files beside this one.
 */

/** What a text names, so that an editor can offer it. */
export type TextMeaning = 'file' | 'folder' | 'fileOrFolder' | 'fileOrYaml' | 'keyAndFile' | 'keyAndValue' | 'fieldPath' | 'regularExpression' | 'labelSelector' | 'yaml';

export interface EnumValue {
  readonly value: string;
  /** One sentence. */
  readonly documentation: string;
}

export type FieldType =
  | { readonly kind: 'string'; readonly meaning?: TextMeaning; readonly values?: readonly EnumValue[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly item: FieldType }
  /** A map with keys of the user's choice. */
  | { readonly kind: 'map'; readonly value: FieldType }
  | ObjectType;

export interface ObjectType {
  readonly kind: 'object';
  /** What one of these is, for people: `an image entry`. */
  readonly title: string;
  readonly fields: readonly Field[];
  /** The field that a bare text most likely means: `path` for a patch that is given as `- patch.yaml`. */
  readonly shorthand?: string;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Markdown, one to three sentences. */
  readonly documentation: string;
  /** A small piece of YAML that shows the field in use. */
  readonly example?: string;
  /** What to write instead; there for fields that kustomize wants to be rid of. */
  readonly deprecated?: string;
  /** The field that took its place and has entries of the same shape: what a quick fix renames it to. */
  readonly replacedBy?: string;
  /** True where an empty string is not the same as no field: Go has a pointer there. */
  readonly keepsEmpty?: true;
  /**
   * True where Go's struct has the field from an embedded struct. In a plugin's configuration sigs.k8s.io/yaml v1.6.0
   * then makes no strings of numbers and booleans below it, as it does elsewhere.
   */
  readonly embedded?: true;
}

export const text: FieldType = { kind: 'string' };
export const boolean: FieldType = { kind: 'boolean' };
export const integer: FieldType = { kind: 'integer' };
export const any: FieldType = { kind: 'any' };
export const texts: FieldType = { kind: 'list', item: text };
export const textMap: FieldType = { kind: 'map', value: text };

/** A text that names something. */
export function textOf(meaning: TextMeaning): FieldType {
  return { kind: 'string', meaning };
}

/** A list with items of one type. */
export function listOf(item: FieldType): FieldType {
  return { kind: 'list', item };
}

/** One of a few words. Anything else is a string all the same for kustomize. */
export function oneOf(...values: readonly EnumValue[]): FieldType {
  return { kind: 'string', values };
}

/** The field of `type` that Go's JSON decoder takes `key` for: the exact name first, else one that differs only in case. */
export function findField(type: ObjectType, key: string): Field | undefined {
  const exact = type.fields.find((field) => field.name === key);
  if (exact) return exact;
  const folded = foldCase(key);
  return type.fields.find((field) => foldCase(field.name) === folded);
}

/** Unicode's simple case folding as far as it can meet an ASCII name: long s and the Kelvin sign are letters too. */
function foldCase(name: string): string {
  return name.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}
