/**
 * Records what a real API server answers to random writes, for test/cluster/differential.test.ts. Run by
 * `npm run record:writes` with KUBEBUILDER_ASSETS set.
 */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { projectFolder } from '../projectFolder.js';
import { realAssets } from './assets.js';
import { startControlPlane } from './controlPlane.js';
import { formatRecording, playWrites, prepareServer, randomScales, randomWrites } from './differential.js';
import { makeSend } from './send.js';

if (realAssets === undefined) throw new Error('KUBEBUILDER_ASSETS names no folder with a control plane');
const plane = await startControlPlane(realAssets, { withControllers: false });
try {
  const send = makeSend(plane.address, plane.certificate, new Map(plane.users.map(({ name, token }) => [name, token])));
  await prepareServer(send);
  const folder = path.join(projectFolder, 'test/data/sandbox/writes');
  fs.mkdirSync(folder, { recursive: true });
  const recordings = { 'seed-1': randomWrites(1, 34), 'seed-2': randomWrites(2, 34), 'seed-3': randomWrites(3, 34), scales: randomScales(4, 20) };
  for (const [name, writes] of Object.entries(recordings)) {
    const text = formatRecording({ writes, answers: await playWrites(writes, send) });
    fs.writeFileSync(path.join(folder, `${name}.jsonl.gz`), zlib.gzipSync(text, { level: 9 }));
    console.log(`${name}: ${writes.length} writes`);
  }
} finally {
  await plane.close();
}
