/** The project's folder, found upwards from where the tests run: the one with this project's package.json. */
import fs from 'node:fs';
import path from 'node:path';

/** Absolute path of the folder that holds package.json. */
export const projectFolder = findUp(process.cwd());

function findUp(folder: string): string {
  if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error('run the tests from within the project: no package.json above the current folder');
  return findUp(parent);
}
