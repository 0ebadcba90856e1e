/** Quick fixes: the mend that a problem brings with it, creating a file that is missing, fetching what is remote. */
import { CodeActionKind, type CodeAction, type Range } from 'vscode-languageserver';
import { isInside, joinPath, parentPath, relativePath } from '../../core/base/path.js';
import type { Problem } from '../../core/base/problem.js';
import { allRules } from '../../core/rules/allRules.js';
import type { Lack } from '../../core/objects/rendering.js';
import type { ClientCommands } from '../protocol.js';
import { pathToUri } from '../uris.js';
import type { ReportedProblem } from './diagnostics.js';

export interface CodeActionContext {
  readonly reported: readonly ReportedProblem[];
  readonly lacks: readonly Lack[];
  readonly isTrusted: boolean;
  /** The text at a problem's place. */
  readonly textAt: (problem: Problem) => string;
  readonly workspaceFolders: readonly string[];
  /** Whether a comment on a line of its own can stand above a position: not within a text of several lines, nor in a file without such comments. */
  readonly canComment: (position: Range['start']) => boolean;
}

/** The actions for the problems that touch `range`. */
export function listCodeActions(range: Range, context: CodeActionContext): CodeAction[] {
  return context.reported
    .filter(({ diagnostic }) => touches(diagnostic.range, range))
    .flatMap((reported) => [...fixes(reported), ...createMissing(reported, context), ...fetchRemote(reported, context), ...explain(reported), ...accept(reported, context)]);
}

/** What a problem brings with it; only a mend that is certain is preferred. */
function fixes({ problem, diagnostic }: ReportedProblem): CodeAction[] {
  return [...(problem.fix ? [problem.fix] : []), ...(problem.otherFixes ?? [])].map((fix) => {
    const changes: Record<string, { range: Range; newText: string }[]> = {};
    for (const { location, newText } of fix.changes) (changes[pathToUri(location.path)] ??= []).push({ range: location.range, newText });
    const action: CodeAction = { title: fix.title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit: { changes } };
    if (fix === problem.fix && !fix.needsReview) action.isPreferred = true;
    return action;
  });
}

/** The page of a rule. */
function explain({ problem: { code }, diagnostic }: ReportedProblem): CodeAction[] {
  if (!ruleIds.has(code)) return [];
  const id: keyof ClientCommands = '_gitops.rules.show';
  return [{ title: `Explain ${code}`, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], command: { title: 'Explain', command: id, arguments: [code] } }];
}

/** A comment with a reason, on a line above the finding, where a comment can stand. */
function accept({ problem: { code, location }, diagnostic }: ReportedProblem, { canComment }: CodeActionContext): CodeAction[] {
  if (!ruleIds.has(code) || !canComment(location.range.start)) return [];
  const id: keyof ClientCommands = '_gitops.rules.accept';
  const parameters: ClientCommands[typeof id] = [pathToUri(location.path), location.range.start.line, code];
  return [{ title: 'Accept with a reason…', kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], command: { title: 'Accept', command: id, arguments: parameters } }];
}

const ruleIds: ReadonlySet<string> = new Set(allRules.map(({ id }) => id));

/** A file of resources or a patch that does not exist yet. */
function createMissing({ problem, diagnostic }: ReportedProblem, context: CodeActionContext): CodeAction[] {
  if (problem.code !== 'kustomize/missing-file') return [];
  const entry = context
    .textAt(problem)
    .replaceAll(/^["']|["']$/g, '')
    .replace(/^[^=/]*=/, '');
  if (!/^[^\s:]+\.(ya?ml|json|env|properties|txt|conf)$/.test(entry)) return [];
  const folder = parentPath(problem.location.path);
  const path = joinPath(folder, entry);
  if (!context.workspaceFolders.some((candidate) => isInside(path, candidate))) return [];
  return [
    {
      title: `Create ${relativePath(folder, path)}`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      edit: { documentChanges: [{ kind: 'create', uri: pathToUri(path), options: { overwrite: false, ignoreIfExists: true } }] },
    },
  ];
}

/** Problems of what is elsewhere and could be had. */
const fetchable: ReadonlySet<string> = new Set(['kustomize/not-fetched', 'helm/dependency-not-fetched', 'gitops/chart-not-fetched']);

function fetchRemote({ problem, diagnostic }: ReportedProblem, context: CodeActionContext): CodeAction[] {
  if (!fetchable.has(problem.code) || !context.isTrusted) return [];
  const lack = context.lacks.find(({ location }) => location.path === problem.location.path && location.range.start.line === problem.location.range.start.line);
  if (!lack) return [];
  const id: keyof ClientCommands = 'gitops.remote.fetch';
  const title = lack.kind !== 'chart' ? 'Fetch remote base' : problem.code === 'helm/dependency-not-fetched' ? 'Fetch chart dependency' : 'Fetch chart';
  return [
    {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: true,
      command: { title, command: id, arguments: [lack.spec] },
    },
  ];
}

function touches(a: Range, b: Range): boolean {
  const isBefore = (x: Range['start'], y: Range['start']): boolean => x.line < y.line || (x.line === y.line && x.character < y.character);
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}
