/** What a request is, and what is answered, apart from HTTP. */
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../core/live/json.js';
import type { SandboxKind } from '../kinds/kinds.js';
import type { KnownUser } from './access.js';
import { ApiError, badRequest } from './apiError.js';
import { readBody } from './requestBody.js';
import type { WriteOptions } from './writes.js';
import type { JsonValue } from '../../core/live/json.js';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly user: KnownUser;
  /** Warnings for the client, added to while the request is carried out. */
  readonly warnings: string[];
}

export type Answer =
  | { readonly code: number; readonly body: JsonObject; readonly mediaType?: string }
  | { readonly code: number; readonly text: string }
  /** The rest is written as it happens. */
  | { readonly watch: { readonly kind: SandboxKind; readonly namespace: string | undefined; readonly query: URLSearchParams } };

/** Without parameters. */
export function mediaTypeOf({ headers }: ApiRequest): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

/** The value of the body, which may be YAML where the client says so. */
export function bodyOf(request: ApiRequest): JsonValue {
  const type = mediaTypeOf(request);
  const isYaml = type.endsWith('yaml');
  if (!isYaml && !type.endsWith('json') && type !== '') {
    const message =
      type === 'application/vnd.kubernetes.protobuf'
        ? 'the sandbox reads JSON and YAML, not protobuf, which this command sends; apply or create a manifest instead (kubectl create --dry-run=client -o yaml makes one)'
        : 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml';
    throw new ApiError(415, 'UnsupportedMediaType', message, {});
  }
  return readBody(request.text, isYaml);
}

/** The options of a write. */
export function writeOptionsOf({ query, headers, warnings, text, method }: ApiRequest, subresource: string): WriteOptions {
  const fieldValidation = query.get('fieldValidation') ?? 'Warn';
  if (fieldValidation !== 'Strict' && fieldValidation !== 'Warn' && fieldValidation !== 'Ignore') {
    throw badRequest(`fieldValidation: Unsupported value: "${fieldValidation}": supported values: "Ignore", "Strict", "Warn"`);
  }
  const manager = query.get('fieldManager') ?? '';
  return {
    manager: manager === '' ? managerOfAgent(headers['user-agent'] ?? '') : manager,
    dryRun: readDryRun(query.getAll('dryRun')),
    fieldValidation,
    warn: (warning) => void warnings.push(warning),
    subresource,
    ...(method === 'PATCH' && { patchText: text }),
  };
}

/** What stands before the first slash, as a real server takes it (apiserver v0.34, pkg/endpoints/handlers/create.go). */
function managerOfAgent(agent: string): string {
  const name = agent.split('/')[0] ?? '';
  return [...name]
    .filter((character) => character >= ' ' && character !== '\x7f')
    .join('')
    .slice(0, 128);
}

export function readDryRun(values: readonly string[]): boolean {
  const other = values.find((value) => value !== 'All' && value !== '');
  if (other !== undefined) throw badRequest(`dryRun: Unsupported value: "${other}": supported values: "All"`);
  return values.includes('All');
}
