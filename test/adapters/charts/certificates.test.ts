import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { cryptography } from '../../../src/adapters/charts/certificates.js';
import { readDer, readPem } from '../../../src/adapters/charts/der.js';
import { rememberSecrets, type CertificateText, type CertificateWish, type KeyType } from '../../../src/core/template/cryptography.js';
import { helmFunctions } from '../../../src/core/template/functions/helm.js';
import { renderText, type RenderOptions } from '../../../src/core/template/renderTemplate.js';

const session = rememberSecrets(cryptography);

function render(text: string, options: RenderOptions = {}): string {
  const result = renderText(text, undefined, helmFunctions, { seed: 7, cryptography: session, ...options });
  assert(!('error' in result), 'error' in result ? result.error.message : '');
  return result.text;
}

function refusal(text: string): string {
  const result = renderText(text, undefined, helmFunctions, { seed: 7, cryptography: session });
  assert('error' in result, 'it rendered');
  return result.error.reason;
}

/** The certificates and keys of a text, in their order. */
function blocks(text: string): readonly string[] {
  return text.match(/-----BEGIN [^]*?-----END [^\n]*-----\n/g) ?? [];
}

function read(text: string): X509Certificate {
  return new X509Certificate(text);
}

const wish: CertificateWish = { commonName: 'svc', ips: [], dnsNames: [], days: 365n, isAuthority: false, key: '', signer: undefined, serial: Uint8Array.of(0, 0x85, 1) };

function made(more: Partial<CertificateWish>): CertificateText {
  const result = cryptography.makeCertificate({ ...wish, key: more.key ?? cryptography.makeKey('ecdsa', 0), ...more });
  assert(!('refused' in result), 'refused' in result ? result.refused : '');
  return result;
}

/** An extension's content in hex, and whether it is critical. */
function extensions(certificate: string): ReadonlyMap<string, { readonly content: string; readonly isCritical: boolean }> {
  const der = readPem(certificate)?.der;
  assert(der);
  const inside = (bytes: Buffer): NonNullable<ReturnType<typeof readDer>> => readDer(bytes) ?? [];
  const body = inside(inside(inside(der)[0]?.content ?? der)[0]?.content ?? der);
  const list = body.find(({ tag }) => tag === 0xa3);
  assert(list);
  return new Map(
    inside(inside(list.content)[0]?.content ?? der).map(({ content }) => {
      const [id, ...rest] = inside(content);
      return [id?.content.toString('hex') ?? '', { content: rest.at(-1)?.content.toString('hex') ?? '', isCritical: rest.length > 1 }];
    }),
  );
}

const ids = { usage: '551d0f', extended: '551d25', basic: '551d13', keyId: '551d0e', authority: '551d23', names: '551d11' } as const;

describe('keys of templates', () => {
  const forms: readonly (readonly [string, string, string])[] = [
    ['rsa', 'RSA PRIVATE KEY', 'rsa'],
    ['ecdsa', 'EC PRIVATE KEY', 'ec'],
    ['ed25519', 'PRIVATE KEY', 'ed25519'],
  ];
  for (const [type, label, kind] of forms) {
    it(`are ${type} keys as Go prints them`, () => {
      const text = render(`{{ genPrivateKey "${type}" }}`);
      assert(text.startsWith(`-----BEGIN ${label}-----\n`) && text.endsWith(`-----END ${label}-----\n`), text);
      const key = createPrivateKey(text);
      assert.equal(key.asymmetricKeyType, kind);
      if (type === 'rsa') assert.equal(key.asymmetricKeyDetails?.modulusLength, 4096);
      if (type === 'ecdsa') assert.equal(key.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    });
  }

  it('are DSA keys whose public number belongs to the private one', () => {
    const text = render('{{ genPrivateKey "dsa" }}');
    const block = readPem(text);
    assert.equal(block?.label, 'DSA PRIVATE KEY');
    const numbers = (readDer(readDer(block.der)?.[0]?.content ?? Buffer.alloc(0)) ?? []).map(({ content }) => BigInt(`0x${content.toString('hex')}`));
    const [version, p = 0n, q = 0n, g = 0n, y, x = 0n] = numbers;
    assert.equal(version, 0n);
    assert.equal(p.toString(2).length, 2048);
    assert.equal(q.toString(2).length, 256);
    let power = 1n;
    for (const bit of x.toString(2)) power = (((power * power) % p) * (bit === '1' ? g : 1n)) % p;
    assert.equal(power, y);
  });

  it('are told apart by type, and an unknown type is told in sprig’s words', () => {
    assert.equal(render('{{ genPrivateKey "elgamal" }}'), 'Unknown type elgamal');
    assert.equal(render('{{ genPrivateKey "constructor" }}'), 'Unknown type constructor');
  });

  it('stay the same for a session, and differ within a rendering', () => {
    const two = '{{ genPrivateKey "ecdsa" }}{{ genPrivateKey "ecdsa" }}';
    const [first, second] = blocks(render(two));
    assert.notEqual(first, second);
    assert.equal(render(two), render(two));
    const other = renderText(two, undefined, helmFunctions, { seed: 7, cryptography: rememberSecrets(cryptography) });
    assert('text' in other && other.text !== render(two));
  });

  it('are made only a few times in one session, however many are asked for', () => {
    const counts = new Map<KeyType, number>();
    const counting = rememberSecrets({
      ...cryptography,
      makeKey: (type) => {
        counts.set(type, (counts.get(type) ?? 0) + 1);
        return cryptography.makeKey('ecdsa', 0);
      },
    });
    const loop = '{{ range until 300 }}{{ $_ := genPrivateKey "rsa" }}{{ $_ := genPrivateKey "dsa" }}{{ end }}';
    assert('text' in renderText(loop, undefined, helmFunctions, { cryptography: counting }));
    assert.deepEqual(
      [...counts],
      [
        ['rsa-4096', 2],
        ['dsa', 2],
      ],
    );
    const endless = renderText('{{ range until 100000 }}{{ $_ := genPrivateKey "rsa" }}{{ end }}', undefined, helmFunctions, { cryptography: counting });
    assert('error' in endless && endless.error.kind === 'budget');
  });
});

describe('certificates of templates', () => {
  it('are authorities by sprig’s template', () => {
    const [certificate = '', key = ''] = blocks(render('{{ $ca := genCA "my-ca" 365 }}{{ $ca.Cert }}{{ $ca.Key }}'));
    const parsed = read(certificate);
    assert.equal(parsed.subject, 'CN=my-ca');
    assert.equal(parsed.issuer, 'CN=my-ca');
    assert.equal(parsed.ca, true);
    assert.equal(parsed.subjectAltName, undefined);
    assert.equal(Date.parse(parsed.validTo) - Date.parse(parsed.validFrom), 365 * 86_400_000);
    assert(Math.abs(Date.now() - Date.parse(parsed.validFrom)) < 3_600_000);
    assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    assert(parsed.verify(parsed.publicKey));
    assert(parsed.checkPrivateKey(createPrivateKey(key)));
    assert.equal(createPrivateKey(key).asymmetricKeyDetails?.modulusLength, 2048);
    const found = extensions(certificate);
    assert.deepEqual([...found.keys()], [ids.usage, ids.extended, ids.basic, ids.keyId]);
    assert.deepEqual(found.get(ids.usage), { content: '030202a4', isCritical: true });
    assert.deepEqual(found.get(ids.basic), { content: '30030101ff', isCritical: true });
    assert.equal(found.get(ids.keyId)?.content.length, 44);
  });

  it('are signed by an authority, with names and addresses', () => {
    const text = render(
      '{{ $ca := genCA "my-ca" 10 }}{{ $c := genSignedCert "svc.ns" (list "10.0.0.1" "::1" "2001:db8::7" "::ffff:1.2.3.4") (list "svc" "*.svc.ns") 30 $ca }}{{ $ca.Cert }}{{ $c.Cert }}{{ $c.Key }}',
    );
    const [authority = '', certificate = '', key = ''] = blocks(text);
    const [signer, parsed] = [read(authority), read(certificate)];
    assert.equal(parsed.subject, 'CN=svc.ns');
    assert.equal(parsed.issuer, 'CN=my-ca');
    assert.equal(parsed.ca, false);
    assert(parsed.checkIssued(signer) && parsed.verify(signer.publicKey));
    assert(parsed.checkPrivateKey(createPrivateKey(key)));
    assert.equal(parsed.subjectAltName, 'DNS:svc, DNS:*.svc.ns, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:7, IP Address:1.2.3.4');
    assert.equal(Date.parse(parsed.validTo) - Date.parse(parsed.validFrom), 30 * 86_400_000);
    const found = extensions(certificate);
    assert.deepEqual([...found.keys()], [ids.usage, ids.extended, ids.basic, ids.authority, ids.names]);
    assert.deepEqual(found.get(ids.usage), { content: '030205a0', isCritical: true });
    assert.deepEqual(found.get(ids.basic), { content: '3000', isCritical: true });
    const keyId = extensions(authority).get(ids.keyId)?.content.slice(4);
    assert.equal(found.get(ids.authority)?.content, `30168014${keyId ?? ''}`);
    assert.equal(found.get(ids.names)?.isCritical, false);
  });

  it('sign themselves', () => {
    const parsed = read(render('{{ (genSelfSignedCert "a" nil (list "b") 1).Cert }}'));
    assert.equal(parsed.issuer, 'CN=a');
    assert(parsed.verify(parsed.publicKey));
    assert.equal(parsed.ca, false);
  });

  it('are made for keys of all kinds', () => {
    for (const type of ['ecdsa', 'ed25519', 'rsa-2048'] as const) {
      const key = cryptography.makeKey(type, 0);
      const { certificate, key: printed } = made({ key, isAuthority: true });
      const parsed = read(certificate);
      assert(parsed.verify(createPublicKey(key)), type);
      assert.equal(printed, key);
      const leaf = read(made({ signer: { certificate, key }, commonName: 'leaf' }).certificate);
      assert(leaf.verify(createPublicKey(key)) && leaf.checkIssued(parsed), type);
    }
    const withKey = render(
      '{{ $k := genPrivateKey "ecdsa" }}{{ $ca := genCAWithKey "ca" 1 $k }}{{ $c := genSignedCertWithKey "x" nil nil 1 $ca $k }}{{ $s := genSelfSignedCertWithKey "y" nil nil 1 $k }}{{ $k }}{{ $ca.Key }}{{ $c.Key }}{{ $s.Key }}{{ $c.Cert }}',
    );
    const [key, ...others] = blocks(withKey);
    assert.deepEqual(others.slice(0, 3), [key, key, key]);
    assert.equal(read(others[3] ?? '').issuer, 'CN=ca');
  });

  it('have names of any characters, or none', () => {
    assert.equal(read(made({ commonName: 'Zoë *&@' }).certificate).subject, 'CN=Zoë *&@');
    const nameless = made({ commonName: '', dnsNames: ['a'] }).certificate;
    assert.equal(read(nameless).subject, undefined);
    assert.equal(extensions(nameless).get(ids.names)?.isCritical, true);
  });

  it('tell years that need four digits, and the serial number as it is', () => {
    const parsed = read(made({ days: 36_500n }).certificate);
    assert.equal(Date.parse(parsed.validTo) - Date.parse(parsed.validFrom), 36_500 * 86_400_000);
    assert.equal(parsed.serialNumber, '8501');
  });

  it('are taken as they are given', () => {
    const { certificate, key } = made({});
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    assert.equal(render(`{{ $c := buildCustomCert "${base64(certificate)}" "${base64(key)}" }}{{ $c.Cert }}{{ $c.Key }}`), certificate + key);
    assert.match(refusal(`{{ buildCustomCert "!" "" }}`), /unable to decode base64 certificate$/);
    assert.match(refusal(`{{ buildCustomCert "" "!" }}`), /unable to decode base64 private key$/);
    assert.match(refusal(`{{ buildCustomCert "" "" }}`), /unable to decode certificate$/);
    assert.match(refusal(`{{ buildCustomCert "${base64(certificate)}" "" }}`), /error parsing private key: no PEM data in input$/);
  });

  it('are refused in sprig’s words', () => {
    assert.match(refusal('{{ genSelfSignedCert "a" (list 1) nil 1 }}'), /error calling genSelfSignedCert: error parsing ip: 1 is not a string$/);
    assert.match(refusal('{{ genSelfSignedCert "a" (list "1.2.3") nil 1 }}'), /error parsing ip: 1.2.3$/);
    assert.match(refusal('{{ genSelfSignedCert "a" (list "fe80::1%eth0") nil 1 }}'), /error parsing ip: fe80::1%eth0$/);
    assert.match(refusal('{{ genSelfSignedCert "a" nil (list 1.5) 1 }}'), /error processing alternate dns name: 1.5 is not a string$/);
    assert.match(refusal('{{ genSelfSignedCert "a" nil (list "é") 1 }}'), /error creating certificate: x509: "é" cannot be encoded as an IA5String$/);
    assert.match(refusal('{{ genCAWithKey "a" 1 "x" }}'), /parsing private key: no PEM data in input$/);
    assert.match(refusal('{{ genCAWithKey "a" 1 (genPrivateKey "dsa") }}'), /x509: certificate private key does not implement crypto.Signer$/);
    assert.match(refusal('{{ $ca := genCA "a" 1 }}{{ genCAWithKey "a" 1 $ca.Cert }}'), /parsing private key: no private key data in PEM block of type CERTIFICATE$/);
    assert.match(refusal('{{ genSignedCert "a" nil nil 1 nil }}'), /cannot assign nil to sprig.certificate$/);
    assert.match(refusal('{{ genSignedCert "a" nil nil 1 (dict "Cert" "" "Key" "") }}'), /expected sprig.certificate; got map/);
  });
});
