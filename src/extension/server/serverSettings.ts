/** The user's settings as the server is told them, with what it can't know: trust, and who else checks YAML here. */
import * as vscode from 'vscode';
import type { ServerSettings } from '../../server/protocol.js';
import { readSetting } from '../bindings.js';
import { allowedRegistries, insecureRegistries } from '../registries/allowed.js';

/** The id of the extension that validates YAML files for most people. */
export const yamlExtensionId = 'redhat.vscode-yaml';

/** @param sandboxKubeconfig the path of the kubeconfig of a sandbox that runs; empty where none does */
export function currentSettings(memory: vscode.Memento, sandboxKubeconfig: string): ServerSettings {
  return {
    maskSecrets: readSetting('gitops.preview.maskSecrets'),
    codeLens: readSetting('gitops.codeLens.enabled'),
    diagnostics: readSetting('gitops.diagnostics.scope'),
    loadRestrictor: readSetting('gitops.kustomize.loadRestrictor'),
    workspace: workspaceSettings(memory),
    yamlIsValidatedElsewhere: isYamlValidatedElsewhere(),
    isTrusted: vscode.workspace.isTrusted,
    kubeconfig: readSetting('gitops.cluster.kubeconfig'),
    sandboxKubeconfig,
    drift: readSetting('gitops.drift.enabled'),
    allowedRegistries: allowedRegistries(),
    insecureRegistries: insecureRegistries(),
  };
}

/** The fields of `.gitops-workbench.yaml` that the editor has settings for, as JSON. */
function workspaceSettings(memory: vscode.Memento): string {
  const kubernetesVersion = readSetting('gitops.kubernetes.version');
  return JSON.stringify({
    environments: readSetting('gitops.environments'),
    rules: readSetting('gitops.rules'),
    ...(kubernetesVersion !== '' && { kubernetesVersion }),
    standIns: readStandIns(memory),
  });
}

/** Where values for variables that only a cluster knows are remembered. */
export const standInsKey = 'gitops.standIns';

/** The remembered values, by `namespace/name` of a Flux Kustomization, then by variable. */
export function readStandIns(memory: vscode.Memento): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return memory.get(standInsKey, {});
}

function isYamlValidatedElsewhere(): boolean {
  return vscode.extensions.getExtension(yamlExtensionId) !== undefined && vscode.workspace.getConfiguration('yaml').get('validate') !== false;
}
