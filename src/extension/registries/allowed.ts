/** The registries that may be asked, as the user's setting has them. */
import { readSetting, writeSetting } from '../bindings.js';

/** Hosts, such as `ghcr.io`; anything else in the setting is left out. */
export function allowedRegistries(): readonly string[] {
  return textsIn(readSetting('gitops.registries.allowed'));
}

/** Hosts that are asked over plain HTTP. */
export function insecureRegistries(): readonly string[] {
  return textsIn(readSetting('gitops.registries.insecure'));
}

/** Writes the user's setting. */
export async function allowRegistries(hosts: readonly string[]): Promise<void> {
  await writeSetting('gitops.registries.allowed', [...new Set(hosts)].sort());
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
