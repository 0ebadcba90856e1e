/** Plain requests to an API server, as a test makes them. */
import https from 'node:https';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../../src/core/live/json.js';

export interface ClusterAnswer {
  readonly status: number;
  readonly text: string;
  /** The body where it is a JSON object, otherwise an empty one. */
  readonly body: JsonObject;
  /** The values of the `Warning` header. */
  readonly warnings: string;
}

export interface ClusterRequestOptions {
  readonly body?: JsonValue | string;
  readonly contentType?: string;
  readonly accept?: string;
  /** `admin` where left out. */
  readonly user?: string;
  readonly userAgent?: string;
}

export type Send = (method: string, path: string, options?: ClusterRequestOptions) => Promise<ClusterAnswer>;

/**
 * @param certificate of the authority, in PEM
 * @param tokens by user
 */
export function makeSend(address: string, certificate: string, tokens: ReadonlyMap<string, string>): Send {
  const agent = new https.Agent({ keepAlive: true });
  return (method, path, { body, contentType = 'application/json', accept = 'application/json', user = 'admin', userAgent = 'tester/1.0' } = {}) => {
    const sent = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
    const headers = {
      ...{ authorization: `Bearer ${tokens.get(user) ?? ''}`, accept, 'user-agent': userAgent, 'content-length': Buffer.byteLength(sent) },
      ...(body !== undefined && { 'content-type': contentType }),
    };
    return new Promise((resolve, reject) => {
      const request = https.request(`${address}${path}`, { agent, ca: certificate, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.once('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const value = parseJson(text);
          resolve({ status: response.statusCode ?? 0, text, body: isJsonObject(value) ? value : {}, warnings: String(response.headers['warning'] ?? '') });
        });
      });
      request.once('error', reject);
      request.end(sent);
    });
  };
}
