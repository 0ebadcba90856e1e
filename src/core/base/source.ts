/**
 * The text of one file as it was read, with the conversion between offsets and positions. Its identity is its version:
 * a changed file is a new SourceText, so anything derived from a text may be kept for as long as the object lives.
 */

/** A place in a text: 0-based line, 0-based character in UTF-16 units, as editors count. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** From `start` up to but without `end`. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A range in a file; `path` is absolute with `/`. Plain data, to cross the edge of core. */
export interface Location {
  readonly path: string;
  readonly range: Range;
}

/** Where a text that stands inside another one (an inline patch) comes from. */
interface Embedding {
  readonly host: SourceText;
  /** For each line of the embedded text, the offset in the host where that line's first character stands. */
  readonly lineOffsets: readonly number[];
  /** The whole range in the host: what a place beyond the lines is mapped into. */
  readonly start: number;
  readonly end: number;
}

export class SourceText {
  #lineStarts: readonly number[] | undefined;
  readonly #embedding: Embedding | undefined;

  /**
   * @param path absolute, with `/` (on Windows with a lower-case drive letter: `c:/repo/a.yaml`)
   * @param text decoded as UTF-8
   */
  constructor(
    readonly path: string,
    readonly text: string,
    embedding?: Embedding,
  ) {
    this.#embedding = embedding;
  }

  /** A text that stands inside `host` between two offsets, such as a block scalar; positions in it are answered in the host. */
  static embedded(host: SourceText, text: string, start: number, end: number, lineOffsets: readonly number[]): SourceText {
    return new SourceText(host.path, text, { host, lineOffsets, start, end });
  }

  /** True for an inline patch and the like, false for a file. */
  get isEmbedded(): boolean {
    return this.#embedding !== undefined;
  }

  /** The file that this text stands in: itself, but for an embedded text. */
  get file(): SourceText {
    return this.#embedding ? this.#embedding.host.file : this;
  }

  /** The offset in {@link file} of an offset in this text. */
  toFileOffset(offset: number): number {
    const embedding = this.#embedding;
    if (!embedding) return offset;
    const line = this.lineAt(offset);
    const lineStart = embedding.lineOffsets[line];
    const column = offset - (this.lineStarts[line] ?? 0);
    const inHost = lineStart === undefined ? embedding.end : Math.min(lineStart + column, embedding.end);
    return embedding.host.toFileOffset(Math.max(inHost, embedding.start));
  }

  /** Offsets at which the lines begin; the first is 0. A line ends after `\n`. */
  get lineStarts(): readonly number[] {
    if (!this.#lineStarts) {
      const starts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }

  /** The 0-based line in this text that holds `offset`. */
  lineAt(offset: number): number {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The position in the file of an offset in this text. */
  positionAt(offset: number): Position {
    if (this.#embedding) return this.file.positionAt(this.toFileOffset(offset));
    const line = this.lineAt(offset);
    return { line, character: offset - (this.lineStarts[line] ?? 0) };
  }

  /** The offset in this text of a position; positions beyond the end of a line or of the text are cut to it. */
  offsetAt(position: Position): number {
    const start = this.lineStarts[position.line];
    if (start === undefined) return this.text.length;
    const next = this.lineStarts[position.line + 1];
    const lineEnd = next === undefined ? this.text.length : next - 1;
    return Math.min(start + position.character, lineEnd);
  }

  /** The location in the file of a range of offsets in this text. */
  locate(start: number, end: number): Location {
    return { path: this.path, range: { start: this.positionAt(start), end: this.positionAt(Math.max(start, end)) } };
  }
}
