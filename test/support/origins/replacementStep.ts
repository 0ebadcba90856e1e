/** What a replacement writes into a target, worked out for tests (kustomize's api/filters/replacement v0.21.2). */

export interface PartOptions {
  readonly delimiter: string;
  readonly index: number;
}

export interface ReplacementOptions {
  readonly source: PartOptions | undefined;
  /** Each target's, or undefined for one that takes the whole value. */
  readonly targets: readonly (PartOptions | undefined)[];
}

/** The options in the data of a replacement entry. */
export function replacementOptionsOf(data: unknown): ReplacementOptions {
  const entry = record(data);
  const targets = Array.isArray(entry['targets']) ? entry['targets'] : [data];
  return { source: partOptions(record(entry['source'])['options']), targets: targets.map((target: unknown) => partOptions(record(target)['options'])) };
}

/** Every value that one of the targets may get: `text` or its part, in the place of `old` or of its part. */
export function replaceParts(text: string, old: string, options: ReplacementOptions): readonly string[] {
  const value = options.source ? text.split(options.source.delimiter)[options.source.index] : text;
  if (value === undefined) return [];
  return options.targets.map((target) => (target ? replacePart(value, old, target) : value));
}

function replacePart(value: string, old: string, { delimiter, index }: PartOptions): string {
  const parts = old.split(delimiter);
  if (index < 0) parts.unshift(value);
  else if (index >= parts.length) parts.push(value);
  else parts[index] = value;
  return parts.join(delimiter);
}

function partOptions(data: unknown): PartOptions | undefined {
  const { delimiter, index } = record(data);
  return typeof delimiter === 'string' && delimiter !== '' ? { delimiter, index: Number(index ?? 0) } : undefined;
}

function record(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
}
