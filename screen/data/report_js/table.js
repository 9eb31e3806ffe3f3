// The table: what stands in its rows, which are shown, and in which order.

/** Put what a candidate is with the present weights into its row. */
function writeRow(page, one, standing) {
  const cells = page.cellsOf.get(one.key), had = one.usual.rank;
  const write = (name, value, text) => {
    cells[name].dataset.v = value;
    cells[name].firstElementChild.textContent = text;
  };
  write("rank", standing.rank, `${standing.shared ? "=" : ""}${standing.rank}`);
  const moved = standing.rank === had ? "" : ` (${standing.rank < had ? "▲" : "▼"} was ${had})`;
  cells.rank.lastElementChild.textContent = moved;
  write("score", standing.score, worthText(standing.score));
  cells.score.lastElementChild.textContent = `(${worthText(standing.score_low)}–${worthText(standing.score_high)})`;
  write("tier", standing.tier, roman(standing.tier));
  write("place", standing.expected, `${standing.expected.toFixed(1)} (${standing.place_low}–${standing.place_high})`);
  write("p", standing.p, twoDigits(standing.p));
}

/** Rank with the weights of the state; with those of the campaign as its own run did. */
function rank(page) {
  const { data, state } = page;
  const usual = usualWeights(page);
  const anew = usual ? data.rows.map((one) => one.usual) : standings(page.logs, state.weights, data.draws, data.rules);
  data.rows.forEach((one, i) => {
    const score = usual ? one.usual.score : nominalScore(one.worth, state.weights);
    const shared = anew.filter((other) => other.rank === anew[i].rank).length > 1;
    writeRow(page, one, { ...anew[i], score, shared });
  });
  at("cells").textContent = "The paper’s cells with these weights, by nominal score, longest-lived first: " + data.measured.map(
    (one) => `${one.name} ${worthText(nominalScore(one.worth, state.weights))} (${one.cycles} cycles)`).join(", ") + ".";
}

const valueOf = (row, name, page) => page.cellsOf.get(row.dataset.key)[name].dataset.v;

/** Compare two rows by a column, the best first; what is not known is last either way. */
function byColumn(page, name, back) {
  const head = page.heads.get(name);
  return (a, b) => {
    const [x, y] = [valueOf(a, name, page), valueOf(b, name, page)];
    if (x === "" || y === "") return (x === "") - (y === "");
    const order = head.dataset.sort === "n" ? x - y : x.localeCompare(y, "en", { numeric: true });
    return (head.dataset.best === "most") !== back ? -order : order;
  };
}

function sortRows(page) {
  const { name, back } = page.state.sort;
  page.rows.sort(byColumn(page, "rank", false)); // By tier, then P(top k).
  const rows = [...page.rows].sort(byColumn(page, name, back));
  page.table.tBodies[0].append(...rows);
  for (const [own, head] of page.heads) {
    const down = (head.dataset.best === "most") !== back;
    if (own === name) head.setAttribute("aria-sort", down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  return rows;
}

const wordsOf = (text) => folded(text).split(/\s+/).filter(Boolean);

function isKept(page, row) {
  const { state } = page, text = folded(row.textContent);
  return wordsOf(state.find).every((word) => text.includes(word)) &&
    SELECTS.every((name) => !state[name] || row.dataset[name] === state[name]) &&
    (!state.front || row.dataset.front === "yes") &&
    (!state.only || state.picked.has(row.dataset.key));
}

const headText = (page, name) => page.heads.get(name).textContent.trim();

function sayWhatIsShown(page, shown, lost) {
  const { state } = page, share = shares(state.weights);
  const order = state.sort.name === "tier" && !state.sort.back
    ? "by tier, then by P" : `by ${headText(page, state.sort.name)}, ${state.sort.back ? "the last first" : "the best first"}`;
  const parts = [`${shown} of ${page.rows.length} that passed shown, sorted ${order}.`];
  if (lost) parts.push(`${lost} not in the table: here with the reason.`);
  if (state.picked.size) parts.push(`${state.picked.size} picked.`);
  if (!usualWeights(page))
    parts.push(`Ranked anew over ${page.data.draws.samples} draws with ${page.names.map((name, i) => `${Math.round(100 * share[i])} % ${plain(name)}`).join(", ")}.`);
  at("said").textContent = parts.join(" ");
}

/** Show what the state asks for; every change ends here. */
function show(page) {
  const rows = sortRows(page);
  let shown = 0;
  for (const row of rows) shown += !(row.hidden = !isKept(page, row));
  sayWhatIsShown(page, shown, showOthers(page));
  showBrushing(page);
}
