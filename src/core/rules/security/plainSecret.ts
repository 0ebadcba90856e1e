/** security/plain-secret: a Secret whose values stand in git for everyone to read. Values are never repeated. */
import type { MapNode } from '../../yaml/nodes.js';
import type { FileRule, Report, RuleContext } from '../rule.js';
import { findSopsRule, isEncodedPlaceholder, isPlaceholder, isSecret, isSopsEncrypted } from './secretText.js';

/** What Argo CD keeps in its Secrets of repositories and clusters besides credentials. */
const openKeys: ReadonlySet<string> = new Set(['type', 'url', 'name', 'project', 'server', 'enableOCI', 'namespaces', 'clusterResources', 'insecure', 'username']);

export const plainSecret: FileRule = {
  id: 'security/plain-secret',
  title: 'Secret in plain text',
  severity: 'warning',
  scope: 'file',
  looksAt: (path) => /\.ya?ml$|\/Kustomization$/.test(path),
  what: 'A Secret with values, or a `secretGenerator` with literals, stands in the repository as plain text. Base64 in `data` is plain text too. Placeholders, empty values and what SOPS has encrypted are not meant.',
  why: 'Whoever can read the repository, a copy of it or its history has the secret, and taking it out later doesn’t take it out of the history.',
  mend: 'Change the secret where it is used, then keep it out of git: a SealedSecret, an ExternalSecret, or encrypted with SOPS.',
  examples: {
    bad: `#- base/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: database
stringData:
  password: hunter2-and-more`,
    good: `#- base/secret.yaml
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
spec:
  secretStoreRef:
    name: vault
  target:
    name: database
  data:
  - secretKey: password
    remoteRef:
      key: database
      property: password`,
  },
  hasFix: false,
  check({ source, parsed }, report, context) {
    for (const { root } of parsed.documents) {
      if (root?.kind !== 'map') continue;
      if (/(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(source.path)) checkGenerators(root, report);
      else if (isSecret(root) && !isSopsEncrypted(root)) checkSecret(root, source.path, report, context);
    }
  },
};

function checkSecret(root: MapNode, path: string, report: Report, context: RuleContext): void {
  const metadata = root.get('metadata');
  const [labels, annotations] = metadata?.kind === 'map' ? [metadata.get('labels'), metadata.get('annotations')] : [];
  const isArgo = labels?.kind === 'map' && labels.get('argocd.argoproj.io/secret-type') !== undefined;
  // The plugin of Argo CD for Vault puts the values in.
  if (annotations?.kind === 'map' && annotations.pairs.some(({ key }) => key.value.startsWith('avp.kubernetes.io/'))) return;
  for (const field of ['data', 'stringData']) {
    const pair = root.pair(field);
    if (pair?.value.kind !== 'map') continue;
    const isEmpty = field === 'data' ? isEncodedPlaceholder : isPlaceholder;
    const open = pair.value.pairs.filter(({ key, value }) => value.kind === 'scalar' && !isEmpty(value.value) && !(isArgo && openKeys.has(key.value)));
    const [first] = open;
    // A file that SOPS should have encrypted is reported as that.
    if (!first || findSopsRule(path, context)) continue;
    const more = open.length > 1 ? ` and ${open.length - 1} more` : '';
    report(pair.key, `The values of this Secret (${first.key.value}${more}) stand in git as plain text: seal them, encrypt them, or take them from a secret store.`);
  }
}

function checkGenerators(root: MapNode, report: Report): void {
  const generators = root.get('secretGenerator');
  for (const generator of generators?.kind === 'sequence' ? generators.items : []) {
    const literals = generator.kind === 'map' ? generator.get('literals') : undefined;
    for (const literal of literals?.kind === 'sequence' ? literals.items : []) {
      if (literal.kind !== 'scalar') continue;
      const at = literal.value.indexOf('=');
      if (at < 0 || isPlaceholder(literal.value.slice(at + 1).replace(/^(['"])(.*)\1$/, '$2'))) continue;
      report(literal, `The value of ${literal.value.slice(0, at)} stands in git as plain text: take it from a secret store, or from a file that is encrypted.`);
    }
  }
}
