/**
 * What templates need of ciphers: keys, certificates and the like are made outside of core, by the library that the product
 * runs on, and remembered for a session, so that a text does not jump with each keystroke and a rendering doesn't wait for
 * the same key twice.
 */

export type KeyType = 'rsa-2048' | 'rsa-4096' | 'dsa' | 'ecdsa' | 'ed25519';

/** What stands in a certificate, in sprig's words; the rest of it is the same for all. */
export interface CertificateWish {
  readonly commonName: string;
  readonly ips: readonly string[];
  readonly dnsNames: readonly string[];
  readonly days: bigint;
  /** True for one that may sign others. */
  readonly isAuthority: boolean;
  /** The key that it is for, in PEM. */
  readonly key: string;
  /** What signs it; undefined: its own key. */
  readonly signer: CertificateText | undefined;
  /** 16 bytes. */
  readonly serial: Uint8Array;
}

/** A certificate and its key in PEM, as Go prints them. */
export interface CertificateText {
  readonly certificate: string;
  readonly key: string;
}

/** Why something can't be made, in the words that stand behind `error calling NAME: `. */
export interface Refused {
  readonly refused: string;
}

/** Ciphers, from a library. All of it answers at once. */
export interface TemplateCryptography {
  /** A new private key in PEM. @param slot the same slot may be answered with the same key */
  readonly makeKey: (type: KeyType, slot: number) => string;
  /** A certificate by sprig's template, valid from the moment on. */
  readonly makeCertificate: (wish: CertificateWish) => CertificateText | Refused;
  /** Whether two texts in PEM are a certificate and a key; undefined for yes. */
  readonly checkCertificate: (text: CertificateText) => Refused | undefined;
  /** scrypt with N = 32768, r = 8, p = 2 and 64 bytes. */
  readonly deriveKey: (password: Uint8Array, salt: Uint8Array) => Uint8Array;
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** AES-256 in CBC mode without padding. */
  readonly encryptBlocks: (key: Uint8Array, iv: Uint8Array, blocks: Uint8Array) => Uint8Array;
  readonly decryptBlocks: (key: Uint8Array, iv: Uint8Array, blocks: Uint8Array) => Uint8Array;
}

/** How many keys of a type one session makes: beyond that they are used again, as making one may take seconds. */
const keysPerSession: Readonly<Record<KeyType, number>> = { 'rsa-2048': 8, 'rsa-4096': 2, dsa: 2, ecdsa: 64, ed25519: 64 };
const mostRemembered = 2000;

/** The same with a memory: what was made is given again to those who ask for the same. */
export function rememberSecrets(cryptography: TemplateCryptography): TemplateCryptography {
  const slots = new Memory<number>();
  const counts = new Map<KeyType, number>();
  const keys = new Memory<string>();
  const certificates = new Memory<CertificateText | Refused>();
  const derived = new Memory<Uint8Array>();
  const slotOf = (type: KeyType, slot: number): number =>
    slots.get(`${type} ${slot}`, () => {
      const count = counts.get(type) ?? 0;
      counts.set(type, count + 1);
      return count % keysPerSession[type];
    });
  return {
    ...cryptography,
    makeKey: (type, slot) => {
      const own = slotOf(type, slot);
      return keys.get(`${type} ${own}`, () => cryptography.makeKey(type, own));
    },
    makeCertificate: (wish) => certificates.get(JSON.stringify({ ...wish, days: wish.days.toString(), serial: [...wish.serial] }), () => cryptography.makeCertificate(wish)),
    deriveKey: (password, salt) => derived.get(`${password.join()} ${salt.join()}`, () => cryptography.deriveKey(password, salt)),
  };
}

/** What was made, by what it was made of; emptied when it holds too much. */
class Memory<T> {
  readonly #kept = new Map<string, T>();

  get(key: string, make: () => T): T {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= mostRemembered) this.#kept.clear();
    const made = make();
    this.#kept.set(key, made);
    return made;
  }
}
