/**
 * sprig's functions whose results are random (Masterminds/sprig v3.3.0 crypto.go, strings.go): seeded by the rendering, so
 * that a preview stays still, and marked as generated. Keys and certificates are refused: what would be shown is worth
 * nothing, and takes seconds. `derivePassword` and `decryptAES` are not random, and are refused for their ciphers.
 */
import { encodeBase64 } from './encodings.js';
import { generatedText } from '../spans.js';
import { Failure, Text, type CallContext, type TemplateFunction } from '../values.js';
import { define, intOf, type Arguments } from './define.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
const longest = 1_000_000;

function randomText({ random }: CallContext, alphabet: string, count: number): string {
  let out = '';
  for (let at = 0; at < count; at++) out += alphabet.charAt(Math.floor(random() * alphabet.length));
  return out;
}

function randomFunction(name: string, alphabet: string, what: string): TemplateFunction {
  return define(`${name} COUNT`, 'int', `Random ${what}.`, (args) =>
    args.count(0) > longest ? new Failure('budget: the text would be too long') : generatedText(randomText(args.context, alphabet, Math.max(args.count(0), 0))),
  );
}

/** A text in the form of a bcrypt hash. */
function bcryptLike(context: CallContext): string {
  return `$2a$10$${randomText(context, `./${letters}${digits}`, 53)}`;
}

function bcrypt(password: string, context: CallContext): string {
  const { length } = new TextEncoder().encode(password);
  return length > 72 ? 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes' : bcryptLike(context);
}

function refused(signature: string, types: string, summary: string): TemplateFunction {
  const [name = ''] = signature.split(' ');
  return define(signature, types, summary, () => new Failure(`${name} is not supported in previews`, undefined, true));
}

function bytes(context: CallContext, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(context.random() * 256));
}

function uuid(args: Arguments): Text {
  const hex = Array.from(bytes(args.context, 16), (byte, index) => (index === 6 ? (byte & 15) | 64 : index === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, '0')).join(
    '',
  );
  return generatedText(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}

/** sprig's functions with random results, and those that are refused. */
export const generatedFunctions: readonly TemplateFunction[] = [
  randomFunction('randAlphaNum', letters + digits, 'letters and digits'),
  randomFunction('randAlpha', letters, 'letters'),
  randomFunction('randNumeric', digits, 'digits'),
  randomFunction('randAscii', printable, 'ASCII characters'),
  define('randBytes COUNT', 'int', 'Random bytes in base64.', (args) =>
    args.count(0) > longest || args.count(0) < 0 ? new Failure('runtime error: makeslice: len out of range') : generatedText(encodeBase64(bytes(args.context, args.count(0)))),
  ),
  define('randInt MIN MAX', 'int int', 'A random whole number from MIN up to but without MAX.', (args) => {
    const [low, high] = [args.int(0), args.int(1)];
    return high <= low ? new Failure('invalid argument to Intn') : intOf(low + BigInt(Math.floor(args.context.random() * Number(high - low))));
  }),
  define('uuidv4', '', 'A random UUID.', uuid),
  define('bcrypt TEXT', 'string', 'A bcrypt hash of the text; in previews one of the same form.', (args) => generatedText(bcrypt(args.string(0), args.context))),
  define('htpasswd USER PASSWORD', 'string string', 'A line of a password file; in previews with a hash of the same form.', (args) =>
    args.string(0).includes(':') ? new Text(`invalid username: ${args.string(0)}`) : generatedText(`${args.string(0)}:${bcrypt(args.string(1), args.context)}`),
  ),
  define('encryptAES PASSWORD TEXT', 'string string', 'The text encrypted with AES; in previews a text of the same length.', (args) => {
    const { length } = new TextEncoder().encode(args.string(1));
    return length === 0 ? new Text('') : generatedText(encodeBase64(bytes(args.context, 16 + length + (16 - (length % 16)))));
  }),
  define('decryptAES PASSWORD TEXT', 'string string', 'The text that was encrypted with AES.', (args) =>
    args.string(1) === '' ? new Text('') : new Failure('decryptAES is not supported in previews', undefined, true),
  ),
  refused('derivePassword COUNTER TYPE PASSWORD USER SITE', 'uint32 string string string string', 'A password derived from a master password.'),
  refused('genPrivateKey TYPE', 'string', 'A new private key: rsa, dsa, ecdsa or ed25519.'),
  refused('genCA NAME DAYS', 'string int', 'A new certificate authority.'),
  refused('genCAWithKey NAME DAYS KEY', 'string int string', 'A new certificate authority for a key.'),
  refused('genSelfSignedCert NAME IPS DNS DAYS', 'string list list int', 'A new certificate that is signed by itself.'),
  refused('genSelfSignedCertWithKey NAME IPS DNS DAYS KEY', 'string list list int string', 'A new certificate for a key, signed by itself.'),
  refused('genSignedCert NAME IPS DNS DAYS CA', 'string list list int certificate', 'A new certificate, signed by an authority.'),
  refused('genSignedCertWithKey NAME IPS DNS DAYS CA KEY', 'string list list int certificate string', 'A new certificate for a key, signed by an authority.'),
  refused('buildCustomCert CERT KEY', 'string string', 'A certificate of base64 texts.'),
  define('getHostByName NAME', 'string', 'The address of a host; empty, as nothing is looked up.', () => new Text('')),
];
