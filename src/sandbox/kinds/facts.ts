/**
 * The table of what a real API server serves (data/sandbox/kinds.json, written by scripts/facts/sandboxKinds), and where it
 * and its companions lie. The OpenAPI schemas are unpacked when they are first asked for.
 */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { isJsonObject, type JsonObject } from '../../core/live/json.js';
import type { SubresourceFacts } from './kinds.js';
import { readMessageFacts, type MessageFacts } from './messages/messageFacts.js';

export interface KindFacts {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly hasGeneration: boolean;
  readonly subresources: readonly SubresourceFacts[];
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** The letters of a type's fields (codec.ts), or those of several types of one name, each with the names of all its fields. */
export type CodecFacts = string | readonly (readonly [fields: string, letters: string])[];

export interface SandboxFacts {
  /** `1.34.2`. */
  readonly release: string;
  readonly kinds: readonly KindFacts[];
  /** By `apps/v1/Deployment`. */
  columns(key: string): readonly Column[] | undefined;
  /** By the short name of a type. */
  codec(type: string): CodecFacts | undefined;
  readonly messages: MessageFacts;
}

type KindRow = readonly [string, string, string, string, string, string, string, string, string, number, readonly (readonly [string, string, string, string, string])[]];

interface FactsFile {
  readonly release: string;
  readonly kinds: readonly KindRow[];
  readonly columnFacts: readonly (readonly [string, string, string, string, number])[];
  readonly columns: Readonly<Record<string, readonly number[]>>;
  readonly codec: Readonly<Record<string, CodecFacts>>;
  readonly messageKinds: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, string>>;
}

/**
 * @param text of data/sandbox/kinds.json
 * @returns undefined for a text that isn't such a table
 */
export function readSandboxFacts(text: string): SandboxFacts | undefined {
  const file: unknown = JSON.parse(text);
  if (!isFactsFile(file)) return undefined;
  const columns = file.columnFacts.map(([name, type, format, description, priority]): Column => ({ name, type, format, description, priority }));
  return {
    release: file.release,
    kinds: file.kinds.map(readKind),
    columns: (key) => (Object.hasOwn(file.columns, key) ? file.columns[key]?.flatMap((each) => columns[each] ?? []) : undefined),
    codec: (type) => (Object.hasOwn(file.codec, type) ? file.codec[type] : undefined),
    messages: readMessageFacts(file.messageKinds, file.messages),
  };
}

/** The table is generated: what is told apart here is another file, not each of its lines. */
function isFactsFile(value: unknown): value is FactsFile {
  return typeof value === 'object' && value !== null && ['release', 'kinds', 'columnFacts', 'columns', 'codec', 'messageKinds', 'messages'].every((part) => part in value);
}

function readKind([group, version, kind, plural, singular, scope, shortNames, categories, verbs, generation, subresources]: KindRow): KindFacts {
  return {
    group,
    version,
    kind,
    plural,
    singular,
    isNamespaced: scope === 'n',
    shortNames: wordsOf(shortNames),
    categories: wordsOf(categories),
    verbs: wordsOf(verbs),
    hasGeneration: generation === 1,
    subresources: subresources.map(([name, subGroup, subVersion, subKind, subVerbs]) => ({
      name,
      group: subGroup,
      version: subVersion,
      kind: subKind,
      verbs: wordsOf(subVerbs),
    })),
  };
}

function wordsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

/** The texts that the sandbox is made from. */
export interface SandboxData {
  /** data/sandbox/kinds.json */
  readonly kinds: string;
  /** data/kubernetes/types.json */
  readonly types: string;
  /** The schemas of OpenAPI v3 by name, of all built-in types. */
  readonly schemas: () => JsonObject;
}

/**
 * The data beside the running program (`dist/`), or that of the repository where the folder has a `data` folder.
 * @param folder in the system's form
 * @returns undefined where one of the files isn't there
 */
export function readSandboxData(folder: string): SandboxData | undefined {
  const isRepository = fs.existsSync(path.join(folder, 'data', 'sandbox'));
  const [kinds, types, schemas] = isRepository
    ? ['data/sandbox/kinds.json', 'data/kubernetes/types.json', 'data/sandbox/schemas.json.br']
    : ['sandbox-kinds.json', 'kubernetes-types.json', 'sandbox-schemas.json.br'];
  const files = [kinds, types, schemas].map((file) => path.join(folder, file ?? ''));
  const [kindsFile, typesFile, schemasFile] = files;
  if (kindsFile === undefined || typesFile === undefined || schemasFile === undefined || !files.every((file) => fs.existsSync(file))) return undefined;
  return { kinds: fs.readFileSync(kindsFile, 'utf8'), types: fs.readFileSync(typesFile, 'utf8'), schemas: () => unpack(schemasFile) };
}

function unpack(file: string): JsonObject {
  const value: unknown = JSON.parse(zlib.brotliDecompressSync(fs.readFileSync(file)).toString('utf8'));
  return isJsonObject(value) ? value : {};
}
