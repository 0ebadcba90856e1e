/** How commits, lists and sentences are said to people. */
import { durationWords, parseTime } from '../live/time.js';

/** The first few by name. */
export function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

/** `1 commit`, `2 commits`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** With a full stop, and in one line. */
export function sentence(text: string): string {
  const trimmed = text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replace(/[:\s]+$/, '');
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Hashes in a text in their short form. */
export function shorten(revision: string): string {
  return revision.replaceAll(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g, (hash) => hash.slice(0, 8));
}

/** The full hash in an operator's revision (`main@sha1:1a2b…`); undefined where there is none. */
export function hashIn(revision: string): string | undefined {
  return /(?:^|[^0-9a-f])([0-9a-f]{40}(?:[0-9a-f]{24})?)$/.exec(revision)?.[1];
}

/** `, 12 minutes ago`; empty where the time isn't known or to come. @param now milliseconds since 1970 */
export function ago(time: string | undefined, now: number): string {
  const at = parseTime(time);
  return at === undefined || at > now + 1000 ? '' : `, ${durationWords(now - at)} ago`;
}
