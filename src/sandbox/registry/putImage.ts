/** Puts a tiny image into a registry, as a build would push it: for samples and tests. */
import { gzipSync } from 'node:zlib';
import { digestOf, type RegistryStore } from './registryStore.js';

export interface ImageWords {
  /** RFC 3339. */
  readonly created: string;
  /** `linux/amd64` where left out; several make an index. */
  readonly platforms?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** The digest that the tag has now. */
export function putImage(store: RegistryStore, repository: string, tag: string, { created, platforms = ['linux/amd64'], labels = {} }: ImageWords): string {
  const manifests = platforms.map((platform) => putManifest(store, repository, platforms.length === 1 ? tag : undefined, { tag, platform, created, labels }));
  const [only] = manifests;
  if (only && manifests.length === 1) return only.digest;
  const index = JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests });
  return store.putManifest(repository, tag, types.index, Buffer.from(index)).digest;
}

interface Variant {
  readonly tag: string;
  readonly platform: string;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
}

function putManifest(
  store: RegistryStore,
  repository: string,
  reference: string | undefined,
  { tag, platform, created, labels }: Variant,
): { digest: string; [field: string]: unknown } {
  const [os = 'linux', architecture = 'amd64'] = platform.split('/');
  const content = tarOf('version', `${repository}:${tag} for ${platform}\n`);
  const layer = gzipSync(content);
  const config = Buffer.from(
    JSON.stringify({
      created,
      os,
      architecture,
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: [digestOf(content)] },
      history: [{ created, created_by: 'GitOps Workbench sandbox' }],
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, digest: store.putBlob(repository, config), size: config.length },
      layers: [{ mediaType: types.layer, digest: store.putBlob(repository, layer), size: layer.length }],
    }),
  );
  const { digest } = store.putManifest(repository, reference ?? digestOf(manifest), types.manifest, manifest);
  return { mediaType: types.manifest, digest, size: manifest.length, platform: { os, architecture } };
}

/** A tar archive of one small file (POSIX ustar). */
function tarOf(name: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  const size = Buffer.byteLength(text).toString(8).padStart(11, '0');
  // name, mode, user, group, size, time, a sum of spaces, a plain file, magic, version: each where it belongs
  const fields: readonly (readonly [number, string])[] = [
    [0, name],
    [100, '0000644'],
    [108, '0000000'],
    [116, '0000000'],
    [124, size],
    [136, '00000000000'],
    [148, ' '.repeat(8)],
    [156, '0'],
    [257, 'ustar'],
    [263, '00'],
  ];
  for (const [at, value] of fields) header.write(value, at);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(sum.toString(8).padStart(6, '0'), 148);
  header[154] = 0;
  const padding = Buffer.alloc((512 - (Buffer.byteLength(text) % 512)) % 512);
  return Buffer.concat([header, Buffer.from(text), padding, Buffer.alloc(1024)]);
}
