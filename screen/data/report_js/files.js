// Files to keep: the table as CSV, a drawing as PNG.

const FORMULA = /^[=+\-@\t\r]/;
const SCALE = 2;

function save(name, blob) {
  const anchor = element("a", "", { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}

/** Write a value; a text that a spreadsheet would take for a formula gets an apostrophe in front. */
function csvCell(value) {
  const number = value !== "" && Number.isFinite(Number(value));
  const text = !number && FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rows that are shown, by full values, and the others that match, each with its reason. */
function tableAsCsv(page) {
  const names = [...page.heads.keys()];
  const head = ["formula", "name", "cas", ...names.filter((name) => name !== "formula"), "reason"];
  const passed = [...page.table.tBodies[0].rows].filter((row) => !row.hidden).map((row) =>
    [row.dataset.formula, row.dataset.name, row.dataset.cas, ...names.filter((name) => name !== "formula").map((name) => valueOf(row, name, page)), ""]);
  const lost = findOthers(page).map((one) =>
    [...one.slice(0, 3), ...Array(names.length - 1).fill(""), page.data.others.reasons[one[FIELDS.reason]]]);
  return [head, ...passed, ...lost].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

/** Fill and stroke a shape as the page does; a pattern is drawn as what it is on the screen. */
function paint(context, style, path, hatch) {
  context.globalAlpha = Number(style.opacity);
  if (style.fill !== "none") {
    context.fillStyle = style.fill.startsWith("url") ? hatch : style.fill;
    context.fill(path);
  }
  if (style.stroke === "none") return;
  context.strokeStyle = style.stroke;
  context.lineWidth = parseFloat(style.strokeWidth);
  context.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(",").map(parseFloat));
  context.stroke(path);
}

function hatchOf(context) {
  const tile = Object.assign(document.createElement("canvas"), { width: 6, height: 6 });
  const lines = tile.getContext("2d");
  lines.fillStyle = getComputedStyle(document.querySelector(".hatch-line")).fill;
  lines.fillRect(0, 0, 1.6, 6);
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().rotate(45));
  return pattern;
}

function pathOf(shape) {
  const number = (name) => shape[name].baseVal.value;
  if (shape.tagName === "path") return new Path2D(shape.getAttribute("d"));
  const path = new Path2D();
  if (shape.tagName === "rect") path.rect(number("x"), number("y"), number("width"), number("height"));
  else {
    path.moveTo(number("x1"), number("y1"));
    path.lineTo(number("x2"), number("y2"));
  }
  return path;
}

function paintText(context, style, text) {
  const [x, y] = [text.x.baseVal[0].value, text.y.baseVal[0].value];
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.textAlign = { middle: "center", end: "right" }[style.textAnchor] ?? "left";
  if (style.stroke !== "none") {
    [context.strokeStyle, context.lineWidth, context.lineJoin] = [style.stroke, parseFloat(style.strokeWidth), "round"];
    context.setLineDash([]);
    context.strokeText(text.textContent, x, y);
  }
  context.fillStyle = style.fill;
  context.fillText(text.textContent, x, y);
}

/** Draw what is seen, shape by shape: as an image it would need what the page's policy forbids. */
function drawingAsCanvas(drawing) {
  const { width, height } = drawing.viewBox.baseVal;
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const hatch = hatchOf(context), toDrawing = drawing.getScreenCTM().inverse();
  for (const shape of drawing.querySelectorAll("path, rect, line, text")) {
    const style = getComputedStyle(shape);
    context.setTransform(new DOMMatrix().scale(SCALE).multiply(DOMMatrix.fromMatrix(toDrawing.multiply(shape.getScreenCTM()))));
    if (shape.tagName === "text") paintText(context, style, shape);
    else paint(context, style, pathOf(shape), hatch);
  }
  return canvas;
}

function addPngButton(figure, drawing, campaign) {
  const button = element("button", "PNG", { type: "button", class: "png", "aria-label": `Save as PNG: ${drawing.getAttribute("aria-label")}` });
  const name = `${campaign}-${figure.dataset.figure}.png`;
  button.addEventListener("click", () => drawingAsCanvas(drawing).toBlob((blob) => save(name, blob)));
  figure.prepend(button);
}

function startFiles(page) {
  const campaign = document.title.replace(/^maiscreen – /, "").replace(/[^\w.-]+/g, "_");
  at("csv").addEventListener("click", () =>
    save(`${campaign}-table.csv`, new Blob(["\ufeff", tableAsCsv(page)], { type: "text/csv" })));
  for (const figure of document.querySelectorAll("figure[data-figure]")) addPngButton(figure, figure.querySelector("svg"), campaign);
}
