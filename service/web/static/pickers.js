/* Pickers of people, organizations and products (WAI-ARIA combobox with a listbox). Forms work without this file. */
"use strict";

const CJK = /[\u3040-\u30ff\u3400-\u9fff]/;

const pickerOf = (node) => node.closest?.("[data-picker]");
const inputOf = (picker) => picker.querySelector("[role=combobox]");
const listOf = (picker) => picker.querySelector("[role=listbox]");
const part = (picker, name) => picker.querySelector(`[data-part="${name}"]`);

function close(picker) {
  const input = inputOf(picker);
  listOf(picker).hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function open(picker) {
  const list = listOf(picker);
  const options = [...list.children];
  options.forEach((option, place) => { option.id = `${list.id}-${place}`; });
  list.hidden = options.length === 0;
  inputOf(picker).setAttribute("aria-expanded", String(options.length > 0));
}

/** Make the option current that lies `step` from the current one, around the ends. */
function move(picker, step) {
  const options = [...listOf(picker).children];
  if (options.length === 0) return;
  if (listOf(picker).hidden) open(picker);
  const current = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const start = current < 0 && step < 0 ? 0 : current;
  const next = options[(start + step + options.length) % options.length];
  options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
  inputOf(picker).setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

/** Take an option: an entity that is known, or a name to register. */
function choose(picker, option) {
  const input = inputOf(picker);
  const { id, name, kind } = option.dataset;
  if (id) {
    input.value = name;
    part(picker, "id").value = id;
    part(picker, "of").value = name;
    const kinds = part(picker, "kind");
    if (kinds) kinds.value = kind;
    picker.querySelectorAll(".newly input").forEach((field) => { field.value = ""; });
    picker.querySelector(".newly").open = false;
  } else {
    const [own, other] = CJK.test(option.dataset.new) ? ["ja", "en"] : ["en", "ja"];
    picker.querySelector(".newly").open = true;
    part(picker, own).value = option.dataset.new;
    part(picker, other).focus();
  }
  close(picker);
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.getAttribute("role") === "combobox") event.detail.parameters = { q: event.detail.elt.value };
});

document.addEventListener("htmx:afterSwap", (event) => {
  const picker = pickerOf(event.detail.target);
  if (!picker || event.detail.target !== listOf(picker)) return;
  if (document.activeElement === inputOf(picker)) open(picker);
});

document.addEventListener("keydown", (event) => {
  if (event.target.getAttribute?.("role") !== "combobox") return;
  const picker = pickerOf(event.target);
  const current = listOf(picker).querySelector('[aria-selected="true"]');
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(picker, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && current && !listOf(picker).hidden && !event.isComposing) {
    event.preventDefault();
    choose(picker, current);
  } else if (event.key === "Escape" && !listOf(picker).hidden) {
    event.preventDefault();
    close(picker);
  }
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[role=option]");
  if (!option || !pickerOf(option)) return;
  event.preventDefault();
  choose(pickerOf(option), option);
});

document.addEventListener("focusout", (event) => {
  if (event.target.getAttribute?.("role") === "combobox") close(pickerOf(event.target));
});
