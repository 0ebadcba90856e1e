// The tests of test/cluster: against the sandbox, and once more against a real API server where KUBEBUILDER_ASSETS names a
// folder with etcd, kube-apiserver and kube-controller-manager (and kubectl, unless KUBECTL names one). Where that folder has
// kube-scheduler and kwok too, pods become ready there, and tests that need it run there as well.
// usage: node scripts/clusterTests.mjs [FILE OR FOLDER ...] [MOCHA OPTION ...]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const words = process.argv.slice(2);
const roots = words.some((word) => !word.startsWith('-')) ? [] : ['test/cluster'];
const assets = process.env.KUBEBUILDER_ASSETS;
console.log(assets ? `The sandbox, and the real API server of ${assets}` : 'The sandbox alone: KUBEBUILDER_ASSETS is not set');
const missing = ['kube-scheduler', 'kwok'].filter((name) => assets && !fs.existsSync(path.join(assets, name)));
if (missing.length > 0) console.log(`Tests that need ready pods run on the sandbox alone: the folder has no ${missing.join(', no ')}`);
const run = spawnSync(process.execPath, [path.join(import.meta.dirname, 'unit.mjs'), ...roots, ...words], { stdio: 'inherit' });
process.exitCode = run.status ?? 1;
