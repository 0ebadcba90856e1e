/** When a CronJob is due: five fields or a descriptor, as kubernetes reads them (github.com/robfig/cron v3, standard parser), with `@every`. */
import { Cron } from 'croner';
import { parseDuration } from './behavior.js';

export interface Schedule {
  /** Milliseconds since 1970 of the next time after `after`; undefined where there is none. */
  next(after: number): number | undefined;
}

/** Undefined for what is no schedule. @param timeZone undefined for that of the controller, which is UTC here */
export function parseSchedule(text: string, timeZone: string | undefined): Schedule | undefined {
  const every = /^@every\s+(\S+)$/.exec(text.trim());
  if (every) {
    const pause = parseDuration(every[1]);
    return pause === undefined ? undefined : { next: (after) => (Math.floor(after / 1000) + Math.max(1, Math.round(pause / 1000))) * 1000 };
  }
  if (!text.trim().startsWith('@') && text.trim().split(/\s+/).length !== 5) return undefined;
  try {
    const cron = new Cron(text.trim(), { timezone: timeZone ?? 'UTC', legacyMode: true });
    return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
  } catch (error) {
    // croner throws plain errors for patterns and time zones that it doesn't know.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
