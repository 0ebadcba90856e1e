/** The sandbox of the command line for suites in the extension host: a process of its own, with what the samples need from other operators. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import * as vscode from 'vscode';
import { ClusterClient } from './clusterClient.js';

export interface StartedSandbox {
  readonly kubeconfig: string;
  /** How the names of images in its registry begin. */
  readonly registry: string;
  /** The address of the workspace's repository on its git remote; empty where it was started without one. */
  readonly repository: string;
  readonly client: ClusterClient;
  readonly stop: () => void;
}

/** What the command prints when it is up. */
interface SandboxWords {
  readonly kubeconfig: string;
  readonly addresses: { readonly registry: string };
  readonly repository?: string;
}

/** Starts one, with more words for the command if they are given; rejects with what it printed where it doesn't come up. */
export async function startSandbox(...words: readonly string[]): Promise<StartedSandbox> {
  const extension = vscode.extensions.getExtension('gitops-workbench.gitops-workbench');
  assert.ok(extension);
  const child = spawn(process.execPath, [path.join(extension.extensionPath, 'dist/cli.js'), 'sandbox', '--format', 'json', ...words], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = await new Promise<SandboxWords>((done, fail) => {
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdout.setEncoding('utf8').once('data', (text: string) => done(JSON.parse(text) as SandboxWords));
    child.once('exit', (code) => fail(new Error(`the sandbox ended with status ${code ?? 'unknown'}: ${complaints}`)));
  });
  const { kubeconfig, addresses, repository = '' } = said;
  return { kubeconfig, registry: addresses.registry.replace(/^https?:\/\//, ''), repository, client: new ClusterClient(kubeconfig), stop: () => void child.kill() };
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
