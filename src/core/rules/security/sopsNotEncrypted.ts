/** security/sops-not-encrypted: a file that the repository's own `.sops.yaml` says is encrypted, and isn't. */
import { baseName } from '../../base/path.js';
import type { FileRule } from '../rule.js';
import { findSopsRule, isEncodedPlaceholder, isPlaceholder, isSecret, isSopsEncrypted } from './secretText.js';

export const sopsNotEncrypted: FileRule = {
  id: 'security/sops-not-encrypted',
  title: 'File that SOPS should have encrypted',
  severity: 'error',
  scope: 'file',
  looksAt: (path) => /\.ya?ml$/.test(path) && !/(^|\/)(\.sops\.ya?ml|kustomization\.ya?ml|Chart\.yaml)$/.test(path),
  what: 'A `.sops.yaml` has a creation rule for this file, and the file is plain text: a Secret with values, or a file of a kind that the rule names by its path (`secrets`, `enc`, ...).',
  why: 'Somebody decrypted it to edit it and didn’t encrypt it again, or made it anew. Committed, its values are in the history for good.',
  mend: 'Run `sops encrypt --in-place` on the file before it is committed. If it is committed already, change the secrets.',
  examples: {
    bad: `#- .sops.yaml
creation_rules:
- path_regex: secrets/.*\\.yaml
  encrypted_regex: ^(data|stringData)$
  age: age1example
#- secrets/database.yaml
apiVersion: v1
kind: Secret
metadata:
  name: database
stringData:
  password: hunter2-and-more`,
    good: `#- .sops.yaml
creation_rules:
- path_regex: secrets/.*\\.yaml
  encrypted_regex: ^(data|stringData)$
  age: age1example
#- secrets/database.yaml
apiVersion: v1
kind: Secret
metadata:
  name: database
stringData:
  password: ENC[AES256_GCM,data:abc,type:str]
sops:
  version: 3.9.0`,
  },
  hasFix: false,
  check({ source, parsed }, report, context) {
    const rule = findSopsRule(source.path, context);
    if (!rule) return;
    for (const { root } of parsed.documents) {
      if (root?.kind !== 'map' || isSopsEncrypted(root)) continue;
      const isObject = root.get('kind') !== undefined && root.get('apiVersion') !== undefined;
      // Rules cover more than is meant to be encrypted, such as all YAML of a folder.
      if (isObject && !isSecret(root)) continue;
      if (!isObject && !/secret|enc|sops|credential|vault|private/i.test(rule.pattern?.value ?? '')) continue;
      const open = isObject
        ? (['data', 'stringData'] as const).flatMap((field) => {
            const values = root.get(field);
            const isEmpty = field === 'data' ? isEncodedPlaceholder : isPlaceholder;
            return values?.kind === 'map' ? values.pairs.filter(({ value }) => value.kind === 'scalar' && !isEmpty(value.value)) : [];
          })
        : root.pairs.filter(({ value }) => value.kind !== 'scalar' || !isPlaceholder(value.value));
      const [first] = open;
      if (first)
        report(first.key, `${baseName(source.path)} is plain text, and by ${baseName(rule.path)} it is encrypted: run \`sops encrypt --in-place\` on it before you commit.`);
    }
  },
};
