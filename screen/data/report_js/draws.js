// The draws of the campaign, and what follows from them with other weights: places, tiers, scores.
// As screen/scoring/tiers.py and candidates/rounding.py have it; tests hold both beside a real run.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const STEPS = 2 ** 30; // Scores that differ by less are equal.
const ENDS = [0.05, 0.95];

/** Logarithms of desirabilities from the digits of their logits, candidate after candidate. */
function decode({ lowest, step, digits, codes }) {
  const digit = new Map([...DIGITS].map((letter, i) => [letter, i]));
  return Float64Array.from({ length: codes.length / digits }, (_, i) => {
    let code = 0;
    for (let k = i * digits; k < (i + 1) * digits; k += 1) code = DIGITS.length * code + digit.get(codes[k]);
    return -Math.log1p(Math.exp(-lowest - step * code));
  });
}

/** Weights that sum to 1. */
function shares(weights) {
  const total = weights.reduce((sum, one) => sum + one, 0);
  return weights.map((one) => one / total);
}

/** The weighted geometric mean of screen/scoring/score.py. */
function nominalScore(worth, weights) {
  return Math.exp(shares(weights).reduce(
    (sum, share, a) => (share > 0 ? sum + share * Math.log(Math.max(worth[a], Number.MIN_VALUE)) : sum), 0));
}

/** Scores of candidates in all draws, one array each. */
function drawnScores(logs, weights, samples) {
  const share = shares(weights);
  return Array.from({ length: logs[0].length / samples }, (_, i) => Float64Array.from({ length: samples }, (_, s) =>
    Math.exp(share.reduce((sum, one, a) => (one > 0 ? sum + one * logs[a][i * samples + s] : sum), 0))));
}

const whole = (scores) => scores.map((own) => own.map((one) => Math.round(one * STEPS)));

/** First and last of the places that a candidate shares in each draw; 1 for the highest score. */
function sharedPlaces(scores) {
  const samples = scores[0].length;
  const [first, last] = [0, 1].map(() => scores.map(() => new Uint16Array(samples)));
  const order = scores.map((_, i) => i);
  for (let s = 0; s < samples; s += 1) {
    order.sort((a, b) => scores[b][s] - scores[a][s]);
    for (let from = 0, to; from < order.length; from = to) {
      for (to = from + 1; to < order.length && scores[order[to]][s] === scores[order[from]][s];) to += 1;
      for (let i = from; i < to; i += 1) [first[order[i]][s], last[order[i]][s]] = [from + 1, to];
    }
  }
  return { first, last };
}

function halfEven(value) {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

const percentile = {
  nearest: (rising, at) => rising[halfEven(at * (rising.length - 1))],
  linear: (rising, at) => {
    const place = at * (rising.length - 1), below = Math.floor(place), above = Math.ceil(place);
    return rising[below] + (rising[above] - rising[below]) * (place - below);
  },
};

/** Share of all draws in which one candidate beats another, equal scores counting half. */
function beats(one, other) {
  let twice = 0;
  for (let s = 0; s < one.length; s += 1) twice += one[s] > other[s] ? 2 : one[s] === other[s] ? 1 : 0;
  return twice / (2 * one.length);
}

/** Tiers: a new one begins where the best of the one above wins often enough; equal places share. */
function tiersOf(scores, expected, probability) {
  const groups = [...new Set(expected)].sort((a, b) => a - b).map(
    (place) => scores.filter((_, i) => expected[i] === place));
  const tier = groups.map(() => 1);
  for (let best = 0, next; best < groups.length; best = next) {
    next = best + 1;
    const beaten = (group) => groups[best].every((one) => group.every((other) => beats(one, other) >= probability));
    while (next < groups.length && !beaten(groups[next])) next += 1;
    for (let i = next; i < groups.length; i += 1) tier[i] += 1;
  }
  const ofPlace = new Map([...new Set(expected)].sort((a, b) => a - b).map((place, i) => [place, tier[i]]));
  return expected.map((place) => ofPlace.get(place));
}

function mean(values, of) {
  let sum = 0;
  for (let s = 0; s < values.length; s += 1) sum += of(s);
  return sum / values.length;
}

/** What candidates are among each other with these weights: an entry for each, in their order. */
function standings(logs, weights, draws, rules) {
  const scores = drawnScores(logs, weights, draws.samples);
  const rounded = whole(scores);
  const { first, last } = sharedPlaces(rounded);
  const expected = first.map((one, i) => mean(one, (s) => one[s] + last[i][s]) / 2);
  const tier = tiersOf(rounded, expected, rules.tier_probability);
  return withRanks(scores.map((own, i) => {
    const [places, ends, rising] = [first[i], last[i], own].map((one) => one.slice().sort());
    const top = (s) => (rules.top_k + 1 - first[i][s]) / (last[i][s] + 1 - first[i][s]);
    return {
      expected: expected[i],
      place_low: percentile.nearest(places, ENDS[0]),
      place_high: percentile.nearest(ends, ENDS[1]),
      p: mean(first[i], (s) => Math.min(Math.max(top(s), 0), 1)),
      tier: tier[i],
      score_low: percentile.linear(rising, ENDS[0]),
      score_high: percentile.linear(rising, ENDS[1]),
    };
  }));
}

/** Ranks by tier, in a tier by P(top k), then by the expected place; equals share one. */
function withRanks(all) {
  const digits = (p) => Number(p.toPrecision(9));
  const before = (a, b) => a.tier - b.tier || digits(b.p) - digits(a.p) || a.expected - b.expected;
  return all.map((one) => ({ ...one, rank: 1 + all.filter((other) => before(other, one) < 0).length }));
}
