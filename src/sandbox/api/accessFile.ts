/** The certificate and the tokens of a sandbox, kept beside its objects so that a kubeconfig stays good over a restart. */
import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject, parseJson } from '../../core/live/json.js';
import { makeToken, type KnownUser, type SandboxUser } from './access.js';
import { isValidIdentity, makeServerIdentity, type ServerIdentity } from './certificates.js';

export interface Access {
  readonly identity: ServerIdentity;
  readonly users: readonly KnownUser[];
}

/** New ones where none are kept. @param file undefined to keep nothing */
export function openAccess(file: string | undefined, users: readonly SandboxUser[], now: number): Access {
  const kept = file === undefined || !fs.existsSync(file) ? undefined : readAccess(fs.readFileSync(file, 'utf8'));
  const identity = kept && isValidIdentity(kept.identity, now) ? kept.identity : makeServerIdentity(now);
  const known = users.map((user) => ({ ...user, token: kept?.tokens.get(user.name) ?? makeToken() }));
  if (file !== undefined) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const tokens = Object.fromEntries(known.map(({ name, token }) => [name, token]));
    fs.writeFileSync(file, JSON.stringify({ ...identity, tokens }), { mode: 0o600 });
  }
  return { identity, users: known };
}

function readAccess(text: string): { readonly identity: ServerIdentity; readonly tokens: ReadonlyMap<string, string> } | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const { certificate, key, tokens } = value;
  if (typeof certificate !== 'string' || typeof key !== 'string' || !isJsonObject(tokens)) return undefined;
  return { identity: { certificate, key }, tokens: new Map(Object.entries(tokens).filter((entry): entry is [string, string] => typeof entry[1] === 'string')) };
}
