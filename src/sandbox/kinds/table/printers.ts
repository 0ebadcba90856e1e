/** The rows of built-in kinds as a server prints them, by `apps/v1/Deployment`. Kinds that aren't here have a name and a time. */
import { networkPrinters } from './network.js';
import { otherPrinters } from './others.js';
import type { Printer } from './table.js';
import { workloadPrinters } from './workloads.js';

export const printers: Readonly<Record<string, Printer>> = { ...workloadPrinters, ...networkPrinters, ...otherPrinters };
