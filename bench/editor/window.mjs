// node bench/editor/window.mjs : what a user waits for in the real VS Code. The last line is JSON.
// Needs scripts/vscode.py and scripts/package.py to have run.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packed, startVSCode } from "../../tests/e2e/vscode/workbench.mjs";
import { until } from "../../tests/e2e/vscode/window.mjs";
import { FILES, HUNKS, LARGE, LARGE_HUNKS, makeMany, PLAIN, READS } from "./many.mjs";

const REVIEWED = 12;
const PER_FILE = 4;
const KEYS = 60;
const OPENED = 5;
const ALL = FILES * HUNKS + LARGE_HUNKS;

const { home, folder, review, stream } = makeMany();
const settings = { "genie.testCommand": "true", "editor.wordBasedSuggestions": "off", "editor.quickSuggestions": "off" };
const vscode = await startVSCode({ vsix: packed(), settings });
mkdirSync(join(vscode.home, "genie"), { recursive: true });
writeFileSync(join(vscode.home, "genie", "settings.toml"), "[limits]\nturns = 2000\ntokens = 100000000\nseconds = 3600\n");
try {
  const window = await vscode.open(folder);
  await solve(window, review);
  await window.status(`${ALL} to review`).waitFor({ timeout: 300_000 });
  const figures = { ...(await hunkActions(window)), ...(await typing(window)) };
  Object.assign(figures, await streaming(window));
  Object.assign(figures, await activations(vscode));
  console.log(JSON.stringify(figures));
} finally {
  await vscode.close();
  rmSync(home, { recursive: true, force: true });
}

async function solve(window, script) {
  await window.command("Genie: Choose Model");
  await window.pick("Another model");
  await window.enter(`scripted:${script}`);
  await window.status("model from now on").waitFor({ timeout: 300_000 });
  await window.command("Genie: Solve Task");
  await window.enter("Change every function");
}

/** What VS Code itself says of how long the extension took to activate: in windows that are opened one after the other. */
async function activations(vscode) {
  const times = [];
  while (times.length < OPENED) {
    const window = await vscode.open(folder);
    await window.status("Genie").first().waitFor();
    times.push(await activation(window));
    await window.close();
  }
  return { activation_ms: quantile(times, 0.5), activation_worst_ms: Math.max(...times) };
}

async function activation(window) {
  await window.command("Developer: Show Running Extensions");
  const row = window.page.locator(".runtime-extensions-editor .extension", { hasText: "Genie" }).first();
  const text = await row.locator(".activation-time").innerText();
  return Number(/(\d+)ms/.exec(text)?.[1] ?? NaN);
}

/** Accepts, undoes and rejects hunks by their keys: from the key's press to the frame that shows it. */
async function hunkActions(window) {
  const times = { accept: [], undo: [], reject: [] };
  for (let file = 0; file < REVIEWED; file += 1) {
    const name = `part_${String(file * 4).padStart(2, "0")}`;
    await window.openFile(`${name}.py`);
    for (let hunk = 0; hunk < PER_FILE; hunk += 1) {
      const line = `# ${name} ${hunk}`;
      const [old, made] = [`second - first  ${line}`, `second + first  ${line}`];
      await window.proposed(made);
      await window.line(old).click();
      times.accept.push(await timed(window, "Control+Alt+Enter", { text: made, proposed: false, of: made }));
      times.undo.push(await timed(window, "Control+z", { text: old, proposed: true, of: made }));
      await window.line(old).click();
      times.reject.push(await timed(window, "Control+Alt+Backspace", { text: old, proposed: false, of: made }));
    }
    await window.closeEditor();
  }
  const all = Object.values(times).flat();
  return {
    hunk_action_p50_ms: quantile(all, 0.5),
    hunk_action_p95_ms: quantile(all, 0.95),
    accept_p95_ms: quantile(times.accept, 0.95),
    undo_p95_ms: quantile(times.undo, 0.95),
    reject_p95_ms: quantile(times.reject, 0.95),
    hunk_actions: all.length,
  };
}

/** Typing in a file with a hundred open hunks, and beside it in one with none: from key to frame. */
async function typing(window) {
  const times = {};
  for (const [name, file] of [["typing_plain", PLAIN], ["typing_hunks", LARGE]]) {
    await window.openFile(file);
    if (file === LARGE) {
      await window.proposed("second + first  # large 0");
    }
    await window.line(`"""Step 0."""`).click();
    await window.page.keyboard.press("End");
    times[name] = [];
    for (let key = 0; key < KEYS; key += 1) {
      const letter = String.fromCharCode(97 + (key % 26));
      const typed = `"""Step 0."""${Array.from({ length: key + 1 }, (_, i) => String.fromCharCode(97 + (i % 26))).join("")}`;
      times[name].push(await timed(window, letter, { text: typed, proposed: null, of: "" }));
    }
    await window.closeEditor();
    await window.page.getByRole("button", { name: "Don't Save" }).click();
  }
  const rows = Object.entries(times).flatMap(([name, all]) => [
    [`${name}_p50_ms`, quantile(all, 0.5)],
    [`${name}_p95_ms`, quantile(all, 0.95)],
  ]);
  return Object.fromEntries(rows);
}

/** A run of two thousand events goes by: is the selected step still selected, and was its row ever redrawn? */
async function streaming(window) {
  await solve(window, stream);
  const row = window.row("Plan", "Look at them again");
  await row.waitFor();
  await row.click();
  await window.page.evaluate(() => {
    const rows = [...document.querySelectorAll(".pane-body .monaco-list-row")];
    const selected = rows.find((one) => one.textContent.includes("Look at them again"));
    window.genieGone = 0;
    new MutationObserver((changes) => {
      window.genieGone += changes.flatMap((change) => [...change.removedNodes]).filter((node) => node === selected).length;
    }).observe(selected.parentElement, { childList: true });
  });
  await window.status("Genie: not solved").waitFor({ timeout: 300_000 }); // it proposes nothing
  const selected = await row.evaluate((one) => one.classList.contains("selected"));
  return { streamed_turns: READS + 2, selection_kept: selected, row_redrawn: await window.page.evaluate(() => window.genieGone) };
}

/** Milliseconds from the press of a key until a frame has the line and, or not, what is proposed in its place. */
async function timed(window, key, wanted) {
  await window.page.evaluate(({ text, proposed, of }) => {
    const shown = (content) => content.replaceAll("\u00a0", " ");
    const fits = () => {
      const lines = [...document.querySelectorAll(".editor-group-container.active .view-line")];
      const there = lines.some((line) => shown(line.textContent).includes(text));
      const coming = proposed === null || lines.some((line) =>
        [...line.querySelectorAll("span")].some((span) => shown(getComputedStyle(span, "::after").content).includes(of)));
      return there && (proposed === null || coming === proposed);
    };
    window.genieTime = new Promise((resolve) => {
      document.addEventListener("keydown", () => {
        const began = performance.now();
        const look = () => (fits() ? resolve(performance.now() - began) : requestAnimationFrame(look));
        requestAnimationFrame(look);
      }, { capture: true, once: true });
    });
  }, wanted);
  await window.page.keyboard.press(key);
  return window.page.evaluate(() => window.genieTime);
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 10) / 10;
}
