/** The editor's side as a page has it: messages, and a state that outlives the page while it is hidden. */

declare function acquireVsCodeApi(): { postMessage(message: unknown): void; getState(): unknown; setState(state: unknown): void };

export interface Host<Request, State> {
  send(request: Request): void;
  /** Undefined where there is none, or none that `isState` accepts. */
  readonly restored: State | undefined;
  save(state: State): void;
  /** Hears what the extension sends. */
  listen(listener: (content: unknown) => void): void;
}

/** Connects to the editor; to be called once. */
export function connectHost<Request, State>(isState: (value: unknown) => value is State): Host<Request, State> {
  const api = acquireVsCodeApi();
  const state = api.getState();
  return {
    send: (request) => api.postMessage(request),
    restored: isState(state) ? state : undefined,
    save: (next) => api.setState(next),
    listen: (listener) => window.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data)),
  };
}
