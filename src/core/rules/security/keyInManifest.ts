/** security/key-in-manifest: private keys and tokens, known by their shape. The message says the kind alone, never the text. */
import type { FileRule } from '../rule.js';

/** Shapes by what they are. Each is long enough that a word of a manifest isn't taken for one. */
const shapes: readonly (readonly [what: string, shape: string])[] = [
  ['private key', String.raw`-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s+(?:[A-Za-z][\w-]*: .*\s+)*[A-Za-z0-9+/=\\]{40,}`],
  [
    'private key in base64',
    String.raw`LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFURSBLRVk|BQUklWQVRFIEtFWS|BFQyBQUklWQVRFIEtFWS|BPUEVOU1NIIFBSSVZBVEUgS0VZ|BFTkNSWVBURUQgUFJJVkFURSBLRVk)[A-Za-z0-9+/=]{40,}`,
  ],
  // The id of an access key (AKIA...) is no secret; what belongs to it is known by the name that stands before it.
  [
    'secret access key of AWS',
    String.raw`(?:secret_access_key|SECRET_ACCESS_KEY|[sS]ecretAccessKey)["']?[ \t]*[:=][ \t]*["']?(?![A-Za-z0-9/+]*EXAMPLE)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`,
  ],
  ['token of GitHub', String.raw`\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b`],
  ['token of GitLab', String.raw`\bglpat-[A-Za-z0-9_-]{20,}`],
  ['token of Slack', String.raw`\bxox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{12,}`],
  ['webhook of Slack', String.raw`https://hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}`],
  ['secret key of Stripe', String.raw`\b[rs]k_live_[A-Za-z0-9]{20,}`],
  ['API key of Google', String.raw`\bAIza[A-Za-z0-9_-]{35}\b`],
  ['token of npm', String.raw`\bnpm_[A-Za-z0-9]{36}\b`],
  ['token of Vault', String.raw`\bhvs\.[A-Za-z0-9_-]{24,}`],
  ['token of Docker Hub', String.raw`\bdckr_pat_[A-Za-z0-9_-]{20,}`],
  ['age key', String.raw`\bAGE-SECRET-KEY-1[A-Z0-9]{50,}`],
];

const anyShape = new RegExp(shapes.map(([, shape]) => `(${shape})`).join('|'), 'g');

export const keyInManifest: FileRule = {
  id: 'security/key-in-manifest',
  title: 'Private key or token in a manifest',
  severity: 'error',
  scope: 'file',
  looksAt: (path) => /\.ya?ml$|\/Kustomization$/.test(path),
  what: 'A text has the form of a private key or of a token of a well-known service.',
  why: 'Whoever can read the repository, a copy of it or its history can use it. Public repositories are searched for such texts within minutes.',
  mend: 'Revoke it first, then take it out of the file and deliver the new one from a secret store, sealed, or encrypted.',
  examples: {
    bad: `#- base/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: registry
data:
  tls.key: |
    -----BEGIN PRIVATE KEY-----
    ThisIsNoKeyButHasTheFormOfOneThisIsNoKeyButHasTheFormOfOneAbcd
    -----END PRIVATE KEY-----`,
    good: `#- base/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: registry
data:
  tls.crt: |
    -----BEGIN CERTIFICATE-----
    ThisIsNoKeyButHasTheFormOfOneThisIsNoKeyButHasTheFormOfOneAbcd
    -----END CERTIFICATE-----`,
  },
  hasFix: false,
  check({ source }, report) {
    for (const match of source.text.matchAll(anyShape)) {
      const what = shapes[match.slice(1).findIndex((group) => group !== undefined)]?.[0] ?? 'secret';
      // Placeholders repeat one character.
      if (/(.)\1{9}/.test(match[0])) continue;
      const firstLine = match[0].search(/\r?\n/);
      const article = /^a/i.test(what) ? 'An' : 'A';
      report(
        { source, start: match.index, end: match.index + (firstLine < 0 ? match[0].length : firstLine) },
        `${article} ${what} stands here in plain text: revoke it, and keep its successor out of git.`,
      );
    }
  },
};
