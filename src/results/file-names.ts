/** What the names of explanations end with. */
export const EXPLANATION_ENDING = '-explanation.json';
/** What the names of the images of small maps end with. */
export const MAPS_ENDING = '-maps.png';
/** What the names of the pages of single images end with. */
export const PAGE_ENDING = '-report.html';
