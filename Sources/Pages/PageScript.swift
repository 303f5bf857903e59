/// The page's own script: draws charts, gives tables away.
enum PageScript {
  static let source = #"""
    (() => {
    'use strict';
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const figures = [...document.querySelectorAll('figure.chart')];
    const parse = id => JSON.parse(document.getElementById(id).textContent);

    // Rows as objects. A text stands as its place in `texts`; in brackets is what isn't of its column's kind.
    const tables = new Map();
    function table(id) {
      if (!tables.has(id)) {
        const {columns, texts, rows} = parse('data-' + id);
        const value = (cell, column) => {
          if (cell === null) return null;
          const isOther = Array.isArray(cell), held = isOther ? cell[0] : cell;
          return column.text !== isOther ? texts[held] : held;
        };
        tables.set(id, {columns, rows: rows.map(row =>
          Object.fromEntries(row.map((cell, place) => [columns[place].key, value(cell, columns[place])])))});
      }
      return tables.get(id);
    }

    // RFC 4180.
    function csv(id) {
      const {columns, rows} = table(id);
      const quoted = cell => cell === null ? ''
        : /[",\r\n]/.test(cell) ? '"' + String(cell).replaceAll('"', '""') + '"' : String(cell);
      return [columns.map(column => column.key), ...rows.map(row => columns.map(column => row[column.key]))]
        .map(line => line.map(quoted).join(',') + '\r\n').join('');
    }
    function tabs(id) {
      const {columns, rows} = table(id);
      const plain = cell => cell === null ? '' : String(cell).replace(/[\t\r\n]+/g, ' ');
      return [columns.map(column => column.title + (column.unit ? ' (' + column.unit + ')' : '')),
        ...rows.map(row => columns.map(column => row[column.key]))]
        .map(line => line.map(plain).join('\t')).join('\n');
    }
    function download(id) {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([csv(id)], {type: 'text/csv;charset=utf-8'}));
      link.download = id + '.csv';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }
    async function copy(id, button) {
      const text = tabs(id);
      let isDone = true;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const field = document.createElement('textarea');
        field.value = text;
        document.body.append(field);
        field.select();
        isDone = document.execCommand('copy');
        field.remove();
      }
      say(button, isDone ? 'Copied' : 'Not allowed here');
    }
    function say(button, text) {
      const before = button.dataset.name ??= button.textContent;
      button.textContent = text;
      setTimeout(() => { button.textContent = before; }, 1500);
    }

    function colours() {
      const style = getComputedStyle(document.documentElement);
      const named = name => style.getPropertyValue('--' + name).trim();
      return {ink: named('ink'), quiet: named('quiet'), faint: named('faint'), paper: named('paper'),
        series: [...Array(8).keys()].map(place => named('c' + place))};
    }

    // The specification with the styles of all series and the page's colours in it.
    function filled(part, words) {
      if (typeof part === 'string') return Object.hasOwn(words, part) ? words[part] : part;
      if (Array.isArray(part)) return part.map(element => filled(element, words));
      if (part === null || typeof part !== 'object') return part;
      return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, filled(value, words)]));
    }
    function choose(part, axis, choice) {
      if (Array.isArray(part)) return part.forEach(element => choose(element, axis, choice));
      if (part === null || typeof part !== 'object') return;
      for (const [key, value] of Object.entries(part)) {
        if (key === axis && value !== null && typeof value === 'object' && value.scale) {
          value.scale = choice.scale;
          value.axis = {...value.axis, values: choice.axis.values};
          if (choice.axis.values === undefined) delete value.axis.values;
        } else {
          choose(value, axis, choice);
        }
      }
    }

    const charts = new Map();
    function specification(figure) {
      const {spec, key, series, scales} = parse('spec-' + figure.id);
      const page = colours();
      const boxes = [...figure.querySelectorAll('.legend input')];
      const chosen = new Set(boxes.filter(box => box.checked).map(box => series[box.value].name));
      const words = {
        '@names': series.map(one => one.name), '@shapes': series.map(one => one.shape),
        '@dashes': series.map(one => one.dash), '@colours': series.map(one => page.series[one.colour]),
        '@fills': series.map(one => one.hollow ? page.paper : page.series[one.colour]),
        '@ink': page.ink, '@quiet': page.quiet, '@faint': page.faint, '@paper': page.paper};
      page.series.forEach((colour, place) => { words['@c' + place] = colour; });
      const drawn = filled(spec, words);
      for (const button of figure.querySelectorAll('[data-axis][aria-pressed=true]')) {
        const axis = button.dataset.axis, choice = scales[axis][button.dataset.choice];
        choose(drawn, axis, choice);
      }
      const rows = table(figure.id).rows;
      drawn.data = {values: boxes.length ? rows.filter(row => chosen.has(row[key])) : rows};
      const font = getComputedStyle(document.body).fontFamily;
      const labels = {labelColor: page.quiet, titleColor: page.quiet, labelFont: font, titleFont: font,
        titleFontWeight: 'normal', labelFontSize: 11, titleFontSize: 11.5};
      drawn.config = {background: null, font, view: {stroke: page.faint},
        axis: {...labels, gridColor: page.faint, domainColor: page.quiet, tickColor: page.quiet,
          titlePadding: 8},
        legend: labels, text: {color: page.ink}};
      return drawn;
    }
    async function draw(figure) {
      const before = charts.get(figure), now = {count: (before?.count ?? 0) + 1, view: null};
      charts.set(figure, now);
      const plot = figure.querySelector('.plot');
      const boxes = [...figure.querySelectorAll('.legend input')];
      if (boxes.length && !boxes.some(box => box.checked)) {
        before?.view?.finalize();
        plot.textContent = 'No series is chosen.';
        figure.dataset.drawn = '0';
        return;
      }
      try {
        const result = await window.vegaEmbed(plot, specification(figure), {
          ast: true, renderer: 'svg', actions: false, logLevel: 1,
          tooltip: {theme: dark.matches ? 'dark' : 'light'}});
        before?.view?.finalize();
        if (charts.get(figure) !== now) return result.view.finalize();
        now.view = result.view;
        plot.style.minHeight = '';
        figure.dataset.drawn = plot.querySelectorAll('.data_marks > path, .data_marks > text').length;
      } catch (error) {
        plot.textContent = 'This chart could not be drawn: ' + error.message;
        figure.dataset.drawn = '0';
      }
    }
    const drawAll = () => Promise.all(figures.filter(figure => !charts.has(figure)).map(draw));

    document.addEventListener('click', event => {
      const button = event.target.closest('button');
      if (!button) return;
      const figure = button.closest('figure.chart');
      if (button.dataset.csv) download(button.dataset.csv);
      else if (button.dataset.copy) copy(button.dataset.copy, button);
      else if (button.id === 'draw-all') drawAll().then(() => say(button, 'All are drawn'));
      else if (figure && button.dataset.all) {
        const isAll = button.dataset.all === 'true';
        for (const box of figure.querySelectorAll('.legend input')) box.checked = isAll;
        if (window.vegaEmbed) draw(figure);
      } else if (figure && button.dataset.axis) {
        for (const other of figure.querySelectorAll(`[data-axis=${button.dataset.axis}]`))
          other.setAttribute('aria-pressed', other === button);
        if (window.vegaEmbed) draw(figure);
      }
    });
    document.addEventListener('change', event => {
      const figure = event.target.closest('figure.chart');
      if (figure && event.target.closest('.legend') && window.vegaEmbed) draw(figure);
    });
    if (!window.vegaEmbed || figures.length === 0) return;

    // What comes into view is drawn; the rest is when it is printed or asked for.
    const watch = new IntersectionObserver(entries => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watch.unobserve(entry.target);
        if (!charts.has(entry.target)) draw(entry.target);
      }
    }, {rootMargin: '600px'});
    figures.forEach(figure => watch.observe(figure));
    dark.addEventListener('change', () => [...charts.keys()].forEach(draw));
    addEventListener('beforeprint', drawAll);
    })();
    """#
}
