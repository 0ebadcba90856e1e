/**
 * Peace with the YAML extension. Left to itself it applies a schema for kustomizations that lags behind kustomize, and
 * takes patches for whole Kubernetes objects that lack their required fields. Both are checked by our renderer, so it
 * is told that they may hold anything (package.json's yamlValidation says so for kustomizations even before we are
 * active). Its check of YAML syntax goes on; our server leaves that to it.
 */
import * as vscode from 'vscode';
import type { App } from '../app.js';
import { yamlExtensionId } from '../server/serverSettings.js';

const schemaScheme = 'gitops-workbench';
const anythingSchemaUri = `${schemaScheme}://schema/anything`;
const anythingSchema = JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'Checked by GitOps Workbench' });

/** The part of the YAML extension's interface that is used here. */
interface YamlExtensionApi {
  registerContributor(scheme: string, requestSchema: (resource: string) => string | undefined, requestContent: (uri: string) => string | undefined): boolean;
}

export function register(app: App): vscode.Disposable {
  let partial = new Set<string>();
  let isRegistered = false;
  const contribute = (): void =>
    void app.guard('YAML extension', async () => {
      const extension = vscode.extensions.getExtension<unknown>(yamlExtensionId);
      if (!extension || isRegistered) return;
      isRegistered = true;
      const api = await extension.activate();
      if (!isYamlExtensionApi(api)) return app.log.warn('The YAML extension has no interface for schemas; it may report errors in patches.');
      const isOurs = (resource: string): boolean => isKustomization(resource) || partial.has(normalizeUri(resource));
      api.registerContributor(
        schemaScheme,
        (resource) => (isOurs(resource) ? anythingSchemaUri : undefined),
        (uri) => (uri === anythingSchemaUri ? anythingSchema : undefined),
      );
    });
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(contribute),
    app.server.on('gitops/workspace/changed', (facts) => {
      partial = new Set(facts.partialFiles.map(normalizeUri));
      contribute();
    }),
  );
}

function isYamlExtensionApi(api: unknown): api is YamlExtensionApi {
  return typeof api === 'object' && api !== null && 'registerContributor' in api && typeof api.registerContributor === 'function';
}

function isKustomization(resource: string): boolean {
  return /\/(kustomization\.ya?ml|Kustomization)$/.test(vscode.Uri.parse(resource).path);
}

function normalizeUri(uri: string): string {
  return vscode.Uri.parse(uri).toString();
}
