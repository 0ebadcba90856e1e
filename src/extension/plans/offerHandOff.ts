/** Offers, while a pushed change is followed, what makes it arrive: once for each environment that waits for being picked up. */
import * as vscode from 'vscode';
import type { EditProgress } from '../../server/promoteProtocol.js';
import type { App } from '../app.js';
import { handOffOf, waitsForOperator } from './handOff.js';

/** @param handed the environments for which it was offered already; those of this time are added */
export function offerHandOff(app: App, { ladders }: EditProgress, handed: Set<string>): void {
  for (const ladder of ladders) {
    if (handed.has(ladder.id) || !waitsForOperator(ladder)) continue;
    const hand = handOffOf(ladder.label, app.live.environment(ladder.id));
    if (!hand) continue;
    handed.add(ladder.id);
    const { words, button, command } = hand;
    void vscode.window
      .showInformationMessage(words, button)
      .then((answer) => (answer === button ? vscode.commands.executeCommand(command, { environmentId: ladder.id }) : undefined));
  }
}
