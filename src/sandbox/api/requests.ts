/** What a request is, and what is answered, apart from HTTP. */
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../core/live/json.js';
import type { SandboxKind } from '../kinds/kinds.js';
import type { KnownUser } from './access.js';
import type { MessageFacts } from '../kinds/messages/messageFacts.js';
import { readMessageBody, type ExpectedKind } from '../kinds/messages/readMessage.js';
import { ApiError, badRequest, unsupportedMediaType } from './apiError.js';
import { readBody } from './requestBody.js';
import type { WriteOptions } from './writes.js';
import type { JsonValue } from '../../core/live/json.js';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body. */
  readonly bytes: Buffer;
  readonly text: string;
  readonly messages: MessageFacts;
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

const protobuf = 'application/vnd.kubernetes.protobuf';

/** True where the body is one of Kubernetes' protobuf messages. */
export function isProtobuf(request: ApiRequest): boolean {
  return mediaTypeOf(request) === protobuf;
}

/**
 * The value of the body, which may be YAML or protobuf where the client says so.
 * @param expected what a body is that doesn't say it
 */
export function bodyOf(request: ApiRequest, expected: ExpectedKind): JsonValue {
  const type = mediaTypeOf(request);
  const isYaml = type.endsWith('yaml');
  if (type === protobuf) return messageOf(request, expected);
  if (!isYaml && !type.endsWith('json') && type !== '') throw unsupportedMediaType(['application/json', 'application/yaml', protobuf]);
  return readBody(request.text, isYaml);
}

function messageOf({ bytes, messages }: ApiRequest, expected: ExpectedKind): JsonValue {
  const read = readMessageBody(bytes, expected, messages);
  if (read.kind === 'read') return read.value;
  if (read.kind === 'unrecognized') {
    const seen = bytes.length === 0 ? '<empty>' : bytes.toString('hex');
    throw badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${read.why} (${seen.slice(0, 64)})`);
  }
  const version = read.apiVersion.slice(read.apiVersion.indexOf('/') + 1);
  throw badRequest(`${read.name} in version "${version}" cannot be handled as a ${expected.kind}: ${read.why}`);
}

/** Throws an ApiError for a client that takes nothing that is sent here: answers are JSON. */
export function requireJsonAccepted({ headers }: ApiRequest): void {
  const types = (headers.accept ?? '*/*').split(',').map((each) => each.split(';')[0]?.trim() ?? '');
  if (types.some((type) => ['*/*', 'application/*', 'application/json', ''].includes(type))) return;
  throw new ApiError(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/json;stream=watch', {});
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
