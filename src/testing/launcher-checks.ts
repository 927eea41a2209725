import assert from 'node:assert/strict';
import { DatumError } from '../errors.js';
import { completeLauncher, isLauncherPlugin, type LauncherPlugin } from '../launchers/plugin.js';
import type { Launcher, LaunchOptions, Session, Tensor, TensorInfo } from '../launchers/types.js';
import { assertClose, assertFinite, check, noise, type Check } from './check.js';

/** A launcher, and a model for it. */
export interface LauncherCase {
  readonly launcher: LauncherPlugin;
  /** A model that it opens. */
  readonly description: string;
  /** How, beside that. */
  readonly options?: Partial<LaunchOptions> | undefined;
  /** Sizes for axes that the model leaves open, by name; 32 where absent. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
  /** A file that is no model of the launcher's: opening it must say so. */
  readonly damaged?: string | undefined;
}

/** What the house relies on in a launcher, as checks for any test runner. */
export function launcherChecks({ launcher, ...given }: LauncherCase): Check[] {
  assert.ok(isLauncherPlugin(launcher), 'a launcher has a name and open(options)');
  return readyLauncherChecks(completeLauncher(launcher, null), given);
}

/** The same for a launcher with all its parts, such as the built-in ones. */
export function readyLauncherChecks(launcher: Launcher, given: Omit<LauncherCase, 'launcher'>): Check[] {
  const { description, damaged } = given;
  const options: LaunchOptions = { device: 'cpu', ...given.options, description };
  const withSession = async (work: (session: Session) => Promise<void>): Promise<void> => {
    const session = await launcher.open(await launcher.prepare(options), 1);
    try {
      await work(session);
    } finally {
      await session.close();
    }
  };
  const feed = (session: Session, count: number, seed = 1) => feedsOf(session, count, given.sizes ?? {}, seed);

  const checks = [
    check('has a name', () => {
      assert.match(launcher.name, /^[\w-]+$/, 'a name has letters, digits, - and _');
    }),
    check('what is prepared is plain data that names its files', async () => {
      const prepared = await launcher.prepare(options);
      const posted = structuredClone(prepared);
      assert.deepEqual(Object.keys(posted).sort(), Object.keys(prepared).sort());
      assert.ok(Array.isArray(prepared.files), 'files is a list of paths');
      assert.notEqual(prepared.engine, '', 'the engine has a name');
      const session = await launcher.open(posted, 1);
      await session.close();
    }),
    check('its signature names an input and an output, each once', () =>
      withSession((session) => {
        const { inputs, outputs } = session.signature;
        assert.ok(inputs.length > 0 && outputs.length > 0, 'a model has an input and an output');
        for (const list of [inputs, outputs]) assert.equal(new Set(list.map(({ name }) => name)).size, list.length);
        return Promise.resolve();
      }),
    ),
    check('runs give the outputs of the signature, in its shapes', () =>
      withSession(async (session) => {
        const outputs = await session.run(feed(session, 1));
        assert.deepEqual(Object.keys(outputs).sort(), session.signature.outputs.map(({ name }) => name).sort());
        for (const info of session.signature.outputs) assertFits(outputs[info.name], info);
      }),
    ),
    check('the same input gives the same output, also after another one', () =>
      withSession(async (session) => {
        const first = copied(await session.run(feed(session, 1)));
        await session.run(feed(session, 1, 7));
        for (const [name, { data }] of Object.entries(await session.run(feed(session, 1)))) {
          assert.deepEqual(data, first[name]?.data, `the output ${name} depends on earlier runs`);
        }
      }),
    ),
    check('a run leaves its input as it is', () =>
      withSession(async (session) => {
        const feeds = feed(session, 1);
        await session.run(feeds);
        for (const [name, { data }] of Object.entries(feed(session, 1))) assert.deepEqual(feeds[name]?.data, data);
      }),
    ),
    check('a batch gives the rows of its images, where the batch is open', () =>
      withSession((session) => batchCheck(session, feed)),
    ),
    check('feeds that are not those of the model are refused', () =>
      withSession(async (session) => {
        await assert.rejects(async () => session.run({}), 'a run without an input must fail');
      }),
    ),
    check('two sessions do not disturb each other', () =>
      withSession((one) =>
        withSession(async (other) => {
          const first = copied(await one.run(feed(one, 1)));
          await other.run(feed(other, 1, 7));
          const again = await one.run(feed(one, 1));
          for (const [name, { data }] of Object.entries(again)) assert.deepEqual(data, first[name]?.data);
        }),
      ),
    ),
    check('closing twice is harmless', async () => {
      const session = await launcher.open(await launcher.prepare(options), 1);
      await session.close();
      await session.close();
    }),
    check('a model that is not there is refused, by its name', () =>
      refuses(launcher, { ...options, description: `${description}.missing` }),
    ),
  ];
  if (damaged === undefined) return checks;
  return [
    ...checks,
    check('a file that is no model is refused, by its name', () =>
      refuses(launcher, { ...options, description: damaged }),
    ),
  ];
}

async function batchCheck(
  session: Session,
  feed: (session: Session, count: number, seed?: number) => Record<string, Tensor>,
): Promise<void> {
  const isOpen = ({ shape }: TensorInfo): boolean => typeof shape[0] === 'string';
  if (!session.signature.inputs.every(isOpen)) return;
  const single = [copied(await session.run(feed(session, 1, 1))), copied(await session.run(feed(session, 1, 7)))];
  const feeds = [feed(session, 1, 1), feed(session, 1, 7)];
  const both = await session.run(
    Object.fromEntries(
      Object.entries(feeds[0] ?? {}).map(([name, { data, shape }]) => {
        const joined = Float32Array.from([...data, ...(feeds[1]?.[name]?.data ?? [])]);
        return [name, { data: joined, shape: [2, ...shape.slice(1)] }];
      }),
    ),
  );
  for (const info of session.signature.outputs.filter(isOpen)) {
    const output = both[info.name];
    assert.equal(output?.shape[0], 2, `the output ${info.name} has a row for each image`);
    const size = output.data.length / 2;
    for (const [row, outputs] of single.entries()) {
      const own = outputs[info.name]?.data ?? [];
      assertClose(output.data.slice(row * size, (row + 1) * size), own, `row ${row} of ${info.name} in a batch`);
    }
  }
}

async function refuses(launcher: Launcher, options: LaunchOptions): Promise<void> {
  const opening = launcher.prepare(options).then((prepared) => launcher.open(prepared, 1));
  await assert.rejects(opening, (error: unknown) => {
    assert.ok(error instanceof DatumError, `a DatumError, not ${String(error)}`);
    assert.ok(
      error.message.includes(options.description),
      `the sentence names ${options.description}: ${error.message}`,
    );
    assert.doesNotMatch(error.message, /\n/, 'one sentence in one line');
    return true;
  });
}

function copied(outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, shape }]) => [name, { data: data.slice(), shape: [...shape] }]),
  );
}

/** Something for every input: the same for the same seed. */
function feedsOf(
  { signature }: Session,
  count: number,
  sizes: Readonly<Record<string, number>>,
  seed: number,
): Record<string, Tensor> {
  return Object.fromEntries(
    signature.inputs.map(({ name, shape }) => {
      const settled = shape.map((size, axis) =>
        typeof size === 'number' ? size : (sizes[size] ?? (axis === 0 ? count : 32)),
      );
      return [
        name,
        {
          data: noise(
            settled.reduce((product, size) => product * size, 1),
            seed,
          ),
          shape: settled,
        },
      ];
    }),
  );
}

function assertFits(tensor: Tensor | undefined, { name, shape }: TensorInfo): void {
  assert.ok(tensor !== undefined, `there is an output ${name}`);
  assert.equal(tensor.shape.length, shape.length, `${name} has ${shape.length} axes`);
  for (const [axis, size] of shape.entries()) {
    if (typeof size === 'number') assert.equal(tensor.shape[axis], size, `axis ${axis} of ${name}`);
  }
  assert.equal(
    tensor.data.length,
    tensor.shape.reduce((product, size) => product * size, 1),
    `values of ${name}`,
  );
  assertFinite(tensor.data, name);
}
