/**
 * The sandbox against a real API server: the same random writes give the same objects and managed fields. Recorded answers
 * of a real server (test/data/sandbox/writes, made by `npm run record:writes`) are compared always; a server of its own where
 * KUBEBUILDER_ASSETS names one. What differs is declared, in the test's support and in docs/sandbox.md.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import { realAssets } from '../support/cluster/assets.js';
import { startControlPlane, type ControlPlane } from '../support/cluster/controlPlane.js';
import { compareAnswers, declaredDifferences, playWrites, prepareServer, randomScales, randomWrites, readRecording } from '../support/cluster/differential.js';
import { makeSend, type Send } from '../support/cluster/send.js';
import { projectFolder } from '../support/projectFolder.js';
import { loadSandboxKinds } from '../support/sandboxKinds.js';

const recordings = path.join(projectFolder, 'test/data/sandbox/writes');

function sendTo({ address, certificate, users }: Pick<ControlPlane, 'address' | 'certificate' | 'users'>): Send {
  return makeSend(address, certificate, new Map(users.map(({ name, token }) => [name, token])));
}

describe('The same random writes', function () {
  this.timeout(120_000);
  let sandbox: Sandbox | undefined;

  const sandboxSend = async (): Promise<Send> => {
    sandbox = await startSandbox({ kinds: loadSandboxKinds() });
    const send = sendTo(sandbox);
    await prepareServer(send);
    return send;
  };

  afterEach(() => sandbox?.close());

  for (const file of fs.readdirSync(recordings)) {
    it(`get the recorded answers of a real API server (${file})`, async () => {
      const { writes, answers } = readRecording(zlib.gunzipSync(fs.readFileSync(path.join(recordings, file))).toString('utf8'));
      const { compared, unexplained } = compareAnswers(writes, answers, await playWrites(writes, await sandboxSend()));
      assert.deepEqual(unexplained, []);
      assert.ok(compared > writes.length * 0.7, `${compared} of ${writes.length} were compared`);
    });
  }

  it('differ only in what the documentation lists', () => {
    const text = fs.readFileSync(path.join(projectFolder, 'docs/sandbox.md'), 'utf8').toLowerCase();
    const missing = declaredDifferences.map(({ what }) => what).filter((what) => !text.includes(what.toLowerCase()));
    assert.deepEqual(missing, []);
  });

  if (realAssets === undefined) return;

  describe('(beside a real API server)', () => {
    let plane: ControlPlane | undefined;
    before(async () => {
      plane = await startControlPlane(realAssets ?? '', { withControllers: false });
      await prepareServer(sendTo(plane));
    });
    after(() => plane?.close());

    const first = Number(process.env['DIFFERENTIAL_SEED'] ?? 100);
    const cases = [first, first + 1, first + 2, first + 3].map((seed) => [`seed ${seed}`, randomWrites(seed, 34)] as const);
    for (const [name, writes] of [...cases, [`scales, seed ${first + 4}`, randomScales(first + 4, 20)] as const]) {
      it(`get the same answers (${name})`, async () => {
        assert.ok(plane);
        const real = await playWrites(writes, sendTo(plane));
        const { compared, unexplained } = compareAnswers(writes, real, await playWrites(writes, await sandboxSend()));
        assert.deepEqual(unexplained, []);
        assert.ok(compared > writes.length * 0.7, `${compared} of ${writes.length} were compared`);
      });
    }
  });
});
