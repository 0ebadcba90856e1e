/** Before a promotion: whether the registries of its images may be asked if the tags are there. Asked once for each, and a no is remembered for the workspace. */
import type { App } from '../app.js';
import { request } from '../ask.js';
import { choose } from '../confirm.js';
import { isFailureWords } from '../failures.js';
import { allowedRegistries, allowRegistries } from './allowed.js';
import { hostOf } from './hosts.js';

const memory = 'gitops.registriesLeftAlone';

/** False where the user gave up the whole thing. */
export async function offerRegistries(app: App, images: readonly string[]): Promise<boolean> {
  const answer = await request(app, 'gitops/registries/hosts', {});
  const known = isFailureWords(answer) ? [] : answer;
  const leftAlone = app.context.workspaceState.get<readonly string[]>(memory, []);
  const wanted = [...new Set(images.map(hostOf))].filter((host) => known.some((registry) => registry.host === host && !registry.isAllowed) && !leftAlone.includes(host));
  if (wanted.length === 0) return true;
  const names = wanted.join(' and ');
  const isAllowed = await choose(`Ask ${names} whether the image is there?`, [
    { label: `Ask ${names}`, detail: 'Tags and digests, with the credentials of this machine; kept in the setting gitops.registries.allowed', icon: 'check', value: 'yes' },
    { label: 'Not Now', detail: 'The plan says that it is not known', icon: 'circle-slash', value: 'later' },
    { label: 'Not in This Workspace', detail: 'You can allow it later: GitOps: Allow Registries…', icon: 'close', value: 'never' },
  ]);
  if (isAllowed === undefined) return false;
  if (isAllowed === 'yes') await allowRegistries([...allowedRegistries(), ...wanted]);
  if (isAllowed === 'never') await app.context.workspaceState.update(memory, [...leftAlone, ...wanted]);
  return true;
}
