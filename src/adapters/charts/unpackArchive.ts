/** Unpacks the archives that charts come in: gzipped tars, within the sizes that helm takes. */
import zlib from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import type { ArchivedFile } from '../../core/helm/loadChart.js';

const largest = 110 * 1024 * 1024;

/** The files of an archive; a text says why it can't be read. */
export function unpackArchive(archive: Uint8Array): readonly ArchivedFile[] | string {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) return 'it does not appear to be a gzipped archive';
  try {
    return readTar(zlib.gunzipSync(archive, { maxOutputLength: largest }));
  } catch (error) {
    // What zlib and the reader of the tar throw is about the archive: it is cut off, damaged, or larger than allowed.
    return error instanceof Error ? error.message : String(error);
  }
}

/** The parser works off what it is given at once: when `end` comes back all entries were told. */
function readTar(tar: Buffer): readonly ArchivedFile[] {
  const files: { readonly name: string; readonly parts: Buffer[] }[] = [];
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      if (entry.type === 'Directory' || entry.path.endsWith('/')) return void entry.resume();
      const parts: Buffer[] = [];
      files.push({ name: entry.path, parts });
      entry.on('data', (part: Buffer) => parts.push(part));
    },
  });
  parser.end(tar);
  return files.map(({ name, parts }) => ({ name, bytes: Buffer.concat(parts) }));
}
