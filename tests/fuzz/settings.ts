/** What `npm run fuzz` was asked for; scripts/fuzz.mjs puts it into the environment. */
export const SETTINGS = {
  /** Tells the runs apart; a run with the same seed has the same cases. */
  seed: numberOf('DATUM_FUZZ_SEED') ?? Math.floor(Date.now() / 1000) % 1_000_000,
  minutes: numberOf('DATUM_FUZZ_MINUTES') ?? 8,
  /** One kind of input alone. */
  only: process.env['DATUM_FUZZ_ONLY'] ?? null,
  /** One case alone. */
  number: numberOf('DATUM_FUZZ_CASE'),
};

function numberOf(name: string): number | null {
  const text = process.env[name];
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${name} is no number: '${text}'`);
}
