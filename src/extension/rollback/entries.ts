/** A version of an environment's history in the words of a list. Data in, data out. */
import type { HistoryEntry } from '../../server/promoteProtocol.js';
import { timeOf } from '../live/words.js';

export interface EntryWords {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** `Orders on stage: sha-2`, its images beside it, and below who made it when and whether it was deployed. */
export function describeEntry({ commit, subject, author, at, images, deployed }: HistoryEntry): EntryWords {
  return {
    label: subject === '' ? commit.slice(0, 8) : subject,
    description: images.join(', '),
    detail: [commit.slice(0, 8), author, timeOf(at), deployed].filter((word) => word !== '').join(' · '),
  };
}
