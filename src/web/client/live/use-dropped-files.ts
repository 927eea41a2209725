import { useEffect, useState } from 'preact/hooks';

/**
 * Takes files that are dropped anywhere on the page, or pasted.
 *
 * @param onFiles null where none are taken
 * @returns whether something is being dragged over the page
 */
export function useDroppedFiles(onFiles: ((files: readonly File[]) => void) | null): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    if (onFiles === null) return;
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const take = (event: Event, data: DataTransfer | null): void => {
      setDragging(false);
      const files = [...(data?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      onFiles(files);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      take(event, event.dataTransfer);
    };
    const paste = (event: ClipboardEvent): void => {
      take(event, event.clipboardData);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, [onFiles]);
  return dragging;
}
