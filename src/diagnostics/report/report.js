"use strict";
// Times and values at a cursor over a picture, in words; and, on a page that follows runs, sections as they come.

const seconds = (s) => (s < 1 ? (s * 1000).toFixed(1) + " ms" : s.toFixed(2) + " s");
const table = (text) => (text ? text.split(";").map((row) => row.split(",").map(Number)) : []);
const picked = {}; // The cursor's place in each picture, from 0 to 1, as long as it is there.

// The task of a lane at a place from 0 to 1.
function task(lane, labels, place) {
  const at = place * 2000;
  const bar = table(lane.dataset.bars).findLast((bar) => bar[0] <= at && at <= bar[0] + bar[1]);
  if (!bar) return "";
  const [, , label, longest, tasks, chunk] = bar;
  const name = labels[label] + (chunk === undefined ? "" : " · chunk " + chunk) + " · " + seconds(longest / 1e6);
  return tasks > 1 ? tasks + " tasks, the longest " + name : name;
}

// What a curve says at a time, e.g. "CPU 97 %".
function value(curve, ms) {
  const points = table(curve.dataset.values);
  const point = points.find((point) => point[0] >= ms) || points[points.length - 1];
  if (!point) return "";
  return curve.dataset.name + " " + point[1] + " " + curve.dataset.unit;
}

function look(plot, place, lane) {
  const picture = plot.querySelector("svg");
  if (!picture) return;
  const start = Number(plot.dataset.start), end = Number(plot.dataset.end);
  const ns = start + place * (end - start);
  const labels = JSON.parse(plot.dataset.labels || "[]");
  const lanes = [...plot.querySelectorAll(".lane")].filter((other) => !lane || other === lane);
  const tasks = lanes.map((lane) => {
    const name = task(lane, labels, place);
    return name && (lanes.length > 1 ? "thread " + lane.dataset.thread + ": " : "") + name;
  });
  const values = [...plot.querySelectorAll(".curve")].map((curve) => value(curve, ns / 1e6));
  const words = [seconds(ns / 1e9), ...tasks, ...values].filter(Boolean).slice(0, 12);
  const cursor = plot.querySelector(".cursor");
  cursor.hidden = false;
  const box = picture.getBoundingClientRect();
  cursor.style.left = box.left - plot.getBoundingClientRect().left + place * box.width + "px";
  const text = words.join(lane ? " · " : "; ");
  document.getElementById(plot.id + "-readout").textContent = text;
  const slider = plot.querySelector(".cursor-time");
  slider.value = Math.round(1000 * place);
  slider.setAttribute("aria-valuetext", text);
}

function point(event) {
  const plot = event.target.closest && event.target.closest(".plot");
  if (!plot || event.target.closest(".cursor-time")) return;
  const box = plot.querySelector("svg").getBoundingClientRect();
  const place = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
  const lane = event.target.closest(".lane");
  picked[plot.id] = { place, thread: lane && lane.dataset.thread };
  look(plot, place, lane);
}
document.addEventListener("pointermove", point);
document.addEventListener("pointerdown", point);
document.addEventListener("input", (event) => {
  const plot = event.target.matches(".cursor-time") && event.target.closest(".plot");
  if (!plot) return;
  picked[plot.id] = { place: event.target.value / 1000 };
  look(plot, picked[plot.id].place);
});

// Makes ready what has come into the page.
function dress(part) {
  for (const slider of part.querySelectorAll(".cursor-time")) slider.hidden = false;
  for (const plot of part.querySelectorAll(".plot")) {
    const pick = picked[plot.id];
    if (pick) look(plot, pick.place, pick.thread && plot.querySelector(`.lane[data-thread="${Number(pick.thread)}"]`));
  }
}

// A graph wider than the screen begins at its topmost box, not at its left rim.
function centre(part) {
  for (const graph of part.querySelectorAll(".scroll > svg")) {
    const boxes = [...graph.querySelectorAll(".box")].map((box) => box.getBBox());
    const top = boxes.sort((a, b) => a.y - b.y)[0];
    const frame = graph.parentElement;
    if (top) frame.scrollLeft = top.x + top.width / 2 - frame.clientWidth / 2;
  }
}
dress(document);
centre(document);

if (document.body.hasAttribute("data-live")) follow();

function follow() {
  const connection = document.getElementById("connection");
  const say = (text) => { if (connection.textContent !== text) connection.textContent = text; };
  const chosen = new URLSearchParams(location.search).get("run");
  const waiting = new Map(); // Sections that came while a pointer was down in their places.
  let run = null, held = null;

  // Puts a section into its place; the focus, places of scrolling and open parts stay.
  function put(id, html) {
    const place = document.getElementById(id);
    if (!place) return;
    const focus = place.contains(document.activeElement) && document.activeElement.id;
    const open = [...place.querySelectorAll("details[open][id]")].map((part) => part.id);
    const scrolled = new Map([...place.querySelectorAll(".scroll[id]")].map((part) => [part.id, part.scrollLeft]));
    const first = !place.querySelector(".scroll[id]");
    place.innerHTML = html;
    for (const part of open) document.getElementById(part)?.setAttribute("open", "");
    dress(place);
    if (first) centre(place);
    for (const [part, left] of scrolled) {
      const scroll = document.getElementById(part);
      if (scroll) scroll.scrollLeft = left;
    }
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  }

  function section(event) {
    const { run: of, id, html } = JSON.parse(event.data);
    if (String(of) !== run) {
      run = String(of);
      waiting.clear();
      for (const place of document.querySelectorAll("main section[id]")) place.replaceChildren();
      const cancel = document.getElementById("cancel");
      if (cancel) cancel.querySelector("[name=run]").value = run;
      const select = document.getElementById("runs");
      if (select.querySelector(`option[value="${CSS.escape(run)}"]`)) select.value = run;
    }
    if (held && held.id === id) waiting.set(id, html);
    else put(id, html);
    if (id === "state") {
      document.title = document.getElementById("state").textContent.slice(0, 40) + " · " + document.querySelector("h1").textContent;
      const cancel = document.getElementById("cancel");
      if (cancel) cancel.hidden = !document.querySelector("#state .running");
    }
  }

  function runs(event) {
    const select = document.getElementById("runs");
    if (document.activeElement === select) return void (select.dataset.next = event.data);
    const list = JSON.parse(event.data);
    select.replaceChildren(...list.map(({ id, title, state, started }) => {
      const time = typeof started === "number" ? new Date(started).toLocaleTimeString() : started || "";
      return new Option([title, state, time].filter(Boolean).join(" · "), id);
    }));
    const value = chosen || run;
    if (value !== null) select.value = value;
    document.getElementById("choose").hidden = list.length < 2;
  }

  document.getElementById("runs").addEventListener("blur", ({ target }) => {
    const data = target.dataset.next;
    delete target.dataset.next;
    if (data) setTimeout(() => runs({ data }));
  });
  document.addEventListener("pointerdown", (event) => { held = event.target.closest && event.target.closest("main section[id]"); });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      held = null;
      // After the click that this may be.
      setTimeout(() => { for (const [id, html] of waiting) put(id, html); waiting.clear(); });
    });
  }

  let events = null, over = false;
  function connect() {
    if (events || over || document.hidden) return;
    events = new EventSource("events" + (chosen === null ? "" : "?run=" + encodeURIComponent(chosen)));
    events.onopen = () => say("connected");
    events.addEventListener("section", section);
    events.addEventListener("runs", runs);
    events.addEventListener("end", () => { over = true; events.close(); say("ended: the program does not serve this page any more"); });
    events.onerror = () => {
      if (over) return;
      say("reconnecting…");
      if (events.readyState !== EventSource.CLOSED) return;
      events = null;
      setTimeout(connect, 3000);
    };
  }
  // Browsers have few connections to one server: a tab that nobody sees leaves its own to others.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && events && !over) {
      events.close();
      events = null;
    }
    connect();
  });
  connect();
}
