// Handles over the thresholds of a chart. Vega redraws the chart at any time: it is only measured here.
const watched = new WeakMap();

export default function ({data, parentElement, setTriggerValue}) {
  const root = parentElement.querySelector('.handles');
  const plot = () => document.querySelector(`${data.chart} [data-testid=stVegaLiteChart] svg .root path.background`);
  const share = (at) => (at - data.low) / (data.high - data.low);
  const score = (x) => {
    const box = plot().getBoundingClientRect();
    const at = data.low + (x - box.left) / box.width * (data.high - data.low);
    return Math.min(data.high, Math.max(data.low, Math.round(at / data.step) * data.step));
  };
  const put = (handle, at, slot) => {
    const box = plot().getBoundingClientRect(), here = root.getBoundingClientRect();
    const inside = share(at) >= 0 && share(at) <= 1, down = inside ? 0 : 18 * slot;
    handle.style.left = `${box.left - here.left + box.width * Math.min(1, Math.max(0, share(at)))}px`;
    handle.style.top = `${box.top - here.top + (inside ? 0 : box.height - 12 - down)}px`;
    handle.style.height = `${inside ? box.height : 12}px`;
    handle.classList.toggle('beside', !inside);
  };
  const handles = data.handles.map(({tier, at, color}, slot) => {
    let handle = root.querySelector(`[data-tier=${tier}]`);
    if (!handle) {
      handle = document.createElement('div');
      handle.className = 'handle';
      handle.dataset.tier = tier;
      handle.append(Object.assign(document.createElement('span'), {className: 'value'}));
      root.append(handle);
    }
    handle.style.setProperty('--tier', color);
    const mine = {handle, at, slot, from: null, to: null};
    handle.onpointerdown = (event) => {
      if (event.button !== 0 || !plot()) return;
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
      mine.from = event.clientX;
    };
    handle.onpointermove = (event) => {
      if (mine.from === null || (mine.to === null && Math.abs(event.clientX - mine.from) < 3)) return;
      mine.to = score(event.clientX);
      handle.classList.add('held');
      handle.querySelector('.value').textContent = mine.to.toFixed(3);
      put(handle, mine.to, slot);
    };
    const end = (event) => {
      const dragged = mine.to;
      if (mine.from === null) return;
      mine.from = mine.to = null;
      handle.classList.remove('held');
      if (event.type !== 'pointerup') return place();
      if (dragged !== null) { mine.at = dragged; return setTriggerValue('moved', {tier, at: dragged}); }
      handle.style.visibility = 'hidden';  // a mere click is meant for the bar below
      const below = document.elementFromPoint(event.clientX, event.clientY);
      handle.style.visibility = '';
      const {clientX, clientY} = event;
      if (below) below.dispatchEvent(new MouseEvent('click', {clientX, clientY, bubbles: true, view: window}));
    };
    handle.onpointerup = handle.onpointercancel = end;
    return mine;
  });
  for (const handle of [...root.children]) if (!handles.some((one) => one.handle === handle)) handle.remove();
  const place = () => {
    root.style.visibility = plot() ? '' : 'hidden';
    if (plot()) for (const one of handles) if (one.from === null) put(one.handle, one.at, one.slot);
  };
  watched.get(parentElement)?.();
  const sizes = new ResizeObserver(place), changes = new MutationObserver(place);
  let waiting = 0;
  const watch = () => {
    const chart = document.querySelector(data.chart);
    if (!chart) { waiting = requestAnimationFrame(watch); return; }
    sizes.observe(chart);
    changes.observe(chart, {childList: true, subtree: true});
    place();
  };
  const stop = () => { cancelAnimationFrame(waiting); sizes.disconnect(); changes.disconnect(); };
  watched.set(parentElement, stop);
  watch();
  return () => stop();
}
