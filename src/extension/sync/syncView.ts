/** The sidebar's view of a sync: its plan, its progress, its result. It is there while there is one. */
import type * as vscode from 'vscode';
import { NodeView } from '../environmentTree/nodeView.js';
import { setContextKey } from '../bindings.js';
import { syncNodes, syncSentence } from './planNodes.js';
import type { SyncState } from './syncState.js';

export class SyncView implements vscode.Disposable {
  readonly #view = new NodeView('gitops.sync');
  #state: SyncState = { kind: 'none' };

  constructor() {
    this.show(this.#state);
  }

  get state(): SyncState {
    return this.#state;
  }

  show(state: SyncState): void {
    this.#state = state;
    setContextKey('gitops.syncPlan', state.kind);
    this.#view.show({ nodes: syncNodes(state), title: 'Sync', description: state.kind === 'none' ? '' : state.plan.label, message: syncSentence(state) });
  }

  /** Brings the view to the front. */
  focus(): Promise<void> {
    return this.#view.focus();
  }

  dispose(): void {
    this.#view.dispose();
  }
}
