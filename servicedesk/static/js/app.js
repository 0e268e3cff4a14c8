// Small comforts on top of pages that work without them.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The error summary takes the focus, so that its words are the first thing heard. */
function focusErrors(root) {
  root.querySelector("[data-error-summary]")?.focus();
}

/** Say how many characters are left; speak only when typing pauses. */
function countCharacters(root) {
  for (const note of all("[data-count-for]", root)) {
    const box = document.getElementById(note.dataset.countFor);
    if (!box) continue;
    const limit = Number(note.dataset.limit);
    let pause;
    const show = () => {
      const left = limit - box.value.length;
      const words = Math.abs(left).toLocaleString("en-GB") + (Math.abs(left) === 1 ? " character " : " characters ");
      note.textContent = left < 0 ? `You have ${words}too many.` : `You have ${words}left.`;
      note.classList.toggle("over", left < 0);
    };
    note.setAttribute("aria-live", "polite");
    box.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(show, 400); });
    if (box.value) show();
  }
}

/** Menus close on Escape (the focus goes back to their button), on a click elsewhere and when another one opens. */
function closeMenus(event) {
  for (const menu of all("details[data-menu][open]")) {
    const inside = menu.contains(event.target);
    if (event.type === "keydown" ? event.key === "Escape" : !inside) {
      menu.open = false;
      if (event.type === "keydown" && inside) menu.querySelector("summary").focus();
    }
  }
}

/** A length of time in the same words as servicedesk/core/words.py. */
export function durationInWords(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
  const tail = (count, unit) => (count ? ` ${count} ${unit}` : "");
  if (whole < 60) return `${whole} s`;
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return `${hours} h${tail(minutes % 60, "min")}`;
  if (days < 2) return `1 day${tail(hours % 24, "h")}`;
  if (days < 60) return `${days} days`;
  return days < 730 ? `${Math.floor(days / 30)} months` : `${Math.floor(days / 365)} years`;
}

const PHRASES = {
  in: (left) => (left < 0 ? `${durationInWords(left)} overdue` : `in ${durationInWords(left)}`),
  left: (left) => (left < 0 ? `${durationInWords(left)} overdue` : `${durationInWords(left)} left`),
  ago: (left) => (left > -60 ? "just now" : `${durationInWords(left)} ago`),
};

/** Keep relative times true; what stands in brackets is the fixed moment and stays. */
function refreshTimes() {
  for (const time of all("time[data-live]")) {
    const left = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const moment = time.textContent.match(/ \(.*\)\s*$/)?.[0] ?? "";
    const words = PHRASES[time.dataset.live](left) + moment;
    if (time.textContent !== words) time.textContent = words;
    if (left < 0) time.closest(".clock")?.classList.replace("clock-due_soon", "clock-breached");
  }
}

/* Unsent text. It lives in this tab's sessionStorage until an answer comes that is neither a refusal nor the sign-in page. */
const PREFIX = "draft:", SENT = "drafts-sent";
const sentKeys = () => JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
const typed = (form) => all("textarea[name], input[type=text][name]", form);

function settleDrafts() {
  const { signedIn, refused } = document.body.dataset;
  const failed = signedIn === undefined || refused !== undefined || document.querySelector("[data-error-summary]");
  if (!failed) sentKeys().forEach((key) => sessionStorage.removeItem(PREFIX + key));
  sessionStorage.removeItem(SENT);
}

function keepDrafts(root) {
  for (const form of all("form[data-draft]", root)) {
    const key = form.dataset.draft;
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? "{}");
    for (const box of typed(form).filter((box) => kept[box.name] && !box.value)) {
      box.value = kept[box.name];
      const note = Object.assign(document.createElement("p"), { className: "kept-draft", textContent: "We kept what you had written." });
      note.setAttribute("role", "status");
      box.after(note);
    }
    form.addEventListener("input", () => {
      const values = Object.fromEntries(typed(form).filter((box) => box.value).map((box) => [box.name, box.value]));
      try { sessionStorage.setItem(PREFIX + key, JSON.stringify(values)); } catch { /* Full storage must not stop typing. */ }
    });
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, JSON.stringify([...sentKeys(), key])));
  }
}

/** Control-K always finds the search; single keys only where the person has them on, and never while typing. */
function pressKey(event) {
  const search = document.querySelector("[data-search]");
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && search) {
    event.preventDefault();
    search.focus();
    return;
  }
  if (document.body.dataset.shortcuts === undefined || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.key === "/" ? search : all("[data-key]").find((element) => element.dataset.key === event.key);
  if (!target) return;
  event.preventDefault();
  if (target === search) search.focus(); else target.click();
}

function dress(root) {
  countCharacters(root);
  keepDrafts(root);
  focusErrors(root);
}

settleDrafts();
dress(document);
refreshTimes();
setInterval(refreshTimes, 30_000);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", (event) => { closeMenus(event); pressKey(event); });
document.addEventListener("htmx:afterSwap", (event) => { dress(event.detail.target); refreshTimes(); });
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const key = detail.successful && detail.elt.dataset.draft;
  if (key) sessionStorage.removeItem(PREFIX + key);
});
// A filter that is a <select data-submit> applies at once; its button stays for those without JavaScript.
document.addEventListener("change", (event) => event.target.closest?.("[data-submit]")?.form.requestSubmit());
