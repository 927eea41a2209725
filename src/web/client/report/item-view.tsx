import { isDrawn } from '../../../explain/verdict.js';
import { useEffect, useState } from 'preact/hooks';
import type { AnswerData, ItemData, ReportData, RunData, TargetData } from '../../../report/html/report-data.js';
import { undrawnCaption } from '../shared/captions.js';
import { CommandLine } from '../shared/copy-button.js';
import { percent, scoreText } from '../shared/format.js';
import { Icon } from '../shared/icon.js';
import { ImageViewer, type ShownBox } from '../shared/image-viewer.js';
import { MapScale } from '../shared/map-scale.js';
import { usePointed } from '../shared/pointed.js';
import { decodeMap, valueAt } from '../shared/saliency-map.js';
import { ViewControls } from '../shared/view-controls.js';
import type { ViewMode, ViewSettings } from '../shared/view-settings.js';
import { OUTCOME_NAMES } from './rows.js';
import { TargetAnswer, TargetCurves, TargetFigures } from './target-facts.js';

/** Cells along a side of the maps that are kept of every item. */
const COARSE = 16;

export interface ItemViewProps {
  readonly data: ReportData;
  readonly item: ItemData;
  readonly settings: ViewSettings;
  readonly onSettings: (settings: ViewSettings) => void;
  /** The target shown first. */
  readonly index: number;
  /** Titles of the findings that it is an example of. */
  readonly findings?: readonly string[];
}

/** A picture with what every run says of it, side by side. */
export function ItemView({ data, item, settings, onSettings, index, findings = [] }: ItemViewProps) {
  const [shown, setShown] = useState(index);
  useEffect(() => {
    setShown(index);
  }, [index, item]);
  const answers = item.answers.flatMap((answer, run) => (answer === null ? [] : [{ answer, run }]));
  const targets = answers.flatMap(({ answer }) => answer.targets);
  return (
    <div class="item-view">
      {findings.length > 0 && (
        <p class="item-findings">
          <Icon of="bad" /> Part of a finding: {findings.join(' · ')}
        </p>
      )}
      <ViewControls settings={settings} onChange={onSettings} modes={modesOf(targets)} />
      <div class={`item-runs item-runs-${answers.length}`}>
        {answers.map(({ answer, run }) => (
          <AnswerView
            key={run}
            run={data.runs[run]}
            named={data.runs.length > 1}
            item={item}
            answer={answer}
            shown={shown}
            onSelect={setShown}
            settings={settings}
          />
        ))}
      </div>
    </div>
  );
}

function modesOf(targets: readonly TargetData[]): Set<ViewMode> {
  const modes = new Set<ViewMode>(['image']);
  if (targets.some(({ map }) => map !== null)) modes.add('saliency');
  if (targets.some(({ map, sufficient }) => map !== null && sufficient !== null)) modes.add('evidence');
  if (targets.some(({ contrast }) => contrast !== null)) modes.add('contrast');
  return modes;
}

interface AnswerViewProps {
  readonly run: RunData | undefined;
  /** Whether the run's name is shown: where there are several. */
  readonly named: boolean;
  readonly item: ItemData;
  readonly answer: AnswerData;
  readonly shown: number;
  readonly onSelect: (index: number) => void;
  readonly settings: ViewSettings;
}

function AnswerView({ run, named, item, answer, shown, onSelect, settings }: AnswerViewProps) {
  const target = answer.targets.find(({ index }) => index === shown) ?? answer.targets[0];
  const { pointed, listeners } = usePointed();
  const map = target?.map == null || !isDrawn(target.verdict) ? null : decodeMap(target.map);
  const facts = target === undefined ? null : { item, target, answer, run };
  return (
    <div class="answer">
      {named && <h3 class="run-title">{run?.name}</h3>}
      <div class="answer-image">
        {/* What a map is worth comes before the map. */}
        {target?.verdict === 'unfaithful' && (
          <p class="notice notice-bad">
            <Icon of="bad" /> <b>Not faithful:</b> this map does not explain the answer.
          </p>
        )}
        <ImageViewer
          image={item.image}
          width={item.width || 4}
          height={item.height || 3}
          map={target?.map ?? null}
          noise={!isDrawn(target?.verdict ?? null)}
          contrast={target?.contrast?.map ?? null}
          sufficient={target?.sufficient ?? null}
          significant={target?.significant ?? null}
          boxes={boxesOf(item, target)}
          settings={settings}
          detail={640}
          alt={`${item.id}${target === undefined ? '' : `: map of ${target.label}`}`}
          listeners={listeners}
        />
        {settings.mode === 'saliency' && map !== null && (
          <MapScale map={map} colors={settings.colors} pointed={valueAt(map, pointed)} />
        )}
        {target !== undefined && (
          <Caption target={target} settings={settings} hasTruth={(item.truth?.boxes.length ?? 0) > 0} />
        )}
      </div>
      <div class="answer-facts">
        {answer.message !== null && <p class="message">{answer.message}</p>}
        {answer.targets.length > 1 && (
          <div class="targets" role="group" aria-label="Answers">
            {answer.targets.map((one) => (
              <button
                key={one.index}
                type="button"
                class="target"
                aria-pressed={one === target}
                onClick={() => {
                  onSelect(one.index);
                }}
              >
                {one.label}{' '}
                <small>
                  {one.kind === 'bbox' ? '▢' : 'class'} {scoreText(one.score)}
                </small>
                {one.outcome !== null && <span class={`dot outcome-${one.outcome}`}>{OUTCOME_NAMES[one.outcome]}</span>}
              </button>
            ))}
          </div>
        )}
        {facts === null ? <p class="message">Nothing was explained here.</p> : <TargetAnswer {...facts} />}
        {answer.notes.map((note) => (
          <p key={note} class="muted small">
            {note}
          </p>
        ))}
        {facts !== null && <TargetCurves {...facts} />}
      </div>
      {facts !== null && (
        <div class="answer-figures">
          <h3>Figures</h3>
          <TargetFigures {...facts} />
        </div>
      )}
      {answer.command !== null && (
        <div class="answer-command">
          <h3>Reproduce this</h3>
          <CommandLine command={answer.command} />
        </div>
      )}
    </div>
  );
}

function boxesOf({ truth }: ItemData, target: TargetData | undefined): ShownBox[] {
  return [
    ...(truth?.boxes ?? []).map(({ label, box }): ShownBox => ({ box, label: `annotated: ${label}`, role: 'truth' })),
    ...(target?.box == null ? [] : [{ box: target.box, label: target.label, role: 'answer' } satisfies ShownBox]),
  ];
}

/** What is seen, and what its colors and lines mean. */
function Caption({ target, settings, hasTruth }: { target: TargetData; settings: ViewSettings; hasTruth: boolean }) {
  const words: Record<ViewMode, string> = {
    saliency: target.map === null ? `The map of ${target.label} was not saved.` : `The map of ${target.label}.`,
    evidence:
      target.sufficient === null
        ? 'What is enough was not measured.'
        : `The brightest ${percent(target.sufficient)} of the picture: enough for the answer.`,
    contrast:
      target.contrast === null
        ? 'There is no second class.'
        : `Purple speaks for ${target.label}, orange for ${target.contrast.label}${target.contrast.map.width > COARSE ? '' : '; only kept on a grid of 16 × 16 cells'}.`,
    error: 'How far the map may be off',
    image: '',
  };
  const significant = settings.mode === 'saliency' && settings.significant && target.significant !== null;
  return (
    <p class="caption">
      {!isDrawn(target.verdict) && settings.mode !== 'image' ? undrawnCaption(target.verdict) : words[settings.mode]}{' '}
      {significant && <span>The white line is around what raises the score beyond doubt. </span>}
      {settings.boxes && hasTruth && <span class="swatch swatch-truth">annotated</span>}{' '}
      {settings.boxes && target.box !== null && <span class="swatch swatch-answer">answered box</span>}
    </p>
  );
}
