/** Where YOLOv5-face has its landmarks: behind the box and the objectness. */
export const LANDMARKS_FROM = 5;

/** x and y of two eyes, the nose and two corners of the mouth. */
export const LANDMARK_NUMBERS = 10;
