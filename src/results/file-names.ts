export { EXPLANATION_ENDING } from '../own-results.js';
/** What the names of the images of small maps end with. */
export const MAPS_ENDING = '-maps.png';
/** What the names of the pages of single images end with. */
export const PAGE_ENDING = '-report.html';
