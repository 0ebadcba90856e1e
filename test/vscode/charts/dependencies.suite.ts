import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { closeAll, openFile, openPreviewOf, uriOf, waitFor } from '../../support/host/workspace.js';

const folder = 'charts/billing';

/** As long as a machine may take that has much else to do. */
const patience = 90;

describe('Dependencies of charts in VS Code', function () {
  this.timeout(200_000);
  let repository: http.Server;
  let url: string;

  before(async () => {
    const archive = gzipSync(
      Buffer.concat([tarEntry('ledger/Chart.yaml', 'apiVersion: v2\nname: ledger\nversion: 1.2.3\n'), tarEntry('ledger/templates/a.yaml', ledger), Buffer.alloc(1024)]),
    );
    repository = http.createServer((request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      if (path === '/index.yaml') response.end(indexOf(archive));
      else if (path === '/ledger-1.2.3.tgz') response.end(archive);
      else response.writeHead(404).end();
    });
    await new Promise<void>((done) => void repository.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(repository.address() as AddressInfo).port}`;
  });

  after(async () => {
    await closeAll();
    await vscode.workspace.fs.delete(uriOf(folder), { recursive: true });
    repository.close();
  });

  it('that are missing are told of at their line, and fetched when that is asked for', async () => {
    const write = (name: string, text: string): Thenable<void> => vscode.workspace.fs.writeFile(uriOf(`${folder}/${name}`), Buffer.from(text));
    await write('values.yaml', '{}\n');
    await write('Chart.yaml', `apiVersion: v2\nname: billing\nversion: 0.1.0\ndependencies:\n  - name: ledger\n    version: 1.2.3\n    repository: ${url}\n`);
    const { document } = await openFile(`${folder}/Chart.yaml`);
    const diagnostic = await waitFor('the diagnostic', () => vscode.languages.getDiagnostics(document.uri).find(({ message }) => message.includes('ledger')), patience);
    assert.equal(diagnostic.range.start.line >= 4 && diagnostic.range.start.line <= 6, true, `line ${diagnostic.range.start.line}`);
    const fetching = await waitFor(
      'the action',
      async () => {
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, diagnostic.range);
        return actions.find(({ title }) => title === 'Fetch chart dependency');
      },
      patience,
    );
    assert.ok(fetching.command);
    await vscode.commands.executeCommand(fetching.command.command, ...((fetching.command.arguments ?? []) as unknown[]));
    await waitFor('the diagnostic to go', () => !vscode.languages.getDiagnostics(document.uri).some(({ message }) => message.includes('missing in charts/')), patience);
    const preview = await openPreviewOf(`${folder}/Chart.yaml`);
    await waitFor('the chart that was fetched', () => /# Source: billing\/charts\/ledger\/templates\/a\.yaml\n[^]*name: ledger-of-billing/.test(preview.getText()), patience);
  });
});

const ledger = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ledger-of-{{ .Release.Name }}\n';

function indexOf(archive: Buffer): string {
  const digest = createHash('sha256').update(archive).digest('hex');
  return `apiVersion: v1\nentries:\n  ledger:\n    - apiVersion: v2\n      name: ledger\n      version: 1.2.3\n      digest: ${digest}\n      urls: [ledger-1.2.3.tgz]\n`;
}

/** A file of a tar archive (POSIX.1-1988). */
function tarEntry(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  const put = (value: string, at: number): void => void header.write(value, at, 'ascii');
  put(name, 0);
  put('0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        ', 148);
  put('0', 156);
  put('ustar\0', 257);
  put('00', 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
