/** `doctor [ENV]`: symptoms of one environment or of all and their likely causes, with the evidence and the fix. Nothing is written. */
import type { Place, Problem } from '../core/base/problem.js';
import { readKubernetesTable } from '../adapters/disk/kubernetesTable.js';
import { openRegistry } from '../adapters/registry/openRegistry.js';
import type { Cause, Diagnosis } from '../core/doctor/diagnosis.js';
import { examine, maskTextOf, notSeenOf } from '../core/doctor/examine.js';
import type { DoctorFacts, LiveFacts } from '../core/doctor/facts.js';
import { formatReport, type ReportedVisit } from '../core/doctor/report.js';
import type { Environment } from '../core/gitops/delivery.js';
import type { BuildOptions } from '../core/kustomize/build.js';
import type { TagVerdict } from '../core/registry/imageFacts.js';
import { Checks, problemsOfEnvironment } from '../services/checks.js';
import { gatherFacts, gatherLiveFacts, ladderLiveOf } from '../services/doctor.js';
import { readLadder } from '../services/ladder.js';
import { Registries } from '../services/registries.js';
import type { Workspace } from '../services/workspace.js';
import { connectCluster, type ClusterWords } from './clusterConnection.js';
import { writeText, type CommandLine, type ExitStatus } from './commandLine.js';
import { findEnvironment } from './environments.js';
import { askGitOf, gitAccessOf, type GitAnswers } from './gitFacts.js';
import { lookAtLive } from './liveLook.js';
import { openFiles, type OpenFiles } from './openFiles.js';

export interface DoctorWords extends ClusterWords {
  readonly workspace?: string;
  readonly format: 'text' | 'json' | 'markdown';
  readonly askRegistries?: true;
  readonly build: BuildOptions;
}

interface Visiting {
  readonly files: OpenFiles;
  readonly workspace: Workspace;
  readonly answers: GitAnswers;
  readonly words: DoctorWords;
  readonly problemsOf: (environment: Environment) => readonly Problem[];
  readonly tagVerdict: ((image: string, signal: AbortSignal) => Promise<TagVerdict>) | undefined;
  readonly commandLine: CommandLine;
}

interface Visit extends ReportedVisit {
  readonly facts: DoctorFacts;
}

const notAsked = 'No cluster was asked; name one with --context or --kubeconfig.';

/** Status 1 where something was found. */
export async function doctor(name: string | undefined, words: DoctorWords, commandLine: CommandLine): Promise<ExitStatus> {
  const files = openFiles(commandLine, words.workspace);
  const workspace = files.open(words.build);
  const { delivery } = workspace.state;
  const environments = name === undefined ? delivery.model.environments : [findEnvironment(name, delivery)];
  const visiting: Visiting = {
    files,
    workspace,
    answers: new Map(),
    words,
    problemsOf: await runRules(workspace, commandLine),
    tagVerdict: words.askRegistries ? openVerdicts() : undefined,
    commandLine,
  };
  const visits: Visit[] = [];
  for (const environment of environments) visits.push(await visit(environment, visiting));
  await writeText(commandLine.output, format(visits, words.format, files));
  if (words.format !== 'markdown') commandLine.errors.write(notSeenWords(visits));
  return visits.some(({ diagnoses }) => diagnoses.length > 0) ? 1 : 0;
}

async function runRules(workspace: Workspace, { errors, programFolder, signal }: CommandLine): Promise<Visiting['problemsOf']> {
  const { state } = workspace;
  const { delivery } = state;
  await workspace.refreshGit(true, signal);
  const checks = new Checks({
    onFailure: (rule, error) => errors.write(`The rule ${rule.id} failed by a bug; please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
    readTable: () => readKubernetesTable(programFolder),
  });
  const { committed } = workspace;
  const checked = { tree: state.tree, delivery, kustomizations: state.roots.map(({ folder }) => folder), yamlFiles: state.yamlFiles, parse: state.parse };
  const findings = checks.run({ ...checked, ...(committed && { committed }) });
  return (environment) => problemsOfEnvironment(environment, delivery, findings);
}

/** Every registry may be asked: the user said so. */
function openVerdicts(): Visiting['tagVerdict'] {
  const registry = openRegistry({ mayRunPrograms: () => true, insecure: () => [], credentials: { find: () => Promise.resolve(undefined) } });
  const registries = new Registries({ registry, isAllowed: () => true, now: () => Date.now() });
  return (image, signal) => registries.tagVerdict(image, signal);
}

async function visit(environment: Environment, visiting: Visiting): Promise<Visit> {
  const { files, workspace, answers, problemsOf, tagVerdict, commandLine } = visiting;
  const { signal } = commandLine;
  const { delivery, tree } = workspace.state;
  const { rendering } = delivery.render(environment);
  const live = await lookIfNamed(environment, visiting);
  const placeOf = (path: string): Place | undefined => {
    const source = tree.read(path);
    return source && { source, start: 0, end: 0 };
  };
  const now = Date.now();
  const git = gitAccessOf(workspace, files.workspace, answers);
  const ladderLive = live && ladderLiveOf(live);
  const ladder = await readLadder({ environment, delivery, git, unsaved: [], label: files.label, placeOf, live: ladderLive, notAsked, now }, signal);
  const facts = await gatherFacts({ environment, rendering, findings: problemsOf(environment), ladder, live, tree, label: files.label, tagVerdict, now }, signal);
  return {
    facts,
    label: environment.label,
    context: live?.context,
    at: new Date(now).toISOString(),
    diagnoses: examine(facts),
    rungs: ladder.rungs,
    notSeen: notSeenOf(facts, notAsked).map(maskTextOf(facts)),
    maskText: maskTextOf(facts),
    labelFile: files.label,
  };
}

/** A cluster is asked where the user names one: also for what doesn't render, which its operator has a word on. */
async function lookIfNamed(environment: Environment, { files, workspace, answers, words, commandLine }: Visiting): Promise<LiveFacts | undefined> {
  if (words.context === undefined && words.kubeconfig === undefined) return undefined;
  const { signal } = commandLine;
  const { delivery } = workspace.state;
  const { rendering } = delivery.render(environment);
  const connected = await connectCluster(environment, words, commandLine);
  const { cluster, context } = connected;
  try {
    const look = rendering.ok ? await lookAtLive(environment, delivery, connected, await askGitOf(environment, delivery, files, answers, signal), commandLine) : undefined;
    return await gatherLiveFacts({ cluster, environment, drift: look?.drift, rendering, fallbackNamespace: context.namespace, now: Date.now() }, signal);
  } finally {
    cluster.close();
  }
}

function format(visits: readonly Visit[], asked: DoctorWords['format'], files: OpenFiles): string {
  if (asked === 'markdown') return formatReport(visits);
  if (asked === 'json')
    return `${JSON.stringify(visits.flatMap((each) => each.diagnoses.flatMap((diagnosis) => diagnosis.causes.map((cause) => fieldsOf(each, diagnosis, cause, files)))))}\n`;
  return visits.map((each) => formatVisit(each, files)).join('\n');
}

/** As programs read it: one entry for each cause. */
function fieldsOf({ label }: Visit, { symptom, code, severity, object }: Diagnosis, { cause, evidence, fix, place, runnable }: Cause, files: OpenFiles): object {
  return {
    environment: label,
    code,
    severity,
    symptom,
    ...(object && { object }),
    cause,
    evidence,
    fix,
    ...(runnable && { action: { kind: runnable.action.kind, title: runnable.title, effect: runnable.effect } }),
    ...(place && { file: files.label(place.path), line: place.range.start.line + 1 }),
  };
}

function formatVisit({ label, context, diagnoses, notSeen }: Visit, files: OpenFiles): string {
  const where = context === undefined ? '' : ` in ${context}`;
  if (diagnoses.length === 0) return `${label}${where}: nothing was found${notSeen.length === 0 ? '' : ' in what could be seen'}.\n`;
  const lines = [`${label}${where}: ${diagnoses.length} ${diagnoses.length === 1 ? 'symptom' : 'symptoms'}`];
  for (const { code, severity, symptom, causes } of diagnoses) {
    lines.push(`${severity === 'error' ? '✗' : '!'} ${code}: ${symptom}`);
    for (const { cause, evidence, fix, place } of causes) {
      const at = place && `${files.label(place.path)}:${place.range.start.line + 1}`;
      lines.push(`    ${cause}${at === undefined || cause.includes(at) ? '' : ` (${at})`}`, ...evidence.map((text) => `      - ${text}`), `      Fix: ${fix}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function notSeenWords(visits: readonly Visit[]): string {
  const all = [...new Set(visits.flatMap(({ notSeen }) => notSeen))];
  return all.map((text) => `${text}\n`).join('');
}
