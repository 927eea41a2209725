import { decisionsOf } from '../explain/decision.js';
import { Scorer } from '../explain/scorer.js';
import type { Decoder } from '../interpreters/contract/types.js';
import type { Session, Tensor } from '../launchers/types.js';
import { DatumError } from '../errors.js';
import { inputShape, placementOf } from './feeding.js';
import { PerturbedInput } from './perturbed-input.js';
import type { PerturbedRunsSpec, PerturbedScores, PerturbRequest } from './tasks.js';

/** Runs on one picture whose pixels are changed in order of saliency, in this thread. */
export class PerturbedRunner {
  readonly #spec: PerturbedRunsSpec;
  readonly #decoder: Decoder;
  readonly #input: PerturbedInput;
  readonly #scorer: Scorer;

  constructor(spec: PerturbedRunsSpec, decoder: Decoder) {
    this.#spec = spec;
    this.#decoder = decoder;
    this.#input = new PerturbedInput(spec.scene, spec.decoder.input, spec.batch);
    this.#scorer = new Scorer(spec.targets, spec.scoring);
  }

  async run(model: Session, requests: readonly PerturbRequest[]): Promise<PerturbedScores> {
    const { batch, targets, decoder, scene, orders, scoring, confidence } = this.#spec;
    const scores = new Float32Array(requests.length * targets.length);
    const decisions = new Int32Array(scores.length);
    const placement = placementOf(scene);
    for (let done = 0; done < requests.length; done += batch) {
      const asked = requests.slice(done, done + batch);
      for (const [slot, { mode, order, count }] of asked.entries()) {
        this.#input.write(slot, mode, orders[order]!, count);
      }
      // A fixed batch is always fed whole: what is left of the last one repeats old inputs, and is not scored.
      const fed = decoder.input.batch === null ? asked.length : batch;
      const outputs = await model.run({
        ...this.#decoder.extraInputs?.({ count: fed, placement }),
        [decoder.input.name]: {
          data: this.#input.batch.subarray(0, fed * scene.input.length),
          shape: inputShape(decoder.input, fed),
        },
      });
      const predictions = this.#decoder.decode(outputs, {
        count: fed,
        placement,
        pixels: () => this.#pixels(asked, fed),
      });
      for (let slot = 0; slot < asked.length; slot++) {
        const prediction = predictions[slot];
        if (prediction === undefined) {
          throw new DatumError(
            'interpreter',
            `the interpreter gave ${predictions.length} answers for ${fed} pictures: it must give one for each.`,
          );
        }
        const at = (done + slot) * targets.length;
        this.#scorer.score(prediction, scores, at);
        decisions.set(decisionsOf(prediction, targets, { confidence, nms: scoring.nms }), at);
      }
    }
    return { scores, decisions };
  }

  /**
   * The inputs before normalisation, for scripts that look at them. Hidden pixels have the fill's colour; blurred ones
   * are shown as they are in the picture.
   */
  #pixels(asked: readonly PerturbRequest[], count: number): Tensor {
    const { scene, decoder, orders } = this.#spec;
    const { width, height, channels } = decoder.input;
    const { area } = scene.placement;
    const size = width * height * channels;
    const data = new Float32Array(count * size);
    const { pixels, pixelFill } = scene;
    if (pixels === null || pixelFill === null) return { data, shape: [count, height, width, channels] };
    for (const [slot, request] of asked.entries()) {
      data.set(pixels, slot * size);
      if (request.mode === 'insert') continue;
      const order = orders[request.order]!;
      const hidden = request.mode === 'keep' ? order.subarray(request.count) : order.subarray(0, request.count);
      for (const pixel of hidden) {
        const y = Math.floor(pixel / area.width) + area.y;
        const x = (pixel % area.width) + area.x;
        const at = (y * width + x) * channels;
        for (let channel = at; channel < at + channels; channel++) data[slot * size + channel] = pixelFill[channel]!;
      }
    }
    return { data, shape: [count, height, width, channels] };
  }
}
