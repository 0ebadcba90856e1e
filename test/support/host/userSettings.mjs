// The settings that a window of the tests, or of `npm start`, opens with.
import fs from 'node:fs';
import path from 'node:path';

/** Settings without which a window greets, asks or phones home. */
export const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'files.autoSave': 'off',
};

/** Writes `settings` where a VS Code whose data lie in `folder` looks for its user's. */
export function writeUserSettings(folder, settings) {
  fs.mkdirSync(path.join(folder, 'User'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'User/settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
}
