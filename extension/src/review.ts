// Reviewing: accept, reject, look at the difference, go on to the next hunk.

import { basename } from "node:path";
import * as vscode from "vscode";
import { decideRequest, proposedRequest, showRequest, undoRequest, type Decide, type FileView } from "./protocol";
import type { Server } from "./server";
import { acceptedFiles, allHunks, hunkAt, linesIn, openHunks, type Place, proposedLine, type Shown, sizeOf } from "./shown";

const SCHEME = "genie-proposed";

/** What a command is about: a tree's row, a lens's hunk, or nothing (then it is about the cursor's place). */
interface Target {
  readonly run?: string;
  readonly path?: string;
  readonly hunk?: string;
}

type Commands = Record<string, (target?: Target) => unknown>;

/** The commands. A lens may belong to another run than the one that is shown: then that one is shown first. */
export function reviewCommands(shown: Shown, server: Server): Commands {
  const commands = commandsOnShown(shown, server);
  const entries = Object.entries(commands).map(([name, action]) => {
    const carryOut = async (target?: Target): Promise<unknown> => {
      if (target?.run && target.run !== shown.view?.run) {
        shown.show(await server.request(showRequest, { run: target.run }));
      }
      return action(target);
    };
    return [name, carryOut] as const;
  });
  return Object.fromEntries(entries);
}

function commandsOnShown(shown: Shown, server: Server): Commands {
  async function decide(places: readonly Place[], decision: Decide["decision"], reason = ""): Promise<void> {
    if (!shown.view || places.length === 0) {
      return;
    }
    const hunks = places.map(({ hunk }) => hunk.id);
    const decided = await server.request(decideRequest, { run: shown.view.run, hunks, decision, reason });
    if (decided.problem) {
      void vscode.window.showWarningMessage(`Genie: ${decided.problem}`);
    }
  }

  const one = (target?: Target) => [placeOf(shown, target)].filter((place) => place !== undefined);
  const inFile = (target?: Target) => {
    const path = target?.path ?? one(target)[0]?.file.path;
    return openHunks(shown.view).filter(({ file }) => file.path === path);
  };
  const all = () => openHunks(shown.view);
  return {
    acceptHunk: (target) => decide(one(target), "accepted"),
    rejectHunk: (target) => decide(one(target), "rejected"),
    async rejectHunkWithReason(target) {
      const places = one(target);
      const reason = places.length > 0 && (await askReason());
      if (typeof reason === "string") {
        await decide(places, "rejected", reason.trim());
      }
    },
    acceptFile: (target) => decide(inFile(target), "accepted"),
    rejectFile: (target) => decide(inFile(target), "rejected"),
    acceptAll: () => decide(all(), "accepted"),
    rejectAll: () => decide(all(), "rejected"),
    takeBack: (target) => takeBack(shown, server, target),
    showDiff: (target) => showDiff(shown, server, target),
    openAllChanges: () => openAllChanges(shown, server),
    editHunk: (target) => editHunk(shown, server, target),
    commentHunk: (target) => commentHunk(shown, server, target),
    nextHunk: (target) => step(shown, server, 1, target),
    previousHunk: (target) => step(shown, server, -1, target),
    openChange: (target) => openChange(shown, server, target),
  };
}

/** Takes accepted changes out of the files again: those of the row, else those that the user picks. */
async function takeBack(shown: Shown, server: Server, target?: Target): Promise<void> {
  const wish = target?.hunk || target?.path ? target : await pickAccepted(shown);
  if (!shown.view || !wish) {
    return;
  }
  const undo = { run: shown.view.run, hunks: wish.hunk ? [wish.hunk] : [], path: wish.hunk ? "" : (wish.path ?? "") };
  const { problem } = await server.request(undoRequest, undo);
  if (problem) {
    void vscode.window.showWarningMessage(vscode.l10n.t("Genie: not taken back: {0}", problem));
  }
}

async function pickAccepted(shown: Shown): Promise<Target | undefined> {
  const files = acceptedFiles(shown.view);
  const all = { label: vscode.l10n.t("All accepted changes of this run"), target: {} };
  const picks = [all, ...files.map(({ path }) => ({ label: path, target: { path } }))];
  return (await vscode.window.showQuickPick(picks, { placeHolder: vscode.l10n.t("Take what back?") }))?.target;
}

/** The hunk that `target` names, else the one at the cursor. */
function placeOf(shown: Shown, target?: Target): Place | undefined {
  if (target?.hunk) {
    return allHunks(shown.view).find(({ hunk }) => hunk.id === target.hunk);
  }
  if (target?.path) {
    return openHunks(shown.view).find(({ file }) => file.path === target.path);
  }
  const editor = vscode.window.activeTextEditor;
  return editor && hunkAt(shown.view, editor.document.uri, editor.selection.active.line);
}

function askReason(): Thenable<string | undefined> {
  const prompt = vscode.l10n.t("What is wrong with it? Genie reads this and looks for another way.");
  return vscode.window.showInputBox({ title: vscode.l10n.t("Genie: Reject with a Reason"), prompt, ignoreFocusOut: true });
}

/** Goes to the hunk after or before this one, and from the last to the first, through all files. */
async function step(shown: Shown, server: Server, by: 1 | -1, target?: Target): Promise<void> {
  const all = openHunks(shown.view);
  const editor = vscode.window.activeTextEditor;
  const here = all.findIndex((place) => (target?.hunk ? place.hunk.id === target.hunk : editor && isOn(place, editor)));
  const next = all.at((here >= 0 ? here + by : cursorAmong(all, editor) + Math.min(by, 0)) % Math.max(all.length, 1));
  if (next) {
    await goTo(shown, server, next);
  }
}

/** How many of the hunks come before the cursor; in another file none does. */
function cursorAmong(all: readonly Place[], editor: vscode.TextEditor | undefined): number {
  const places = all.map((place, at) => ({ lines: editor && linesIn(place, editor.document.uri), at }));
  const own = places.filter(({ lines }) => lines);
  const behind = own.find(({ lines }) => lines && editor && lines.start > editor.selection.active.line);
  return behind?.at ?? (own.at(-1)?.at ?? -1) + 1;
}

function isOn(place: Place, editor: vscode.TextEditor): boolean {
  const line = editor.selection.active.line;
  const lines = linesIn(place, editor.document.uri);
  return lines !== undefined && line >= lines.start && line < lines.end;
}

async function reveal(file: FileView, line: number): Promise<void> {
  const at = new vscode.Range(Math.max(line, 0), 0, Math.max(line, 0), 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(file.uri), { selection: at });
}

/** A file that isn't there yet is shown as it is proposed. */
async function goTo(shown: Shown, server: Server, { file, hunk }: Place): Promise<void> {
  if (file.kind === "created" && hunk.state !== "accepted") {
    await showDiff(shown, server, { path: file.path });
  } else {
    await reveal(file, hunk.line);
  }
}

/** Opens the box for a remark under the hunk, on its last line: higher up it would hide the lines to come. */
async function commentHunk(shown: Shown, server: Server, target?: Target): Promise<void> {
  const place = placeOf(shown, target);
  if (place) {
    const { file, hunk } = place;
    const last = hunk.line + Math.max(sizeOf(hunk).removed, 1) - 1;
    await goTo(shown, server, { file, hunk: { ...hunk, line: last } });
    await vscode.commands.executeCommand("workbench.action.addComment");
  }
}

/** Opens the file as it is proposed, at the hunk: what is saved there is the proposal from then on. */
async function editHunk(shown: Shown, server: Server, target?: Target): Promise<void> {
  const place = placeOf(shown, target);
  const uri = place && (await proposedUri(shown.view?.run ?? "", server, place.file));
  if (!uri) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Genie: there is no proposed file to edit here."));
    return;
  }
  await vscode.window.showTextDocument(uri, { selection: proposedRange(place), preview: false });
}

/** Where the file can be edited as it is proposed, brought up to date. */
async function proposedUri(run: string, server: Server, { path }: FileView): Promise<vscode.Uri | undefined> {
  const { uri } = await server.request(proposedRequest, { run, path });
  return uri ? vscode.Uri.parse(uri) : undefined;
}

function proposedRange(place: Place): vscode.Range {
  const at = proposedLine(place);
  return new vscode.Range(at, 0, at, 0);
}

/** Opens the file at the hunk, or at its first one. */
async function openChange(shown: Shown, server: Server, target?: Target): Promise<void> {
  const file = target?.path ? fileOf(shown, target.path) : await pickFile(shown);
  if (!file) {
    return;
  }
  const hunk = file.hunks.find(({ id }) => id === target?.hunk) ?? file.hunks[0];
  if (hunk) {
    await goTo(shown, server, { file, hunk });
  }
}

function fileOf(shown: Shown, path: string): FileView | undefined {
  return shown.view?.changes.find((file) => file.path === path);
}

async function pickFile(shown: Shown): Promise<FileView | undefined> {
  const files = shown.view?.changes ?? [];
  const picks = files.map((file) => ({ label: file.path, file }));
  return picks.length > 1
    ? (await vscode.window.showQuickPick(picks, { placeHolder: vscode.l10n.t("Which changed file?") }))?.file
    : files[0];
}

async function showDiff(shown: Shown, server: Server, target?: Target): Promise<void> {
  const place = placeOf(shown, target);
  if (!place || !shown.view) {
    return;
  }
  const { file } = place;
  const [left, proposed] = await sidesOf(shown.view.run, server, file);
  const selection = proposedRange(place);
  await vscode.commands.executeCommand("vscode.diff", left, proposed, `${basename(file.path)} ↔ Genie`, { selection });
}

/**
 * The user's file (an empty one, where it is created) and what it would be, to be edited, or to be read where it is
 * no more. What is no file has the file's own path: else it looks renamed. The time makes a new name, as what was
 * shown may be outdated.
 */
async function sidesOf(run: string, server: Server, file: FileView): Promise<[vscode.Uri, vscode.Uri]> {
  const present = vscode.Uri.parse(file.uri);
  const virtual = present.with({ scheme: SCHEME, query: JSON.stringify({ run, path: file.path, at: Date.now() }) });
  const left = file.kind === "created" ? virtual.with({ query: "" }) : present;
  return [left, (await proposedUri(run, server, file)) ?? virtual];
}

/** All files with something to decide, in one editor. */
async function openAllChanges(shown: Shown, server: Server): Promise<void> {
  const { view } = shown;
  const files = view?.changes.filter((file) => file.hunks.some(({ state }) => state === "open")) ?? [];
  if (!view || files.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Genie: there is nothing to review."));
    return;
  }
  const sides = await Promise.all(files.map((file) => sidesOf(view.run, server, file)));
  const rows = files.map((file, place) => [vscode.Uri.parse(file.uri), ...(sides[place] ?? [])]);
  await vscode.commands.executeCommand("vscode.changes", `Genie: ${view.title}`, rows);
}

/** The sides of a diff that are no files: what isn't there yet, and what is there no more. */
export function proposedTexts(server: Server): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    async provideTextDocumentContent(uri) {
      const { run, path } = JSON.parse(uri.query || "{}");
      return run ? (await server.request(proposedRequest, { run, path })).text : "";
    },
  });
}
