/** The real binaries that tests and the benchmark may use. */
import fs from 'node:fs';
import path from 'node:path';

const named = process.env['KUBEBUILDER_ASSETS'];

/** The folder of the real binaries; undefined where none is named. */
export const realAssets = named === '' ? undefined : named;

/** The real kubectl; undefined where there is none. */
export const kubectlPath = [process.env['KUBECTL'], realAssets && path.join(realAssets, 'kubectl')].find((file) => file !== undefined && file !== '' && fs.existsSync(file));
