import { useEffect, useRef } from 'preact/hooks';
import type { ReportData } from '../../../report/html/report-data.js';
import { CopyButton } from '../shared/copy-button.js';
import { Icon } from '../shared/icon.js';
import type { ViewSettings } from '../shared/view-settings.js';
import { ItemView } from './item-view.js';
import type { Row } from './rows.js';

export interface ItemDialogProps {
  readonly data: ReportData;
  readonly row: Row;
  /** The rows that one can step through. */
  readonly rows: readonly Row[];
  readonly settings: ViewSettings;
  readonly onSettings: (settings: ViewSettings) => void;
  readonly onShow: (row: Row | undefined) => void;
  readonly onClose: () => void;
}

/** An image at large, over the report. */
export function ItemDialog({ data, row, rows, settings, onSettings, onShow, onClose }: ItemDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null || element.open) return;
    element.showModal();
    title.current?.focus();
    document.documentElement.classList.add('has-dialog');
    return () => {
      document.documentElement.classList.remove('has-dialog');
    };
  }, []);
  const at = rows.indexOf(row);
  const step = (by: number): void => {
    onShow(rows[at + by]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Arrows belong to the control that has the focus, where it is one.
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    if (event.key === 'ArrowRight') step(1);
    if (event.key === 'ArrowLeft') step(-1);
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="item-title" onClose={onClose} onKeyDown={onKeyDown}>
      <div class="dialog-bar">
        <h2 id="item-title" tabIndex={-1} ref={title}>
          {row.item.id}
        </h2>
        <span class="dialog-place" role="status">
          {at + 1} of {rows.length}
        </span>
        <button
          type="button"
          class="plain"
          disabled={at <= 0}
          onClick={() => {
            step(-1);
          }}
        >
          <Icon of="left" /> <span class="step-name">Previous</span>
        </button>
        <button
          type="button"
          class="plain"
          disabled={at < 0 || at >= rows.length - 1}
          onClick={() => {
            step(1);
          }}
        >
          <span class="step-name">Next</span> <Icon of="right" />
        </button>
        <CopyButton text={() => location.href}>Copy link</CopyButton>
        <button
          type="button"
          class="plain"
          onClick={() => {
            dialog.current?.close();
          }}
        >
          Close
        </button>
      </div>
      <ItemView
        key={row.item.id}
        data={data}
        item={row.item}
        settings={settings}
        onSettings={onSettings}
        index={row.target?.index ?? 0}
        findings={row.titles}
      />
    </dialog>
  );
}
