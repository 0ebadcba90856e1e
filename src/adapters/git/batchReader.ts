/** Talks with one `git cat-file --batch`: hashes in, contents out, in order. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Failure } from '../../services/failure.js';
import { notInstalled } from './runGit.js';

interface Request {
  readonly hashes: readonly string[];
  readonly contents: Uint8Array[];
  readonly done: (contents: readonly Uint8Array[]) => void;
  readonly fail: (error: unknown) => void;
}

export class BatchReader {
  readonly #child: ChildProcessWithoutNullStreams;
  #pending: Buffer[] = [];
  #size = 0;
  #request: Request | undefined;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    child.once('error', (error) => this.#request?.fail(notInstalled(error)));
    child.once('close', () => this.#request?.fail(new Failure('git/failed', 'git cat-file ended before it had answered.', 'Try again; run git fsck if it stays.')));
    child.stdin.on('error', (error) => this.#request?.fail(error));
  }

  /** The contents of objects, one call at a time. Rejects when `signal` is aborted; the reader is of no use after that. */
  read(hashes: readonly string[], signal: AbortSignal): Promise<readonly Uint8Array[]> {
    return new Promise((done, fail) => {
      signal.throwIfAborted();
      const stop = (): void => {
        this.#child.kill();
        fail(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#request = {
        hashes,
        contents: [],
        done: (contents) => {
          signal.removeEventListener('abort', stop);
          done(contents);
        },
        fail,
      };
      this.#child.stdin.write(hashes.map((hash) => `${hash}\n`).join(''));
    });
  }

  #receive(chunk: Buffer): void {
    this.#pending.push(chunk);
    this.#size += chunk.length;
    const request = this.#request;
    if (!request) return;
    while (request.contents.length < request.hashes.length) {
      const content = this.#takeObject();
      if (!content) return;
      request.contents.push(content);
    }
    this.#request = undefined;
    request.done(request.contents);
  }

  /** The next object where all of it has arrived: `<hash> <type> <size>\n<content>\n`, or `<hash> missing\n`. */
  #takeObject(): Uint8Array | undefined {
    const head = this.#pending.length > 1 && this.#size < 1 << 16 ? this.#joined() : (this.#pending[0] ?? Buffer.alloc(0));
    let buffer = head;
    let lineEnd = buffer.indexOf(0x0a);
    if (lineEnd < 0) {
      buffer = this.#joined();
      lineEnd = buffer.indexOf(0x0a);
      if (lineEnd < 0) return undefined;
    }
    const header = buffer.subarray(0, lineEnd).toString('utf8');
    const size = / missing$/.test(header) ? -1 : Number(header.slice(header.lastIndexOf(' ') + 1));
    const needed = size < 0 ? lineEnd + 1 : lineEnd + 1 + size + 1;
    if (this.#size < needed) return undefined;
    const all = this.#joined();
    this.#pending = [all.subarray(needed)];
    this.#size -= needed;
    return size < 0 ? new Uint8Array() : new Uint8Array(all.subarray(lineEnd + 1, lineEnd + 1 + size));
  }

  #joined(): Buffer {
    if (this.#pending.length !== 1) this.#pending = [Buffer.concat(this.#pending)];
    return this.#pending[0] ?? Buffer.alloc(0);
  }
}
