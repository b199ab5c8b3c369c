"use strict";
// Draws the page's two charts with uPlot from the JSON in #data. Text from the data is only ever set as
// text (textContent, canvas), never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  const bytes = (value) => {
    if (value == null) return "absent";
    let unit = 0, scaled = Math.abs(value);
    while (scaled >= 1024 && unit < UNITS.length - 1) { scaled /= 1024; unit += 1; }
    const sign = value < 0 ? "−" : "";
    return `${sign}${unit === 0 ? scaled : scaled.toFixed(scaled < 100 ? 2 : 1)} ${UNITS[unit]}`;
  };
  const tick = (value) => bytes(value).replace(/\.0+(?= )/, "");
  const short = (text, most) => {
    const letters = [...text];
    return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : text;
  };
  const clock = (ms) => ms == null ? "" : ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
  const marks = new Map(data.marks.map((mark) => [mark.at, mark]));

  let byTime = false;
  const charts = [];
  const axisOf = (block) => (byTime ? block.ms : block.at);

  // The last mark at or before a sample, found by halving.
  const markBefore = (at) => {
    let low = 0, high = data.marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (data.marks[middle].at <= at) low = middle + 1; else high = middle;
    }
    return data.marks[low - 1];
  };

  // Vertical lines: collections, and samples with a label.
  const drawMarks = (u, block) => {
    const { ctx, bbox } = u;
    const ratio = uPlot.pxRatio || devicePixelRatio || 1;
    const line = (x, color, dash) => {
      ctx.strokeStyle = color; ctx.lineWidth = ratio; ctx.setLineDash(dash.map((n) => n * ratio));
      ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
    };
    ctx.save();
    ctx.beginPath(); ctx.rect(bbox.left - ratio, 0, bbox.width + 2 * ratio, u.ctx.canvas.height); ctx.clip();
    const place = (mark) => {
      const value = byTime ? mark.ms : mark.at;
      return value == null ? NaN : u.valToPos(value, "x", true);
    };
    const inside = (x) => x >= bbox.left - 1 && x <= bbox.left + bbox.width + 1;
    let last = -Infinity;
    for (const mark of data.collections) {
      const x = place(mark);
      if (!inside(x) || x - last < 3 * ratio) continue;
      last = x;
      line(x, css("--collection"), [1, 3]);
      // The edge sets the triangle off from lines near zero, and from areas.
      const foot = bbox.top + bbox.height, half = 5 * ratio;
      ctx.fillStyle = css("--collection"); ctx.strokeStyle = css("--back"); ctx.lineWidth = 3 * ratio; ctx.setLineDash([]);
      ctx.beginPath(); ctx.moveTo(x - half, foot); ctx.lineTo(x + half, foot); ctx.lineTo(x, foot - 2 * half); ctx.closePath();
      ctx.stroke(); ctx.fill();
    }
    last = -Infinity;
    const size = 11 * ratio;
    ctx.font = `${size}px system-ui, sans-serif`; ctx.textAlign = "right"; ctx.textBaseline = "alphabetic";
    for (const mark of data.marks) {
      const x = place(mark);
      if (!inside(x) || x - last < 1.4 * size) continue;
      line(x, css("--line"), [4, 4]);
      last = x;
      if (block.stacked) continue;
      ctx.save();
      ctx.translate(x - 3 * ratio < bbox.left + size ? x + size : x - 3 * ratio, bbox.top + 4 * ratio);
      ctx.rotate(-Math.PI / 2);
      const text = short(mark.label, 28);
      ctx.lineWidth = 3 * ratio; ctx.setLineDash([]); ctx.strokeStyle = css("--back"); ctx.lineJoin = "round";
      ctx.strokeText(text, 0, 0);
      ctx.fillStyle = css("--mark"); ctx.fillText(text, 0, 0);
      ctx.restore();
    }
    ctx.restore();
  };

  // Areas are drawn from the whole sum down, each over the one before it.
  const stack = (series, shown) => {
    const sums = [];
    let below = series[0] ? series[0].values.map(() => 0) : [];
    series.forEach((one, i) => {
      if (shown[i]) below = below.map((sum, n) => sum + (one.values[n] || 0));
      sums.push(below);
    });
    return sums;
  };

  const element = (tag, parent, text) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };

  const build = (id, block) => {
    const box = document.getElementById(id);
    if (!box || !block || block.at.length === 0) return;
    const stacked = block.stacked;
    const chart = { block, box, shown: block.series.map(() => true), readout: document.getElementById(id + "-readout") };
    const legend = document.getElementById(id + "-legend");
    block.series.forEach((one, i) => {
      const button = element("button", legend, one.name);
      button.type = "button";
      button.style.setProperty("--swatch", `var(--c${one.color})`);
      button.setAttribute("aria-pressed", "true");
      button.onclick = () => {
        chart.shown[i] = !chart.shown[i];
        button.setAttribute("aria-pressed", String(chart.shown[i]));
        if (stacked) chart.u.setData(chart.data(), false); else chart.u.setSeries(i + 1, { show: chart.shown[i] });
        chart.u.redraw();
      };
    });
    // A stack's series go to uPlot in reverse, so that the sum of all is drawn first.
    chart.data = () => {
      if (!stacked) return [axisOf(block), ...block.series.map((one) => one.values)];
      return [axisOf(block), ...stack(block.series, chart.shown).reverse()];
    };
    chart.say = (index) => {
      const at = block.at[index], mark = marks.get(at), before = mark || markBefore(at);
      chart.readout.replaceChildren();
      element("b", chart.readout, mark ? mark.label : before ? `after ${before.label}` : `sample ${at + 1}`);
      const when = block.ms ? `, ${clock(block.ms[index])}` : "";
      let text = `${mark || before ? `, sample ${at + 1}` : ""}${when}: `;
      text += block.series.filter((_, i) => chart.shown[i]).map((one) => `${one.name} ${bytes(one.values[index])}`).join(", ");
      chart.readout.append(text);
    };
    chart.make = () => {
      const old = chart.u && { min: chart.u.scales.x.min, max: chart.u.scales.x.max };
      if (chart.u) chart.u.destroy();
      const width = box.clientWidth, narrow = width < 500;
      const dots = block.at.length <= 60;
      const lines = block.series.map((one, i) => ({
        label: one.name, show: stacked || chart.shown[i], stroke: css(`--c${one.color}`), width: stacked ? 1 : 2,
        fill: stacked ? css(`--c${one.color}`) : undefined, points: { show: !stacked && dots }, dash: one.noisy ? [6, 3] : undefined,
      }));
      if (stacked) lines.reverse();
      const axis = { stroke: css("--soft"), grid: { stroke: css("--line"), width: 1 }, ticks: { stroke: css("--line"), width: 1 } };
      chart.u = new uPlot({
        width, height: narrow ? 300 : 360, legend: { show: false }, padding: [12, 12, 0, 0],
        scales: { x: { time: false }, y: { range: (u, low, high) => [Math.min(0, low || 0), (high || 1) * 1.05] } },
        cursor: { drag: { x: true, y: false, setScale: true }, points: { show: !stacked } },
        series: [{}, ...lines],
        axes: [
          { ...axis, incrs: byTime ? undefined : [1, 2, 5].flatMap((n) => [...Array(10).keys()].map((k) => n * 10 ** k)).sort((a, b) => a - b),
            values: (u, ticks) => ticks.map((x) => byTime ? clock(x).replace(/\.0+(?= )/, "") : x + 1) },
          { ...axis, size: 76, incrs: [...Array(100).keys()].map((k) => 2 ** k), values: (u, ticks) => ticks.map(tick) },
        ],
        hooks: {
          draw: [(u) => drawMarks(u, block)],
          setCursor: [(u) => { if (u.cursor.idx != null) chart.say(u.cursor.idx); }],
          setScale: [(u, key) => { if (key === "x") follow(chart, u.scales.x.min, u.scales.x.max); }],
        },
      }, chart.data(), box);
      if (old && old.min != null && !chart.fresh) zoom(chart, old.min, old.max);
      chart.fresh = false;
    };
    box.onkeydown = (event) => {
      const u = chart.u, step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) {
        const most = block.at.length - 1;
        const index = Math.max(0, Math.min(most, (u.cursor.idx == null ? (step > 0 ? -1 : most + 1) : u.cursor.idx) + step));
        const x = axisOf(block)[index];
        const value = u.data.slice(1).map((values) => values[index]).find((v) => v != null);
        u.setCursor({ left: u.valToPos(x, "x"), top: u.valToPos(value || 0, "y") });
        chart.say(index);
        event.preventDefault();
      } else if (event.key === "+") scaleBy(0.5); else if (event.key === "-") scaleBy(2);
      else if (event.key === "0") all();
    };
    box.addEventListener("touchmove", (event) => {
      const over = chart.u.over.getBoundingClientRect(), touch = event.touches[0];
      chart.u.setCursor({ left: touch.clientX - over.left, top: touch.clientY - over.top });
    }, { passive: true });
    charts.push(chart);
  };

  let following = false;
  const zoom = (chart, min, max) => { following = true; chart.u.setScale("x", { min, max }); following = false; };
  const follow = (source, min, max) => {
    if (following || min == null) return;
    for (const chart of charts) if (chart !== source && chart.u) zoom(chart, min, max);
  };
  const ends = () => {
    const axis = axisOf(charts[0].block);
    return [axis[0], axis[axis.length - 1]];
  };
  const show = (min, max) => {
    const [first, last] = ends();
    const span = Math.min(max - min, last - first);
    const from = Math.max(first, Math.min(min, last - span));
    for (const chart of charts) zoom(chart, from, from + span);
  };
  const all = () => show(...ends());
  const scaleBy = (factor) => {
    const { min, max } = charts[0].u.scales.x, middle = (min + max) / 2, half = (max - min) / 2 * factor;
    if (half > 0) show(middle - half, middle + half);
  };
  const move = (part) => {
    const { min, max } = charts[0].u.scales.x, by = (max - min) * part;
    show(min + by, max + by);
  };

  build("figures", data.figures);
  data.kinds.forEach((block, i) => build(`kinds-${i}`, block));
  if (charts.length === 0) return;
  const make = () => charts.forEach((chart) => chart.make());
  const controls = document.getElementById("controls");
  const control = (text, does) => { const button = element("button", controls, text); button.type = "button"; button.onclick = does; return button; };
  control("Zoom in", () => scaleBy(0.5));
  control("Zoom out", () => scaleBy(2));
  control("◀ Earlier", () => move(-0.5));
  control("Later ▶", () => move(0.5));
  control("All", all);
  if (data.figures.ms) {
    const toggle = control("By time", () => {
      byTime = !byTime;
      toggle.textContent = byTime ? "By sample" : "By time";
      charts.forEach((chart) => { chart.fresh = true; });
      make();
    });
  }
  controls.hidden = false;
  make();
  let width = charts[0].box.clientWidth;
  new ResizeObserver(() => {
    if (charts[0].box.clientWidth !== width) { width = charts[0].box.clientWidth; make(); }
  }).observe(charts[0].box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", make);
})();
