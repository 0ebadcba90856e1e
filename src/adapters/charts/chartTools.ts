/** What rendering charts needs of libraries. */
import type { ChartTools } from '../../core/helm/renderChart.js';
import { cryptography } from './certificates.js';
import { checkSchema } from './checkSchema.js';
import { unpackArchive } from './unpackArchive.js';

export const chartTools: ChartTools = { unpack: unpackArchive, checkSchema, cryptography };
