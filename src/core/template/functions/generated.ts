/**
 * sprig's functions whose results are random (Masterminds/sprig v3.3.0 crypto.go, strings.go): seeded by the rendering, so
 * that a preview stays still, and marked as generated. Left out: what needs ciphers, which is in secrets.ts.
 */
import { encodeBase64 } from './encodings.js';
import { generatedText } from '../spans.js';
import { Failure, Int, Text, type CallContext, type TemplateFunction } from '../values.js';
import { define, type Arguments } from './define.js';

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

/** Random bytes. */
export function randomBytes(context: CallContext, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(context.random() * 256));
}

function uuid(args: Arguments): Text {
  const hex = Array.from(randomBytes(args.context, 16), (byte, index) =>
    (index === 6 ? (byte & 15) | 64 : index === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, '0'),
  ).join('');
  return generatedText(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`);
}

/** sprig's functions with random results. */
export const generatedFunctions: readonly TemplateFunction[] = [
  randomFunction('randAlphaNum', letters + digits, 'letters and digits'),
  randomFunction('randAlpha', letters, 'letters'),
  randomFunction('randNumeric', digits, 'digits'),
  randomFunction('randAscii', printable, 'ASCII characters'),
  define('randBytes COUNT', 'int', 'Random bytes in base64.', (args) =>
    args.count(0) > longest || args.count(0) < 0
      ? new Failure('runtime error: makeslice: len out of range')
      : generatedText(encodeBase64(randomBytes(args.context, args.count(0)))),
  ),
  define('randInt MIN MAX', 'int int', 'A random whole number from MIN up to but without MAX.', (args) => {
    const [low, high] = [args.int(0), args.int(1)];
    return high <= low ? new Failure('invalid argument to Intn') : new Int(low + BigInt(Math.floor(args.context.random() * Number(high - low))), 'int', undefined, true);
  }),
  define('uuidv4', '', 'A random UUID.', uuid),
  define('bcrypt TEXT', 'string', 'A bcrypt hash of the text; in previews one of the same form.', (args) => generatedText(bcrypt(args.string(0), args.context))),
  define('htpasswd USER PASSWORD', 'string string', 'A line of a password file; in previews with a hash of the same form.', (args) =>
    args.string(0).includes(':') ? new Text(`invalid username: ${args.string(0)}`) : generatedText(`${args.string(0)}:${bcrypt(args.string(1), args.context)}`),
  ),
  define('getHostByName NAME', 'string', 'The address of a host; empty, as nothing is looked up.', () => new Text('')),
];
