/**
 * A certificate for the loopback that signs itself, so that what travels (tokens above all) is encrypted and clients know
 * whom they talk to: the kubeconfig names it as its authority. X.509 in DER (RFC 5280), with the keys of node:crypto.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';

/** Both in PEM. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

const oneDay = 86_400_000;
const lifetime = 3650 * oneDay;

/** @param now milliseconds since 1970 */
export function makeServerIdentity(now: number): ServerIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = signCertificate(publicKey, privateKey, now);
  return { certificate: pem('CERTIFICATE', certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** True while a certificate can be used for another day. */
export function isValidIdentity({ certificate }: ServerIdentity, now: number): boolean {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return Date.parse(validFrom) <= now && now + oneDay < Date.parse(validTo);
}

function signCertificate(publicKey: KeyObject, privateKey: KeyObject, now: number): Buffer {
  const keyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(keyInfo).digest();
  const name = sequence(set(sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from('gitops-workbench sandbox')))));
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now - oneDay), time(now + lifetime)),
    name,
    keyInfo,
    tagged(0xa3, sequence(...extensions(keyId))),
  );
  return sequence(body, algorithm, bitString(sign('sha256', body, privateKey)));
}

function extensions(keyId: Buffer): readonly Buffer[] {
  const names = sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])), tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])));
  return [
    extension('2.5.29.19', sequence(boolean(true)), true),
    // digitalSignature and keyCertSign
    extension('2.5.29.15', bitString(Buffer.from([0x84]), 2), true),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')), false),
    extension('2.5.29.14', tagged(0x04, keyId), false),
    extension('2.5.29.17', names, false),
  ];
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(oid(id), ...(isCritical ? [boolean(true)] : []), tagged(0x04, value));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(items));
}

function set(item: Buffer): Buffer {
  return tagged(0x31, item);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function bitString(bytes: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([unused]), bytes]));
}

/** GeneralizedTime, which holds every year. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '');
  // years before 2050 must be told with two digits
  return Number(digits.slice(0, 4)) < 2050 ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`)) : tagged(0x18, Buffer.from(`${digits}Z`));
}

function oid(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest.flatMap(baseOf128)];
  return tagged(0x06, Buffer.from(bytes));
}

function baseOf128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
