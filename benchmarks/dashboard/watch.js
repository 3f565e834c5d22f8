// Times what a user waits for: from the key or click to the frame in which the page shows the answer.
(() => {
  const app = () => document.querySelector('[data-testid=stApp]');
  const idle = () => app() && app().dataset.testScriptState === 'notRunning';
  const chart = () => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')][0];
  const drawn = () => chart() ? [...chart().querySelectorAll('svg text')].map((text) => text.textContent).join('|') : '';
  const heading = () => (document.querySelector('[data-testid=stMain] h1') || {}).textContent || '';
  window.timing = {took: [], start: 0, before: '', kind: ''};
  const look = () => {
    const now = window.timing;
    if (!now.start) return;
    const done = now.kind === 'step' ? drawn() && drawn() !== now.before : heading() === now.wanted && idle();
    if (done) { now.took.push(performance.now() - now.start); now.start = 0; return; }
    requestAnimationFrame(look);
  };
  const begin = (kind, before) => {
    Object.assign(window.timing, {kind, before, start: performance.now()});
    requestAnimationFrame(look);
  };
  document.addEventListener('keydown', (event) => {
    if (event.key.startsWith('Arrow')) begin('step', drawn());
  }, true);
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-testid=stSidebarNav] a')) begin('page', '');
  }, true);
})();
