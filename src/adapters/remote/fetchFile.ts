/** Reads one file over HTTP, within a time and a size. */
import { Failure } from '../../services/failure.js';

const usualSeconds = 30;
const usualBytes = 32 * 1024 * 1024;

export interface FetchFileOptions {
  readonly mostBytes?: number;
  readonly longestSeconds?: number;
  /** Sent to the first server alone: a redirect to another one goes without `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws Failure where it can't be had */
export async function fetchFile(url: string, signal: AbortSignal, options: FetchFileOptions = {}): Promise<Uint8Array> {
  const { mostBytes = usualBytes, longestSeconds = usualSeconds, headers = {} } = options;
  if (!/^https?:$/.test(new URL(url).protocol)) throw new Failure('remote/unsafe-address', `${url} is not an address of the web.`, 'Use https.');
  const timeout = AbortSignal.timeout(longestSeconds * 1000);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, timeout]), redirect: 'follow', headers });
    if (url.startsWith('https:') && !response.url.startsWith('https:'))
      throw new Failure('remote/unsafe-address', `${url} leads to an address without encryption.`, 'Tell who keeps the server.');
    if (!response.ok) {
      if (response.status === 401 || response.status === 403) {
        throw new Failure('remote/unauthorized', `${url} answers ${response.status}: it needs a login.`, 'Check the credentials that you have for it.');
      }
      const code = response.status === 404 || response.status === 410 ? 'remote/missing-path' : 'remote/unreachable';
      throw new Failure(code, `${url} answers ${response.status} ${response.statusText}.`.replace(' .', '.'), 'Open the address in a browser; check that it needs no login.');
    }
    return await readLimited(url, response, mostBytes);
  } catch (error) {
    if (error instanceof Failure) throw error;
    signal.throwIfAborted();
    if (timeout.aborted) throw new Failure('remote/timed-out', `${url} did not answer within ${longestSeconds} seconds.`, 'Check the network and try again.', { cause: error });
    // fetch reports every failure of the network as a TypeError whose cause says which.
    if (error instanceof TypeError) throw new Failure('remote/unreachable', `${url} can't be reached: ${reasonOf(error)}.`, 'Check the address and the network.', { cause: error });
    throw error;
  }
}

function reasonOf(error: TypeError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function readLimited(url: string, response: Response, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  if (!body) return new Uint8Array();
  for await (const chunk of body) {
    size += chunk.length;
    if (size > mostBytes) throw new Failure('remote/too-large', `${url} is larger than ${mostBytes / 1024 / 1024} MB.`, 'Keep such a file in the repository.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
