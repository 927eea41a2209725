import type { WorkbenchState } from '../../protocol.js';
import { addressOf } from './api.js';
import { Letter } from './answer.js';
import { CopyCommand } from './copy-command.js';
import { ServerToggle } from './server-toggle.js';
import { ToolIcon } from './tool-icon.js';

interface PicksProps {
  readonly state: WorkbenchState;
  readonly onImage: (pane: number, id: string) => void;
  readonly onModel: (pane: number, model: string) => void;
  readonly onChooseImage: (pane: number) => void;
  readonly onChooseModel: (pane: number) => void;
  readonly onBrowse: (pane: number) => void;
  readonly onCompare: (compare: boolean) => void;
  readonly onLink: (linked: boolean) => void;
}

/** The pictures and models at work, where to get more, and whether two are compared. */
export function Picks(props: PicksProps) {
  const { state, onImage, onModel, onChooseImage, onChooseModel, onBrowse, onCompare, onLink } = props;
  const { panes, linked, images, models, sources } = state;
  const comparing = panes.length === 2;
  const commands = panes.flatMap(({ command }) => command ?? []);
  return (
    <div class="picks">
      {panes.map((pane, index) => {
        const letter = !comparing ? null : index === 0 ? 'A' : 'B';
        return (
          <div key={index} class="pick" role="group" aria-label={letter === null ? 'At work' : `At work in ${letter}`}>
            {letter !== null && <Letter letter={letter} />}
            {(index === 0 || !linked) && (
              <>
                <ul class="thumbs" aria-label={letter === null ? 'Pictures' : `Pictures for ${letter}`}>
                  {[...images].reverse().map(({ id, name }) => (
                    <li key={id}>
                      <button
                        type="button"
                        class="thumb"
                        aria-pressed={id === pane.image}
                        title={name}
                        onClick={() => {
                          onImage(index, id);
                        }}
                      >
                        <img src={addressOf(`/api/images/${id}`)} alt={name} />
                      </button>
                    </li>
                  ))}
                </ul>
                <button
                  type="button"
                  class="plain"
                  onClick={() => {
                    onChooseImage(index);
                  }}
                >
                  <ToolIcon of="photo" /> Picture…
                </button>
                {sources.length > 0 && (
                  <button
                    type="button"
                    class="plain"
                    onClick={() => {
                      onBrowse(index);
                    }}
                  >
                    Browse a dataset…
                  </button>
                )}
              </>
            )}
            {models.length > 0 && (
              <span class="pane-model">
                <select
                  aria-label={letter === null ? 'Model' : `Model ${letter}`}
                  value={pane.model ?? ''}
                  onChange={(event) => {
                    onModel(index, event.currentTarget.value);
                  }}
                >
                  {pane.model === null && <option value="">Choose a model</option>}
                  {models.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </span>
            )}
            <button
              type="button"
              class="plain"
              onClick={() => {
                onChooseModel(index);
              }}
            >
              <ToolIcon of="model" /> Model…
            </button>
          </div>
        );
      })}
      <ServerToggle checked={comparing} onChange={onCompare}>
        Compare
      </ServerToggle>
      {comparing && (
        <ServerToggle checked={linked} onChange={onLink}>
          Linked: same picture
        </ServerToggle>
      )}
      <CopyCommand commands={commands} unsaved={commands.length > 0 && isUnsaved(state)} />
    </div>
  );
}

function isUnsaved({ panes, images }: WorkbenchState): boolean {
  return panes.some(({ image }) => images.find(({ id }) => id === image)?.isUpload === true);
}
