/**
 * sprig's keys, certificates and ciphers (Masterminds/sprig v3.3.0 crypto.go). Keys and certificates are new for whoever
 * renders, as with helm: they stay the same for a session (cryptography.ts) and are marked as generated. Go's words for
 * broken ASN.1 are told in short.
 */
import type { KeyType, TemplateCryptography } from '../cryptography.js';
import { formatValue } from '../format.js';
import { fromBytes, toBytes } from '../goText.js';
import { generatedText, madeOf } from '../spans.js';
import { Failure, Struct, Text, type CallContext, type ListValue, type Maybe, type TemplateFunction } from '../values.js';
import { define, type Arguments } from './define.js';
import { decodeBase64, encodeBase64 } from './encodings.js';
import { randomBytes } from './generated.js';

/** Steps of the budget that one costs: what takes longer costs more. */
const costs = { key: 5_000, certificate: 10_000, derivedKey: 400_000 } as const;

/** A function that needs ciphers. */
function secret(
  signature: string,
  types: string,
  summary: string,
  answer: (args: Arguments, cryptography: TemplateCryptography) => Maybe | Failure,
  cost: number = costs.certificate,
): TemplateFunction {
  const [name = ''] = signature.split(' ');
  return define(signature, types, summary, (args) => {
    const { cryptography, spend } = args.context;
    if (!cryptography) return new Failure(`${name} is not supported in previews`, undefined, true);
    return spend(cost) ?? answer(args, cryptography);
  });
}

function slotOf({ random }: CallContext): number {
  return Math.floor(random() * 0x1_0000_0000);
}

const keyTypes: Readonly<Record<string, KeyType>> = { '': 'rsa-4096', rsa: 'rsa-4096', dsa: 'dsa', ecdsa: 'ecdsa', ed25519: 'ed25519' };

/** The Go struct that holds a certificate and its key. */
function certificateStruct(certificate: Text, key: Text): Struct {
  return new Struct(
    new Map([
      ['Cert', certificate],
      ['Key', key],
    ]),
    'sprig.certificate',
  );
}

/** The texts of a list, or sprig's words for the first that is none. */
function textsOf(list: ListValue | undefined, wrong: string): readonly string[] | Failure {
  const texts: string[] = [];
  for (const item of list?.items ?? []) {
    if (item.kind !== 'string') return new Failure(`${wrong}: ${formatValue(item)} is not a string`);
    texts.push(item.text);
  }
  return texts;
}

/** Where the arguments of a function stand; a key or list that it doesn't take is -1. */
interface Layout {
  readonly ips: number;
  readonly names: number;
  readonly days: number;
  readonly signer: number;
  readonly key: number;
}

function certificateFunction(signature: string, types: string, summary: string, { ips, names, days, signer, key }: Layout): TemplateFunction {
  return secret(signature, types, summary, (args, cryptography) => {
    const ownKey = key < 0 ? cryptography.makeKey('rsa-2048', slotOf(args.context)) : args.string(key);
    const addresses = textsOf(ips < 0 ? undefined : args.list(ips), 'error parsing ip');
    if (addresses instanceof Failure) return addresses;
    const dnsNames = textsOf(names < 0 ? undefined : args.list(names), 'error processing alternate dns name');
    if (dnsNames instanceof Failure) return dnsNames;
    const made = cryptography.makeCertificate({
      commonName: args.string(0),
      ips: addresses,
      dnsNames,
      days: args.int(days),
      isAuthority: ips < 0,
      key: ownKey,
      signer: signer < 0 ? undefined : certificateTexts(args.at(signer)),
      serial: randomBytes(args.context, 16),
    });
    return 'refused' in made ? new Failure(made.refused) : certificateStruct(generatedText(made.certificate), generatedText(made.key));
  });
}

function certificateTexts(value: Maybe): { readonly certificate: string; readonly key: string } {
  const field = (name: string): string => {
    const text = value?.kind === 'struct' ? value.fields.get(name) : undefined;
    return text?.kind === 'string' ? text.text : '';
  };
  return { certificate: field('Cert'), key: field('Key') };
}

const none = { ips: -1, names: -1, signer: -1, key: -1 } as const;

const certificates: readonly TemplateFunction[] = [
  secret(
    'genPrivateKey TYPE',
    'string',
    'A new private key in PEM: rsa, dsa, ecdsa or ed25519; in previews the same for a session.',
    (args, cryptography) => {
      const type = Object.hasOwn(keyTypes, args.string(0)) ? keyTypes[args.string(0)] : undefined;
      return type === undefined ? madeOf(`Unknown type ${args.string(0)}`, args.text(0)) : generatedText(cryptography.makeKey(type, slotOf(args.context)));
    },
    costs.key,
  ),
  certificateFunction('genCA NAME DAYS', 'string int', 'A new certificate authority: its .Cert and .Key in PEM.', { ...none, days: 1 }),
  certificateFunction('genCAWithKey NAME DAYS KEY', 'string int string', 'A new certificate authority for a key in PEM.', { ...none, days: 1, key: 2 }),
  certificateFunction('genSelfSignedCert NAME IPS DNS DAYS', 'string list list int', 'A new certificate that is signed by itself: its .Cert and .Key in PEM.', {
    ...none,
    ips: 1,
    names: 2,
    days: 3,
  }),
  certificateFunction('genSelfSignedCertWithKey NAME IPS DNS DAYS KEY', 'string list list int string', 'A new certificate for a key in PEM, signed by itself.', {
    ...none,
    ips: 1,
    names: 2,
    days: 3,
    key: 4,
  }),
  certificateFunction('genSignedCert NAME IPS DNS DAYS CA', 'string list list int certificate', 'A new certificate, signed by an authority: its .Cert and .Key in PEM.', {
    ...none,
    ips: 1,
    names: 2,
    days: 3,
    signer: 4,
  }),
  certificateFunction('genSignedCertWithKey NAME IPS DNS DAYS CA KEY', 'string list list int certificate string', 'A new certificate for a key in PEM, signed by an authority.', {
    ips: 1,
    names: 2,
    days: 3,
    signer: 4,
    key: 5,
  }),
  secret('buildCustomCert CERT KEY', 'string string', 'A certificate and key that are given, each in base64 of PEM.', (args, cryptography) => {
    const [certificate, key] = [decodeBase64(args.string(0)), decodeBase64(args.string(1))];
    if (typeof certificate === 'number') return new Failure('unable to decode base64 certificate');
    if (typeof key === 'number') return new Failure('unable to decode base64 private key');
    const texts = { certificate: fromBytes(certificate), key: fromBytes(key) };
    const wrong = cryptography.checkCertificate(texts);
    return wrong ? new Failure(wrong.refused) : certificateStruct(madeOf(texts.certificate, args.text(0)), madeOf(texts.key, args.text(1)));
  }),
];

/** The characters that each letter of a password's template stands for (sprig's templateCharacters). */
const classes: Readonly<Record<string, string>> = {
  V: 'AEIOU',
  C: 'BCDFGHJKLMNPQRSTVWXYZ',
  v: 'aeiou',
  c: 'bcdfghjklmnpqrstvwxyz',
  A: 'AEIOUBCDFGHJKLMNPQRSTVWXYZ',
  a: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz',
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()',
};

/** The forms of passwords by their type (sprig's passwordTypeTemplates). */
const forms: ReadonlyMap<string, readonly string[]> = new Map([
  ['maximum', ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno']],
  [
    'long',
    (
      'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc ' +
      'CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno'
    ).split(' '),
  ],
  ['medium', ['CvcnoCvc', 'CvcCvcno']],
  ['short', ['Cvcn']],
  ['basic', ['aaanaaan', 'aannaaan', 'aaannaaa']],
  ['pin', ['nnnn']],
]);

const passwordSeed = 'com.lyndir.masterpassword';

/** Texts one after the other, each with its length before it, as the Master Password algorithm joins them. */
function withLength(text: string, counter?: bigint): Uint8Array {
  const [head, body] = [toBytes(passwordSeed), toBytes(text)];
  const out = new Uint8Array(head.length + 4 + body.length + (counter === undefined ? 0 : 4));
  out.set(head);
  new DataView(out.buffer).setUint32(head.length, body.length);
  out.set(body, head.length + 4);
  if (counter !== undefined) new DataView(out.buffer).setUint32(out.length - 4, Number(counter));
  return out;
}

function derivePassword(args: Arguments, cryptography: TemplateCryptography): Text {
  const templates = forms.get(args.string(1));
  if (!templates) return madeOf(`cannot find password template ${args.string(1)}`, args.text(1));
  const key = cryptography.deriveKey(toBytes(args.string(2)), withLength(args.string(3)));
  const seed = cryptography.hmacSha256(key, withLength(args.string(4), args.int(0)));
  const template = templates[(seed[0] ?? 0) % templates.length] ?? '';
  const password = [...template].map((letter, index) => {
    const characters = classes[letter] ?? '';
    return characters.charAt((seed[index + 1] ?? 0) % characters.length);
  });
  return madeOf(password.join(''), args.text(2), args.text(3), args.text(4));
}

/** The 32 bytes of a password, cut or filled with zeros. */
function cipherKey(password: string): Uint8Array {
  const key = new Uint8Array(32);
  key.set(toBytes(password).subarray(0, 32));
  return key;
}

function encrypt(args: Arguments, cryptography: TemplateCryptography): Text {
  const content = toBytes(args.string(1));
  if (content.length === 0) return new Text('');
  const padding = 16 - (content.length % 16);
  const blocks = new Uint8Array(content.length + padding).fill(padding);
  blocks.set(content);
  const iv = randomBytes(args.context, 16);
  const encrypted = cryptography.encryptBlocks(cipherKey(args.string(0)), iv, blocks);
  const out = new Uint8Array(16 + encrypted.length);
  out.set(iv);
  out.set(encrypted, 16);
  return generatedText(encodeBase64(out));
}

/** With what Go says where it runs over the end of what is too short. */
function decrypt(args: Arguments, cryptography: TemplateCryptography): Text | Failure {
  const text = args.string(1);
  if (text === '') return new Text('');
  const bytes = decodeBase64(text);
  if (typeof bytes === 'number') return new Failure(`illegal base64 data at input byte ${bytes}`);
  const capacity = Math.floor(text.length / 4) * 3;
  if (capacity < 16) return new Failure(`runtime error: slice bounds out of range [:16] with capacity ${capacity}`);
  if (bytes.length < 16) return new Failure(`runtime error: slice bounds out of range [16:${bytes.length}]`);
  if (bytes.length % 16 !== 0) return new Failure('crypto/cipher: input not full blocks');
  if (bytes.length === 16) return new Failure('runtime error: index out of range [-1]');
  const plain = cryptography.decryptBlocks(cipherKey(args.string(0)), bytes.subarray(0, 16), bytes.subarray(16));
  const end = plain.length - (plain.at(-1) ?? 0);
  return end < 0 ? new Failure(`runtime error: slice bounds out of range [:${end}]`) : madeOf(fromBytes(plain.subarray(0, end)), args.text(0), args.text(1));
}

/** sprig's functions that need ciphers. */
export const secretFunctions: readonly TemplateFunction[] = [
  ...certificates,
  secret(
    'derivePassword COUNTER TYPE PASSWORD USER SITE',
    'uint32 string string string string',
    'A password derived from a master password, the same each time; TYPE is long, maximum, medium, short, basic or pin.',
    derivePassword,
    costs.derivedKey,
  ),
  secret('encryptAES PASSWORD TEXT', 'string string', 'The text encrypted with AES-256, in base64; another one each time.', encrypt, 10),
  secret('decryptAES PASSWORD TEXT', 'string string', 'The text that was encrypted by encryptAES.', decrypt, 10),
];
