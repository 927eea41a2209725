/** What holds of any run: it can be looped over, waited for, stopped and cancelled, and loses nothing. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startRun, type Delivery, type Run } from '../../src/library/run.js';

/** Counts to `most`, or as far as it comes. */
function counting(most: number, delivery: Delivery = 'every', signal?: AbortSignal): Run<number, string> {
  return startRun<number, string>(
    async (tell, { stopped, cancelled }) => {
      for (let i = 1; i <= most; i++) {
        if (stopped.aborted || cancelled.aborted) return `stopped at ${i}`;
        await tell(i);
        await setTimeout(0);
      }
      return 'done';
    },
    { delivery, signal },
  );
}

async function stepsOf(run: Run<number, string>): Promise<number[]> {
  const steps: number[] = [];
  for await (const step of run) steps.push(step);
  return steps;
}

describe('a run', () => {
  it('resolves without being looped over', async () => {
    expect(await counting(3)).toBe('done');
  });

  it('gives every step, and its result after the loop too', async () => {
    const run = counting(40);
    expect(await stepsOf(run)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(await run).toBe('done');
    expect(await run).toBe('done');
  });

  it('gives the newest step to a slow reader, where only that is wanted', async () => {
    const run = counting(200, 'newest');
    const seen: number[] = [];
    for await (const step of run) {
      seen.push(step);
      await setTimeout(20);
    }
    expect(seen.length).toBeLessThan(200);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(200);
  });

  it('waits for a slow reader, where every step is wanted', async () => {
    let told = 0;
    const run = startRun<number, string>(
      async (tell) => {
        for (let i = 0; i < 100; i++) {
          await tell(i);
          told++;
        }
        return 'done';
      },
      { delivery: 'every' },
    );
    const reader = run[Symbol.asyncIterator]();
    await reader.next();
    await setTimeout(30);
    expect(told).toBeLessThan(20);
    await reader.return?.();
    expect(await run).toBe('done');
  });

  it('serves several readers', async () => {
    const run = counting(10);
    expect(await Promise.all([stepsOf(run), stepsOf(run)])).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    ]);
  });

  it('goes on when a loop over it is left', async () => {
    const run = counting(5);
    for await (const step of run) if (step === 2) break;
    expect(await run).toBe('done');
  });

  it('has no more steps when it has ended', async () => {
    const run = counting(2);
    await run;
    expect(await stepsOf(run)).toEqual([]);
  });

  it('keeps what there is when it is stopped', async () => {
    const run = counting(1e6);
    for await (const step of run) if (step === 3) run.stop();
    run.stop();
    expect(await run).toMatch(/^stopped at [45]$/);
  });

  it('rejects when it is cancelled, with the reason', async () => {
    const run = counting(1e6);
    run.cancel('enough');
    await expect(run).rejects.toMatchObject({ kind: 'interrupted', cause: 'enough' });
    await expect(stepsOf(run)).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('rejects when its signal aborts, before or after it has begun', async () => {
    await expect(counting(1e6, 'every', AbortSignal.abort())).rejects.toMatchObject({ kind: 'interrupted' });
    const late = new AbortController();
    const run = counting(1e6, 'every', late.signal);
    for await (const step of run) {
      if (step < 3) continue;
      late.abort();
      break;
    }
    await expect(run).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('is cancelled at the end of its scope, and waited for', async () => {
    let ended = false;
    {
      await using run = counting(1e6);
      void run.finally(() => (ended = true)).catch(() => undefined);
    }
    expect(ended).toBe(true);
  });

  it('throws what the work throws, in the loop and where it is waited for', async () => {
    const failing = (): Run<number, string> =>
      startRun<number, string>(
        async (tell) => {
          await tell(1);
          throw new Error('broken');
        },
        { delivery: 'every' },
      );
    await expect(failing()).rejects.toThrow('broken');
    const run = failing();
    await expect(stepsOf(run)).rejects.toThrow('broken');
    await expect(run).rejects.toThrow('broken');
  });

  it('keeps its result when it is cancelled afterwards', async () => {
    const run = counting(1);
    await run;
    run.cancel();
    expect(await run).toBe('done');
  });
});
