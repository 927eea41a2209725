/** Options that the terminal calls by another name than their own. */
const FLAGS: Readonly<Record<string, string>> = {
  interpreter: '-i',
  launcher: '-l',
  model: '-m',
  outputDir: '-o',
  format: '-f',
  detConfThresh: '--conf',
  nmsIouThresh: '--nms',
  iouThresh: '--iou',
  boxes: '--box',
};

/** An option as one types it: `--input-size`, `--match iou`, `-i yolov8`. */
export function flagName(name: string, value: string | null): string {
  const flag = FLAGS[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === null ? flag : `${flag} ${value}`;
}
