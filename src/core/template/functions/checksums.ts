/** SHA-1, SHA-512 and Adler-32 (FIPS 180-4, RFC 1950). */

function paddedBytes(bytes: Uint8Array, block: number, lengthBytes: number): Uint8Array {
  const total = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block;
  const padded = new Uint8Array(total);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(total - 8, BigInt(bytes.length) * 8n);
  return padded;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** The 20 bytes of a SHA-1 checksum. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const view = new DataView(paddedBytes(bytes, 64, 8).buffer);
  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = new Int32Array(80);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let at = 0; at < 16; at++) words[at] = view.getInt32(block + at * 4);
    for (let at = 16; at < 80; at++) words[at] = rotate((words[at - 3] ?? 0) ^ (words[at - 8] ?? 0) ^ (words[at - 14] ?? 0) ^ (words[at - 16] ?? 0), 1);
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4];
    for (let at = 0; at < 80; at++) {
      const mixed = at < 20 ? (b & c) | (~b & d) : at < 40 || at >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
      const constant = at < 20 ? 0x5a827999 : at < 40 ? 0x6ed9eba1 : at < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      const next = (rotate(a, 5) + mixed + e + constant + (words[at] ?? 0)) | 0;
      [e, d, c, b, a] = [d, c, rotate(b, 30), a, next];
    }
    [h0, h1, h2, h3, h4] = [(h0 + a) | 0, (h1 + b) | 0, (h2 + c) | 0, (h3 + d) | 0, (h4 + e) | 0];
  }
  const out = new DataView(new ArrayBuffer(20));
  [h0, h1, h2, h3, h4].forEach((word, index) => {
    out.setInt32(index * 4, word);
  });
  return new Uint8Array(out.buffer);
}

/** The first `count` primes. */
function primes(count: number): readonly bigint[] {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < count; candidate++) if (found.every((prime) => candidate % prime !== 0n)) found.push(candidate);
  return found;
}

/** The first 64 bits of the fraction of a root. */
function rootFraction(prime: bigint, degree: bigint): bigint {
  const scaled = prime << (64n * degree);
  let low = 0n;
  let high = 1n << 80n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle - 1n;
  }
  return BigInt.asUintN(64, low);
}

/** The 64 bytes of a SHA-512 checksum. */
export function sha512(bytes: Uint8Array): Uint8Array {
  const mask = (value: bigint): bigint => BigInt.asUintN(64, value);
  const turn = (value: bigint, by: bigint): bigint => mask((value >> by) | (value << (64n - by)));
  const constants = primes(80).map((prime) => rootFraction(prime, 3n));
  const state = primes(8).map((prime) => rootFraction(prime, 2n));
  const view = new DataView(paddedBytes(bytes, 128, 16).buffer);
  for (let block = 0; block < view.byteLength; block += 128) {
    const words: bigint[] = [];
    for (let at = 0; at < 16; at++) words.push(view.getBigUint64(block + at * 8));
    for (let at = 16; at < 80; at++) {
      const [w15 = 0n, w2 = 0n, w16 = 0n, w7 = 0n] = [words[at - 15], words[at - 2], words[at - 16], words[at - 7]];
      words.push(mask((turn(w2, 19n) ^ turn(w2, 61n) ^ (w2 >> 6n)) + w7 + (turn(w15, 1n) ^ turn(w15, 8n) ^ (w15 >> 7n)) + w16));
    }
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
    for (let at = 0; at < 80; at++) {
      const first = mask(h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (mask(~e) & g)) + (constants[at] ?? 0n) + (words[at] ?? 0n));
      const second = mask((turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c)));
      [h, g, f, e, d, c, b, a] = [g, f, e, mask(d + first), c, b, a, mask(first + second)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => {
      state[index] = mask((state[index] ?? 0n) + word);
    });
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((word, index) => {
    out.setBigUint64(index * 8, word);
  });
  return new Uint8Array(out.buffer);
}

/** The Adler-32 checksum. */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
