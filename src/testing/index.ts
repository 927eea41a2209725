/**
 * What the house relies on in each kind of plug-in, as checks for any test runner:
 * `for (const { name, run } of launcherChecks({ launcher, description })) test(name, run);`
 */
export type { Check } from './check.js';
export { formatChecks, type FormatCase } from './format-checks.js';
export { interpreterChecks, type Found, type InterpreterCase, type ModelOutputs } from './interpreter-checks.js';
export { launcherChecks, type LauncherCase } from './launcher-checks.js';
export { methodChecks, type MethodCase } from './method-checks.js';
