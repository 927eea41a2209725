/** Stands in the place of a map that is no more than noise. */
export const NOISE_CAPTION = 'This map is not above chance, so it is not drawn: the image is gray.';
