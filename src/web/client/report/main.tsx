import { render } from 'preact';
import type { ReportData } from '../../../report/html/report-data.js';
import { showTurning } from '../shared/visible-text.js';
import { App } from './app.js';
import '../shared/tokens.css';
import '../shared/viewer.css';
import '../shared/figures.css';
import './report.css';
import './findings.css';
import './items.css';
import './item-dialog.css';

const place = document.getElementById('app');
const text = document.getElementById('data')?.textContent;
if (place !== null && text != null) {
  // The page and its data are written together by one version of the tool.
  const data = JSON.parse(text) as ReportData;
  showTurning();
  place.replaceChildren();
  render(<App data={data} />, place);
}
