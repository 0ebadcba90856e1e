/** The rules of the group `workload`: off unless they are switched on, since many clusters enforce them by policy. */
import type { Rule } from '../rule.js';
import { hostNetwork } from './hostNetwork.js';
import { hostPath } from './hostPath.js';
import { privileged } from './privileged.js';
import { probes } from './probes.js';
import { resources } from './resources.js';
import { runAsRoot } from './runAsRoot.js';

export const workloadRules: readonly Rule[] = [privileged, runAsRoot, hostPath, hostNetwork, resources, probes];
