/**
 * The repositories that `helm repo add` wrote down with a user's name and password: repositories.yaml in helm's own folder.
 * What the file says is read anew each time; certificates of clients are left out.
 */
import fs from 'node:fs';
import path from 'node:path';
import { SourceText } from '../../core/base/source.js';
import { parseYaml } from '../../core/yaml/parse.js';
import { scalarValue } from '../../core/yaml/nodes.js';

export interface HelmHome {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** helm's folder of settings (helm v3.22 pkg/helmpath). */
export function helmConfigFolder({ environment, home, platform }: HelmHome): string {
  const { HELM_CONFIG_HOME: own = '', XDG_CONFIG_HOME: config = '', APPDATA: appData = '' } = environment;
  if (own !== '') return own;
  if (config !== '') return path.join(config, 'helm');
  if (platform === 'darwin') return path.join(home, 'Library', 'Preferences', 'helm');
  if (platform === 'win32' && appData !== '') return path.join(appData, 'helm');
  return path.join(home, '.config', 'helm');
}

export interface BasicCredential {
  readonly user: string;
  readonly password: string;
}

/** The name and password for an address: those of the repository that the address lies in, on the same host and port. */
export function findRepositoryCredential(address: URL, helm: HelmHome): BasicCredential | undefined {
  const { HELM_REPOSITORY_CONFIG: given = '' } = helm.environment;
  const file = given === '' ? path.join(helmConfigFolder(helm), 'repositories.yaml') : given;
  const root = parseYaml(new SourceText(file, readIfThere(file))).documents[0]?.root;
  const list = root?.kind === 'map' ? root.get('repositories') : undefined;
  for (const item of list?.kind === 'sequence' ? list.items : []) {
    if (item.kind !== 'map') continue;
    const [url = '', user = '', password = ''] = ['url', 'username', 'password'].map((field) => scalarValue(item.get(field)));
    if (user !== '' && password !== '' && liesIn(address, url)) return { user, password };
  }
  return undefined;
}

function liesIn(address: URL, repository: string): boolean {
  if (!URL.canParse(repository)) return false;
  const base = new URL(repository);
  const folder = base.pathname.replace(/\/*$/, '/');
  return base.origin === address.origin && `${address.pathname}/`.startsWith(folder);
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
