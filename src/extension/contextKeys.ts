/** Every context key that package.json's `when` clauses may use. They are set through bindings.ts. */

export interface ContextKeyInfo {
  readonly description: string;
}

export const contextKeys = {
  'gitops.hasKustomizations': { description: 'The workspace holds a kustomization.' },
  'gitops.hasCharts': { description: 'The workspace holds a chart.' },
  'gitops.kustomizationFolders': { description: 'The folders with a kustomization or a chart, as an object whose keys are system paths.' },
  'gitops.activeFileIsUsed': { description: 'Some kustomization or chart uses the file in the active editor.' },
  'gitops.activePreviewIsChart': { description: 'The active preview shows a chart.' },
  'gitops.previewHasMaskedSecrets': { description: 'The active preview holds Secrets, and they are hidden.' },
  'gitops.previewHasRevealedSecrets': { description: 'The active preview holds Secrets, and they are shown.' },
  'gitops.activeFileHasApplicationSet': { description: 'The file in the active editor holds an ApplicationSet.' },
  'gitops.activeFileDeclaresEnvironment': { description: 'An object in the active editor is what an operator deploys an environment by.' },
  'gitops.environmentsFound': { description: 'Whether the workspace has environments: `some` or `none`; not set before that is known.' },
  'gitops.environmentsFiltered': { description: 'The tree of environments is filtered.' },
  'gitops.clusterConnected': { description: 'A cluster is connected, or being connected.' },
  'gitops.sandboxRuns': { description: 'A sandbox that was started here runs.' },
  'gitops.syncPlan': { description: 'What the view of syncs shows: a `plan` that can be applied, one that is `running`, one that is `over`, or `none`.' },
  'gitops.editPlan': { description: 'What the view of promotions and rollbacks shows: a `plan` that can be delivered, one that is `running`, one that is `over`, or `none`.' },
  'gitops.doctorVisited': { description: 'Some environment was diagnosed, and the diagnosis is shown.' },
} as const satisfies Readonly<Record<string, ContextKeyInfo>>;

export type ContextKeyId = keyof typeof contextKeys;

export interface ContextKeyValues {
  'gitops.hasKustomizations': boolean;
  'gitops.hasCharts': boolean;
  'gitops.kustomizationFolders': Readonly<Record<string, true>>;
  'gitops.activeFileIsUsed': boolean;
  'gitops.activePreviewIsChart': boolean;
  'gitops.previewHasMaskedSecrets': boolean;
  'gitops.previewHasRevealedSecrets': boolean;
  'gitops.activeFileHasApplicationSet': boolean;
  'gitops.activeFileDeclaresEnvironment': boolean;
  'gitops.environmentsFound': 'some' | 'none';
  'gitops.environmentsFiltered': boolean;
  'gitops.clusterConnected': boolean;
  'gitops.sandboxRuns': boolean;
  'gitops.syncPlan': 'plan' | 'running' | 'over' | 'none';
  'gitops.editPlan': 'plan' | 'running' | 'over' | 'none';
  'gitops.doctorVisited': boolean;
}
