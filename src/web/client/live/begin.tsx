import type { SampleState } from '../../protocol.js';
import { addressOf } from './api.js';
import { ToolIcon } from './tool-icon.js';

interface BeginProps {
  readonly samples: readonly SampleState[];
  readonly models: readonly string[];
  /** Whether there are datasets to browse. */
  readonly hasSources: boolean;
  readonly onSample: (id: string) => void;
  readonly onChooseModel: () => void;
  readonly onChooseImage: () => void;
  readonly onBrowse: () => void;
}

/** The page before an image is at work: where to drop things, and questions to begin with. */
export function Begin({ samples, models, hasSources, onSample, onChooseModel, onChooseImage, onBrowse }: BeginProps) {
  const [only] = models;
  return (
    <div class="begin">
      <h2 class="lead">See why your model answers what it answers.</h2>
      <p class="muted">
        Drop a model and a picture anywhere on this page{samples.length > 0 ? ', or start with a sample' : ''}.
        Everything runs on this computer.
      </p>
      <div class="drops">
        <section class="drop" aria-labelledby="drop-model">
          <ToolIcon of="model" />
          <h3 id="drop-model">Drop a model</h3>
          <p class="muted">ONNX, or OpenVINO (.xml with .bin): a classifier or a detector</p>
          <button type="button" class="plain primary" onClick={onChooseModel}>
            Choose a model…
          </button>
          {only !== undefined && (
            <p class="muted small">
              {models.length === 1
                ? `${only} is at hand.`
                : `${models.length} models are at hand: ${models.slice(0, 3).join(', ')}${models.length > 3 ? '…' : '.'}`}
            </p>
          )}
        </section>
        <section class="drop" aria-labelledby="drop-image">
          <ToolIcon of="photo" />
          <h3 id="drop-image">Drop a picture</h3>
          <p class="muted">or paste one (Ctrl-V): JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP</p>
          <div class="line">
            <button type="button" class="plain primary" onClick={onChooseImage}>
              Choose a picture…
            </button>
            {hasSources && (
              <button type="button" class="plain" onClick={onBrowse}>
                Browse a dataset…
              </button>
            )}
          </div>
        </section>
      </div>
      {samples.length > 0 && (
        <section aria-labelledby="samples">
          <h2 id="samples">Or start with a sample</h2>
          <ul class="samples">
            {samples.map(({ id, title, words }) => (
              <li key={id}>
                <button
                  type="button"
                  class="sample card"
                  onClick={() => {
                    onSample(id);
                  }}
                >
                  <img src={addressOf(`/api/samples/${id}/picture`)} alt="" width={160} height={160} />
                  <span class="sample-words">
                    <b>{title}</b>
                    <span class="muted">{words}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
