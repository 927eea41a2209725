import { namesIn } from './names-in.js';

/** The 20 classes of Pascal VOC in alphabetical order. */
export const VOC = namesIn(`
aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse, motorbike, person,
pottedplant, sheep, sofa, train, tvmonitor
`);
