import { FIELD_SAMPLES } from './field-formats.js';
import { SAMPLES as CHALLENGE_SAMPLES } from './formats.js';
import { TOOL_SAMPLES } from './tool-formats.js';

export type { FormatSample } from './formats.js';

/** A sample of every format, and of some in several forms. */
export const SAMPLES = [...CHALLENGE_SAMPLES, ...FIELD_SAMPLES, ...TOOL_SAMPLES];
