/** The line of snapshots that each come out of the one before, with what each step changed. */

/** So many steps are remembered; who comes from further back has to look at everything. */
const mostSteps = 512;

export class SnapshotHistory {
  /** Of the steps from `#first` on; undefined for one after which anything may be different. */
  readonly #steps: (readonly string[] | undefined)[] = [];
  #first = 0;

  /** How many steps were made. */
  get length(): number {
    return this.#first + this.#steps.length;
  }

  add(changed: readonly string[] | undefined): void {
    this.#steps.push(changed);
    if (this.#steps.length <= mostSteps) return;
    this.#steps.shift();
    this.#first++;
  }

  /** All paths that the steps from one on (0-based) up to another changed; undefined where that isn't known. */
  between(from: number, to: number): ReadonlySet<string> | undefined {
    if (from < this.#first || from > to) return undefined;
    const all = new Set<string>();
    for (const step of this.#steps.slice(from - this.#first, to - this.#first)) {
      if (!step) return undefined;
      for (const path of step) all.add(path);
    }
    return all;
  }
}
