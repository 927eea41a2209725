import { namesIn } from './names-in.js';

/** The 80 classes of COCO 2017 in the order of its ids. */
export const COCO_80 = namesIn(`
person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign,
parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella,
handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv, laptop,
mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase, scissors,
teddy bear, hair drier, toothbrush
`);

/** Ids that COCO reserved and never used. */
const UNUSED = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];

/** COCO's own ids from 0 (the background) to 90, the unused ones by their number. */
export const COCO_91 = spread(COCO_80, 'background');

/** Eighty names at the places of COCO's ids 1 to 90. */
export function spread(names: readonly string[], background: string): readonly string[] {
  const byId = [background];
  for (const name of names) {
    while (UNUSED.includes(byId.length)) byId.push(String(byId.length));
    byId.push(name);
  }
  return byId;
}
