/** Which values are hidden in hovers: those whose key says that they are secret, as nothing else tells it of a values file. */
import type { KeyPath } from '../../core/chartLanguage/refs.js';

const secretKey = /pass(?:word|wd|phrase)?$|secret(?!s?(?:name|ref|key$|store|.*keyname))|token$|api[-_]?key$|private[-_]?key$|credential|[-_]pw$|^pw$|accesskey$/i;
const named = /(?:name|ref|enabled|create|annotations|labels|mount|path|file|policy|length|expiration|ttl)s?$/i;

/** True where a key, or one around it, names a secret. */
export function isSecretValue(path: KeyPath): boolean {
  const last = path.at(-1) ?? '';
  if (named.test(last) || /^existing/i.test(last)) return false;
  return path.some((key) => secretKey.test(key) && !/^existing/i.test(key));
}
