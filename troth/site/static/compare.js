// Puts two bodies of the table side by side. Everything shown is copied from the table of the page:
// this script draws nothing, fetches nothing and computes nothing but whether two intervals overlap.
"use strict";

(() => {
  const table = document.getElementById("all");
  const pick = document.getElementById("pick");
  if (!table || !pick || table.tBodies[0].rows.length < 2) return;

  const result = document.getElementById("result");
  const pair = document.getElementById("pair");
  const selects = [document.getElementById("first"), document.getElementById("second")];
  const headings = [...table.tHead.rows[0].cells];
  const rows = new Map([...table.tBodies[0].rows].map((row) => [row.dataset.body, row]));
  const nameOf = (row) => row.cells[0].textContent.trim();

  for (const select of selects) {
    for (const [body, row] of rows) select.add(new Option(nameOf(row), body));
  }

  // A sentence with its slots, such as "{first} lies above {second}", each name set apart.
  function say(target, sentence, names) {
    for (const part of sentence.split(/(\{\w+\})/)) {
      const slot = /^\{(\w+)\}$/.exec(part);
      if (!slot) {
        target.append(part);
        continue;
      }
      const name = document.createElement("bdi");
      name.textContent = names[slot[1]];
      target.append(name);
    }
  }

  // Apart only if the whole of one interval lies above the whole of the other.
  function verdict(target, first, second, names) {
    const [a, b] = [first, second].map((cell) => ({
      low: Number.parseFloat(cell.dataset.low),
      high: Number.parseFloat(cell.dataset.high),
    }));
    if ([a.low, a.high, b.low, b.high].some(Number.isNaN)) say(target, result.dataset.gap, names);
    else if (a.low > b.high) say(target, result.dataset.above, names);
    else if (a.high < b.low) {
      say(target, result.dataset.above, { first: names.second, second: names.first });
    } else say(target, result.dataset.untold, names);
  }

  function show() {
    const [first, second] = selects.map((select) => rows.get(select.value));
    const names = { first: nameOf(first), second: nameOf(second) };
    const head = pair.tHead.rows[0].cells;
    head[1].textContent = names.first;
    head[2].textContent = names.second;
    const body = pair.tBodies[0];
    body.replaceChildren();
    headings.forEach((heading, column) => {
      if (column === 0) return;
      const row = body.insertRow();
      const what = document.createElement("th");
      what.scope = "row";
      what.append(...heading.cloneNode(true).childNodes);
      row.append(what);
      for (const from of [first, second]) {
        row.insertCell().append(...from.cells[column].cloneNode(true).childNodes);
      }
      const told = row.insertCell();
      if (heading.dataset.intervals !== undefined) {
        verdict(told, first.cells[column], second.cells[column], names);
      }
    });
  }

  function read() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const bodies = [...rows.keys()];
    selects.forEach((select, place) => {
      const wanted = asked.get(select.id);
      select.value = rows.has(wanted) ? wanted : bodies[Math.min(place, bodies.length - 1)];
    });
    show();
  }

  for (const select of selects) {
    select.addEventListener("change", () => {
      const chosen = new URLSearchParams(selects.map((one) => [one.id, one.value]));
      history.replaceState(null, "", `#${chosen}`);
      show();
    });
  }
  window.addEventListener("hashchange", read);
  pick.hidden = false;
  result.hidden = false;
  read();
})();
