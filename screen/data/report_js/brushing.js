// Brushing: what is pointed at or picked in one place is seen in all of them.

const LEAST_DRAG = 6;

const marksOf = (page, key) => page.marks.get(key) ?? [];

/** Mark what is pointed at, in every drawing and in the table. */
function point(page, key) {
  if (page.pointed === key) return;
  for (const one of [...marksOf(page, page.pointed), ...marksOf(page, key)])
    one.classList.toggle("lit", one.dataset.key === key);
  page.pointed = key;
}

/** Fade the marks of what is filtered out, or not picked if something is. */
function showBrushing(page) {
  const { picked } = page.state;
  for (const row of page.rows) {
    const key = row.dataset.key, chosen = picked.has(key);
    row.classList.toggle("picked", chosen);
    row.querySelector("input").checked = chosen;
    for (const one of marksOf(page, key))
      if (one !== row) one.classList.toggle("out", row.hidden || (picked.size > 0 && !chosen));
  }
  at("unpick").disabled = at("only").disabled = !picked.size;
}

function pick(page, keys, add) {
  page.change({ picked: new Set(add ? [...page.state.picked, ...keys] : keys) });
}

function toggle(page, key) {
  const picked = new Set(page.state.picked);
  if (!picked.delete(key)) picked.add(key);
  page.change({ picked, only: page.state.only && picked.size > 0 });
}

const inside = (box, mark) => {
  const own = mark.getBoundingClientRect(), x = own.x + own.width / 2, y = own.y + own.height / 2;
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
};

/** Keys of the marks in a box on the screen; a line has none, its marks have. */
function keysInside(page, drawing, box) {
  const marks = [...drawing.querySelectorAll(".mark[data-key]")].filter((one) => inside(box, one));
  return new Set(marks.map((one) => one.dataset.key).filter((key) => page.cellsOf.has(key)));
}

const boxOf = (a, b) => ({
  left: Math.min(a.clientX, b.clientX), right: Math.max(a.clientX, b.clientX),
  top: Math.min(a.clientY, b.clientY), bottom: Math.max(a.clientY, b.clientY),
});

/** Draw a box over a drawing, in the coordinates of its own. */
function drawBox(frame, drawing, box) {
  const matrix = drawing.getScreenCTM().inverse();
  const [a, b] = [[box.left, box.top], [box.right, box.bottom]].map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix));
  for (const [name, value] of Object.entries({ x: a.x, y: a.y, width: b.x - a.x, height: b.y - a.y }))
    frame.setAttribute(name, value);
}

/** Let a mouse or pen draw a box over a drawing, which picks what lies in it. */
function brush(page, drawing) {
  let start = null, frame = null;
  drawing.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" && event.button === 0) start = event;
  });
  drawing.addEventListener("pointermove", (event) => {
    const box = start && boxOf(start, event);
    if (!box || (!frame && Math.hypot(box.right - box.left, box.bottom - box.top) < LEAST_DRAG)) return;
    if (!frame) {
      frame = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      frame.classList.add("brush");
      drawing.append(frame);
      drawing.setPointerCapture(event.pointerId);
    }
    drawBox(frame, drawing, box);
    event.preventDefault();
  });
  const end = (event) => {
    if (frame && event.type === "pointerup") pick(page, keysInside(page, drawing, boxOf(start, event)), event.shiftKey);
    else if (start && event.type === "pointerup" && page.cellsOf.has(start.target.dataset?.key)) toggle(page, start.target.dataset.key);
    frame?.remove();
    start = frame = null;
  };
  drawing.addEventListener("pointerup", end);
  drawing.addEventListener("pointercancel", end);
}

function startBrushing(page) {
  page.marks = new Map();
  for (const one of document.querySelectorAll("svg [data-key], #ranking tbody tr")) {
    const { key } = one.dataset;
    page.marks.set(key, [...marksOf(page, key), one]);
  }
  document.addEventListener("pointerover", (event) => point(page, event.target.closest?.("[data-key]")?.dataset.key));
  document.addEventListener("focusin", (event) => point(page, event.target.closest?.("[data-key]")?.dataset.key));
  for (const row of page.rows) row.querySelector("input").addEventListener("change", () => toggle(page, row.dataset.key));
  for (const drawing of document.querySelectorAll("svg.brushed")) brush(page, drawing);
  at("unpick").addEventListener("click", () => page.change({ picked: new Set(), only: false }));
}
