/** What registries say of images: tags, manifests, configurations. Made by the parsers beside this file; nothing here asks anybody. */

/** Where tags are kept: a registry as image references name it (`docker.io`), and a name within it (`library/nginx`). */
export interface RepositoryName {
  readonly registry: string;
  readonly repository: string;
}

/** The tags of a repository, in the registry's order. */
export interface TagList {
  readonly tags: readonly string[];
  /** False where there are more than anybody reads: what isn't listed may be there. */
  readonly isComplete: boolean;
  /** When images were pushed, by tag, in milliseconds since 1970; filled only by registries that tell it with their tags (Google's). */
  readonly pushed: ReadonlyMap<string, number>;
}

/** Whether a registry has what a tag or digest names. */
export type ManifestLook =
  | { readonly found: true; readonly digest: string; readonly mediaType: string }
  /** `repository`: it has none of that name, or doesn't tell those who may not read it. */
  | { readonly found: false; readonly missing: 'manifest' | 'repository' };

/** One manifest out of an index. */
export interface PlatformManifest {
  readonly digest: string;
  /** `linux/arm64/v8` */
  readonly platform: string;
}

/** A manifest, read. */
export type ImageManifest =
  | { readonly kind: 'image'; readonly digest: string; readonly config: string; readonly size: number }
  /** `platforms` leaves out what is no image, such as attestations. */
  | { readonly kind: 'index'; readonly digest: string; readonly platforms: readonly PlatformManifest[] }
  /** Something else that is kept in a registry: a chart, a signature. */
  | { readonly kind: 'artifact'; readonly digest: string; readonly artifactType: string; readonly size: number };

/** The configuration of an image. */
export interface ImageConfig {
  /** Milliseconds since 1970; undefined where it isn't said, or is set to the beginning of time by a reproducible build. */
  readonly created: number | undefined;
  readonly platform: string;
  /** The commit that it was built from, by `org.opencontainers.image.revision`. */
  readonly revision: string | undefined;
  readonly source: string | undefined;
  readonly version: string | undefined;
}

/** All that a hover says of an image. */
export interface ImageDetails {
  readonly digest: string;
  readonly kind: ImageManifest['kind'];
  readonly platforms: readonly string[];
  /** Compressed, in bytes; of the first platform where there are several; undefined where it wasn't read. */
  readonly size: number | undefined;
  readonly config: ImageConfig | undefined;
}

/** Whether an image reference leads to an image. */
export type TagVerdict =
  | { readonly kind: 'exists'; readonly digest: string }
  /** The registry was asked and has none. `nearest`: its tags that resemble the wanted one most, best first. */
  | { readonly kind: 'missing'; readonly what: 'tag' | 'digest' | 'repository'; readonly nearest: readonly string[] }
  /** `isAllowed`: false where the registry was not asked since nobody allowed it. `reason`: one sentence. */
  | { readonly kind: 'unknown'; readonly isAllowed: boolean; readonly reason: string };
