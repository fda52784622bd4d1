/* The time bar: the slider, and showing what is chosen without pressing Show. Pages work without this file. */
"use strict";

document.documentElement.classList.add("js");

const DAY = 86400000;
const WAIT_MS = 600;

/** The ISO day of the slider's place in its year. */
function dayOf(slider) {
  const first = new Date(0);
  first.setUTCFullYear(Number(slider.dataset.year), 0, 1);
  return new Date(first.getTime() + Number(slider.value) * DAY).toISOString().slice(0, 10);
}

/** A day in the words of the page's language. */
function inWords(day) {
  const lang = document.documentElement.lang === "ja" ? "ja-JP" : "en-GB";
  return new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));
}

/** The nearest mark where the pointer is within two pixels of one, since a day may be narrower than a pixel. */
function snapped(slider) {
  const reach = (2 * Number(slider.max)) / Math.max(slider.clientWidth, 1);
  const marks = slider.dataset.marks ? slider.dataset.marks.split(" ").map(Number) : [];
  return marks.find((mark) => Math.abs(mark - Number(slider.value)) <= reach) ?? slider.value;
}

let pointing = false;
let waiting = 0;

function submit() {
  clearTimeout(waiting);
  document.getElementById("timebar")?.requestSubmit();
}

function slid(slider) {
  const field = document.getElementById("as-of");
  const from = document.getElementById("bar-from");
  if (from && field.value !== dayOf(slider)) from.value = field.dataset.shown ?? field.defaultValue;
  field.value = dayOf(slider);
}

document.addEventListener("pointerdown", (event) => { pointing = event.target.id === "slider"; });
document.addEventListener("pointerup", () => { setTimeout(() => { pointing = false; }); });

document.addEventListener("input", (event) => {
  if (event.target.id !== "slider") return;
  const slider = event.target;
  if (pointing) slider.value = snapped(slider);
  slider.setAttribute("aria-valuetext", inWords(dayOf(slider)));
  document.getElementById("slider-day").textContent = inWords(dayOf(slider));
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.target.id !== "slider" && form?.id !== "timebar") return;
  clearTimeout(waiting);
  if (event.target.id === "slider") slid(event.target);
  const at = form.elements.known_at;
  if (event.target === at && at.value) form.elements.known.value = "at";
  if (form.elements.known.value === "at" && !at.value.trim()) {
    at.focus();
    return;
  }
  if (form.reportValidity()) waiting = setTimeout(submit, WAIT_MS);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.getElementById("find")?.focus();
  }
});

/** Bring the year that is shown into the strip of years. */
function showYear() {
  const strip = document.querySelector(".years");
  const year = strip?.querySelector("[aria-current]");
  if (year) strip.scrollLeft = year.offsetLeft - strip.clientWidth / 2;
}

document.addEventListener("DOMContentLoaded", showYear);
document.addEventListener("htmx:afterSettle", showYear);

/** The page's data is that of the time shown, also for whatever reads the head. */
document.addEventListener("htmx:afterSettle", () => {
  const twins = document.querySelectorAll(".twins a");
  document.querySelectorAll("link[rel=alternate]").forEach((link, place) => {
    if (twins[place]) link.href = twins[place].href;
  });
});
