/** The user's settings as the server is told them, with what it can't know: trust, and who else checks YAML here. */
import * as vscode from 'vscode';
import type { ServerSettings } from '../../server/protocol.js';
import { readSetting } from '../bindings.js';

/** The id of the extension that validates YAML files for most people. */
export const yamlExtensionId = 'redhat.vscode-yaml';

export function currentSettings(): ServerSettings {
  return {
    maskSecrets: readSetting('gitops.preview.maskSecrets'),
    codeLens: readSetting('gitops.codeLens.enabled'),
    diagnostics: readSetting('gitops.diagnostics.scope'),
    loadRestrictor: readSetting('gitops.kustomize.loadRestrictor'),
    workspace: workspaceSettings(),
    yamlIsValidatedElsewhere: isYamlValidatedElsewhere(),
    isTrusted: vscode.workspace.isTrusted,
  };
}

/** The fields of `.gitops-workbench.yaml` that the editor has settings for, as JSON. */
function workspaceSettings(): string {
  const kubernetesVersion = readSetting('gitops.kubernetes.version');
  return JSON.stringify({
    environments: readSetting('gitops.environments'),
    rules: readSetting('gitops.rules'),
    ...(kubernetesVersion !== '' && { kubernetesVersion }),
  });
}

function isYamlValidatedElsewhere(): boolean {
  return vscode.extensions.getExtension(yamlExtensionId) !== undefined && vscode.workspace.getConfiguration('yaml').get('validate') !== false;
}
