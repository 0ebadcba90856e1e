/**
 * The objects of a sandbox in a file, so that they outlive it: one line per object, and then one per write, appended as it
 * happens. A kill loses at most the last line. When most lines are outdated, the file is written anew beside itself and takes
 * its place at once.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject, parseJson } from '../../core/live/json.js';
import { isLiveObject, type LiveObject } from '../../core/live/liveObject.js';
import type { Journal, StoredState } from './storage.js';

const format = 'gitops-workbench-sandbox/1';
/** A file is written anew when it has so many lines more than objects. */
const mostOutdated = 20_000;

export interface OpenJournal extends Journal {
  /** What was in the file. */
  readonly state: StoredState | undefined;
  close(): void;
}

/** @param file created where it isn't there; throws what the disk refuses */
export function openJournal(file: string): OpenJournal {
  return new FileJournal(file);
}

class FileJournal implements OpenJournal {
  readonly state: StoredState | undefined;
  readonly #file: string;
  readonly #objects = new Map<string, LiveObject>();
  #version = 0;
  #lines = 0;
  #handle: number;

  constructor(file: string) {
    this.#file = file;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const isKnown = fs.existsSync(file);
    if (isKnown) this.#read(fs.readFileSync(file, 'utf8'));
    this.state = isKnown && this.#version > 0 ? { version: this.#version, objects: [...this.#objects.values()] } : undefined;
    this.#handle = this.#rewrite();
  }

  write(key: string, version: number, object: LiveObject | undefined): void {
    if (object) this.#objects.set(key, object);
    else this.#objects.delete(key);
    this.#version = version;
    fs.writeSync(this.#handle, lineOf(key, version, object));
    this.#lines++;
    if (this.#lines <= this.#objects.size + mostOutdated) return;
    fs.closeSync(this.#handle);
    this.#handle = this.#rewrite();
  }

  close(): void {
    fs.closeSync(this.#handle);
  }

  /** Reads until the end, or until a line that wasn't written whole. */
  #read(text: string): void {
    const lines = text.split('\n');
    const [first = '', ...rest] = lines;
    const head = parseJson(first);
    if (!isJsonObject(head) || head['format'] !== format) throw new Error(`${this.#file} is not a file of the sandbox`);
    this.#version = typeof head['version'] === 'number' ? head['version'] : 0;
    for (const line of rest) {
      const entry = parseJson(line);
      if (!isJsonObject(entry) || typeof entry['key'] !== 'string' || typeof entry['version'] !== 'number') return;
      const { key, version, object } = entry;
      this.#version = Math.max(this.#version, version);
      if (isLiveObject(object)) this.#objects.set(key, object);
      else this.#objects.delete(key);
    }
  }

  /** Writes what there is beside the file, puts it in its place, and opens it for more. */
  #rewrite(): number {
    const beside = `${this.#file}.new`;
    const lines = [...this.#objects].map(([key, object]) => lineOf(key, Number(object.metadata.resourceVersion ?? 0), object));
    const handle = fs.openSync(beside, 'w', 0o600);
    fs.writeSync(handle, `${JSON.stringify({ format, version: this.#version })}\n${lines.join('')}`);
    fs.fsyncSync(handle);
    fs.closeSync(handle);
    fs.renameSync(beside, this.#file);
    this.#lines = this.#objects.size;
    return fs.openSync(this.#file, 'a', 0o600);
  }
}

function lineOf(key: string, version: number, object: LiveObject | undefined): string {
  return `${JSON.stringify({ key, version, object: object ?? null })}\n`;
}
