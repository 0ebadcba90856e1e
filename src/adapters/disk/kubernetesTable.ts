/** The table of Kubernetes' types, which lies beside the running program and is read when a rule first asks for it. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * The table's text; undefined where there is none.
 * @param programFolder the folder of the running program, in the system's form
 */
export function readKubernetesTable(programFolder: string): string | undefined {
  const file = path.join(programFolder, 'kubernetes-types.json');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}
