/** Kubeconfigs as kubectl reads them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { kubeconfigFiles, openKubeconfig } from '../../../src/adapters/kube/kubeconfig.js';
import { Failure } from '../../../src/services/failure.js';

describe('a kubeconfig', () => {
  let folder: string;
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  };
  const cluster = (name: string, server: string): string => `- name: ${name}\n  cluster: { server: "${server}" }\n`;
  const context = (name: string, of: string, user: string): string => `- name: ${name}\n  context: { cluster: ${of}, user: ${user} }\n`;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('is the file that is asked for, else the list of the variable, else the one in the home folder', () => {
    assert.deepEqual(kubeconfigFiles({ file: '/a', variable: '/b' }), ['/a']);
    assert.deepEqual(kubeconfigFiles({ variable: ['/b', '', '/c', '/b'].join(path.delimiter) }), ['/b', '/c']);
    assert.deepEqual(kubeconfigFiles({}), [path.join(os.homedir(), '.kube', 'config')]);
  });

  it('is merged from files: the first that names something wins, missing ones are passed over', async () => {
    const one = write('one', `current-context: ""\nclusters:\n${cluster('a', 'https://one')}contexts:\n${context('x', 'a', 'u')}`);
    const two = write(
      'two',
      `current-context: y\nclusters:\n${cluster('a', 'https://two')}${cluster('b', 'https://b')}contexts:\n${context('y', 'b', 'u')}users:\n- name: u\n  user: { token: t }\n`,
    );
    const { contexts, current, files } = await openKubeconfig({ variable: [one, path.join(folder, 'none'), two].join(path.delimiter) }).contexts();
    assert.deepEqual(
      contexts.map((each) => [each.name, each.server, each.namespace, each.needsProgram]),
      [
        ['x', 'https://one', 'default', false],
        ['y', 'https://b', 'default', false],
      ],
    );
    assert.equal(current, 'y');
    assert.deepEqual(files, [one, two]);
  });

  it('says what is wrong with it', async () => {
    const codeOf = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'none',
        (error: unknown) => (error instanceof Failure ? error.code : String(error)),
      );
    assert.equal(await codeOf(openKubeconfig({ file: path.join(folder, 'none') }).contexts()), 'kubeconfig/none');
    assert.equal(await codeOf(openKubeconfig({ file: write('broken', 'clusters: [') }).contexts()), 'kubeconfig/invalid');
    const dangling = openKubeconfig({ file: write('dangling', `contexts:\n${context('x', 'a', 'u')}`) });
    assert.equal(await codeOf(dangling.connect('x', { mayRunPrograms: true })), 'kubeconfig/invalid');
    assert.equal(await codeOf(dangling.connect('nobody', { mayRunPrograms: true })), 'kubeconfig/unknown-context');
  });

  it('runs a program for credentials only where it may, and uses its token', async () => {
    const used: (string | undefined)[] = [];
    const server = http.createServer((request, response) => {
      used.push(request.headers.authorization);
      response.end('{"gitVersion":"v1.34.0"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const program = write(
      'program.cjs',
      `console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'from-program' } }))`,
    );
    const exec = `{ apiVersion: client.authentication.k8s.io/v1, command: ${JSON.stringify(process.execPath)}, args: [${JSON.stringify(program)}], interactiveMode: Never }`;
    const kubeconfig = openKubeconfig({
      file: write('config', `clusters:\n${cluster('a', address)}contexts:\n${context('x', 'a', 'u')}users:\n- name: u\n  user: { exec: ${exec} }\n`),
    });
    try {
      assert.equal((await kubeconfig.contexts()).contexts[0]?.needsProgram, true);
      await assert.rejects(kubeconfig.connect('x', { mayRunPrograms: false }), (error) => error instanceof Failure && error.code === 'kubeconfig/untrusted');
      const connection = await kubeconfig.connect('x', { mayRunPrograms: true });
      assert.equal(await connection.version(new AbortController().signal), 'v1.34.0');
      assert.deepEqual(used, ['Bearer from-program']);
      connection.close();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('tells what a program said that gives no credentials', async () => {
    const exec = `{ apiVersion: client.authentication.k8s.io/v1, command: ${JSON.stringify(process.execPath)}, args: ["-e", "process.exit(3)"], interactiveMode: Never }`;
    const kubeconfig = openKubeconfig({
      file: write('config', `clusters:\n${cluster('a', 'http://127.0.0.1:1')}contexts:\n${context('x', 'a', 'u')}users:\n- name: u\n  user: { exec: ${exec} }\n`),
    });
    const connection = await kubeconfig.connect('x', { mayRunPrograms: true });
    await assert.rejects(connection.version(new AbortController().signal), (error) => error instanceof Failure && error.code === 'kubeconfig/plugin-failed');
  });
});
