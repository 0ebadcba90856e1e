/** Folders for files that git is to read, and that are gone afterwards. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Works with an empty folder outside of any repository. */
export async function inScratchFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gitops-workbench-'));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
