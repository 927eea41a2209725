export { EXPLANATION_ENDING, MAPS_ENDING, PAGE_ENDING } from '../own-results.js';
