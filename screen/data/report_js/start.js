// The beginning: without this script the page is complete, but still.

/** Open the card that the address names. */
function openCard() {
  for (const card of document.querySelectorAll("details.card"))
    if ([card.id, encodeURIComponent(card.id)].includes(location.hash.slice(1))) card.open = true;
}

/** Everything that the parts work on. */
function readPage(table) {
  const data = JSON.parse(at("data").textContent);
  const heads = new Map([...table.tHead.rows[0].cells].map((head) => [head.dataset.name, head]));
  const rows = [...table.tBodies[0].rows];
  const cellsOf = new Map(rows.map((row) => [row.dataset.key, Object.fromEntries([...heads.keys()].map((name, i) => [name, row.cells[i]]))]));
  const names = [...document.querySelectorAll(".sliders input")].map((one) => one.id.slice(2));
  const logs = data.draws && data.draws.attributes.map(decode);
  const most = names.length && Number(at(`w-${names[0]}`).max);
  return { data, table, heads, rows, cellsOf, names, logs, most, state: freshState(data) };
}

/** On a phone rows are cards: each cell says its column, and the table stays one for who listens. */
function describeCells(page) {
  page.table.setAttribute("role", "table");
  const words = [...page.heads.keys()].map((name) => headText(page, name));
  for (const part of page.table.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
  for (const row of page.table.rows) {
    row.setAttribute("role", "row");
    [...row.cells].forEach((cell, i) => {
      const role = { col: "columnheader", row: "rowheader" }[cell.scope] ?? "cell";
      cell.setAttribute("role", role);
      if (role === "cell") cell.dataset.label = words[i];
    });
  }
}

function moveWeights(page) {
  const weights = page.names.map((name) => Number(at(`w-${name}`).value));
  if (weights.some((one) => one > 0)) page.change({ weights });
  else at("said").textContent = "Give at least one weight above 0: the table is as it was.";
}

function startHeads(page) {
  for (const [name, head] of page.heads) {
    const button = element("button", "", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const { sort } = page.state;
      page.change({ sort: { name, back: sort.name === name && !sort.back } });
    });
  }
}

function startControls(page) {
  at("find").addEventListener("input", () => page.change({ find: at("find").value }));
  for (const name of SELECTS) at(name).addEventListener("change", () => page.change({ [name]: at(name).value }));
  for (const name of ["front", "only"]) at(name).addEventListener("change", () => page.change({ [name]: at(name).checked }));
  at("sort").addEventListener("change", () => page.change({ sort: { name: at("sort").value, back: false } }));
  for (const name of page.names) at(`w-${name}`).addEventListener("input", () => moveWeights(page));
  at("reset")?.addEventListener("click", () => page.change({ weights: page.data.weights }));
  at("everything").addEventListener("click", () => page.change(freshState(page.data)));
}

/** Point at an element's square, and its story is told; press it, and the table shows its halides. */
function startElements(page) {
  const squares = [...document.querySelectorAll("#elements .square")];
  const tell = (event) => {
    const square = event.target.closest?.(".square");
    if (!square) return;
    at("told").textContent = square.title;
    // By Tab only the square that had the focus last is reached, from it the others by arrows.
    if (event.type === "focusin") for (const one of squares) one.tabIndex = one === square ? 0 : -1;
  };
  at("elements").addEventListener("pointerover", tell);
  at("elements").addEventListener("focusin", tell);
  for (const one of squares) {
    one.addEventListener("click", () => {
      const { weights, sort } = page.state, { metal, halogen } = one.dataset;
      page.change({ ...freshState(page.data), weights, sort, metal, halogen });
      at("ranking-h").scrollIntoView();
    });
  }
  at("elements").addEventListener("keydown", (event) => moveFocus(event, squares));
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Move the focus by an arrow to the nearest square in its direction. */
function moveFocus(event, squares) {
  const [dx, dy] = ARROWS[event.key] ?? [0, 0];
  if (!dx && !dy) return;
  event.preventDefault();
  const middle = (one) => {
    const box = one.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = middle(document.activeElement);
  const far = (one) => {
    const [u, v] = [middle(one)[0] - x, middle(one)[1] - y];
    const along = u * dx + v * dy, across = Math.abs(u * dy) + Math.abs(v * dx);
    return along > 1 ? along + 4 * across : Infinity;
  };
  const next = squares.reduce((best, one) => (far(one) < far(best) ? one : best));
  if (far(next) < Infinity) next.focus();
}

function startRanking(table) {
  const page = readPage(table);
  page.change = (changes, tell = true) => {
    const reweighed = changes.weights && changes.weights !== page.state.weights;
    page.state = { ...page.state, ...changes };
    setControls(page);
    if (reweighed) rank(page);
    show(page);
    if (tell) writeAddress(page);
  };
  describeCells(page);
  startHeads(page);
  startBrushing(page);
  startControls(page);
  startElements(page);
  startFiles(page);
  for (const id of ["tools", "weighing"]) at(id).hidden = false;
  document.body.classList.add("live");
  rank(page);
  page.change({}, false);
  const read = () => {
    if (!location.hash.includes("=")) return;
    page.change(readAddress(page), false);
    at("ranking-h").scrollIntoView();
  };
  addEventListener("hashchange", read);
  read();
}

addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details")) one.open = true;
});
addEventListener("hashchange", openCard);
openCard();
if (at("ranking")) startRanking(at("ranking"));
