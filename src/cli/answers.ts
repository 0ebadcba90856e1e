/** What a user answers on standard input, line by line, to questions that are printed with the messages. */
import { createInterface, type Interface } from 'node:readline';
import { CommandError, type CommandLine } from './commandLine.js';

export class Answers {
  readonly #commandLine: CommandLine;
  #lines: Interface | undefined;
  #iterator: AsyncIterator<string> | undefined;

  constructor(commandLine: CommandLine) {
    this.#commandLine = commandLine;
  }

  /**
   * The next line, without blanks around it; undefined where the input is at its end.
   * @throws CommandError when the user stops the program
   */
  async ask(question: string): Promise<string | undefined> {
    const { input, errors, signal } = this.#commandLine;
    errors.write(question);
    this.#lines ??= createInterface({ input, terminal: false, crlfDelay: Infinity });
    this.#iterator ??= this.#lines[Symbol.asyncIterator]();
    const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new CommandError('Nothing was written.')), { once: true }));
    const line = await Promise.race([this.#iterator.next(), stopped]);
    return line.done === true ? undefined : line.value.trim();
  }

  close(): void {
    this.#lines?.close();
  }
}
