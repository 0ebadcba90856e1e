/** Settings as a client sent them, checked: what is missing or of another type has its default, and the safe one. */
import type { ServerSettings } from './protocol.js';

/** The settings in `given`. */
export function readSettings(given: unknown): ServerSettings {
  const settings = typeof given === 'object' && given !== null ? (given as Partial<Record<keyof ServerSettings, unknown>>) : {};
  return {
    maskSecrets: settings.maskSecrets !== false,
    codeLens: settings.codeLens !== false,
    diagnostics: settings.diagnostics === 'openFiles' ? 'openFiles' : 'workspace',
    loadRestrictor: settings.loadRestrictor === 'none' ? 'none' : 'rootOnly',
    workspace: typeof settings.workspace === 'string' ? settings.workspace : '',
    yamlIsValidatedElsewhere: settings.yamlIsValidatedElsewhere === true,
    isTrusted: settings.isTrusted === true,
    kubeconfig: typeof settings.kubeconfig === 'string' ? settings.kubeconfig : '',
    sandboxKubeconfig: typeof settings.sandboxKubeconfig === 'string' ? settings.sandboxKubeconfig : '',
    drift: settings.drift !== false,
    allowedRegistries: textsIn(settings.allowedRegistries),
    insecureRegistries: textsIn(settings.insecureRegistries),
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
