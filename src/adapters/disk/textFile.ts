/** A small text in a file, written so that a reader sees the old or the new one, never a half. */
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../../services/failure.js';
import type { TextStore } from '../../services/ports.js';

/** @param file in the system's form; its folder is made when it is written first */
export function textFile(file: string): TextStore {
  return {
    read: () => {
      try {
        return fs.readFileSync(file, 'utf8');
      } catch (error) {
        // Not there yet, or not for us: as if nothing had been written.
        if (error instanceof Error && 'syscall' in error) return undefined;
        throw error;
      }
    },
    write: (text) => writeWhole(file, text),
  };
}

/**
 * Replaces the content of a file, keeping its permissions.
 * @throws Failure where it can't be written
 */
export function writeWhole(file: string, text: string): void {
  const half = `${file}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const mode = fs.statSync(file, { throwIfNoEntry: false })?.mode;
    fs.writeFileSync(half, text, mode === undefined ? {} : { mode });
    fs.renameSync(half, file);
  } catch (error) {
    fs.rmSync(half, { force: true });
    if (error instanceof Error && 'syscall' in error)
      throw new Failure('disk/unwritable', `${file} can't be written: ${error.message}.`, 'Check its permissions and the space on the disk.', { cause: error });
    throw error;
  }
}
