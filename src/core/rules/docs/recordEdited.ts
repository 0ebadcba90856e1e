/**
 * docs/record-edited: an accepted decision record whose text is changed. What a record may still get is another status and
 * links. A fix can only change texts: it takes the accepted text back; the new record is for the author to write.
 */
import { joinPath } from '../../base/path.js';
import type { SourceText } from '../../base/source.js';
import { defineWorkspaceRule } from '../rule.js';

/** Where projects keep their records. */
const folders = ['docs/adr', 'docs/adrs', 'docs/decisions', 'docs/architecture/decisions', 'doc/adr', 'adr', 'adrs'];

export const recordEdited = defineWorkspaceRule<undefined>({
  id: 'docs/record-edited',
  title: 'Accepted decision record that is edited',
  severity: 'info',
  what: 'A decision record (`docs/adr/*.md` and the like) that was committed with the status `accepted` is changed in something else than its status and links.',
  why: 'Decision records are append-only: who reads one later wants to know what was decided then. A decision that changes is a new record which supersedes the old one.',
  mend: 'Take the accepted text back, write a new record with the new decision, and set the old one’s status to `superseded by`, with a link.',
  examples: {
    bad: `# 0004 Deliver with Argo CD

Status: accepted

We deliver with Flux.   <- was: We deliver with Argo CD.`,
    good: `# 0004 Deliver with Argo CD

Status: superseded by [0009](0009-deliver-with-flux.md)

We deliver with Argo CD.`,
  },
  hasFix: true,
  gather: () => undefined,
  check(_gathered, { model }, report, { tree, committed }) {
    if (!committed) return;
    for (const { top } of model.repositories) {
      for (const folder of folders.map((name) => joinPath(top, name))) {
        for (const name of tree.list(folder)) {
          if (!/\.(md|markdown|adoc)$/i.test(name)) continue;
          const path = joinPath(folder, name);
          const source = tree.read(path);
          const before = source && committed(path);
          if (!source || !before || source.text === before.text || !isAccepted(before.text)) continue;
          const change = firstChange(before, source);
          if (!change) continue;
          report(change, 'This decision is accepted, and its record is being changed: write a new record that supersedes it, and link it here.', {
            fix: {
              title: 'Take the accepted text back (then write a new record)',
              changes: [{ location: source.locate(0, source.text.length), newText: before.text }],
              needsReview: true,
            },
          });
        }
      }
    }
  },
});

function isAccepted(text: string): boolean {
  return /^(?:[#*\s>|-]*)status\b[*:\s|]*(?:\r?\n\s*)*[*_\s-]*accepted\b/im.test(text);
}

/** The first line that is changed, of those that say what was decided. */
function firstChange(before: SourceText, source: SourceText): { readonly source: SourceText; readonly start: number; readonly end: number } | undefined {
  const known = new Map<string, number>();
  for (const line of before.text.split('\n')) if (isDecision(line)) known.set(line.trim(), (known.get(line.trim()) ?? 0) + 1);
  let at = 0;
  for (const line of source.text.split('\n')) {
    const count = known.get(line.trim()) ?? 0;
    if (isDecision(line)) {
      if (count === 0) return { source, start: at, end: at + line.trimEnd().length };
      known.set(line.trim(), count - 1);
    }
    at += line.length + 1;
  }
  const isCut = [...known.values()].some((count) => count > 0);
  return isCut ? { source, start: 0, end: source.text.split(/\r?\n/, 1)[0]?.length ?? 0 } : undefined;
}

/** False for blank lines and for what a record may still get: a status, a date, links to other records. */
function isDecision(line: string): boolean {
  const text = line.trim();
  return text !== '' && !/^[#*_>|\s-]*(status|date|superseded|supersedes|amended|amends|deprecated|accepted|see also|related|updated)\b/i.test(text) && !/^[-*]?\s*\[[^\]]*\]\([^)]*\)\.?$/.test(text);
}
