/**
 * Registries by their host: where their API is, under which keys Docker keeps credentials for them, which maker's they are,
 * and what a user does to sign in. Docker Hub has many names (distribution/reference v0.6 normalize.go; docker/cli v28
 * registry.IndexServer).
 */

/** Who makes a registry, where its host tells. */
export type RegistryMaker = 'dockerHub' | 'github' | 'azure' | 'amazon' | 'google' | 'quay' | 'gitlab' | 'other';

const hubNames: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** The key under which Docker keeps credentials for Docker Hub. */
const hubKey = 'https://index.docker.io/v1/';

/** The one name that a registry goes by here: Docker Hub has several. */
export function canonicalHost(registry: string): string {
  const host = registry.toLowerCase();
  return hubNames.has(host) ? 'docker.io' : host;
}

/** The host, with its port, that serves a registry's API. */
export function apiHostOf(registry: string): string {
  const host = canonicalHost(registry);
  return host === 'docker.io' ? 'registry-1.docker.io' : host;
}

/** The keys under which credentials for a registry are kept, the usual one first. */
export function credentialKeysOf(registry: string): readonly string[] {
  const host = canonicalHost(registry);
  return host === 'docker.io' ? [hubKey, 'docker.io', 'index.docker.io', 'registry-1.docker.io'] : [host];
}

/** The host of a key in a file with credentials: without scheme and path. */
export function hostOfKey(key: string): string {
  return key
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
}

/** True for a registry on this machine, which may be spoken to without encryption. */
export function isLocalHost(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** True for a text that can be a registry's host, with or without a port. */
export function isRegistryHost(text: string): boolean {
  return /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.test(text);
}

const makers: readonly (readonly [maker: RegistryMaker, host: RegExp])[] = [
  ['dockerHub', /^docker\.io$/],
  ['github', /^(?:ghcr\.io|docker\.pkg\.github\.com|containers\.[\w.-]+)$/],
  ['azure', /\.azurecr\.(?:io|cn|us)$/],
  ['amazon', /^(?:public\.ecr\.aws|\d+\.dkr\.ecr(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?)$/],
  ['google', /^(?:(?:[\w-]+\.)?gcr\.io|[\w-]+-docker\.pkg\.dev)$/],
  ['quay', /^quay\.io$/],
  ['gitlab', /^registry\.gitlab\.com$/],
];

/** Who makes a registry; `other` where its host doesn't tell. */
export function makerOf(registry: string): RegistryMaker {
  const host = canonicalHost(registry);
  return makers.find(([, pattern]) => pattern.test(host))?.[0] ?? 'other';
}

/** One sentence: how a user signs in so that credentials are found. */
export function signInAdvice(registry: string): string {
  const host = canonicalHost(registry);
  switch (makerOf(host)) {
    case 'dockerHub':
      return 'Run `docker login`, or store credentials for docker.io in the editor.';
    case 'github':
      return `Run \`docker login ${host}\` with a token that has read:packages, or store it in the editor.`;
    case 'azure':
      return `Run \`az acr login --name ${host.split('.')[0] ?? host}\`; it holds for three hours.`;
    case 'amazon':
      return host === 'public.ecr.aws'
        ? 'Run `aws ecr-public get-login-password --region us-east-1 | docker login --username AWS --password-stdin public.ecr.aws`.'
        : `Run \`aws ecr get-login-password --region ${host.split('.')[3] ?? 'REGION'} | docker login --username AWS --password-stdin ${host}\`; it holds for twelve hours.`;
    case 'google':
      return `Run \`gcloud auth configure-docker ${host}\`.`;
    case 'quay':
    case 'gitlab':
    case 'other':
      return `Run \`docker login ${host}\` (or \`podman login ${host}\`), or store credentials for it in the editor.`;
  }
}
