/** What is wrong in a user's files, as data: a closed code, one sentence, the place, and the fix where there is one. */
import type { Location, SourceText } from './source.js';

export type Severity = 'error' | 'warning' | 'info';

/** A replacement of one range of a file; an empty range inserts. */
export interface TextChange {
  readonly location: Location;
  readonly newText: string;
}

/** A mend that an author can take with one keystroke. */
export interface Fix {
  /** Imperative, without a full stop: `Quote the tag`. */
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** True where the author has to look at what it does: it is offered, and never applied unasked. */
  readonly needsReview?: true;
}

/** Another place that explains a problem. */
export interface RelatedLocation {
  readonly location: Location;
  readonly message: string;
}

export interface Problem {
  /** `<renderer>/<kebab-case>`, stable: `kustomize/missing-resource`. */
  readonly code: string;
  readonly severity: Severity;
  /** One clear sentence that names what is wrong and, where it isn't obvious, what to do. */
  readonly message: string;
  readonly location: Location;
  readonly related?: readonly RelatedLocation[];
  readonly fix?: Fix;
  /** Other ways to mend it, after {@link fix}. */
  readonly otherFixes?: readonly Fix[];
}

/** A range of a text that a problem can be reported at; every YAML node is one. */
export interface Place {
  readonly source: SourceText;
  /** Offsets in `source`, 0-based, `end` not included. */
  readonly start: number;
  readonly end: number;
}

/** What a problem may carry besides its sentence and place. */
export interface ProblemExtras {
  readonly related?: readonly RelatedLocation[];
  readonly fix?: Fix;
  readonly otherFixes?: readonly Fix[];
}

/**
 * Collects the problems of one run. A step that meets a user's mistake reports it here and goes on with what it has;
 * whoever drives the steps looks at {@link hasErrors} between them and stops.
 */
export class Problems {
  readonly #list: Problem[] = [];
  #errors = 0;

  get list(): readonly Problem[] {
    return this.#list;
  }

  /** True once an error (not a warning) was reported. */
  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  error(code: string, message: string, place: Place, extras: ProblemExtras = {}): void {
    this.#errors++;
    this.#list.push({ code, severity: 'error', message, location: place.source.locate(place.start, place.end), ...extras });
  }

  warning(code: string, message: string, place: Place, extras: ProblemExtras = {}): void {
    this.#list.push({ code, severity: 'warning', message, location: place.source.locate(place.start, place.end), ...extras });
  }

  info(code: string, message: string, place: Place, extras: ProblemExtras = {}): void {
    this.#list.push({ code, severity: 'info', message, location: place.source.locate(place.start, place.end), ...extras });
  }

  /** Takes over problems that were found elsewhere, such as those of a cached base. */
  addAll(problems: readonly Problem[]): void {
    for (const problem of problems) {
      if (problem.severity === 'error') this.#errors++;
      this.#list.push(problem);
    }
  }
}
