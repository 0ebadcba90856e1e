/** Time within the sandbox: everything in it that waits asks a clock, so that tests (and people in a hurry) can turn it on. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `run` once, after that many milliseconds; what is returned calls it off. */
  after(milliseconds: number, run: () => void): () => void;
}

/** The longest that a timer of Node waits without overflowing. */
const longestTimer = 2 ** 31 - 1;

/** Real time. @param speed how many seconds of the sandbox pass in a real one; what is stamped stays close to real time with 1 only */
export function systemClock(speed = 1): Clock {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * speed,
    after: (milliseconds, run) => {
      // What is to come within the sandbox doesn't keep the process going: its servers do.
      const timer = setTimeout(run, Math.min(Math.max(milliseconds / speed, 0), longestTimer)).unref();
      return () => clearTimeout(timer);
    },
  };
}

/** So many appointments without time passing are a circle. */
const mostAtOnce = 100_000;

interface Appointment {
  readonly at: number;
  readonly run: () => void;
}

/** Time that stands still until it is stepped on. */
export class SteppedClock implements Clock {
  #now: number;
  readonly #appointments = new Set<Appointment>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const appointment = { at: this.#now + Math.max(milliseconds, 0), run };
    this.#appointments.add(appointment);
    return () => this.#appointments.delete(appointment);
  }

  /** Lets time pass: everything that falls due runs, in order, each at its own time. */
  step(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#nextUntil(end), atOnce = 0; next; next = this.#nextUntil(end)) {
      this.#appointments.delete(next);
      atOnce = next.at > this.#now ? 0 : atOnce + 1;
      if (atOnce > mostAtOnce) throw new Error('Something makes an appointment for now, again and again.');
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  /** Insertion order decides between those of one time. */
  #nextUntil(end: number): Appointment | undefined {
    let first: Appointment | undefined;
    for (const each of this.#appointments) if (each.at <= end && (!first || each.at < first.at)) first = each;
    return first;
  }
}
