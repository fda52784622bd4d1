/* The timeline: days that go on over two pages, and events recorded since the page was loaded. Pages work without this file. */
"use strict";

const ASK_MS = 30000;

/** A day that the page before ended with is not announced a second time. */
function joinDays() {
  const headings = document.querySelectorAll("#events > .on > h2");
  headings.forEach((heading, index) => {
    heading.classList.toggle("same", index > 0 && headings[index - 1].textContent === heading.textContent);
  });
}

/** Tell how many events were recorded since the page was loaded; the page itself stays as it is until the reader asks. */
async function askForNews() {
  const bar = document.getElementById("news");
  if (!bar || document.hidden) return;
  const answer = await fetch(bar.dataset.address).catch(() => null);
  if (!answer?.ok) return;
  const { items } = await answer.json();
  const since = Date.parse(bar.dataset.since);
  const count = items.filter((event) => Date.parse(event.recorded_at) > since).length;
  if (!count || bar.dataset.count === String(count)) return;
  bar.dataset.count = String(count);
  const show = document.createElement("a");
  show.href = bar.dataset.here;
  show.textContent = bar.dataset.show;
  const words = count === 1 ? bar.dataset.one : bar.dataset.many.replace("1000000", String(count));
  bar.replaceChildren(`${words} – `, show);
}

document.addEventListener("DOMContentLoaded", joinDays);
document.addEventListener("htmx:afterSettle", joinDays);
setInterval(askForNews, ASK_MS);
