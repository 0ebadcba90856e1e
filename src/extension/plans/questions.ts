/** What is asked before a plan of edits is carried out: the way, each question of the plan by itself, and the commit message. */
import * as vscode from 'vscode';
import type { DeliverWay, EditPlanView, EditQuestion, RunRequest } from '../../server/promoteProtocol.js';
import { choose, confirm, type Choice } from '../confirm.js';
import { forgeOf, type Forge } from './forge.js';
import { enterpriseAddress, signIn } from './forgeSession.js';
import { changedTargets, waysOf, wordsOfPlan, wordsOfWay } from './planState.js';

/** A way, and for a pull request who makes it. */
interface ChosenWay {
  readonly way: DeliverWay;
  readonly forge: Forge | undefined;
}

/**
 * What a run is started with; undefined where the user wants none of it.
 * @param repositories the addresses of the repositories that the plan's environments are delivered from
 */
export async function askForRun(plan: EditPlanView, repositories: readonly string[]): Promise<RunRequest | undefined> {
  const chosen = await chooseWay(plan, repositories);
  if (!chosen) return undefined;
  const { way, forge } = chosen;
  const answers = await askQuestions(plan, way);
  const message = answers && (way === 'edit' ? plan.message : await askForMessage(plan));
  if (!answers || message === undefined) return undefined;
  const session = forge && (await signIn(forge));
  const [topic] = plan.branches.filter(({ ways }) => ways.includes('pullRequest'));
  return { planId: plan.planId, way, message, answers, ...(way === 'pullRequest' && topic && { topicBranch: topic.topicBranch }), ...(session && { session }) };
}

async function chooseWay(plan: EditPlanView, repositories: readonly string[]): Promise<ChosenWay | undefined> {
  const choices = waysOf(plan).flatMap((way): readonly Choice<ChosenWay>[] => {
    const words = wordsOfWay(way, plan.branches);
    const forge = way === 'pullRequest' ? forgeOf(repositories[0], enterpriseAddress()) : undefined;
    const plain: Choice<ChosenWay> = { ...words, value: { way, forge: undefined } };
    if (!forge) return [plain];
    return [
      { ...words, label: `Create Pull Request on ${forge.name}`, value: { way, forge } },
      { ...plain, label: 'Open Pull Request in Browser' },
    ];
  });
  return choose(`${plan.title}: ${wordsOfPlan(plan)}`, choices);
}

/** The answers by their keys; undefined where one was not a yes. */
async function askQuestions(plan: EditPlanView, way: DeliverWay): Promise<Readonly<Record<string, string>> | undefined> {
  const answers: Record<string, string> = {};
  // A pull request is what protects a protected environment: nothing is typed for it.
  const asked = plan.questions.filter(({ typed }) => typed === undefined || way !== 'pullRequest');
  for (const question of asked) {
    const answer = question.typed === undefined ? await askForYes(question) : await askForTyped(question, question.typed);
    if (answer === undefined) return undefined;
    answers[question.key] = answer;
  }
  // What is pushed to a protected environment takes its name in any case.
  const guarded = plan.questions.some(({ typed }) => typed !== undefined) || way !== 'push' ? undefined : changedTargets(plan).find(({ isProtected }) => isProtected);
  if (!guarded) return answers;
  const isSure = await confirm({ label: guarded.label, isProtected: true, question: `${plan.title}?`, detail: `It is pushed to ${guarded.branch ?? 'git'}.`, action: 'Deliver' });
  return isSure ? answers : undefined;
}

async function askForYes({ question, isDangerous }: EditQuestion): Promise<string | undefined> {
  const yes = await choose(question, [
    { label: 'No, Stop Here', detail: 'Nothing is written', icon: 'close', value: false },
    { label: isDangerous ? 'Yes, I Am Sure' : 'Yes', detail: '', icon: isDangerous ? 'warning' : 'check', value: true },
  ]);
  return yes === true ? 'yes' : undefined;
}

async function askForTyped({ question }: EditQuestion, typed: string): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title: question,
    prompt: `Type ${typed} to go on.`,
    placeHolder: typed,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === typed || text === '' ? undefined : { message: `Type ${typed}, or press Escape to leave it as it is.`, severity: vscode.InputBoxValidationSeverity.Info },
  });
  return answer === typed ? answer : undefined;
}

/** The first line is asked for; what the template says below it stays. */
async function askForMessage({ message, title }: EditPlanView): Promise<string | undefined> {
  const [subject = '', ...body] = message.split('\n');
  const answer = await vscode.window.showInputBox({
    title: `Commit message: ${title}`,
    prompt: 'Enter commits',
    value: subject,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'A commit needs a message.' : undefined),
  });
  return answer === undefined ? undefined : [answer.trim(), ...body].join('\n');
}
