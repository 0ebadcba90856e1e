/** Unpacks the archives that charts come in: gzipped tars, within the sizes that helm takes. */
import zlib from 'node:zlib';
import { parseTar } from 'nanotar';
import type { ArchivedFile } from '../../core/helm/loadChart.js';

const largest = 110 * 1024 * 1024;

/** The files of an archive; a text says why it can't be read. */
export function unpackArchive(archive: Uint8Array): readonly ArchivedFile[] | string {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) return 'it does not appear to be a gzipped archive';
  try {
    const tar = zlib.gunzipSync(archive, { maxOutputLength: largest });
    return parseTar(tar).flatMap(({ name, type, data }) => {
      if (type === 'directory' || type === 'globalExtendedHeader' || type === 'extendedHeader' || name.endsWith('/')) return [];
      return [{ name, bytes: data ?? new Uint8Array() }];
    });
  } catch (error) {
    // What zlib and the reader of the tar throw is about the archive: it is cut off, damaged, or larger than allowed.
    return error instanceof Error ? error.message : String(error);
  }
}
