import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { runProgram } from '../../src/cli/program.js';
import { isJsonObject, parseJson } from '../../src/core/live/json.js';
import { stringAt } from '../../src/core/live/readFields.js';
import { projectFolder } from '../support/projectFolder.js';
import { temporaryFolders } from '../support/temporaryFolder.js';

describe('the command sandbox', () => {
  const makeFolder = temporaryFolders();

  it('says in one line where everything is, and ends cleanly when it is stopped', async () => {
    const folder = makeFolder('#- kustomization.yaml\nresources: []\n');
    const output = new PassThrough();
    const errors = new PassThrough();
    const controller = new AbortController();
    const words = ['sandbox', '--format', 'json', '--workspace', folder.path, '--data', path.join(folder.path, 'data')];
    const ended = runProgram(words, {
      currentFolder: folder.path,
      input: new PassThrough(),
      output,
      errors,
      colorsErrors: false,
      cacheFolder: path.join(folder.path, 'cache'),
      programFolder: projectFolder,
      variables: {},
      signal: controller.signal,
    });
    const line = await new Promise<string>((done) => output.once('data', (chunk: Buffer) => done(chunk.toString())));
    const value = parseJson(line);
    assert.ok(isJsonObject(value) && line.endsWith('\n'));
    assert.equal(fs.existsSync(stringAt(value, 'kubeconfig')), true);
    assert.equal((await fetch(`${stringAt(value, 'addresses', 'registry')}/v2/`)).status, 200);
    assert.equal((await fetch(`${stringAt(value, 'repository')}/info/refs?service=git-upload-pack`)).status, 200);
    assert.equal((await fetch(stringAt(value, 'addresses', 'ingress'))).status, 404);
    controller.abort();
    assert.equal(await ended, 0);
    await assert.rejects(fetch(stringAt(value, 'addresses', 'registry')));
  });
});
