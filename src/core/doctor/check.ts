/** What a check is: it looks for one symptom, and stands in a file of its own. */
import type { Diagnosis, DiagnosisCode } from './diagnosis.js';
import type { DoctorFacts, Topic } from './facts.js';

export interface Check {
  readonly code: DiagnosisCode;
  /** `Image can't be pulled`: a few words. */
  readonly title: string;
  /** What it has to see of a cluster. */
  readonly topics: readonly Topic[];
  readonly examine: (facts: DoctorFacts) => Iterable<Diagnosis>;
}
