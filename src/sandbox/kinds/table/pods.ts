/** The row of a pod: what its containers make of its phase (k8s.io/kubernetes v1.34, pkg/printers/internalversion printPod). */
import { isJsonObject, type JsonObject } from '../../../core/live/json.js';
import type { LiveObject } from '../../../core/live/liveObject.js';
import { mapsAt, numberAt, objectAt, stringAt, valueAt } from '../../../core/live/readFields.js';
import { ageOf, conditionOf, countAt, textOr } from './cells.js';
import { formatAge } from './durations.js';
import type { Printer, Row } from './table.js';

interface State {
  reason: string;
  ready: number;
  restarts: number;
  /** RFC 3339; empty for never. */
  lastRestart: string;
}

export const printPod: Printer = (pod, now): Row => {
  const containers = mapsAt(pod, 'spec', 'containers').length;
  const sidecars = new Set(mapsAt(pod, 'spec', 'initContainers').flatMap((each) => (each['restartPolicy'] === 'Always' ? [stringAt(each, 'name')] : [])));
  const state = readState(pod, sidecars);
  const restarts = state.restarts !== 0 && state.lastRestart !== '' ? `${state.restarts} (${formatAge(state.lastRestart, now)} ago)` : String(state.restarts);
  const [address] = mapsAt(pod, 'status', 'podIPs');
  const conditions = endedConditions[stringAt(pod, 'status', 'phase')];
  return {
    cells: [
      pod.metadata.name,
      `${state.ready}/${containers + sidecars.size}`,
      state.reason,
      restarts,
      ageOf(pod, now),
      textOr('<none>', address, 'ip'),
      textOr('<none>', pod, 'spec', 'nodeName'),
      textOr('<none>', pod, 'status', 'nominatedNodeName'),
      formatGates(pod),
    ],
    ...(conditions && { conditions }),
  };
};

const endedConditions: Readonly<Record<string, readonly JsonObject[]>> = {
  Succeeded: [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }],
  Failed: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
};

function readState(pod: LiveObject, sidecars: ReadonlySet<string>): State {
  const phase = stringAt(pod, 'status', 'phase');
  const isGated = conditionOf(pod, 'PodScheduled')?.['reason'] === 'SchedulingGated';
  const state: State = { reason: isGated ? 'SchedulingGated' : stringAt(pod, 'status', 'reason') || phase, ready: 0, restarts: 0, lastRestart: '' };
  const own: State = { ...state };
  const isInitializing = readInitContainers(pod, sidecars, state, own);
  if (!isInitializing || conditionOf(pod, 'Initialized')?.['status'] === 'True') {
    state.restarts = own.restarts;
    state.lastRestart = own.lastRestart;
    readContainers(pod, state);
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (stringAt(pod, 'status', 'reason') === 'NodeLost') state.reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') state.reason = 'Terminating';
  }
  return state;
}

/** @param sidecar what the containers that go on running count */
function readInitContainers(pod: LiveObject, sidecars: ReadonlySet<string>, state: State, sidecar: State): boolean {
  const count = mapsAt(pod, 'spec', 'initContainers').length;
  for (const [index, container] of mapsAt(pod, 'status', 'initContainerStatuses').entries()) {
    const isSidecar = sidecars.has(stringAt(container, 'name'));
    countRestarts(container, state);
    if (isSidecar) countRestarts(container, sidecar);
    const { terminated, waiting } = objectAt(container, 'state');
    if (isJsonObject(terminated) && countAt(terminated, 'exitCode') === 0) continue;
    if (isSidecar && container['started'] === true) {
      if (container['ready'] === true) state.ready += 1;
      continue;
    }
    const reason = stringAt(waiting, 'reason');
    if (isJsonObject(terminated)) state.reason = `Init:${formatEnd(terminated)}`;
    else if (reason !== '' && reason !== 'PodInitializing') state.reason = `Init:${reason}`;
    else state.reason = `Init:${index}/${count}`;
    return true;
  }
  return false;
}

function readContainers(pod: LiveObject, state: State): void {
  let isRunning = false;
  for (const container of [...mapsAt(pod, 'status', 'containerStatuses')].reverse()) {
    countRestarts(container, state);
    const { terminated, waiting, running } = objectAt(container, 'state');
    const reason = stringAt(waiting, 'reason');
    if (reason !== '') state.reason = reason;
    else if (isJsonObject(terminated)) state.reason = formatEnd(terminated);
    else if (container['ready'] === true && isJsonObject(running)) {
      isRunning = true;
      state.ready += 1;
    }
  }
  if (state.reason === 'Completed' && isRunning) state.reason = conditionOf(pod, 'Ready')?.['status'] === 'True' ? 'Running' : 'NotReady';
}

function countRestarts(container: JsonObject, state: State): void {
  state.restarts += countAt(container, 'restartCount');
  const ended = stringAt(container, 'lastState', 'terminated', 'finishedAt');
  if (ended > state.lastRestart) state.lastRestart = ended;
}

function formatEnd(terminated: JsonObject): string {
  const reason = stringAt(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberAt(terminated, 'signal') ?? 0;
  return signal === 0 ? `ExitCode:${countAt(terminated, 'exitCode')}` : `Signal:${signal}`;
}

function formatGates(pod: LiveObject): string {
  const gates = mapsAt(pod, 'spec', 'readinessGates');
  if (gates.length === 0) return '<none>';
  const open = gates.filter((gate) => valueAt(conditionOf(pod, stringAt(gate, 'conditionType')), 'status') === 'True');
  return `${open.length}/${gates.length}`;
}
