// What all parts share: elements, words, and the state of the page.

const at = (id) => document.getElementById(id);
const SELECTS = ["metal", "halogen", "state", "handling"];

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const twoDigits = (value) => value.toFixed(2);
const worthText = (value) => (value > 0 && value < 0.005 ? "<0.01" : twoDigits(value));

function roman(number) {
  let text = "";
  for (const [size, letters] of [[50, "L"], [40, "XL"], [10, "X"], [9, "IX"], [5, "V"], [4, "IV"], [1, "I"]])
    for (; number >= size; number -= size) text += letters;
  return text;
}

const plain = (name) => name.replace("youngs", "Young’s").replaceAll("_", " ");
const folded = (text) => text.normalize("NFKC").toLowerCase();

/** Everything that the reader may change; what is left out is as the page came. */
function freshState(data) {
  return {
    find: "", metal: "", halogen: "", state: "", handling: "", front: false, only: false,
    weights: data.weights, picked: new Set(), sort: { name: "tier", back: false },
  };
}

const usualWeights = (page) => page.state.weights.every((one, i) => one === page.data.weights[i]);
