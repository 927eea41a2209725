import { CHECK } from './check.js';
import { EXPLANATION } from './explanation.js';
import type { FileFormat } from './file-format.js';
import { FINDINGS } from './findings.js';
import { ITEM } from './item.js';
import { PROJECT } from './project.js';
import { RUN } from './run.js';
import { SUMMARY } from './summary.js';

/** Every file that is written for others to read. */
export const FILE_FORMATS: readonly FileFormat[] = [EXPLANATION, ITEM, RUN, SUMMARY, FINDINGS, CHECK, PROJECT];
