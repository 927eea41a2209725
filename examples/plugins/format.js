/** Reads folders with images and a file boxes.txt: in each line an image, x, y, width and height in pixels, and a class. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const LINE = /^([^,]+),([\d.]+),([\d.]+),([\d.]+),([\d.]+),(.+)$/;

export const format = {
  name: 'boxes_txt',
  title: 'boxes.txt, a box a line',

  async detect(probe) {
    const [first = ''] = (await probe.head('boxes.txt')).split('\n');
    return LINE.test(first) ? { fit: 'certain', reason: 'boxes.txt has lines of image, box and class' } : null;
  },

  async open(folder) {
    const file = join(folder, 'boxes.txt');
    const boxes = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line, i) => {
        const found = LINE.exec(line);
        if (found === null) throw new Error(`${file}, line ${i + 1}: image,x,y,width,height,class is expected`);
        const [, image, x, y, width, height, name] = found;
        return { image, name, x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
      });
    const labelNames = [...new Set(boxes.map(({ name }) => name))].sort();
    return {
      labelNames,
      *items() {
        for (const image of new Set(boxes.map((box) => box.image))) {
          const own = boxes.filter((box) => box.image === image);
          yield { image, boxes: own.map(({ name, ...box }) => ({ ...box, label: labelNames.indexOf(name) })) };
        }
      },
    };
  },
};
