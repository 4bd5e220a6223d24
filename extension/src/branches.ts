// What each tree of the sidebar shows of a run: pure functions from the wire's data to tree items.

import * as vscode from "vscode";
import type { FileView, FoundSpan, HunkView, RunView } from "./protocol";
import { sizeOf } from "./shown";
import type { Branch } from "./tree";

interface Look {
  readonly description?: string;
  readonly tooltip?: string | vscode.MarkdownString;
  readonly icon?: vscode.ThemeIcon;
  readonly context?: string;
  readonly command?: vscode.Command;
  /** What a screen reader says instead of label and description. */
  readonly said?: string;
  /** Whether its children are shown at first; without it there are none. */
  readonly open?: boolean;
}

/** An item whose `id` stays the same as long as it shows the same thing: selection and expansion survive. */
export function item(id: string, label: string, look: Look): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const made = new vscode.TreeItem(label, look.open ? Expanded : look.open === undefined ? None : Collapsed);
  made.id = id;
  if (look.description) made.description = look.description;
  if (look.tooltip) made.tooltip = look.tooltip;
  if (look.icon) made.iconPath = look.icon;
  if (look.context) made.contextValue = look.context;
  if (look.command) made.command = look.command;
  // Without it a screen reader reads the tooltip, and neither label nor description.
  made.accessibilityInformation = { label: look.said ?? [label, look.description].filter(Boolean).join(", ") };
  return made;
}

export function icon(name: string, color?: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color ? new vscode.ThemeColor(color) : undefined);
}

export const GREEN = "testing.iconPassed";
const RED = "testing.iconFailed";
export const GREY = "disabledForeground";

/** The state of a run in words and as an icon; also what the status bar shows. */
export function stateOf(run: Pick<RunView, "phase" | "outcome">): { icon: string; color?: string; words: string } {
  if (run.phase === "working") return { icon: "loading~spin", words: vscode.l10n.t("working") };
  if (run.phase === "asking") return { icon: "question", color: "editorWarning.foreground", words: vscode.l10n.t("has a question") };
  switch (run.outcome) {
    case "solved":
      return { icon: "pass", color: GREEN, words: vscode.l10n.t("solved") };
    case "unsolved":
      return { icon: "circle-slash", color: "editorWarning.foreground", words: vscode.l10n.t("not solved") };
    case "failed":
      return { icon: "error", color: RED, words: vscode.l10n.t("failed") };
    default:
      return { icon: "debug-pause", words: vscode.l10n.t("stopped") };
  }
}

export function taskBranches(view: RunView): Branch[] {
  const state = stateOf(view);
  const row = (id: string, label: string, look: Look): Branch => ({ item: item(id, label, look) });
  const said = view.phase === "stopped" ? vscode.l10n.t("resume to go on") : view.summary || view.status;
  const rows = [
    row("task", view.title, { icon: icon("target"), tooltip: view.task, context: "task" }),
    row("state", state.words.charAt(0).toUpperCase() + state.words.slice(1), {
      icon: icon(state.icon, state.color),
      description: said,
      tooltip: view.summary || view.status,
    }),
  ];
  if (view.question) {
    const command = { command: "genie.answer", title: vscode.l10n.t("Answer") };
    rows.push(row("question", view.question.text, { icon: icon("comment-unresolved"), command }));
  }
  if (view.test_command || view.tests) {
    const description = [view.tests, view.test_command].filter(Boolean).join(" · ");
    const tooltip = `${view.test_command}\n${view.test_reason}`;
    const look = { icon: icon("beaker"), description, tooltip, context: "tests" };
    rows.push(row("tests", vscode.l10n.t("Tests"), look));
  }
  const tokens = view.tokens ? vscode.l10n.t("{0} tokens", view.tokens.toLocaleString()) : "";
  rows.push(row("model", vscode.l10n.t("Model"), { icon: icon("hubot"), description: [view.model, tokens, view.cost].filter(Boolean).join(", ") }));
  if (view.profile) {
    rows.push(row("profile", vscode.l10n.t("Profile"), { icon: icon("organization"), description: view.profile, context: "profile" }));
  }
  if (view.of_candidates > 1) {
    const description = vscode.l10n.t("the best of {0}", view.of_candidates);
    rows.push(row("candidates", vscode.l10n.t("Candidates"), { icon: icon("git-compare"), description, context: "candidates" }));
  }
  for (const { run, told, chosen } of view.candidates) {
    const command = { command: "genie.showRun", title: vscode.l10n.t("Show"), arguments: [{ run }] };
    const look = { icon: chosen ? icon("star-full", GREEN) : icon("git-compare"), description: told, tooltip: `${run}: ${told}`, command };
    rows.push(row(`candidate ${run}`, vscode.l10n.t("Candidate {0}", run.slice(run.lastIndexOf(".") + 1)), look));
  }
  if (view.origin) {
    rows.push(row("origin", vscode.l10n.t("Branch"), { icon: icon("git-branch"), description: view.origin, tooltip: view.origin }));
  }
  for (const text of view.assumed) {
    rows.push(row(`assumed ${text}`, vscode.l10n.t("Assumed"), { icon: icon("info"), description: text, tooltip: text }));
  }
  for (const { name, uri, why } of view.playbooks) {
    const command = { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [vscode.Uri.parse(uri)] };
    rows.push(row(`playbook ${uri}`, name, { icon: icon("book"), description: why, tooltip: `${name}: ${why}`, command }));
  }
  return rows;
}

const MARKED = { pin: vscode.l10n.t("pinned"), drop: vscode.l10n.t("dropped"), none: "" };
const MARKS = { pin: icon("pinned"), drop: icon("circle-slash", GREY) };

export function foundBranches(view: RunView): Branch[] {
  return view.found.map((span) => ({
    item: item(`found ${span.path}:${span.start}-${span.end}`, span.symbol || name(span.path), {
      description: [`${span.path}:${span.start}`, MARKED[span.mark]].filter(Boolean).join(" · "),
      tooltip: span.reason,
      icon: span.mark === "none" ? icon(span.symbol ? "symbol-method" : "file-code") : MARKS[span.mark],
      context: `span.${span.mark}`,
      command: { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [uriOf(view, span.path), { selection: lines(span) }] },
    }),
    span,
  }));
}

function uriOf(view: RunView, path: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(view.folder), path);
}

function lines(span: FoundSpan): vscode.Range {
  return new vscode.Range(span.start - 1, 0, span.end - 1, 0);
}

const rowsOf = new WeakMap<FileView, Branch>();

/** A file that is as it was is the same object, and has the rows that it had. */
export function changeBranches(view: RunView): Branch[] {
  return view.changes.map((file) => {
    const made = rowsOf.get(file) ?? fileBranch(view, file);
    rowsOf.set(file, made);
    return made;
  });
}

function fileBranch(view: RunView, file: FileView): Branch {
  const open = file.hunks.filter(({ state }) => state === "open").length;
  const accepted = file.hunks.some((hunk) => hunk.state === "accepted");
  const folder = file.path.split("/").slice(0, -1).join("/");
  const states = new Set(file.hunks.map(({ state }) => STATES[state]));
  const state = open ? vscode.l10n.t("{0} to review", open) : states.size === 1 ? [...states].join() : vscode.l10n.t("reviewed");
  const kind = KINDS[file.kind];
  const counts = countsOf(file.hunks);
  const made = item(`file ${file.path}`, name(file.path), {
    description: [counts, kind, state, folder].filter(Boolean).join(" · "),
    tooltip: file.path,
    said: [file.path, kind, counts, state].filter(Boolean).join(", "),
    icon: vscode.ThemeIcon.File,
    context: ["file", open ? "open" : "decided", ...(accepted ? ["accepted"] : [])].join("."),
    open: true,
  });
  made.resourceUri = vscode.Uri.parse(file.uri); // gives the file's own icon
  const children = file.hunks.map((hunk) => hunkBranch(view, file, hunk));
  return { item: made, children, run: view.run, path: file.path, of: file };
}

/** Lines to come and to go, e.g. "+3 −1". */
export function countsOf(hunks: readonly HunkView[]): string {
  const sum = (part: "added" | "removed") => hunks.reduce((count, hunk) => count + sizeOf(hunk)[part], 0);
  const [added, removed] = [sum("added"), sum("removed")];
  return [added && `+${added}`, removed && `−${removed}`].filter(Boolean).join(" ");
}

const HUNK_ICONS: Record<HunkView["state"], vscode.ThemeIcon> = {
  open: icon("circle-large-outline", "charts.blue"),
  accepted: icon("pass-filled", GREEN),
  rejected: icon("circle-slash", GREY),
  conflict: icon("warning", "editorWarning.foreground"),
  undone: icon("discard", GREY),
};

const KINDS: Record<FileView["kind"], string> = { modified: "", created: vscode.l10n.t("created"), deleted: vscode.l10n.t("deleted") };

const STATES: Record<HunkView["state"], string> = {
  open: vscode.l10n.t("to review"),
  accepted: vscode.l10n.t("accepted"),
  rejected: vscode.l10n.t("rejected"),
  conflict: vscode.l10n.t("conflict"),
  undone: vscode.l10n.t("taken back"),
};

function hunkBranch(view: RunView, file: FileView, hunk: HunkView): Branch {
  const first = (hunk.added.find((line) => line.trim()) ?? hunk.removed[0] ?? "").trim() || hunk.mode;
  const place = hunk.line >= 0 ? vscode.l10n.t("line {0}", hunk.line + 1) : "";
  const mode = first === hunk.mode ? "" : hunk.mode;
  const told = [countsOf([hunk]), hunk.problem || STATES[hunk.state], place, mode].filter(Boolean);
  const ref = { run: view.run, hunk: hunk.id };
  return {
    item: item(`hunk ${hunk.id}`, first || vscode.l10n.t("(blank lines)"), {
      description: told.join(" · "),
      tooltip: hunkMarkdown(hunk),
      said: [first || vscode.l10n.t("blank lines"), ...told].join(", "),
      icon: HUNK_ICONS[hunk.state],
      context: `hunk.${hunk.state}`,
      command: { command: "genie.openChange", title: vscode.l10n.t("Open"), arguments: [{ ...ref, path: file.path }] },
    }),
    path: file.path,
    ...ref,
  };
}

/** The hunk as a Markdown diff under its reasons. */
function hunkMarkdown(hunk: HunkView): vscode.MarkdownString {
  const clipped = (more: number) => (more ? [vscode.l10n.t("… {0} more lines", more.toLocaleString())] : []);
  const going = [...hunk.removed.map((line) => `-${line}`), ...clipped(hunk.more_removed)];
  const rows = [...going, ...hunk.added.map((line) => `+${line}`), ...clipped(hunk.more_added)];
  return new vscode.MarkdownString(hunk.told).appendCodeblock(rows.map((row) => row.replace(/\r?\n$/, "")).join("\n"), "diff");
}

function name(path: string): string {
  return path.split("/").pop() ?? path;
}
