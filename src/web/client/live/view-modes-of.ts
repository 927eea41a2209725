import type { PaneState } from '../../protocol.js';
import type { ViewMode } from '../shared/view-settings.js';

/** What there is to show of these panes. */
export function viewModesOf(panes: readonly PaneState[]): ReadonlySet<ViewMode> {
  const modes = new Set<ViewMode>(['saliency', 'image']);
  const targets = panes.flatMap(({ job }) => job?.targets ?? []);
  if (targets.length > 0) modes.add('error');
  if (targets.some(({ boundary }) => boundary !== null)) modes.add('evidence');
  if (targets.some(({ contrast }) => contrast !== null)) modes.add('contrast');
  return modes;
}
