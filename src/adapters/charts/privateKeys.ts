/**
 * Private keys in the forms that sprig prints and reads (Masterminds/sprig v3.3.0 crypto.go): PKCS #1 for RSA, SEC 1 for
 * ECDSA, PKCS #8 for Ed25519, and for DSA what OpenSSL has.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { pem, readDer, readPem, sequence, unsigned } from './der.js';
import type { KeyType, Refused } from '../../core/template/cryptography.js';

/** A key that was read: one that can sign, or the text of one for DSA, which can't sign certificates. */
export type PrivateKey = { readonly key: KeyObject } | { readonly dsa: string };

/** A new key in PEM. Takes seconds for the larger ones. */
export function makeKey(type: KeyType): string {
  switch (type) {
    case 'rsa-2048':
    case 'rsa-4096': {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: type === 'rsa-2048' ? 2048 : 4096 });
      return keyText(privateKey);
    }
    case 'ecdsa':
      return keyText(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return keyText(generateKeyPairSync('ed25519').privateKey);
    case 'dsa':
      return makeDsaKey();
  }
}

/** A key as Go prints it. */
export function keyText(key: KeyObject): string {
  const form = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  return key.export({ type: form, format: 'pem' }).toString();
}

/** Version 0, the parameters P, Q and G, the public and the private number; the private one takes the parameters' numbers out of PKCS #8. */
function makeDsaKey(): string {
  const { privateKey } = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 });
  const [outer] = readDer(privateKey.export({ type: 'pkcs8', format: 'der' })) ?? [];
  const [, algorithm] = (outer && readDer(outer.content)) ?? [];
  const [, parameters] = (algorithm && readDer(algorithm.content)) ?? [];
  const [p, q, g] = ((parameters && readDer(parameters.content)) ?? []).map(({ content }) => numberOf(content));
  if (p === undefined || q === undefined || g === undefined) throw new TypeError('the library wrote a DSA key in a form that is not PKCS #8');
  const x = (numberOf(randomBytes(40)) % (q - 1n)) + 1n;
  return pem('DSA PRIVATE KEY', sequence(...[0n, p, q, g, power(g, x, p), x].map((number) => unsigned(bytesOf(number)))));
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(number: bigint): Buffer {
  const digits = number.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** A key from PEM, or sprig's words for why it is none. */
export function readKey(text: string): PrivateKey | Refused {
  const block = readPem(text);
  if (!block) return { refused: 'no PEM data in input' };
  const { label, der } = block;
  if (label !== 'PRIVATE KEY' && !label.endsWith(' PRIVATE KEY')) return { refused: `no private key data in PEM block of type ${label}` };
  switch (label) {
    case 'PRIVATE KEY':
      return parse(der, 'pkcs8', 'decoding PEM as PKCS#8');
    case 'RSA PRIVATE KEY':
      return parse(der, 'pkcs1', 'parsing RSA private key from PEM');
    case 'EC PRIVATE KEY':
      return parse(der, 'sec1', 'parsing EC private key from PEM');
    case 'DSA PRIVATE KEY': {
      const [outer] = readDer(der) ?? [];
      const numbers = (outer && readDer(outer.content)) ?? [];
      return numbers.length >= 6 && numbers.every(({ tag }) => tag === 2) ? { dsa: text } : { refused: 'parsing DSA private key from PEM: asn1: syntax error: data truncated' };
    }
    default:
      return { refused: `invalid private key type ${label.slice(0, -' PRIVATE KEY'.length)}` };
  }
}

function parse(der: Buffer, type: 'pkcs1' | 'pkcs8' | 'sec1', what: string): PrivateKey | Refused {
  try {
    return { key: createPrivateKey({ key: der, format: 'der', type }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // OpenSSL's own words say less than that it failed
    return { refused: `${what}: asn1: structure error` };
  }
}
