/** The rules of the group `security`. */
import type { Rule } from '../rule.js';
import { envFile } from './envFile.js';
import { externalSecretStore } from './externalSecretStore.js';
import { keyInManifest } from './keyInManifest.js';
import { plainSecret } from './plainSecret.js';
import { sealedSecretScope } from './sealedSecretScope.js';
import { sopsNotEncrypted } from './sopsNotEncrypted.js';

export const securityRules: readonly Rule[] = [keyInManifest, plainSecret, envFile, sopsNotEncrypted, sealedSecretScope, externalSecretStore];
