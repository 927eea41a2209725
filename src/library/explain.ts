import { z } from 'zod';
import { checkOptions } from '../explain/check-options.js';
import type { Method } from '../explain/method.js';
import type { MethodPlugin } from '../explain/plugin.js';
import type { RiseInput } from '../explain/rise/options.js';
import type { TargetKind } from '../explain/targets/kind.js';
import { summaryContext } from '../results/target-summary.js';
import { explainImage } from '../runs/explain.js';
import type { MetricsLevel } from '../runs/measure/metrics-level.js';
import type { Snapshot as CoreSnapshot } from '../results/explanation.js';
import {
  explainedTarget,
  LibraryExplanation,
  type EncodePng,
  type Explanation,
  type Snapshot,
  type TargetFrame,
} from './explanation.js';
import { aFunction, divided, runOptions } from './arguments.js';
import { LibraryModel, type OpenImage } from './model.js';
import type { Run } from './run.js';

/** How an image is explained: the method's options, and how the run behaves. */
export interface ExplainOptions extends RiseInput {
  /** The way to explain: a name, the path of a module, or a value of the caller's own; `rise` where absent. */
  readonly method?: string | MethodPlugin | undefined;
  /** Options of a method of the caller's own. */
  readonly methodOptions?: Readonly<Record<string, unknown>> | undefined;
  /** Kinds of targets beside, or in the place of, labels and boxes. */
  readonly kinds?: readonly TargetKind[] | undefined;
  /** How much is measured on the maps, with further runs of the model; `none` where absent. */
  readonly metrics?: MetricsLevel | undefined;
  /** Maps at the image's size even above 4 megapixels. */
  readonly fullSize?: boolean | undefined;
  /** Milliseconds between the snapshots that a loop over the run sees; 1000 where absent. */
  readonly snapshotInterval?: number | undefined;
  /** Called as masks are scored. */
  readonly onProgress?: ((done: number, most: number) => void) | undefined;
  /** Cancels the run: it rejects with a DatumError of kind `interrupted`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * An explanation in the making. `await` it for the finished one; loop over it for its maps while they form, a snapshot
 * each interval; `stop()` it to keep what there is.
 */
export type ExplanationRun = Run<Snapshot, Explanation>;

/** What an image is read and shown with on this platform. */
export interface ImagePlatform<Source> {
  readonly open: OpenImage<Source>;
  readonly encodePng: EncodePng;
  readonly loadMethod: (method: string | MethodPlugin) => Promise<Method>;
}

const SNAPSHOT_INTERVAL = 1000;

const optionsSchema = z.strictObject({
  ...runOptions,
  snapshotInterval: z.number().min(0).optional(),
  onProgress: aFunction<NonNullable<ExplainOptions['onProgress']>>(),
});

/** Begins to explain an image; see the `explain` of a platform. */
export function beginToExplain<Source>(
  platform: ImagePlatform<Source>,
  model: object,
  image: Source,
  options: ExplainOptions,
): ExplanationRun {
  const core = LibraryModel.coreOf(model);
  const { own, others: given } = divided(options, optionsSchema);
  const { method, methodOptions, kinds, metrics, fullSize, snapshotInterval, onProgress, signal } = checkOptions(
    optionsSchema,
    own,
  );
  const interval = snapshotInterval ?? SNAPSHOT_INTERVAL;
  return LibraryModel.begin<Snapshot, Explanation>(
    model,
    async (tell, { stopped, cancelled, isWatched }) => {
      const opened = await platform.open(image);
      const chosen = method === undefined ? undefined : await platform.loadMethod(method);
      // Stopped before any mask was scored, it ends as soon as there is something to keep.
      const enough = new AbortController();
      let scored = false;
      const look = (): void => {
        if (scored && stopped.aborted) enough.abort();
      };
      stopped.addEventListener('abort', look, { once: true });
      const steps = explainImage(core, opened, {
        given: { ...given, ...methodOptions },
        method: chosen,
        kinds,
        metrics,
        fullSize,
        diagnose: true,
        snapshotInterval: () => (isWatched() ? interval : Infinity),
        signal: AbortSignal.any([cancelled, enough.signal]),
      });
      for (;;) {
        const next = await steps.next();
        if (next.done === true) return new LibraryExplanation(next.value, platform.encodePng);
        const event = next.value;
        scored = true;
        look();
        if (event.kind === 'progress') onProgress?.(event.done, event.most);
        else await tell(snapshotOf(event.snapshot, { pixels: opened.pixels, encodePng: platform.encodePng }));
      }
    },
    { delivery: 'newest', signal },
  );
}

function snapshotOf(
  { samples, maxSamples, image, targets }: CoreSnapshot,
  { pixels, encodePng }: Pick<TargetFrame, 'pixels' | 'encodePng'>,
): Snapshot {
  // What the run is to reach is not known here: the sentence says how far it is.
  const summary = summaryContext({ image, method: { name: '', options: {} }, samples, targets });
  const frame: TargetFrame = { image, pixels, labels: null, summary, encodePng };
  return { samples, maxSamples, targets: targets.map((explained) => explainedTarget(explained, frame)) };
}
