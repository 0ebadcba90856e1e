/** Talks with one `git cat-file --batch`: hashes in, contents out, in order. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Failure } from '../../services/failure.js';
import { notInstalled } from './runGit.js';

interface Request {
  readonly hashes: readonly string[];
  readonly contents: (Uint8Array | undefined)[];
  readonly done: (contents: readonly (Uint8Array | undefined)[]) => void;
  readonly fail: (error: unknown) => void;
}

/** An object that is arriving. */
interface Arriving {
  readonly size: number;
  readonly chunks: Buffer[];
  received: number;
}

/** What is larger is thrown away: no manifest is. */
const largestContent = 64 * 1024 * 1024;

export class BatchReader {
  readonly #child: ChildProcessWithoutNullStreams;
  /** The beginning of a header of which the end has not arrived. */
  #header = Buffer.alloc(0);
  #arriving: Arriving | undefined;
  #request: Request | undefined;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    child.stderr.resume();
    child.once('error', (error) => this.#end(notInstalled(error)));
    child.once('close', () => this.#end(new Failure('git/failed', 'git cat-file ended before it had answered.', 'Try again; run git fsck if it stays.')));
    child.stdin.on('error', (error) => this.#end(error));
  }

  /**
   * The contents of objects, one call at a time; undefined for one that is too large. Rejects when `signal` is aborted,
   * or when an object is not in this clone; the reader is of no use after that.
   */
  read(hashes: readonly string[], signal: AbortSignal): Promise<readonly (Uint8Array | undefined)[]> {
    return new Promise((done, fail) => {
      signal.throwIfAborted();
      const stop = (): void => this.#end(signal.reason);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', stop);
          this.#request = undefined;
          then(value);
        };
      signal.addEventListener('abort', stop, { once: true });
      this.#request = { hashes, contents: [], done: settle(done), fail: settle(fail) };
      this.#child.stdin.write(hashes.map((hash) => `${hash}\n`).join(''));
    });
  }

  #end(reason: unknown): void {
    this.#child.kill();
    this.#request?.fail(reason);
  }

  /** Takes `<hash> <type> <size>\n<content>\n` apart, or `<hash> missing\n`. */
  #receive(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && this.#request) {
      if (this.#arriving) rest = this.#takeContent(this.#arriving, rest);
      else rest = this.#takeHeader(rest);
    }
  }

  #takeHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(0x0a);
    const header = Buffer.concat([this.#header, end < 0 ? chunk : chunk.subarray(0, end)]);
    this.#header = header;
    if (end < 0) return Buffer.alloc(0);
    this.#header = Buffer.alloc(0);
    const text = header.toString('utf8');
    const size = / (\d+)$/.exec(text)?.[1];
    if (size === undefined) {
      this.#end(new Failure('git/failed', `The object ${text} from this clone.`, 'Fetch it: this clone has only a part of the history or of the files.'));
      return Buffer.alloc(0);
    }
    this.#arriving = { size: Number(size), chunks: [], received: 0 };
    return chunk.subarray(end + 1);
  }

  #takeContent(arriving: Arriving, chunk: Buffer): Buffer {
    // A line end follows the content.
    const part = chunk.subarray(0, arriving.size + 1 - arriving.received);
    if (arriving.size <= largestContent) arriving.chunks.push(part);
    arriving.received += part.length;
    if (arriving.received > arriving.size) this.#finish(arriving);
    return chunk.subarray(part.length);
  }

  #finish({ size, chunks }: Arriving): void {
    this.#arriving = undefined;
    const request = this.#request;
    if (!request) return;
    request.contents.push(size > largestContent ? undefined : new Uint8Array(Buffer.concat(chunks).subarray(0, size)));
    if (request.contents.length === request.hashes.length) request.done(request.contents);
  }
}
