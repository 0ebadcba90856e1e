/** The rows of built-in kinds as a server prints them (k8s.io/kubernetes v1.34, pkg/printers/internalversion), by `apps/v1/Deployment`. */
import type { Printer } from './table.js';

export const printers: Readonly<Record<string, Printer>> = {};
