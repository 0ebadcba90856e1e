/** Blobs, manifests and tags of a registry: in memory, and in a folder where one is given. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject, parseJson, type JsonObject } from '../../core/live/json.js';
import { mapsAt, stringAt } from '../../core/live/readFields.js';

export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

interface Repository {
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
  /** The digests of its blobs. */
  readonly blobs: Set<string>;
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export class RegistryStore {
  readonly #repositories = new Map<string, Repository>();
  /** By digest, shared by all repositories. */
  readonly #blobs = new Map<string, Buffer>();
  readonly #uploads = new Map<string, { readonly repository: string; bytes: Buffer }>();
  readonly #listeners = new Set<(repository: string, tag: string) => void>();
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
    if (folder !== undefined) this.#load(folder);
  }

  /** Calls back when a tag is set; returns what ends it. */
  onTag(tell: (repository: string, tag: string) => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }

  get repositories(): readonly string[] {
    return [...this.#repositories.keys()].sort();
  }

  /** In the order of the alphabet; undefined for a repository that there isn't. */
  tags(repository: string): readonly string[] | undefined {
    const found = this.#repositories.get(repository);
    return found && [...found.tags.keys()].sort();
  }

  /** @param reference a tag or a digest */
  manifest(repository: string, reference: string): StoredManifest | undefined {
    const found = this.#repositories.get(repository);
    return found?.manifests.get(found.tags.get(reference) ?? reference);
  }

  putManifest(repository: string, reference: string, mediaType: string, bytes: Buffer): StoredManifest {
    const manifest = { digest: digestOf(bytes), mediaType, bytes };
    const found = this.#repository(repository);
    found.manifests.set(manifest.digest, manifest);
    const tag = reference.includes(':') ? undefined : reference;
    if (tag !== undefined) found.tags.set(tag, manifest.digest);
    this.#keepBytes(bytes, manifest.digest);
    this.#save();
    if (tag !== undefined) for (const tell of [...this.#listeners]) tell(repository, tag);
    return manifest;
  }

  /** False where there was none. @param reference a tag takes the tag away only */
  deleteManifest(repository: string, reference: string): boolean {
    const found = this.#repositories.get(repository);
    if (!found) return false;
    const isGone = reference.includes(':') ? found.manifests.delete(reference) : found.tags.delete(reference);
    for (const [tag, digest] of found.tags) if (digest === reference) found.tags.delete(tag);
    this.#save();
    return isGone;
  }

  blob(repository: string, digest: string): Buffer | undefined {
    return this.#repositories.get(repository)?.blobs.has(digest) ? this.#blobs.get(digest) : undefined;
  }

  putBlob(repository: string, bytes: Buffer): string {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    this.#repository(repository).blobs.add(digest);
    this.#keepBytes(bytes, digest);
    this.#save();
    return digest;
  }

  /** Takes a blob of another repository over; false where it isn't there. */
  mount(repository: string, digest: string, from: string): boolean {
    if (this.blob(from, digest) === undefined) return false;
    this.#repository(repository).blobs.add(digest);
    this.#save();
    return true;
  }

  deleteBlob(repository: string, digest: string): boolean {
    const isGone = this.#repositories.get(repository)?.blobs.delete(digest) ?? false;
    this.#save();
    return isGone;
  }

  startUpload(repository: string): string {
    const id = randomUUID();
    this.#uploads.set(id, { repository, bytes: Buffer.alloc(0) });
    return id;
  }

  /** What was uploaded so far; undefined where no such session runs. */
  upload(repository: string, id: string): Buffer | undefined {
    const found = this.#uploads.get(id);
    return found?.repository === repository ? found.bytes : undefined;
  }

  append(id: string, bytes: Buffer): void {
    const found = this.#uploads.get(id);
    if (found) found.bytes = Buffer.concat([found.bytes, bytes]);
  }

  endUpload(id: string): void {
    this.#uploads.delete(id);
  }

  /** Descriptors of the manifests whose subject is this digest. */
  referrers(repository: string, digest: string): readonly JsonObject[] {
    return [...(this.#repositories.get(repository)?.manifests.values() ?? [])].flatMap((manifest) => {
      const content = parseJson(manifest.bytes.toString('utf8'));
      if (!isJsonObject(content) || stringAt(content, 'subject', 'digest') !== digest) return [];
      const artifactType = stringAt(content, 'artifactType') || stringAt(content, 'config', 'mediaType');
      const { annotations } = content;
      return [{ mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length, artifactType, ...(annotations !== undefined && { annotations }) }];
    });
  }

  #repository(name: string): Repository {
    const known = this.#repositories.get(name);
    if (known) return known;
    const made: Repository = { manifests: new Map(), tags: new Map(), blobs: new Set() };
    this.#repositories.set(name, made);
    return made;
  }

  #keepBytes(bytes: Buffer, digest: string): void {
    if (this.#folder === undefined) return;
    const file = blobFile(this.#folder, digest);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (!fs.existsSync(file)) fs.writeFileSync(file, bytes);
  }

  #save(): void {
    if (this.#folder === undefined) return;
    const repositories = [...this.#repositories].map(([name, { manifests, tags, blobs }]) => ({
      name,
      manifests: [...manifests.values()].map(({ digest, mediaType }) => ({ digest, mediaType })),
      tags: [...tags].map(([tag, digest]) => ({ tag, digest })),
      blobs: [...blobs].map((digest) => ({ digest })),
    }));
    fs.mkdirSync(this.#folder, { recursive: true });
    fs.writeFileSync(path.join(this.#folder, 'index.json.new'), JSON.stringify({ repositories }));
    fs.renameSync(path.join(this.#folder, 'index.json.new'), path.join(this.#folder, 'index.json'));
  }

  #load(folder: string): void {
    const file = path.join(folder, 'index.json');
    if (!fs.existsSync(file)) return;
    for (const kept of mapsAt(parseJson(fs.readFileSync(file, 'utf8')), 'repositories')) {
      const repository = this.#repository(stringAt(kept, 'name'));
      for (const each of mapsAt(kept, 'manifests')) {
        const digest = stringAt(each, 'digest');
        repository.manifests.set(digest, { digest, mediaType: stringAt(each, 'mediaType'), bytes: fs.readFileSync(blobFile(folder, digest)) });
      }
      for (const each of mapsAt(kept, 'tags')) repository.tags.set(stringAt(each, 'tag'), stringAt(each, 'digest'));
      for (const each of mapsAt(kept, 'blobs')) {
        const digest = stringAt(each, 'digest');
        repository.blobs.add(digest);
        this.#blobs.set(digest, fs.readFileSync(blobFile(folder, digest)));
      }
    }
  }
}

function blobFile(folder: string, digest: string): string {
  return path.join(folder, 'blobs', digest.replace(':', '/'));
}
