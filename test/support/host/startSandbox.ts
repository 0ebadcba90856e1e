/** The sandbox of the command line for suites in the extension host: a process of its own, with what the samples need from other operators. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import * as vscode from 'vscode';
import { ClusterClient } from './clusterClient.js';

export interface StartedSandbox {
  readonly kubeconfig: string;
  readonly client: ClusterClient;
  readonly stop: () => void;
}

/** Starts one; rejects with what it printed where it doesn't come up. */
export async function startSandbox(): Promise<StartedSandbox> {
  const extension = vscode.extensions.getExtension('gitops-workbench.gitops-workbench');
  assert.ok(extension);
  const child = spawn(process.execPath, [path.join(extension.extensionPath, 'dist/cli.js'), 'sandbox', '--format', 'json'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kubeconfig = await new Promise<string>((done, fail) => {
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdout.setEncoding('utf8').once('data', (text: string) => done((JSON.parse(text) as { kubeconfig: string }).kubeconfig));
    child.once('exit', (code) => fail(new Error(`the sandbox ended with status ${code ?? 'unknown'}: ${complaints}`)));
  });
  return { kubeconfig, client: new ClusterClient(kubeconfig), stop: () => void child.kill() };
}

/** What External Secrets would bring: its kind, and the Secret that it makes in a namespace. */
export async function installExternalSecrets(client: ClusterClient, namespaces: readonly string[]): Promise<void> {
  const group = 'external-secrets.io';
  const names = { kind: 'ExternalSecret', plural: 'externalsecrets', singular: 'externalsecret', listKind: 'ExternalSecretList' };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
  const versions = [{ name: 'v1', served: true, storage: true, schema }];
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: { group, scope: 'Namespaced', names, versions },
  };
  assertCreated(await client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition));
  for (const name of namespaces) {
    assertCreated(await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'orders-database' }, stringData: { url: 'postgres://orders' } };
    assertCreated(await client.create(`/api/v1/namespaces/${name}/secrets`, secret));
  }
}

function assertCreated({ status, body }: { readonly status: number; readonly body: unknown }): void {
  // The sandbox may bring it itself.
  assert.ok(status === 201 || status === 409, JSON.stringify(body));
}
