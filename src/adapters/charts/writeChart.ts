/** Writes the files of a chart's archive into a folder. Names that would lead out of it are refused, links and devices left out. */
import fs from 'node:fs';
import path from 'node:path';
import type { RemoteChart } from '../../core/objects/remoteChart.js';
import { Failure } from '../../services/failure.js';
import { unpackArchive } from './unpackArchive.js';

const mostFiles = 20_000;

/**
 * Unpacks an archive and gives the name of the chart's folder in it.
 * @param folder an empty one, in the system's form
 * @throws Failure where the archive is damaged, or is no chart
 */
export function writeChart(folder: string, archive: Uint8Array, { name }: RemoteChart): string {
  const files = unpackArchive(archive);
  const damaged = (reason: string): Failure =>
    new Failure('remote/damaged', `The archive of ${name} can't be unpacked: ${reason}.`, 'Fetch it again; if that does not help, tell who keeps the repository.');
  if (typeof files === 'string') throw damaged(files.replace(/\.$/, ''));
  if (files.length > mostFiles) throw damaged(`it has more than ${mostFiles} files`);
  const names = files.map((file) => ({ parts: file.name.split('/').filter((part) => part !== '' && part !== '.'), bytes: file.bytes }));
  const top = names.find(({ parts }) => parts.length === 2 && parts[1] === 'Chart.yaml')?.parts[0];
  if (top === undefined) throw damaged('it holds no Chart.yaml');
  for (const { parts, bytes } of names) {
    if (parts.some((part) => part === '..' || /[\\:\0]/.test(part))) throw damaged('it holds a name that leads out of it');
    if (parts[0] !== top || parts.length < 2) continue;
    const file = path.join(folder, ...parts);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, bytes);
  }
  return top;
}
