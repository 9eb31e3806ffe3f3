// The state of the page in its address, so that a link shows what its sender saw.

/** Write what differs from the page as it came. */
function writeAddress(page) {
  const { state, data } = page, told = new URLSearchParams();
  for (const name of ["find", ...SELECTS]) if (state[name]) told.set(name, state[name]);
  for (const name of ["front", "only"]) if (state[name]) told.set(name, "yes");
  for (const key of state.picked) told.append("picked", key);
  if (!usualWeights(page)) told.set("weights", state.weights.join(" "));
  if (state.sort.name !== "tier" || state.sort.back) told.set("sort", `${state.sort.name}${state.sort.back ? " back" : ""}`);
  if (String(told) || location.hash.includes("=")) history.replaceState(null, "", `#${told}`);
}

function readWeights(page, text) {
  const weights = text.split(" ").map(Number);
  const good = page.logs && weights.length === page.names.length && weights.every((one) => one >= 0 && one <= page.most) && weights.some((one) => one > 0);
  return good ? weights : page.data.weights;
}

/** Read the state that an address tells; what makes no sense is left as it was. */
function readAddress(page) {
  const told = new URLSearchParams(location.hash.slice(1)), state = freshState(page.data);
  state.find = told.get("find") ?? "";
  for (const name of SELECTS)
    if ([...at(name).options].some((option) => option.value === told.get(name))) state[name] = told.get(name);
  state.picked = new Set(told.getAll("picked").filter((key) => page.cellsOf.has(key)));
  state.front = told.get("front") === "yes";
  state.only = told.get("only") === "yes" && state.picked.size > 0;
  if (told.has("weights")) state.weights = readWeights(page, told.get("weights"));
  const [name, back] = (told.get("sort") ?? "").split(" ");
  if (page.heads.has(name)) state.sort = { name, back: back === "back" };
  return state;
}

/** Set the controls as the state has it. */
function setControls(page) {
  const { state } = page, share = shares(state.weights);
  for (const name of ["find", ...SELECTS]) at(name).value = state[name];
  for (const name of ["front", "only"]) at(name).checked = state[name];
  at("sort").value = state.sort.name;
  page.names.forEach((name, i) => {
    const text = `${Math.round(100 * share[i])} %`;
    if (Number(at(`w-${name}`).value) !== state.weights[i]) at(`w-${name}`).value = state.weights[i];
    at(`o-${name}`).textContent = text;
    at(`w-${name}`).setAttribute("aria-valuetext", text);
  });
}
