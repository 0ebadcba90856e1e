/** "Where is my change?": how far what an editor or a node stands for has come, and following it until it is there. */
import * as vscode from 'vscode';
import type { EnvironmentSummary } from '../../server/deliveryProtocol.js';
import type { LadderProgress, LadderView } from '../../server/doctorProtocol.js';
import type { App } from '../app.js';
import { ask, tellFailure } from '../ask.js';
import { registerCommands } from '../bindings.js';
import type { EnvironmentTarget } from '../commands.js';
import { environmentsAt, findTarget } from '../environments/target.js';
import { isFailureWords } from '../failures.js';
import { previewScheme } from '../preview/previews.js';
import { iconOfLadder, ladderSentence, ladderWords, openRung } from './ladderNodes.js';

export function register(app: App): vscode.Disposable {
  return registerCommands(app.guard, {
    'gitops.ladder.find': (target) => findChange(app, target),
    'gitops.ladder.findLine': () => findLine(app),
    'gitops.ladder.follow': async (target) => {
      const environment = await findTarget(app, target, 'Follow the delivery of');
      if (environment) await follow(app, environment);
    },
    'gitops.ladder.refresh': async (target) => {
      const environment = await findTarget(app, target, 'Look at the delivery of');
      if (environment) await readLadder(app, environment);
    },
  });
}

/** Tells where the change of a node, or of the file in the editor, is now; where several environments use the file, each with its first open rung. */
async function findChange(app: App, target: EnvironmentTarget | undefined): Promise<void> {
  const affected = await environmentsOf(app, target);
  const [only, second] = affected;
  if (only && !second) return tell(app, only);
  const chosen = affected.length === 0 ? await findTarget(app, undefined, 'Where is my change? In') : await chooseByLadder(app, affected);
  if (chosen) await tell(app, chosen);
}

/** Tells how far the line at the cursor has come, in each environment that is rendered from its file. */
async function findLine(app: App): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const { uri } = editor?.document ?? {};
  if (!editor || uri?.scheme !== 'file') return void vscode.window.showInformationMessage('Put the cursor on a line of a file that an environment is rendered from.');
  const environments = await environmentsOf(app, uri);
  const [first] = environments;
  if (!first) return void vscode.window.showInformationMessage('No environment is rendered from this file.');
  const line = editor.selection.active.line;
  const items = environments.map((environment) => ({ label: environment.label, environment }));
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: `Where is line ${line + 1}? In` });
  if (!chosen) return;
  const { id, label } = chosen.environment;
  const ladder = await ask(app, 'gitops/ladder/read', { id, line: { uri: uri.toString(), line } });
  if (!ladder) return;
  const committed = ladder.rungs.find(({ rung, state }) => rung === 'committed' && state === 'done')?.evidence;
  void vscode.window.showInformationMessage([`${label}, line ${line + 1}: ${ladderSentence(ladder)}`, ...(committed === undefined ? [] : [committed])].join(' '));
}

/** The environments that a change there is delivered to; empty where no one in particular is meant. */
async function environmentsOf(app: App, target: EnvironmentTarget | undefined): Promise<readonly EnvironmentSummary[]> {
  const environments = await app.delivery.load();
  if (target && !(target instanceof vscode.Uri)) return environments.filter(({ id }) => id === target.environmentId);
  const uri = target ?? vscode.window.activeTextEditor?.document.uri;
  if (!uri) return [];
  if (uri.scheme === previewScheme) return environments.filter(({ previewUri }) => previewUri !== undefined && vscode.Uri.parse(previewUri).toString() === uri.toString());
  if (uri.scheme !== 'file') return [];
  const own = environmentsAt(environments, uri, undefined);
  if (own.length > 0) return own;
  const users = await app.server.request('gitops/environments/of', { uri: uri.toString() });
  return environments.filter(({ folderUri }) => folderUri !== undefined && users.some((user) => user.folderUri === folderUri));
}

interface LadderItem extends vscode.QuickPickItem {
  readonly environment: EnvironmentSummary;
}

/** A list of environments that fills with what is known of each as it comes. */
function chooseByLadder(app: App, environments: readonly EnvironmentSummary[]): Promise<EnvironmentSummary | undefined> {
  const pick = vscode.window.createQuickPick<LadderItem>();
  const ladders = new Map<string, LadderView | string>();
  const items = (): LadderItem[] =>
    environments.map((environment) => {
      const ladder = ladders.get(environment.id);
      const isKnown = typeof ladder === 'object';
      return {
        label: environment.label,
        description: isKnown ? ladderWords(ladder) : '',
        detail: isKnown ? (openRung(ladder)?.evidence ?? ladderSentence(ladder)) : (ladder ?? 'Looking …'),
        iconPath: new vscode.ThemeIcon(isKnown ? iconOfLadder(ladder).name : ladder === undefined ? 'loading~spin' : 'question'),
        alwaysShow: true,
        environment,
      };
    });
  pick.title = 'Where is my change?';
  pick.placeholder = 'How far it has come in each environment that uses this file';
  pick.matchOnDescription = true;
  pick.keepScrollPosition = true;
  pick.items = items();
  pick.busy = true;
  const isOpen = { value: true };
  void Promise.all(
    environments.map(async ({ id }) => {
      const ladder = await app.ladders.read(id);
      ladders.set(id, isFailureWords(ladder) ? ladder.message : ladder);
      if (!isOpen.value) return;
      const active = pick.activeItems[0]?.environment.id;
      pick.items = items();
      pick.activeItems = pick.items.filter((item) => item.environment.id === active);
    }),
  ).then(() => {
    if (isOpen.value) pick.busy = false;
  });
  return new Promise((done) => {
    pick.onDidAccept(() => {
      done(pick.activeItems[0]?.environment);
      pick.hide();
    });
    pick.onDidHide(() => {
      isOpen.value = false;
      done(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** Opens the ladder in the tree, and says where it ends with what can be done about it. */
async function tell(app: App, environment: EnvironmentSummary): Promise<void> {
  const ladder = await readLadder(app, environment);
  if (!ladder) return;
  const { id: environmentId, label } = environment;
  await vscode.commands.executeCommand('_gitops.environments.reveal', { environmentId }, 'delivery');
  const open = openRung(ladder);
  if (!open) return void vscode.window.showInformationMessage(`${label}: ${ladderSentence(ladder)}`);
  const [followIt, diagnose, goTo] = ['Follow', 'Diagnose…', 'Go to File'];
  const buttons = open.state === 'failed' ? [diagnose] : open.place ? [goTo, followIt] : [followIt, diagnose];
  const say = open.state === 'failed' ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
  void say(`${label}: ${ladderSentence(ladder)}`, ...buttons).then((answer) => {
    if (answer === followIt) return app.guard('follow', () => follow(app, environment));
    if (answer === goTo && open.place) return vscode.commands.executeCommand('_gitops.place.show', open.place.uri, open.place.range);
    return answer === diagnose ? vscode.commands.executeCommand('gitops.doctor.diagnose', { environmentId }) : undefined;
  });
}

/** Asks anew, with a note in the status bar while it takes its time; undefined where it can't be told, which is said. */
async function readLadder(app: App, { id, label }: EnvironmentSummary): Promise<LadderView | undefined> {
  const answer = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: `Looking where ${label} is …` }, () => app.ladders.refresh(id));
  if (!isFailureWords(answer)) return answer;
  tellFailure(app, answer);
  return undefined;
}

/** Follows an environment until it is healthy, has failed, or the user looks away; the tree shows every step. */
async function follow(app: App, { id, label }: EnvironmentSummary): Promise<void> {
  const first = await ask(app, 'gitops/ladder/follow', { id });
  if (!first) return;
  await vscode.commands.executeCommand('_gitops.environments.reveal', { environmentId: id }, 'delivery');
  const last = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: label, cancellable: true },
    (report, token) =>
      new Promise<LadderProgress>((done) => {
        const take = (progress: LadderProgress): void => {
          if (progress.followId !== first.followId) return;
          report.report({ message: progress.message });
          if (progress.outcome !== 'running') end(progress);
        };
        const listening = app.ladders.onDidProgress(take);
        const lost = app.server.onDidRestart(() => end({ ...first, outcome: 'stopped' }));
        const end = (progress: LadderProgress): void => {
          listening.dispose();
          lost.dispose();
          done(progress);
        };
        token.onCancellationRequested(() => {
          void app.guard('follow', async () => void (await ask(app, 'gitops/ladder/stop', { followId: first.followId })));
          end({ ...first, outcome: 'stopped' });
        });
        take(first);
      }),
  );
  if (last.outcome === 'healthy') void vscode.window.showInformationMessage(`${label}: ${last.message}`);
  if (last.outcome !== 'failed') return;
  const [diagnose, back] = ['Diagnose…', 'Roll Back…'];
  void vscode.window.showErrorMessage(`${label}: ${last.message}`, diagnose, back).then((answer) => {
    if (answer === diagnose) return vscode.commands.executeCommand('gitops.doctor.diagnose', { environmentId: id });
    return answer === back ? vscode.commands.executeCommand('gitops.rollback.start', { environmentId: id }) : undefined;
  });
}
