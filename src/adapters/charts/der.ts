/** ASN.1 in DER as far as certificates need it (X.690): writing, and reading one element after the other. */

/** An element: what stands in it, and all of it with its tag and length. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** The elements of a text of DER; undefined where it is none. */
export function readDer(bytes: Buffer): readonly DerElement[] | undefined {
  const found: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined) return undefined;
    const sizeBytes = first < 0x80 ? 0 : first - 0x80;
    if (sizeBytes > 4 || first === 0x80 || at + 2 + sizeBytes > bytes.length) return undefined;
    const length = sizeBytes === 0 ? first : bytes.readUIntBE(at + 2, sizeBytes);
    const start = at + 2 + sizeBytes;
    if (start + length > bytes.length) return undefined;
    found.push({ tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return found;
}

/** An element of any tag. */
export function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : length < 0x10000 ? [0x82, length >> 8, length & 0xff] : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A SEQUENCE. */
export function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(items));
}

/** A SET of one. */
export function set(item: Buffer): Buffer {
  return tagged(0x31, item);
}

/** A whole number from 0 on. @param bytes the largest digit first */
export function unsigned(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const digits = Buffer.from(bytes.subarray(from));
  return tagged(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits.length === 0 ? Buffer.of(0) : digits);
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0));
}

/** A BIT STRING. @param unused how many of the last bits are none */
export function bitString(bytes: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.of(unused), bytes]));
}

/** A moment: with two digits of the year where those can tell it, as RFC 5280 wants. @param seconds since 1970 */
export function time(seconds: number): Buffer {
  const digits = new Date(seconds * 1000)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '');
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050 ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`)) : tagged(0x18, Buffer.from(`${digits}Z`));
}

/** An OBJECT IDENTIFIER. @param id with dots */
export function oid(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(baseOf128)]));
}

function baseOf128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** A text with the dashes around it. */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${label}-----\n`;
}

/** The first block of a text, as Go's encoding/pem finds it. */
export function readPem(text: string): { readonly label: string; readonly der: Buffer } | undefined {
  for (const match of text.matchAll(/(?<![^\n])-----BEGIN ([^\n]*?)-----[ \t]*\r?\n((?:(?!-----BEGIN )[^])*?)-----END \1-----[ \t]*\r?(?:\n|$)/g)) {
    const [, label = '', body = ''] = match;
    const base64 = body.replace(/^(?:[^\n]*:[^\n]*\n)+/, '').replace(/[ \t\r\n]/g, '');
    if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) return { label, der: Buffer.from(base64, 'base64') };
  }
  return undefined;
}
