"use strict";
// Sorting, filtering and ranking anew. Without this script the page is complete, but still.
(() => {
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
  const open = () => {
    const card = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (card && card.tagName === "DETAILS") card.open = true;
  };
  addEventListener("hashchange", open);
  open();

  const table = document.getElementById("ranking");
  if (!table) return;
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("data").textContent);
  const names = [...document.querySelectorAll(".sliders input")].map((one) => one.id.slice(2));
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const byKey = new Map(rows.map((row) => [row.dataset.key, row]));
  const heads = [...table.tHead.rows[0].cells];
  let weights = data.weights;
  let sorted = { column: 0, down: false };

  // The weighted geometric mean of screen/desirability.py.
  const score = (worth) => {
    const total = weights.reduce((sum, one) => sum + one, 0);
    const logarithm = weights.reduce(
      (sum, one, i) => (one > 0 ? sum + (one / total) * Math.log(Math.max(worth[i], Number.MIN_VALUE)) : sum), 0);
    return Math.exp(logarithm);
  };
  const rounded = (value) => Math.round(value * data.steps);

  const byScore = (rows) => [...rows].sort((a, b) => rounded(b.score) - rounded(a.score));
  const before = data.rows.map((one) => ({ ...one, score: Number(byKey.get(one.key).dataset.score) }));
  const placeBefore = new Map(byScore(before).map((one, i) => [one.key, i + 1]));

  // With the campaign's weights by expected place; errors are not drawn here, so else by score.
  const written = (one) => (one > 0 && one < 0.005 ? "<0.01" : one.toFixed(2));
  const rerank = () => {
    const usual = weights.every((one, i) => one === data.weights[i]);
    const ordered = usual
      ? [...before].sort((a, b) => a.rank - b.rank)
      : byScore(data.rows.map((one) => ({ ...one, score: score(one.worth) })));
    ordered.forEach((one, i) => {
      const row = byKey.get(one.key), [place, , shown] = row.cells, had = placeBefore.get(one.key);
      place.dataset.v = usual ? one.rank : i + 1;
      place.textContent = place.dataset.v;
      if (!usual && i + 1 !== had) {
        const was = document.createElement("span");
        was.className = "soft";
        was.textContent = ` (${i + 1 < had ? "▲" : "▼"} was ${had})`;
        place.append(was);
      }
      shown.dataset.v = one.score;
      shown.querySelector(".score").textContent = written(one.score);
    });
    table.classList.toggle("anew", !usual);
    const measured = data.measured.map((one) => ({ ...one, score: score(one.worth) })).sort((a, b) => b.score - a.score);
    at("cells").textContent = "The paper’s cells with these weights, by score: " + measured.map(
      (one) => `${one.name} ${written(one.score)} (${one.cycles} cycles)`).join(" > ") + ".";
    return usual;
  };

  const value = (row, column) => row.cells[column].dataset.v;
  const compare = (column, down) => (a, b) => {
    const [x, y] = [value(a, column), value(b, column)];
    if (x === "" || y === "") return (x === "") - (y === "");
    const order = heads[column].dataset.sort === "n" ? x - y : x.localeCompare(y, "en", { numeric: true });
    return down ? -order : order;
  };

  const show = () => {
    const found = at("find").value.trim().toLowerCase();
    const wanted = { metal: at("metal").value, halogen: at("halogen").value, state: at("state").value, handling: at("handling").value };
    const kept = (row) =>
      row.textContent.toLowerCase().includes(found) &&
      (!wanted.metal || row.dataset.metal === wanted.metal) &&
      (!wanted.halogen || row.dataset.halogen === wanted.halogen) &&
      (!wanted.state || row.dataset.state === wanted.state) &&
      (!wanted.handling || row.dataset.handling === wanted.handling) &&
      (!at("front").checked || row.dataset.front === "yes");
    // By rank first: a stable sort leaves equal values in that order.
    rows.sort(compare(0, false));
    body.append(...[...rows].sort(compare(sorted.column, sorted.down)));
    let count = 0;
    for (const row of rows) count += !(row.hidden = !kept(row));
    heads.forEach((head, i) => {
      if (i === sorted.column) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    const usual = weights.every((one, i) => one === data.weights[i]);
    const total = weights.reduce((sum, one) => sum + one, 0);
    at("said").textContent =
      `${count} of ${rows.length} shown, sorted by ${heads[sorted.column].textContent.trim()}, ${sorted.down ? "descending" : "ascending"}. ` +
      (usual ? "" : `Ranked anew with ${names.map((name, i) => `${Math.round((100 * weights[i]) / total)} % ${name.replace("youngs", "Young’s").replaceAll("_", " ")}`).join(", ")}, by the scores of the nominal values, as is what was before; tiers, places and P are still those of the campaign’s weights.`);
  };

  const weigh = (given) => {
    if (!given.some((one) => one > 0)) {
      at("said").textContent = "Give at least one weight above 0: the table is as it was.";
      return;
    }
    weights = given;
    const total = given.reduce((sum, one) => sum + one, 0);
    names.forEach((name, i) => {
      const share = `${Math.round((100 * given[i]) / total)} %`;
      at(`o-${name}`).textContent = share;
      at(`w-${name}`).setAttribute("aria-valuetext", share);
    });
    rerank();
    show();
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const again = sorted.column === column;
      sorted = { column, down: again ? !sorted.down : false };
      show();
    });
  });
  at("find").addEventListener("input", show);
  for (const id of ["metal", "halogen", "state", "handling", "front"]) at(id).addEventListener("change", show);
  for (const name of names)
    at(`w-${name}`).addEventListener("input", () => {
      weigh(names.map((one) => Number(at(`w-${one}`).value)));
    });
  at("reset").addEventListener("click", () => {
    names.forEach((name, i) => (at(`w-${name}`).value = data.weights[i]));
    weigh(data.weights);
  });
  at("tools").hidden = false;
  weigh(data.weights);
})();
