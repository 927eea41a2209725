import { useEffect, useState } from 'preact/hooks';

/**
 * Takes an image that is dropped anywhere on the page, or pasted.
 *
 * @param onFile null where none is taken
 * @returns whether something is being dragged over the page
 */
export function useDroppedFile(onFile: ((file: File) => void) | null): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    if (onFile === null) return;
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const take = (event: Event, data: DataTransfer | null): void => {
      setDragging(false);
      const file = data?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      onFile(file);
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
  }, [onFile]);
  return dragging;
}
