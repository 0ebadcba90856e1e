/** What a kubelet finds when it pulls: images of the sandbox's registry are looked up in it, all others are taken to exist. */
import { createHash } from 'node:crypto';
import type { ImageSource } from '../workloads/world.js';
import type { Registry } from './registry.js';

export interface ImageName {
  /** Empty for Docker Hub's short names. */
  readonly host: string;
  readonly repository: string;
  /** A tag or a digest; `latest` where none is said. */
  readonly reference: string;
}

/** `localhost:5000/a/b:1` into its parts (github.com/distribution/reference, in short). */
export function parseImage(image: string): ImageName {
  const [named = '', digest] = image.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const host = /[.:]/.test(first) || first === 'localhost' ? first : '';
  const rest = host === '' ? named : named.slice(slash + 1);
  const colon = rest.lastIndexOf(':');
  return { host, repository: colon < 0 ? rest : rest.slice(0, colon), reference: digest ?? (colon < 0 ? 'latest' : rest.slice(colon + 1)) };
}

export function registryImages(registry: Pick<Registry, 'host' | 'store'>): ImageSource {
  const port = registry.host.slice(registry.host.lastIndexOf(':'));
  const hosts = new Set([registry.host, `localhost${port}`]);
  return {
    lookUp(image) {
      const { host, repository, reference } = parseImage(image);
      if (!hosts.has(host)) return { found: true, digest: reference.startsWith('sha256:') ? reference : `sha256:${createHash('sha256').update(image).digest('hex')}` };
      const manifest = registry.store.manifest(repository, reference);
      if (manifest) return { found: true, digest: manifest.digest };
      const name = `${host}/${repository}:${reference}`;
      return { found: false, message: `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found` };
    },
  };
}
