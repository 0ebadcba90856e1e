/**
 * Credentials as Docker's `config.json` and Podman's `auth.json` keep them, and which of them are for a registry. Docker's
 * rules: docker/cli v28 cli/config/configfile/file.go and cli/config/credentials; Podman's: containers-auth.json(5) of
 * containers/image v5.36. What programs keep is only named here: nothing is run.
 */
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../live/json.js';
import type { RepositoryName } from './imageFacts.js';
import { credentialKeysOf, hostOfKey } from './registryHost.js';

/** What convinces a registry, or the token service that it names. */
export type RegistryCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Changed into tokens at the registry's token service: what `docker login` keeps for Azure's. */
  | { readonly kind: 'identityToken'; readonly token: string }
  /** Sent as it is. */
  | { readonly kind: 'registryToken'; readonly token: string };

/** One file with credentials. */
export interface CredentialFile {
  /** By key as written: a host, a URL, or with Podman a host and a path. */
  readonly auths: ReadonlyMap<string, RegistryCredential>;
  /** Names of programs by host: `ecr-login` stands for `docker-credential-ecr-login`. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The program for all other hosts. */
  readonly store: string | undefined;
}

/** Where the credentials for a registry are. */
export type CredentialSource =
  | { readonly kind: 'credential'; readonly credential: RegistryCredential }
  /** A program has to be asked. `keys`: what it is asked for, one after the other. */
  | { readonly kind: 'helper'; readonly helper: string; readonly keys: readonly string[] }
  | { readonly kind: 'none' };

/** Reads such a file; undefined for a text that is no JSON object. Entries that can't be read are left out. */
export function readCredentialFile(text: string): CredentialFile | undefined {
  const content = parseJson(text);
  if (!isJsonObject(content)) return undefined;
  const auths = new Map<string, RegistryCredential>();
  for (const [key, entry] of entriesOf(content['auths'])) {
    const credential = isJsonObject(entry) ? readEntry(entry) : undefined;
    if (credential) auths.set(key, credential);
  }
  const helpers = entriesOf(content['credHelpers']).flatMap(([host, helper]) => (typeof helper === 'string' && isHelperName(helper) ? [[host, helper] as const] : []));
  const store = content['credsStore'];
  return { auths, helpers: new Map(helpers), store: typeof store === 'string' && isHelperName(store) ? store : undefined };
}

/** A name that is a part of a file's name and nothing else: no path, no option. */
export function isHelperName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
}

/** Where a file says that the credentials of a registry are: its own program, the program for all, or the file itself. */
export function findCredentialSource({ auths, helpers, store }: CredentialFile, name: RepositoryName): CredentialSource {
  const keys = credentialKeysOf(name.registry);
  const helper = keys.map((key) => helpers.get(key)).find((each) => each !== undefined) ?? store;
  if (helper !== undefined) return { kind: 'helper', helper, keys };
  const credential = findEntry(auths, name, keys);
  return credential ? { kind: 'credential', credential } : { kind: 'none' };
}

/** The entry for a repository: the one with the longest path that leads to it, then the host's. */
function findEntry(auths: CredentialFile['auths'], { registry, repository }: RepositoryName, keys: readonly string[]): RegistryCredential | undefined {
  for (let path = `${registry}/${repository}`; path.includes('/'); path = path.slice(0, path.lastIndexOf('/'))) {
    const credential = auths.get(path);
    if (credential) return credential;
  }
  for (const key of keys) {
    const credential = auths.get(key);
    if (credential) return credential;
  }
  const hosts = new Set(keys.map(hostOfKey));
  // An entry with a path is for that path alone, but for Docker's own old addresses.
  return [...auths].find(([key]) => hosts.has(hostOfKey(key)) && /^(?:https?:\/\/)?[^/]+(?:\/v[012]\/?|\/)?$/.test(key))?.[1];
}

/** What a program answers on `get`; undefined for something else. */
export function readHelperAnswer(text: string): RegistryCredential | undefined {
  const answer = parseJson(text);
  if (!isJsonObject(answer)) return undefined;
  const { Username: username, Secret: secret } = answer;
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined;
  return username === identityUser ? { kind: 'identityToken', token: secret } : { kind: 'password', username, password: secret };
}

/** Stands for a user in the answer of a program that keeps an identity token (docker-credential-helpers v0.9 credentials). */
const identityUser = '<token>';

function readEntry(entry: JsonObject): RegistryCredential | undefined {
  const text = (field: string): string => (typeof entry[field] === 'string' ? entry[field] : '');
  if (text('identitytoken') !== '') return { kind: 'identityToken', token: text('identitytoken') };
  if (text('registrytoken') !== '') return { kind: 'registryToken', token: text('registrytoken') };
  const decoded = text('auth') === '' ? undefined : decodeBase64(text('auth'));
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded !== undefined && colon > 0) return { kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, '') };
  return text('username') !== '' && text('password') !== '' ? { kind: 'password', username: text('username'), password: text('password') } : undefined;
}

function entriesOf(value: JsonValue | undefined): readonly (readonly [string, JsonValue | undefined])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** UTF-8 out of base64; undefined for what is none. */
function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
