/**
 * Certificates by sprig's template (Masterminds/sprig v3.3.0 crypto.go getBaseCertTemplate), laid out as Go's crypto/x509
 * (1.26) writes them: X.509 in DER (RFC 5280), signed with the keys of node:crypto.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, createPublicKey, scryptSync, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { CertificateText, CertificateWish, Refused, TemplateCryptography } from '../../core/template/cryptography.js';
import { bitString, boolean, oid, pem, readDer, readPem, sequence, set, tagged, time, unsigned, type DerElement } from './der.js';
import { keyText, makeKey, readKey, type PrivateKey } from './privateKeys.js';

/** Ciphers by node:crypto. */
export const cryptography: TemplateCryptography = {
  makeKey,
  makeCertificate,
  checkCertificate,
  deriveKey: (password, salt) => scryptSync(password, salt, 64, { N: 32768, r: 8, p: 2, maxmem: 256 * 1024 * 1024 }),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  encryptBlocks: (key, iv, blocks) => throughBlocks(createCipheriv('aes-256-cbc', key, iv), blocks),
  decryptBlocks: (key, iv, blocks) => throughBlocks(createDecipheriv('aes-256-cbc', key, iv), blocks),
};

function throughBlocks(cipher: ReturnType<typeof createCipheriv>, blocks: Uint8Array): Uint8Array {
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}

function checkCertificate({ certificate, key }: CertificateText): Refused | undefined {
  const block = readPem(certificate);
  if (!block) return { refused: 'unable to decode certificate' };
  if (!parseCertificate(block.der)) return { refused: 'error parsing certificate: decodedCert.Bytes: x509: malformed certificate' };
  const read = readKey(key);
  return 'refused' in read ? { refused: `error parsing private key: ${read.refused}` } : undefined;
}

/** What signs a certificate. */
interface Signer {
  /** Its name in DER. */
  readonly name: Buffer;
  readonly keyId: Buffer | undefined;
  readonly key: KeyObject;
}

function makeCertificate(wish: CertificateWish): CertificateText | Refused {
  const own = readKey(wish.key);
  if ('refused' in own) return { refused: `parsing private key: ${own.refused}` };
  const name = nameOf(wish.commonName);
  const signer = signerOf(wish, own, name);
  if ('refused' in signer) return signer;
  if (!('key' in own)) return { refused: 'error creating certificate: x509: unsupported public key type: *dsa.PublicKey' };
  const alternatives = alternativeNames(wish);
  if ('refused' in alternatives) return alternatives;
  const keyInfo = createPublicKey(own.key).export({ type: 'spki', format: 'der' });
  const algorithm = algorithmOf(signer.key);
  if (!algorithm) return { refused: 'error creating certificate: x509: unsupported elliptic curve' };
  const now = Math.floor(Date.now() / 1000);
  const lifetime = Number(BigInt.asIntN(64, wish.days * 86_400_000_000_000n) / 1_000_000_000n);
  const body = sequence(
    tagged(0xa0, unsigned(Buffer.of(2))),
    unsigned(wish.serial),
    algorithm.id,
    signer.name,
    sequence(time(now), time(now + lifetime)),
    name,
    keyInfo,
    tagged(0xa3, sequence(...extensionsOf(wish, { name, signer, keyInfo, alternatives: alternatives.names }))),
  );
  const signature = sign(algorithm.hash, body, signer.key);
  return { certificate: pem('CERTIFICATE', sequence(body, algorithm.id, bitString(signature))), key: keyText(own.key) };
}

/** What signs: the key itself, or an authority with its certificate. */
function signerOf({ signer }: CertificateWish, own: PrivateKey, name: Buffer): Signer | Refused {
  if (!signer)
    return 'key' in own ? { name, keyId: undefined, key: own.key } : { refused: 'error creating certificate: x509: certificate private key does not implement crypto.Signer' };
  const block = readPem(signer.certificate);
  if (!block) return { refused: 'unable to decode certificate' };
  const parsed = parseCertificate(block.der);
  if (!parsed) return { refused: 'error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate' };
  const key = readKey(signer.key);
  if ('refused' in key) return { refused: `error parsing private key: ${key.refused}` };
  if (!('key' in key)) return { refused: 'error creating certificate: x509: certificate private key does not implement crypto.Signer' };
  if (!parsed.certificate.checkPrivateKey(key.key)) return { refused: "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey" };
  return { name: parsed.subject, keyId: parsed.keyId, key: key.key };
}

interface ParsedCertificate {
  readonly certificate: X509Certificate;
  readonly subject: Buffer;
  readonly keyId: Buffer | undefined;
}

function parseCertificate(der: Buffer): ParsedCertificate | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
  const inside = (element: DerElement | undefined): readonly DerElement[] => (element && readDer(element.content)) ?? [];
  const body = inside(inside(readDer(der)?.[0])[0]);
  // the version is left out where it is 1
  const from = body[0]?.tag === 0xa0 ? 1 : 0;
  const subject = body[from + 4];
  if (!subject) return undefined;
  const extensions = inside(inside(body.find(({ tag }) => tag === 0xa3))[0]);
  const keyId = extensions
    .map(inside)
    .find(([id]) => id?.whole.equals(oid('2.5.29.14')) === true)
    ?.at(-1);
  return { certificate, subject: subject.whole, keyId: keyId && inside(keyId)[0]?.content };
}

/** A name of nothing but its common part, as Go's pkix writes it. */
function nameOf(commonName: string): Buffer {
  if (commonName === '') return sequence();
  const tag = /^[A-Za-z0-9'()+,\-./ :=?]*$/.test(commonName) ? 0x13 : 0x0c;
  return sequence(set(sequence(oid('2.5.4.3'), tagged(tag, Buffer.from(commonName)))));
}

/** How a key signs. */
function algorithmOf(key: KeyObject): { readonly id: Buffer; readonly hash: string | null } | undefined {
  const nothing = tagged(0x05, Buffer.alloc(0));
  if (key.asymmetricKeyType === 'rsa') return { id: sequence(oid('1.2.840.113549.1.1.11'), nothing), hash: 'sha256' };
  if (key.asymmetricKeyType === 'ed25519') return { id: sequence(oid('1.3.101.112')), hash: null };
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case 'secp224r1':
    case 'prime256v1':
      return { id: sequence(oid('1.2.840.10045.4.3.2')), hash: 'sha256' };
    case 'secp384r1':
      return { id: sequence(oid('1.2.840.10045.4.3.3')), hash: 'sha384' };
    case 'secp521r1':
      return { id: sequence(oid('1.2.840.10045.4.3.4')), hash: 'sha512' };
    default:
      return undefined;
  }
}

function alternativeNames({ ips, dnsNames }: CertificateWish): { readonly names: readonly Buffer[] } | Refused {
  const names: Buffer[] = [];
  for (const name of dnsNames) {
    if (/[^\x00-\x7f]/.test(name)) return { refused: `error creating certificate: x509: ${JSON.stringify(name)} cannot be encoded as an IA5String` };
    names.push(tagged(0x82, Buffer.from(name)));
  }
  for (const ip of ips) {
    const bytes = addressBytes(ip);
    if (!bytes) return { refused: `error parsing ip: ${ip}` };
    names.push(tagged(0x87, bytes));
  }
  return { names };
}

/** net.ParseIP, and To4 where that can be. */
function addressBytes(ip: string): Buffer | undefined {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number));
  if (!isIPv6(ip) || ip.includes('%')) return undefined;
  const tail = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  const [, head = '', a, b, c, d] = tail ?? [];
  const text = tail ? `${head}${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}` : ip;
  const [before = '', after] = text.split('::');
  const words = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const last = after === undefined ? [] : words(after);
  const zeros = after === undefined ? 0 : 8 - words(before).length - last.length;
  const all = [...words(before), ...Array.from({ length: zeros }, () => '0'), ...last];
  const bytes = Buffer.from(all.map((word) => word.padStart(4, '0')).join(''), 'hex');
  const isMapped = bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  return isMapped ? bytes.subarray(12) : bytes;
}

interface CertificateParts {
  readonly name: Buffer;
  readonly signer: Signer;
  readonly keyInfo: Buffer;
  readonly alternatives: readonly Buffer[];
}

/** In Go's order. */
function extensionsOf({ isAuthority }: CertificateWish, { name, signer, keyInfo, alternatives }: CertificateParts): readonly Buffer[] {
  const list = [
    // digitalSignature and keyEncipherment, for authorities keyCertSign as well
    extension('2.5.29.15', isAuthority ? bitString(Buffer.of(0xa4), 2) : bitString(Buffer.of(0xa0), 5), true),
    // servers and clients
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')), false),
    extension('2.5.29.19', isAuthority ? sequence(boolean(true)) : sequence(), true),
  ];
  if (isAuthority) list.push(extension('2.5.29.14', tagged(0x04, keyIdOf(keyInfo)), false));
  if (signer.keyId && !signer.name.equals(name)) list.push(extension('2.5.29.35', sequence(tagged(0x80, signer.keyId)), false));
  if (alternatives.length > 0) list.push(extension('2.5.29.17', sequence(...alternatives), name.equals(sequence())));
  return list;
}

/** The first 20 bytes of SHA-256 of the public key (RFC 7093, method 1), as Go has it since 1.25. */
function keyIdOf(keyInfo: Buffer): Buffer {
  const [outer] = readDer(keyInfo) ?? [];
  const [, key] = (outer && readDer(outer.content)) ?? [];
  return createHash('sha256')
    .update(key ? key.content.subarray(1) : keyInfo)
    .digest()
    .subarray(0, 20);
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(oid(id), ...(isCritical ? [boolean(true)] : []), tagged(0x04, value));
}
