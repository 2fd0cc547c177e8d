// Scores all bodies of the release again with the reader's own weights: the arithmetic of
// `troth score`, step for step (troth/score/level.py and missing.py). A test compares the two.
"use strict";

(() => {
  const data = window.trothWeights;
  const section = document.getElementById("weigh");
  if (!data || !section) return;

  const MICRO = 1e6; // parts are whole millionths of a point
  const FLOOR = 1; // below this a pillar counts as this in a geometric mean
  const ROUNDING = 1e-9; // a weight that is enough whatever doubles make of the sum
  const MOST_PILLAR_WEIGHT = 0.5; // no pillar may outvote all others together
  const ROWS = 200; // rows of the table, at most

  const recipe = data.recipe;
  const leftOut = new Set(recipe.left_out ?? []); // the run does not have them
  const everyCode = Object.keys(recipe.weights).filter((code) => !leftOut.has(code)).sort();
  const pillarOf = (code) => code[0];

  // --- the arithmetic ---

  const sum = (values) => values.reduce((total, value) => total + value, 0);

  // Half goes to the even neighbour, as in Python.
  function rounded(value) {
    const low = Math.floor(value);
    if (value - low !== 0.5) return Math.round(value);
    return low % 2 === 0 ? low : low + 1;
  }

  function spread(weights) {
    const total = sum(weights);
    return weights.map((weight) => (total > 0 ? weight / total : 0));
  }

  // 0 at the worst goalpost, 100 at the best, no further; null where there is no estimate.
  function pointsOf(code, estimate) {
    if (estimate === null) return null;
    const { worst, best } = recipe.goalposts[code];
    return 100 * Math.min(Math.max((estimate - worst) / (best - worst), 0), 1);
  }

  function median(values) {
    if (values.length === 0) return null;
    const rising = [...values].sort((a, b) => a - b);
    const place = (rising.length - 1) * 0.5;
    const low = Math.floor(place);
    const above = rising[Math.min(low + 1, rising.length - 1)];
    return rising[low] + (place - low) * (above - rising[low]);
  }

  const bodies = data.bodies.map(([page, name, group, micropoints, estimates, states]) => ({
    page,
    name,
    group,
    micropoints,
    states: Object.fromEntries(everyCode.map((code, at) => [code, states[at]])),
    points: Object.fromEntries(everyCode.map((code, at) => [code, pointsOf(code, estimates[at])])),
  }));

  const medians = data.groups.map((_, group) =>
    Object.fromEntries(
      everyCode.map((code) => {
        const peers = bodies.filter((body) => body.group === group);
        return [code, median(peers.map((body) => body.points[code]).filter((p) => p !== null))];
      }),
    ),
  );

  // What stands for silence: the lower of the peers' median and of what the body published last; where
  // it never did, of the median and the mean so far, lowest medians first and unknown ones last, so
  // that saying nothing never raises a level.
  function filled(body, codes, weights) {
    const found = { ...body.points };
    const fell = (code) => body.states[code] === "s" && found[code] !== null;
    for (const code of codes.filter(fell)) {
      found[code] = Math.min(found[code], medians[body.group][code]);
    }
    const known = codes.filter((code) => found[code] !== null);
    let weight = sum(known.map((code) => weights[code]));
    let total = sum(known.map((code) => found[code] * weights[code]));
    const peers = medians[body.group];
    const order = (code) => peers[code] ?? Infinity;
    const silent = codes
      .filter((code) => body.states[code] === "s" && found[code] === null)
      .sort((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b)));
    for (const code of silent) {
      const putIn = Math.min(order(code), weight > 0 ? total / weight : Infinity);
      if (putIn === Infinity) continue;
      found[code] = putIn;
      total += weights[code] * found[code];
      weight += weights[code];
    }
    return found;
  }

  // The level in millionths of a point, or null where too little is measured.
  function scored(body, chosen) {
    const { codes, pillars, weights, pillarWeights } = chosen;
    const inside = pillars.map((pillar) => codes.filter((code) => pillarOf(code) === pillar));
    const least = recipe.minimum_weight - ROUNDING;
    const part = (own, state) =>
      sum(own.filter((code) => body.states[code] === state).map((code) => weights[code])) /
      sum(own.map((code) => weights[code]));
    const published = inside.map((own) => part(own, "p"));
    const passed = pillars.filter((_, at) => published[at] >= least);
    const essential = recipe.essential.filter((pillar) => pillars.includes(pillar));
    if (passed.length < Math.min(recipe.minimum_pillars, pillars.length)) return null;
    if (essential.length && !essential.some((pillar) => passed.includes(pillar))) return null;

    const enters = inside.map((own, at) => published[at] + part(own, "s") >= least);
    const points = inside.map((own, at) => {
      const values = filled(body, own, weights);
      return own.map((code) => (enters[at] ? values[code] : null));
    });
    const shares = inside.map((own, at) =>
      spread(own.map((code, place) => (points[at][place] === null ? 0 : weights[code]))),
    );
    const worth = (at, place) => points[at][place] ?? 0;
    if (pillars.length === 1) {
      return rounded(sum(shares[0].map((share, place) => worth(0, place) * share * MICRO)));
    }
    const means = shares.map((own, at) => sum(own.map((share, place) => share * worth(at, place))));
    const there = points.map((own) => own.some((value) => value !== null));
    const across = spread(pillars.map((pillar, at) => (there[at] ? pillarWeights[pillar] : 0)));
    const logs = across.map((share, at) => share * Math.log(Math.max(means[at], FLOOR)));
    const whole = sum(logs);
    const level = there.some(Boolean) ? Math.exp(whole) : 0;
    const parts = shares.flatMap((own, at) =>
      own.map((share, place) => {
        const inPillar = means[at] > FLOOR ? (share * worth(at, place)) / means[at] : share;
        return inPillar * (whole > 0 ? logs[at] / whole : across[at]);
      }),
    );
    return rounded(sum(parts.map((one) => one * level * MICRO)));
  }

  // --- what the reader chooses ---

  const sliders = [...section.querySelectorAll("input[type=range]")];
  const peers = document.getElementById("weigh-peers");
  const table = document.getElementById("weigh-table");
  const shown = document.getElementById("weigh-shown");
  const over = document.getElementById("weigh-over");
  const file = document.getElementById("weigh-file");

  // Weights at 0 leave the recipe, as `troth score` wants it, and a pillar with nothing in it too.
  function choice() {
    const times = Object.fromEntries(sliders.map((one) => [one.dataset.of, Number(one.value)]));
    const codes = everyCode.filter(
      (code) => times[code] > 0 && (times[`pillar-${pillarOf(code)}`] ?? 1) > 0,
    );
    const pillars = [...new Set(codes.map(pillarOf))];
    return {
      codes,
      pillars,
      weights: Object.fromEntries(codes.map((code) => [code, recipe.weights[code] * times[code]])),
      pillarWeights: Object.fromEntries(
        pillars.map((one) => [one, recipe.pillars[one] * (times[`pillar-${one}`] ?? 1)]),
      ),
    };
  }

  function valid({ codes, pillars, pillarWeights }) {
    const total = sum(Object.values(pillarWeights));
    return (
      codes.length > 0 &&
      (pillars.length === 1 ||
        pillars.every((one) => pillarWeights[one] <= (MOST_PILLAR_WEIGHT + ROUNDING) * total))
    );
  }

  function asFile({ codes, pillars, weights, pillarWeights }) {
    const kept = recipe.essential.filter((pillar) => pillars.includes(pillar));
    const lines = [
      'name = "mine"',
      "version = 1",
      'title = "Weights of my own"',
      `minimum_weight = ${recipe.minimum_weight}`,
      `minimum_pillars = ${Math.min(recipe.minimum_pillars, pillars.length)}`,
      `essential = ${JSON.stringify(kept)}`,
      `peers = ${JSON.stringify(recipe.peers)}`,
      `draws = ${recipe.draws}`,
      `seed = ${recipe.seed}`,
      "",
      "[pillars]",
      ...pillars.map((one) => `${one} = ${pillarWeights[one]}`),
    ];
    for (const code of codes) {
      const { worst, best, unit, reason, dated } = recipe.goalposts[code];
      lines.push("", `[indicators.${code}]`, `weight = ${weights[code]}`, `worst = ${worst}`);
      if (unit !== undefined) lines.push(`unit = ${JSON.stringify(unit)}`);
      lines.push(`best = ${best}`, `reason = ${JSON.stringify(reason)}`, `dated = ${dated}`);
    }
    return `${lines.join("\n")}\n`;
  }

  // --- what is shown ---

  const written = (micropoints) => (micropoints === null ? "–" : (micropoints / MICRO).toFixed(1));

  function cell(row, text, kind = "n") {
    const made = row.insertCell();
    made.className = kind;
    made.append(text);
  }

  function fillTable(chosen, possible) {
    const group = peers.value === "" ? null : Number(peers.value);
    const asked = bodies.filter((body) => group === null || body.group === group);
    const rows = table.tBodies[0];
    rows.replaceChildren();
    for (const body of asked.slice(0, ROWS)) {
      const mine = possible ? scored(body, chosen) : null;
      const row = rows.insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      const link = document.createElement("a");
      link.href = `bodies/${encodeURIComponent(body.page)}.html`;
      const name = document.createElement("bdi");
      name.textContent = body.name;
      link.append(name);
      head.append(link);
      row.append(head);
      row.dataset.body = body.page;
      row.dataset.micropoints = mine === null ? "" : String(mine);
      cell(row, written(body.micropoints));
      cell(row, written(mine));
      const differs = mine === null || body.micropoints === null;
      const difference = differs ? null : (mine - body.micropoints) / MICRO;
      const sign = difference > 0 ? "+" : "";
      cell(row, differs ? "–" : (sign + difference.toFixed(1)).replace("-", "−"));
    }
    const some = Math.min(asked.length, ROWS);
    shown.textContent = `${some.toLocaleString("en")} / ${asked.length.toLocaleString("en")}`;
  }

  function show() {
    const chosen = choice();
    const possible = valid(chosen);
    const inPillar = (code) =>
      sum(chosen.codes.filter((one) => pillarOf(one) === pillarOf(code)).map((one) => chosen.weights[one]));
    const whole = sum(Object.values(chosen.pillarWeights));
    for (const slider of sliders) {
      const of = slider.dataset.of;
      const pillar = of.startsWith("pillar-") ? of.slice("pillar-".length) : pillarOf(of);
      const ofPillar = whole > 0 ? (chosen.pillarWeights[pillar] ?? 0) / whole : 0;
      const alone = chosen.weights[of] === undefined ? 0 : chosen.weights[of] / inPillar(of);
      const share = of.startsWith("pillar-") ? ofPillar : ofPillar * alone;
      const said = `× ${slider.value} · ${Math.round(100 * share)}\u00a0%`;
      slider.setAttribute("aria-valuetext", said);
      document.getElementById(`${slider.id}-said`).textContent = said;
    }
    over.hidden = possible;
    file.textContent = possible ? asFile(chosen) : "";
    fillTable(chosen, possible);
  }

  // --- the address of the page keeps it all ---

  function read() {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const slider of sliders) slider.value = asked.get(slider.dataset.of) ?? "1";
    const group = data.groups.findIndex(([label]) => label === asked.get("peers"));
    peers.value = group < 0 ? "" : String(group);
    show();
  }

  function keep() {
    const asked = new URLSearchParams();
    for (const slider of sliders) {
      if (slider.value !== "1") asked.set(slider.dataset.of, slider.value);
    }
    if (peers.value !== "") asked.set("peers", data.groups[Number(peers.value)][0]);
    history.replaceState(null, "", `#${asked.size ? asked : "weigh"}`);
    show();
  }

  data.groups.forEach(([, said], group) => peers.add(new Option(said, String(group))));
  for (const one of [...sliders, peers]) one.addEventListener("input", keep);
  document.getElementById("weigh-back").addEventListener("click", () => {
    for (const slider of sliders) slider.value = "1";
    keep();
  });
  window.addEventListener("hashchange", read);
  section.hidden = false;
  read();
})();
