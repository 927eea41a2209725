import { render } from 'preact';
import { showTurning } from '../shared/visible-text.js';
import { App } from './app.js';
import '../shared/tokens.css';
import '../shared/viewer.css';
import '../shared/figures.css';
import './live.css';
import './stage.css';

const place = document.getElementById('app');
if (place !== null) {
  showTurning();
  place.replaceChildren();
  render(<App />, place);
}
