/** Every context key that package.json's `when` clauses may use. They are set through bindings.ts. */

export interface ContextKeyInfo {
  readonly description: string;
}

export const contextKeys = {
  'gitops.hasKustomizations': { description: 'The workspace holds a kustomization.' },
  'gitops.kustomizationFolders': { description: 'The folders with a kustomization, as an object whose keys are system paths.' },
  'gitops.activeFileIsUsed': { description: 'Some kustomization uses the file in the active editor.' },
  'gitops.previewHasMaskedSecrets': { description: 'The active preview holds Secrets, and they are hidden.' },
  'gitops.previewHasRevealedSecrets': { description: 'The active preview holds Secrets, and they are shown.' },
} as const satisfies Readonly<Record<string, ContextKeyInfo>>;

export type ContextKeyId = keyof typeof contextKeys;

export interface ContextKeyValues {
  'gitops.hasKustomizations': boolean;
  'gitops.kustomizationFolders': Readonly<Record<string, true>>;
  'gitops.activeFileIsUsed': boolean;
  'gitops.previewHasMaskedSecrets': boolean;
  'gitops.previewHasRevealedSecrets': boolean;
}
