/** Reads one file over HTTP, within a time and a size. */
import { Failure } from '../../services/failure.js';

const longestSeconds = 30;
const largestFile = 32 * 1024 * 1024;

/** @throws Failure where it can't be had */
export async function fetchFile(url: string, signal: AbortSignal): Promise<Uint8Array> {
  if (!/^https?:$/.test(new URL(url).protocol)) throw new Failure('remote/unsafe-address', `${url} is not an address of the web.`, 'Use https.');
  const timeout = AbortSignal.timeout(longestSeconds * 1000);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, timeout]), redirect: 'follow' });
    if (!response.ok) {
      const code = response.status === 404 || response.status === 410 ? 'remote/missing-path' : 'remote/unreachable';
      throw new Failure(code, `${url} answers ${response.status} ${response.statusText}.`.replace(' .', '.'), 'Open the address in a browser; check that it needs no login.');
    }
    return await readLimited(url, response);
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

async function readLimited(url: string, response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  if (!body) return new Uint8Array();
  for await (const chunk of body) {
    size += chunk.length;
    if (size > largestFile) throw new Failure('remote/too-large', `${url} is larger than ${largestFile / 1024 / 1024} MB.`, 'Keep such a file in the repository.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
