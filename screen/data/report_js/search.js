// Candidates that the table has not: found by formula, name, CAS number, or reason.

const MOST_LISTED = 50;
const FIELDS = { formula: 0, name: 1, cas: 2, metal: 3, halogen: 4, reason: 5 };

/** How well a candidate fits what is looked for: 0 is its formula or number, then its beginning. */
function distance(one, sought) {
  const names = [one[FIELDS.formula], one[FIELDS.cas], one[FIELDS.name]].map(folded);
  if (names.includes(sought)) return 0;
  return names.some((name) => name.startsWith(sought)) ? 1 : 2;
}

function findOthers(page) {
  const { state, data } = page, { rows, reasons } = data.others;
  const sought = folded(state.find.trim()), words = wordsOf(state.find);
  if (!words.length && !state.metal && !state.halogen) return [];
  const matches = rows.filter((one) => {
    const text = folded([...one.slice(0, FIELDS.metal), reasons[one[FIELDS.reason]]].join(" "));
    return words.every((word) => text.includes(word)) &&
      (!state.metal || one[FIELDS.metal] === state.metal) && (!state.halogen || one[FIELDS.halogen] === state.halogen);
  });
  return sought ? matches.sort((a, b) => distance(a, sought) - distance(b, sought)) : matches;
}

function link(text, address) {
  return element("a", text, { href: address, rel: "noopener noreferrer", target: "_blank" });
}

function otherRow(page, one) {
  const row = element("tr"), [gate, ...why] = page.data.others.reasons[one[FIELDS.reason]].split(": ");
  const head = element("th", one[FIELDS.formula], { scope: "row" });
  const cas = element("td"), number = one[FIELDS.cas];
  cas.append(/^[1-9]\d{1,6}-\d\d-\d$/.test(number) ? link(number, page.data.pubchem + number) : number);
  row.append(head, element("td", one[FIELDS.name]), cas, element("td", gate), element("td", why.join(": ")));
  return row;
}

/** List the others that match; give how many there are. */
function showOthers(page) {
  const matches = findOthers(page), box = at("others");
  box.hidden = !matches.length;
  at("others-body").replaceChildren(...matches.slice(0, MOST_LISTED).map((one) => otherRow(page, one)));
  const beyond = matches.length > MOST_LISTED ? `, the ${MOST_LISTED} that came nearest` : "";
  at("others-head").textContent = `Not in the table: ${matches.length}${beyond}`;
  return matches.length;
}
