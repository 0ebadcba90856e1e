/** Problems of files as lines for a terminal. */
import type { Problem } from '../core/base/problem.js';
import { labelLocation, type OpenFiles } from './openFiles.js';

const colors = { error: '31', warning: '33', info: '36' } as const;

/** `overlays/prod/kustomization.yaml:3:5: error: one sentence (kustomize/missing-file)`, with a line end. */
export function formatProblem(
  { severity, message, code, location }: Pick<Problem, 'severity' | 'message' | 'code' | 'location'>,
  label: OpenFiles['label'],
  inColor: boolean,
): string {
  const word = inColor ? `\u001b[${colors[severity]}m${severity}:\u001b[0m` : `${severity}:`;
  return `${labelLocation(location, label)}: ${word} ${message.replaceAll(/\s*\n\s*/g, ' ')} (${code})\n`;
}

/** A line for each file that is there but could not be read: the renderer takes it for missing. */
export function formatUnreadable({ tree, label }: Pick<OpenFiles, 'tree' | 'label'>): string {
  return [...tree.unreadable].map(([path, reason]) => `${label(path)}: note: this file is there but can't be read: ${reason}\n`).join('');
}
