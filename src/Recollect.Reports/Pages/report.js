'use strict';
{
  // Numbers come before words, and what has none comes last, whichever way the rest is sorted.
  const valueOf = cell => cell.dataset.value === undefined ? NaN : Number(cell.dataset.value);
  const compare = (a, b, down) => {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number.isNaN(x) && Number.isNaN(y) ? a.textContent.localeCompare(b.textContent, 'en', { numeric: true }) * (down ? -1 : 1) : Number.isNaN(x) ? 1 : -1;
    return down ? y - x : x - y;
  };
  const sort = (head, down) => {
    const column = [...head.parentNode.children].indexOf(head);
    const body = head.closest('table').tBodies[0];
    for (const other of head.parentNode.children)
      other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    body.append(...[...body.rows].sort((a, b) => compare(a.cells[column], b.cells[column], down)));
  };
  document.addEventListener('click', event => {
    const head = event.target.closest('thead button')?.parentNode;
    if (head)
      sort(head, head.getAttribute('aria-sort') === 'ascending');
  });
  // A figure as a file of its own, as 'recollect report --svg' writes it: light on white, whatever the screen is.
  const fileOf = chart => {
    const copy = chart.cloneNode(true);
    const { width, height } = chart.viewBox.baseVal;
    const add = (name, attributes, text) => {
      const element = document.createElementNS('http://www.w3.org/2000/svg', name);
      for (const [key, value] of Object.entries(attributes))
        element.setAttribute(key, value);
      element.textContent = text;
      return element;
    };
    for (const [key, value] of Object.entries({ width, height }))
      copy.setAttribute(key, value);
    copy.querySelector('desc').after(add('style', {}, document.getElementById('figure-style').textContent), add('rect', { class: 'sheet', width, height }, ''));
    return { width, height, text: new XMLSerializer().serializeToString(copy) };
  };
  const pngOf = async file => {
    const dots = 4; // a dot of the screen becomes four either way: 300 dots an inch at the width of a column
    const image = new Image();
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(file.text);
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [dots * file.width, dots * file.height];
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise(done => canvas.toBlob(done, 'image/png'));
  };
  document.addEventListener('click', async event => {
    const button = event.target.closest('[data-save]');
    if (!button)
      return;
    const chart = button.closest('figure').querySelector('.chart');
    const file = fileOf(chart);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(button.dataset.save === 'png' ? await pngOf(file) : new Blob([file.text], { type: 'image/svg+xml' }));
    link.download = `${chart.id}.${button.dataset.save}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
  // Pointing at a line, or at its name in the legend, pales the others.
  document.addEventListener('pointerover', event => {
    for (const chart of document.querySelectorAll('.chart.told'))
      for (const part of [chart, ...chart.querySelectorAll('.told')])
        part.classList.remove('told');
    const [part, chart] = [event.target.closest('[data-series]'), event.target.closest('.chart')];
    if (!part || !chart)
      return;
    chart.classList.add('told');
    for (const same of chart.querySelectorAll(`[data-series="${part.dataset.series}"]`))
      same.classList.add('told');
  });
  // Parts of a section by the nearest id around them and their number within it: what is new elsewhere changes the name of none.
  const named = (section, selector) => {
    const [parts, counts] = [new Map(), new Map()];
    for (const part of section.querySelectorAll(selector)) {
      const home = part.closest('[id]').id;
      counts.set(home, (counts.get(home) ?? 0) + 1);
      parts.set(`${home} ${counts.get(home)}`, part);
    }
    return parts;
  };
  const [reached, scrolling] = ['button, summary, a, [tabindex]', '.scroll, pre'];
  // For a host that puts newer sections in place of these: what was opened and sorted stays so.
  window.recollect = {
    replace(old, fresh) {
      const open = new Set([...old.querySelectorAll('details[open]')].map(part => part.id));
      const sorted = [...old.querySelectorAll('table')].map(table => [...table.querySelectorAll('thead th')].findIndex(head => head.ariaSort && head.ariaSort !== 'none'));
      const down = [...old.querySelectorAll('table')].map(table => table.querySelector('[aria-sort=descending]') !== null);
      const focused = [...named(old, reached)].find(([, part]) => part === document.activeElement)?.[0];
      const scrolled = new Map([...named(old, scrolling)].map(([name, box]) => [name, [box.scrollLeft, box.scrollTop]]));
      old.replaceWith(fresh);
      for (const part of fresh.querySelectorAll('details'))
        part.open = open.has(part.id);
      fresh.querySelectorAll('table').forEach((table, i) => {
        const head = sorted[i] >= 0 ? table.querySelectorAll('thead th')[sorted[i]] : null;
        if (head)
          sort(head, down[i]);
      });
      for (const [name, box] of named(fresh, scrolling))
        [box.scrollLeft, box.scrollTop] = scrolled.get(name) ?? [0, 0];
      named(fresh, reached).get(focused)?.focus({ preventScroll: true });
    },
  };
}
